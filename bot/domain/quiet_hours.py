"""The hours of the day in which somebody wants to hear nothing, on the company's clock. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60
_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one minute of the day until before another; past midnight when the second is the smaller one.

    begins, ends: minutes after midnight, 0 to 1439, never equal. Raises ValueError for others.
    """

    begins: int
    ends: int

    def __post_init__(self) -> None:
        if not (0 <= self.begins < DAY and 0 <= self.ends < DAY) or self.begins == self.ends:
            raise ValueError(f"no quiet hours go from {self.begins} to {self.ends}")

    def holds(self, minute: int) -> bool:
        """Whether this minute of the day, 0 to 1439, is a quiet one."""
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


def read(text: str) -> QuietHours | None:
    """What ``22:00-07:00`` says, None when it says nothing of the kind."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    begins, ends = hour * 60 + minute, last_hour * 60 + last_minute
    return None if begins == ends else QuietHours(begins, ends)


def minute_of(now: datetime, zone: ZoneInfo) -> int:
    """The minute of the day, 0 to 1439, that clocks in the zone show at an aware instant."""
    local = now.astimezone(zone)
    return local.hour * 60 + local.minute


def next_at(minute: int, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The first instant later than an aware one at which clocks in the zone show this minute of the day, in UTC.

    On a day whose clocks leap over it, as much later as they leap; of two such instants on one day, the first.
    """
    today = after.astimezone(zone).date()
    days = [today + timedelta(days=more) for more in range(3)]
    local = [datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone) for day in days]
    return min(at for at in (each.astimezone(UTC) for each in local) if at > after)
