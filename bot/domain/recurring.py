"""Windows that come again and again: every week, every two weeks, every month. Pure.

What stays is the time on the clocks of the company's zone: 02:00 is 02:00 in summer and in winter. A time that a change
of clocks leaves out moves to when the clocks have it again; of one that it repeats the first is meant. A month that
lacks the day has it on its last day, and the fifth Saturday is the last one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from bot.domain import joints
from bot.domain.joints import Joints
from bot.domain.windows import Window


class Every(StrEnum):
    """How often a window comes again."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH_DAY = "month_day"  # the same day of the month
    MONTH_WEEKDAY = "month_weekday"  # the same weekday of the month, such as the second Saturday


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """That a window comes again. every: how often; following: the next of them."""

    every: Every
    following: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """first: the first window; every: how often it comes again; zone: on whose clocks."""

    first: Window
    every: Every
    zone: ZoneInfo

    def after(self, at: datetime) -> Window:
        """The first of its windows that begins later than this aware instant."""
        return next(window for window in self.windows() if window.starts > at)

    def windows(self) -> Iterator[Window]:
        """All of them, the first one first, without end."""
        local = self.first.starts.astimezone(self.zone)
        clock, length = local.time().replace(fold=0), self.first.length
        yield self.first
        for number in count(1):
            day = _DAYS[self.every](local.date(), number)
            starts = datetime.combine(day, clock, self.zone).astimezone(UTC)
            yield Window(starts=starts, ends=starts + length)


def _weeks(length: int) -> Callable[[date, int], date]:
    return lambda first, number: first + timedelta(weeks=length * number)


def _day_of_month(first: date, number: int) -> date:
    year, month = _month(first, number)
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _weekday_of_month(first: date, number: int) -> date:
    """The same place among its weekdays; the fifth is the last."""
    year, month = _month(first, number)
    begins, days = monthrange(year, month)
    day = 1 + (first.weekday() - begins) % 7 + 7 * ((first.day - 1) // 7)
    return date(year, month, day if day <= days else day - 7)


def _month(first: date, number: int) -> tuple[int, int]:
    months = first.year * 12 + first.month - 1 + number
    return months // 12, months % 12 + 1


_DAYS: Mapping[Every, Callable[[date, int], date]] = {
    Every.WEEK: _weeks(1),
    Every.TWO_WEEKS: _weeks(2),
    Every.MONTH_DAY: _day_of_month,
    Every.MONTH_WEEKDAY: _weekday_of_month,
}

_NAMED: Mapping[str | None, Every] = {"week": Every.WEEK, "two_weeks": Every.TWO_WEEKS, "month": Every.MONTH_DAY}


def take_every(text: str, words: Joints) -> tuple[Every | None, str]:
    """How often, where ``text`` begins with ``every week``, ``every 2 weeks`` or ``every month``, and what follows."""
    match = joints.every(words).match(text)
    return (None, text) if match is None else (_NAMED[match.lastgroup], text[match.end() :])
