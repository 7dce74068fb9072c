"""How fast a channel may send, and who goes first when that is scarce. Pure: time is an argument, in seconds.

Not when to try again after a failure (``retry``). Nothing is booked ahead: whoever is told to wait asks again, so that
a message to an operator never stands in line behind a broadcast.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from bot.domain.delivery import Priority

ChatKind = Literal["private", "group"]
"""Groups and channels are "group": they have a limit per minute as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``count`` calls within any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the far side bears: all together, in every chat, and besides in every group."""

    overall: Window
    chat: Window
    group: Window


TELEGRAM = Limits(
    overall=Window(count=29, seconds=1.0),
    chat=Window(count=1, seconds=1.0),
    group=Window(count=20, seconds=60.0),
)
"""https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this; edits count too (tdlib/td #3034)."""

BURST = 0.1
"""Seconds' worth of broadcast that may go at one instant; the rest is spread evenly, so a free slot is never far."""
KEPT = 0.1
"""Seconds for which a slot that came free is kept for a more urgent call that was told to wait for it."""
FLOODED = 3
"""So many chats with a pause at once mean that all chats are meant."""
_EXACT = 1e-6


def chat_kind(address: str) -> ChatKind:
    """The kind by the address alone: people have positive numbers, groups and channels negative ones or @names."""
    return "private" if address.isdecimal() else "group"


@dataclass(slots=True)
class _Calls:
    """The newest calls under one window, oldest first; older ones than ``window.count`` never matter."""

    window: Window
    at: deque[float] = field(default_factory=deque)

    def wait(self, now: float, *, kept: int = 0) -> float:
        """Seconds until one more fits while ``kept`` places stay free for others; 0 or less: it fits now."""
        nth = max(1, self.window.count - kept)
        return self.at[-nth] + self.window.seconds - now if len(self.at) >= nth else 0.0

    def add(self, now: float) -> None:
        self.at.append(now)
        if len(self.at) > self.window.count:
            self.at.popleft()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """A call that was told to ask again ``at`` this time."""

    priority: Priority
    at: float


class Pacer:
    """Lets calls go as fast as the far side bears, the urgent ones first.

    Remembers only chats called within the longest window, so a broadcast to any number of chats needs the same memory.
    Every call that concerns a chat counts, edits and pins too. ``now`` is any clock that never goes back.
    """

    def __init__(self, limits: Limits = TELEGRAM) -> None:
        self._limits = limits
        self._gap = limits.overall.seconds / limits.overall.count
        self._overall = _Calls(limits.overall)
        self._chats: OrderedDict[str, tuple[_Calls, ...]] = OrderedDict()
        self._halts: dict[str, float] = {}
        self._halted_until = -math.inf
        self._promises: dict[str, _Promise] = {}
        self._spread_until = -math.inf
        self._tidy_at = -math.inf
        self._now = -math.inf

    @property
    def remembered(self) -> int:
        """How many chats are remembered at the moment."""
        return len(self._chats)

    def reserve(self, *, address: str, kind: ChatKind, priority: Priority, now: float) -> float:
        """0.0: go now, the slot is taken. Otherwise the seconds after which to ask again; nothing is taken."""
        self._now = now
        self._forget()
        wait = self._wait(address, priority)
        if wait <= _EXACT:
            self._take(address, kind, priority)
            return 0.0
        if priority is not Priority.SUBSCRIBER and self._kept_for_another(address, priority) <= 0:
            self._promises[address] = _Promise(priority=priority, at=now + wait)
        return wait

    def answered(self, address: str, *, now: float) -> None:
        """The call let go last for this chat has its answer. It may have come in as late as now: count it from here."""
        for calls in self._chats.get(address, ()):
            calls.at[-1] = now

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

    def _wait(self, address: str, priority: Priority) -> float:
        now = self._now
        waits = [calls.wait(now) for calls in self._chats.get(address, ())]
        waits += [self._halted_until - now, self._halts.get(address, now) - now]
        waits.append(self._kept_for_another(address, priority))
        waits.append(self._overall.wait(now, kept=self._promised_elsewhere(address, priority)))
        if priority is Priority.SUBSCRIBER:
            waits.append(self._spread_until - BURST - now)
        return max(waits)

    def _take(self, address: str, kind: ChatKind, priority: Priority) -> None:
        now = self._now
        self._promises.pop(address, None)
        self._overall.add(now)
        if priority is Priority.SUBSCRIBER:
            self._spread_until = max(self._spread_until, now) + self._gap
        if address not in self._chats:
            windows = (self._limits.chat, self._limits.group) if kind == "group" else (self._limits.chat,)
            self._chats[address] = tuple(_Calls(window) for window in windows)
        for calls in self._chats[address]:
            calls.add(now)
        self._chats.move_to_end(address)

    def _kept_for_another(self, address: str, priority: Priority) -> float:
        """Seconds for which the next slot of this chat belongs to a more urgent call."""
        promise = self._promises.get(address)
        return promise.at + KEPT - self._now if promise and promise.priority < priority else -math.inf

    def _promised_elsewhere(self, address: str, priority: Priority) -> int:
        """How many places of the overall window more urgent calls to other chats will need soon."""
        if priority is Priority.OPERATOR:
            return 0
        soon = self._now + self._limits.overall.seconds
        needed = (
            chat
            for chat, promise in self._promises.items()
            if promise.priority < priority and chat != address and self._now - KEPT < promise.at <= soon
        )
        return sum(1 for _ in islice(needed, self._limits.overall.count))

    def _forget(self) -> None:
        """Drop what can no longer make anybody wait."""
        if self._now >= self._tidy_at:
            self._tidy_at = self._now + KEPT
            self._promises = {
                chat: promise for chat, promise in self._promises.items() if promise.at + KEPT > self._now
            }
        oldest = self._now - max(self._limits.chat.seconds, self._limits.group.seconds)
        while self._chats:
            address, windows = next(iter(self._chats.items()))
            if windows[0].at[-1] > oldest:
                return
            del self._chats[address]
