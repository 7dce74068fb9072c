"""How much of each day each component was disrupted, from what customers were told. Pure; reads no clock.

An instant counts once, at its worst, however many incidents overlap. Impact none and maintenance are no disruption.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.model import Impact, worst

DAYS = 90
"""How many days are shown, today among them."""

_ENOUGH = timedelta(days=1)
"""On record before a share is made of it: of a service that is five minutes old it would say nothing, or 0 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A component was disrupted from ``start`` until, and not at, ``end``; both aware."""

    component: str
    impact: Impact
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of one component, as the company's zone has it.

    recorded: how much of the day is on record, from nothing to 25 hours (today: until now);
    lost: how much of it was disrupted, by the worst impact at each instant; impacts that did not occur are absent.
    """

    date: date
    recorded: timedelta
    lost: Mapping[Impact, timedelta] = field(default_factory=dict)

    @property
    def down(self) -> timedelta:
        """How much of the day was disrupted at all."""
        return sum(self.lost.values(), timedelta())

    @property
    def worst(self) -> Impact:
        """The worst of the day, ``Impact.NONE`` when there was nothing."""
        return worst(*self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is on record of every component. days: by component, ``DAYS`` of them, the oldest first."""

    days: Mapping[str, Sequence[Day]]

    def share(self, component: str) -> float | None:
        """How much of the recorded time was without disruption, 0 to 1; None while less than a day is on record."""
        days = self.days[component]
        recorded = sum((day.recorded for day in days), timedelta())
        if recorded < _ENOUGH:
            return None
        return 1 - sum((day.down for day in days if day.lost), timedelta()) / recorded


def first_instant(now: datetime, zone: ZoneInfo) -> datetime:
    """When the oldest of the days began: what ended before it is not asked for. Aware UTC."""
    return _midnight(now.astimezone(zone).date() - timedelta(days=DAYS - 1), zone)


def record(
    spans: Iterable[Span], components: Iterable[str], *, since: datetime | None, now: datetime, zone: ZoneInfo
) -> Record:
    """The record of these components. since: the first instant on record, None when nothing is; aware, like ``now``."""
    began = max(since or now, first_instant(now, zone))
    by_component: dict[str, list[Span]] = {component: [] for component in components}
    for span in spans:
        clipped = replace(span, start=max(span.start, began), end=min(span.end, now))
        if span.component in by_component and span.impact is not Impact.NONE and clipped.start < clipped.end:
            by_component[span.component].append(clipped)
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    borders = [_midnight(each, zone) for each in (*dates, today + timedelta(days=1))]
    recorded = [max(min(end, now) - max(start, began), timedelta()) for start, end in pairwise(borders)]
    days: dict[str, tuple[Day, ...]] = {}
    for component, own in by_component.items():
        lost = _lost(own, borders)
        days[component] = tuple(
            Day(date=each, recorded=length, lost=lost.get(number, {}))
            for number, (each, length) in enumerate(zip(dates, recorded, strict=True))
        )
    return Record(days=days)


def _lost(spans: Sequence[Span], borders: Sequence[datetime]) -> dict[int, dict[Impact, timedelta]]:
    """By number of the day, what the spans took from it. borders: the days', in order, around all spans."""
    found: dict[int, dict[Impact, timedelta]] = {}
    for impact, start, end in _stretches(spans):
        first, last = bisect_right(borders, start) - 1, bisect_left(borders, end) - 1
        for number in range(first, last + 1):
            lost = found.setdefault(number, {})
            if length := min(end, borders[number + 1]) - max(start, borders[number]):
                lost[impact] = lost.get(impact, timedelta()) + length
    return found


def _stretches(spans: Sequence[Span]) -> Iterator[tuple[Impact, datetime, datetime]]:
    """The spans without overlap, each instant with its worst impact, in order."""
    changes = sorted(
        [(span.start, span.impact, 1) for span in spans] + [(span.end, span.impact, -1) for span in spans],
        key=lambda change: change[0],
    )
    going: Counter[Impact] = Counter()
    for (at, impact, by), (until, _, _) in pairwise(changes):
        going[impact] += by
        present = worst(*(each for each, number in going.items() if number > 0))
        if present is not Impact.NONE and at < until:
            yield present, at, until


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
