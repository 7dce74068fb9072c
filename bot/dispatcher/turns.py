"""Turns at a channel: each call waits until the pacing rules let it go, the most urgent first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.delivery import Priority
from bot.domain.pacing import Pacer, chat_kind


class NotNow(Exception):
    """No turn within the time a delivery may be held. seconds: when to ask again, 0 when the service is stopping."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no turn for another {seconds:.1f} s")
        self.seconds = seconds


@dataclass(order=True, slots=True)
class _Caller:
    priority: Priority
    number: int
    address: str = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class Turns:
    """Hands out turns. Runs while ``run`` does. time: seconds of a clock that never goes back; patience: seconds."""

    def __init__(self, pacer: Pacer, time: Callable[[], float], *, patience: float = 5.0) -> None:
        self._pacer, self._time, self._patience = pacer, time, patience
        self._callers: list[_Caller] = []
        self._numbers = itertools.count()
        self._wake = asyncio.Event()
        self._closed = False

    async def take(self, address: str, priority: Priority) -> None:
        """Return when a call to the address may be made; it counts as made. Raises NotNow."""
        if self._closed:
            raise NotNow(0.0)
        wait = self._reserve(address, priority)
        if wait == 0.0:
            return
        if wait > self._patience:
            raise NotNow(wait)
        caller = _Caller(priority, next(self._numbers), address, asyncio.get_running_loop().create_future())
        heapq.heappush(self._callers, caller)
        self._wake.set()
        await caller.granted

    def answered(self, address: str) -> None:
        """The last call to the address has its answer: whatever held it up, the far side has counted it by now."""
        self._pacer.answered(address, now=self._time())

    def close(self) -> None:
        """Send away everybody who waits, and whoever comes later."""
        self._closed = True
        for caller in self._callers:
            if not caller.granted.done():
                caller.granted.set_exception(NotNow(0.0))
        self._callers.clear()

    def halt(self, address: str | None, seconds: float) -> None:
        """No calls to the address, or to any when None, for so long."""
        self._pacer.halt(address, until=self._time() + seconds)

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
        left: list[_Caller] = []
        waits: list[float] = []
        while self._callers:
            caller = heapq.heappop(self._callers)
            if caller.granted.done():  # whoever asked has been cancelled
                continue
            wait = self._reserve(caller.address, caller.priority)
            if wait == 0.0:
                caller.granted.set_result(None)
            else:
                left.append(caller)
                waits.append(wait)
        self._callers = left  # taken out in order, so still a heap
        return min(waits, default=None)

    def _reserve(self, address: str, priority: Priority) -> float:
        return self._pacer.reserve(address=address, kind=chat_kind(address), priority=priority, now=self._time())
