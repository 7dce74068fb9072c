"""How fast a channel may send, and who goes first when that is scarce. Pure: time is an argument, in seconds.

Not when to try again after a failure (``retry``), and not what the limits are (``rates``). Nothing is booked ahead:
whoever is told to wait asks again, so that a text to an operator never stands in line behind a broadcast.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from bot.domain.delivery import Priority
from bot.domain.rates import EXACT, LONGEST_TRIP, TELEGRAM, Call, Calls, Limits, Trips, Window

ChatKind = Literal["private", "group"]
"""Groups and channels are "group": they have a limit per minute as well."""

BURST = 0.1
"""Seconds' worth of broadcast that may go at one instant; the rest is spread evenly, so a free slot is never far."""
KEPT = 0.1
"""Seconds for which a slot that came free is kept for a more urgent call that was told to wait for it."""
FLOODED = 3
"""So many chats with a pause at once mean that all chats are meant."""
DOUBT = 60.0
"""Seconds for which, after such a pause, what is paid for goes no faster than the rest: perhaps nothing was paid."""


def chat_kind(address: str) -> ChatKind:
    """The kind by the address alone: people have positive numbers, groups and channels negative ones or @names."""
    return "private" if address.isdecimal() else "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """A call that was told to ask again ``at`` this time."""

    priority: Priority
    at: float


class _Flow:
    """All calls under one of the windows for all chats together."""

    def __init__(self, window: Window, trips: Trips) -> None:
        self.calls = Calls(window, trips)
        self._gap = window.seconds / window.count
        self._spread_until = -math.inf

    def wait(self, priority: Priority, now: float) -> float:
        """Seconds until a call of this priority fits; 0 or less: now."""
        wait = self.calls.wait(now)
        return max(wait, self._spread_until - BURST - now) if priority is Priority.SUBSCRIBER else wait

    def take(self, call: Call, priority: Priority) -> None:
        """It has left."""
        self.calls.add(call)
        if priority is Priority.SUBSCRIBER:
            self._spread_until = max(self._spread_until, call.left) + self._gap


@dataclass(slots=True)
class _Chat:
    """windows: it has to keep; calls: without an answer; newest: of all its calls."""

    windows: tuple[Calls, ...]
    calls: list[Call]
    newest: float = -math.inf


class Pacer:
    """Lets calls go as fast as the far side bears, the urgent ones first.

    Remembers only chats called within the longest window, so a broadcast to any number of chats needs the same memory.
    Every call that concerns a chat counts, edits and pins too. ``now`` is any clock that never goes back.
    """

    def __init__(self, limits: Limits = TELEGRAM) -> None:
        self.limits = limits
        self._trips = Trips()
        self._flow, self._paid = _Flow(limits.overall, self._trips), _Flow(limits.paid, self._trips)
        self._chats: dict[ChatKind, OrderedDict[str, _Chat]] = {"private": OrderedDict(), "group": OrderedDict()}
        self._halts: dict[str, float] = {}
        self._halted_until = -math.inf
        self._doubted_until = -math.inf
        self._promises: dict[str, _Promise] = {}
        self._tidy_at = -math.inf
        self._now = -math.inf

    @property
    def remembered(self) -> int:
        """How many chats are remembered at the moment."""
        return sum(map(len, self._chats.values()))

    def reserve(self, *, address: str, kind: ChatKind, priority: Priority, now: float, paid: bool = False) -> float:
        """0.0: go now, the slot is taken. Otherwise the seconds after which to ask again; nothing is taken.

        paid: a part of a broadcast that is paid for.
        """
        self._now = now
        self._forget()
        paid = paid and now >= self._doubted_until
        wait = self._wait(address, kind, priority, paid=paid)
        if wait <= EXACT:
            self._take(address, kind, priority, paid=paid)
            return 0.0
        if priority is not Priority.SUBSCRIBER and self._kept_for_another(address, priority) <= 0:
            self._promises[address] = _Promise(priority=priority, at=now + wait)
        return wait

    def soonest(self, priority: Priority, *, now: float, paid: bool = False) -> float:
        """Seconds before which no call of this priority may go, to whatever chat; 0 or less: perhaps now."""
        flow = self._paid if paid and now >= self._doubted_until else self._flow
        return max(self._halted_until - now, flow.wait(priority, now))

    def answered(self, address: str, *, now: float, clearly: bool = True) -> None:
        """The calls let go for this chat have their answer. They may have come in as late as their delay allows.

        clearly: the far side has answered; a broken connection says nothing of how long a call takes.
        """
        chat = self._chats[chat_kind(address)].get(address)
        if chat is None or not chat.calls:
            return
        if clearly:
            self._trips.add(now - chat.calls[-1].left, now=now)
        for call in chat.calls:
            call.took = now - call.left
        chat.calls.clear()

    def remember(self, address: str, kind: ChatKind, *, at: float, priority: Priority) -> None:
        """A call was made then, by a process before this one. Oldest first."""
        call = Call(left=at, took=0.0)
        self._flow.take(call, priority)
        self._count(address, kind, call)

    def halt(self, address: str | None, *, until: float) -> None:
        """The far side asks for a pause: of one address, or of all (None). Never shortens one.

        It does not say whom it means; when it refuses several chats at once, it is taken to mean all.
        """
        if address is None:
            self._halted_until = max(self._halted_until, until)
            return
        self._halts = {chat: end for chat, end in self._halts.items() if end > self._now}
        self._halts[address] = max(until, self._halts.get(address, until))
        if len(self._halts) >= FLOODED:
            self.halt(None, until=min(self._halts.values()))
            self._doubted_until = self._halted_until + DOUBT

    def _wait(self, address: str, kind: ChatKind, priority: Priority, *, paid: bool) -> float:
        now = self._now
        chat = self._chats[kind].get(address)
        waits = [calls.wait(now) for calls in chat.windows] if chat else []
        waits += [self._halted_until - now, self._halts.get(address, now) - now]
        waits.append(self._kept_for_another(address, priority))
        waits.append((self._paid if paid else self._flow).wait(priority, now))
        waits.append(0.0 if paid else self._kept_elsewhere(address, priority))
        return max(waits)

    def _take(self, address: str, kind: ChatKind, priority: Priority, *, paid: bool) -> None:
        self._promises.pop(address, None)
        call = Call(left=self._now)
        (self._paid if paid else self._flow).take(call, priority)
        self._count(address, kind, call).calls.append(call)

    def _count(self, address: str, kind: ChatKind, call: Call) -> _Chat:
        chats = self._chats[kind]
        if address not in chats:
            windows = (self.limits.chat, self.limits.group) if kind == "group" else (self.limits.chat,)
            chats[address] = _Chat(windows=tuple(Calls(window, self._trips) for window in windows), calls=[])
        chat = chats[address]
        for calls in chat.windows:
            calls.add(call)
        chat.newest = call.left
        chats.move_to_end(address)
        return chat

    def _kept_for_another(self, address: str, priority: Priority) -> float:
        """Seconds for which the next slot of this chat belongs to a more urgent call."""
        promise = self._promises.get(address)
        return promise.at + KEPT - self._now if promise and promise.priority < priority else -math.inf

    def _kept_elsewhere(self, address: str, priority: Priority) -> float:
        """Seconds for which all places left belong to more urgent calls to other chats; 0 or less: one is over."""
        if priority is Priority.OPERATOR or not self._promises:
            return 0.0
        soon = self._now + self.limits.overall.seconds
        promised = sorted(
            promise.at
            for chat, promise in self._promises.items()
            if promise.priority < priority and chat != address and self._now - KEPT < promise.at <= soon
        )
        for before, at in enumerate(promised[: self.limits.overall.count]):
            if self._flow.calls.left(max(at, self._now)) - before < 2:  # one for it, one for who asks now
                return at - self._now if at > self._now else at + KEPT - self._now
        return 0.0

    def _forget(self) -> None:
        """Drop what can no longer make anybody wait."""
        if self._now >= self._tidy_at:
            self._tidy_at = self._now + KEPT
            self._promises = {
                chat: promise for chat, promise in self._promises.items() if promise.at + KEPT > self._now
            }
        longest = {
            "private": self.limits.chat.seconds,
            "group": max(self.limits.chat.seconds, self.limits.group.seconds),
        }
        for kind, chats in self._chats.items():
            oldest = self._now - longest[kind] - LONGEST_TRIP
            while chats and next(iter(chats.values())).newest <= oldest:
                chats.popitem(last=False)
