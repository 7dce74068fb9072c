"""The past by months: which month an instant falls in, and what ended in one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.model import Story

_WRITTEN = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """A month as the company's zone has it. number: 1 to 12. As text ``2025-03``, which addresses contain."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> Month:
        """The month an aware instant falls in."""
        local = at.astimezone(zone)
        return cls(year=local.year, number=local.month)

    @classmethod
    def read(cls, text: str) -> Month | None:
        """``2025-03``; None for anything else, and for years nothing can have happened in."""
        match = _WRITTEN.fullmatch(text)
        return cls(year=int(match[1]), number=int(match[2])) if match and int(match[1]) < 9999 else None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when the next one does; aware UTC."""
        following = divmod(self.year * 12 + self.number, 12)
        start = datetime(self.year, self.number, 1, tzinfo=zone)
        return start.astimezone(UTC), datetime(following[0], following[1] + 1, 1, tzinfo=zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What ended in one month, newest first, each story with its latest update only; never empty.

    older, newer: the nearest months before and after it in which anything ended, None when there is none.
    """

    month: Month
    stories: tuple[Story, ...]
    older: Month | None = None
    newer: Month | None = None
