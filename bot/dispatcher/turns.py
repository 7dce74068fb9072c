"""Turns at a channel: each call waits until the pacing rules let it go, the most urgent first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.pacing import Pacer, chat_kind

PATIENCE = 5.0
"""Seconds that a delivery may be held for its turn; after that somebody else may have it."""
PATIENCE_OF_EDITS = 0.1
"""An edit that is not held can still be superseded by a newer one."""


class NotNow(Exception):
    """No turn within the time a delivery may be held. seconds: when to ask again, 0 when turns are not given here."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no turn for another {seconds:.1f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, eq=False)
class _Caller:
    address: str
    patience: float
    granted: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Those who wait for the same thing, in the order they came. paid: for a broadcast that is paid for."""

    priority: Priority
    paid: bool
    callers: deque[_Caller]


class Turns:
    """Hands out turns. Runs while ``run`` does.

    time: seconds of a clock that never goes back; patience: seconds; paid: whether broadcasts are paid for.
    """

    def __init__(
        self, pacer: Pacer, time: Callable[[], float], *, patience: float = PATIENCE, paid: bool = False
    ) -> None:
        self._pacer, self._time, self._patience, self._paid = pacer, time, patience, paid
        self._kinds = [_Kind(priority, paid, deque()) for priority in Priority for paid in (False, True)]
        self._wake = asyncio.Event()
        self._closed = False

    def pays_for(self, delivery: Delivery) -> bool:
        """Whether Telegram is paid for it. An edit cannot be: https://core.telegram.org/bots/api#editmessagetext"""
        return self._paid and delivery.broadcast and delivery.action is Action.POST

    def pace(self, delivery: Delivery | None = None) -> float:
        """How many calls of a broadcast such as this may go in a second; None: of the quickest kind."""
        paid = self._paid if delivery is None else self.pays_for(delivery)
        window = self._pacer.limits.paid if paid else self._pacer.limits.overall
        return window.count / window.seconds

    async def take(self, delivery: Delivery) -> None:
        """Return when a call for the delivery may be made; it counts as made. Raises NotNow."""
        if self._closed:
            raise NotNow(0.0)
        kind = self._kind(delivery)
        wait = self._reserve(delivery.address, kind) if self._nobody_before(kind) else 0.01
        if wait == 0.0:
            return
        patience = min(PATIENCE_OF_EDITS, self._patience) if delivery.action is Action.EDIT else self._patience
        if wait > patience:
            raise NotNow(wait)
        caller = _Caller(delivery.address, patience, asyncio.get_running_loop().create_future())
        kind.callers.append(caller)
        self._wake.set()
        try:
            async with asyncio.timeout(patience):
                await caller.granted
        except TimeoutError:
            raise NotNow(patience) from None

    def answered(self, address: str, *, clearly: bool = True) -> None:
        """The last calls to the address have their answer; clearly: from the far side."""
        self._pacer.answered(address, now=self._time(), clearly=clearly)
        if any(kind.callers for kind in self._kinds):
            self._wake.set()

    def remember(self, address: str, priority: Priority, *, ago: float) -> None:
        """A process before this one made a call so many seconds ago. The oldest first."""
        self._pacer.remember(address, chat_kind(address), at=self._time() - ago, priority=priority)

    def close(self) -> None:
        """Send away everybody who waits, and whoever comes later."""
        self._closed = True
        for kind in self._kinds:
            for caller in kind.callers:
                _refuse(caller, 0.0)
            kind.callers.clear()

    def open(self) -> None:
        """Hand out turns again."""
        self._closed = False

    def halt(self, address: str | None, seconds: float) -> None:
        """No calls to the address, or to any when None, for so long."""
        self._pacer.halt(address, until=self._time() + seconds)
        self._wake.set()

    async def run(self) -> None:
        """Grant turns, for ever."""
        while True:
            self._wake.clear()
            try:
                async with asyncio.timeout(self._grant()):  # wait_for may swallow a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _grant(self) -> float | None:
        """Grant every turn that may be taken now; seconds until the next could be, None when nobody waits."""
        waits = [wait for kind in self._kinds if (wait := self._grant_to(kind)) is not None]
        return min(waits, default=None)

    def _grant_to(self, kind: _Kind) -> float | None:
        """The same for those of a kind. Nobody is asked one by one while none of them may go."""
        waits: list[float] = []
        left: list[_Caller] = []
        while kind.callers:
            soonest = self._pacer.soonest(kind.priority, now=self._time(), paid=kind.paid)
            if soonest > 0 and not self._beyond(kind, soonest):
                waits.append(soonest)
                break
            caller = kind.callers.popleft()
            if caller.granted.done():  # whoever asked has lost patience, or been cancelled
                continue
            wait = self._reserve(caller.address, kind)
            if wait == 0.0:
                caller.granted.set_result(None)
            elif wait > caller.patience:
                _refuse(caller, wait)
            else:
                left.append(caller)
                waits.append(wait)
        kind.callers.extendleft(reversed(left))
        return min(waits, default=None)

    def _beyond(self, kind: _Kind, seconds: float) -> bool:
        """Whether somebody there has not the patience for so long: then they are told at once."""
        return seconds > min(caller.patience for caller in kind.callers)

    def _nobody_before(self, kind: _Kind) -> bool:
        return not any(other.callers for other in self._kinds if other.priority <= kind.priority)

    def _kind(self, delivery: Delivery) -> _Kind:
        paid = self.pays_for(delivery)
        return next(kind for kind in self._kinds if (kind.priority, kind.paid) == (delivery.priority, paid))

    def _reserve(self, address: str, kind: _Kind) -> float:
        return self._pacer.reserve(
            address=address, kind=chat_kind(address), priority=kind.priority, now=self._time(), paid=kind.paid
        )


def _refuse(caller: _Caller, seconds: float) -> None:
    if not caller.granted.done():
        caller.granted.set_exception(NotNow(seconds))
