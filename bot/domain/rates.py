"""What rates the far side bears, and how much of one is used up. Pure: time is an argument, in seconds.

The far side counts a call when it comes in, and we only know when it left and when its answer was here. A call that
took longer than the quickest did may have come in that much later: it counts from then. So whatever a network does to
single calls, no window is ever exceeded, and where all take equally long nothing is lost by that.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field

EXACT = 1e-6
"""Seconds that make no difference."""
LONGEST_TRIP = 5.0
"""Seconds after which a call without an answer is taken to have come in."""
QUICKEST_OF = 60.0
"""Seconds: the quickest call is one of the last one to two such stretches, for routes change."""

ENOUGH = 30
"""Calls from which on the quickest of them says how quick one can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``count`` calls within any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the far side bears: all together, in every chat, and besides in every group.

    paid: instead of ``overall`` for broadcasts that are paid for.
    """

    overall: Window
    chat: Window
    group: Window
    paid: Window = Window(count=1000, seconds=1.002)


TELEGRAM = Limits(
    overall=Window(count=30, seconds=1.002),
    chat=Window(count=1, seconds=1.002),
    group=Window(count=20, seconds=60.1),
)
"""https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this; edits count too (tdlib/td #3034).

Two thousandths longer than theirs, for two clocks never go alike."""


@dataclass(slots=True, eq=False)
class Call:
    """One call. left: when; took: seconds until its answer, None while there is none."""

    left: float
    took: float | None = None


class Trips:
    """How long the quickest call took lately. As long as few were answered, the next may be quicker than them all."""

    def __init__(self) -> None:
        self._now, self._before = _Stretch(), _Stretch()
        self._until = -math.inf

    def add(self, took: float, *, now: float) -> None:
        """A call was answered."""
        if now >= self._until:
            self._before, self._now, self._until = self._now, _Stretch(), now + QUICKEST_OF
        self._now.quickest = min(self._now.quickest, took)
        self._now.calls += 1

    def late(self, call: Call, now: float) -> float:
        """Seconds by which a call may have come in later than the quickest would have; 0 while none was answered."""
        took = now - call.left if call.took is None else call.took
        return min(max(0.0, took - self._quickest()), LONGEST_TRIP)

    def _quickest(self) -> float:
        few = 0 < self._now.calls + self._before.calls < ENOUGH
        return 0.0 if few else min(self._now.quickest, self._before.quickest)


@dataclass(slots=True)
class _Stretch:
    """Some time's calls: how many were answered, and how long the quickest took."""

    calls: int = 0
    quickest: float = math.inf


@dataclass(slots=True)
class Calls:
    """The calls that still count under one window."""

    window: Window
    trips: Trips
    _ends: list[tuple[float, int, Call]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 or less: it fits now."""
        self._drop(now)
        over = len(self._ends) - self.window.count
        if over < 0:
            return 0.0
        end = self._ends[0][0] if over == 0 else heapq.nsmallest(over + 1, self._ends)[-1][0]
        return end - now

    def left(self, at: float) -> int:
        """How many places will be free at a time to come, if no more are taken."""
        return self.window.count - sum(end > at + EXACT for end, _, _ in self._ends)

    def add(self, call: Call) -> None:
        """One more."""
        heapq.heappush(self._ends, (call.left + self.window.seconds, next(self._numbers), call))

    def _drop(self, now: float) -> None:
        """Forget those that count no longer; one that may have come in late counts for longer than was thought."""
        while self._ends and self._ends[0][0] <= now + EXACT:
            call = heapq.heappop(self._ends)[-1]
            end = call.left + self.window.seconds + self.trips.late(call, now)
            if end > now + EXACT:
                heapq.heappush(self._ends, (end, next(self._numbers), call))
