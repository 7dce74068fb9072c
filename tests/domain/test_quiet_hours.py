"""Hours in which somebody wants to hear nothing, also in the nights in which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet_hours import DAY, QuietHours, minute_of, next_at, read

ROME = ZoneInfo("Europe/Rome")
minutes = st.integers(0, DAY - 1)
hours = st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: QuietHours(*pair))
zones = st.sampled_from(["Europe/Rome", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]).map(ZoneInfo)
instants = st.integers(0, 20 * 365 * DAY).map(
    lambda minute: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("22:00-07:00", QuietHours(1320, 420)),
        ("00:00-23:59", QuietHours(0, 1439)),
        ("07:00-07:00", None),
        ("24:00-07:00", None),
        ("7:00-9:00", None),
        ("22:00", None),
        ("٢٢:٠٠-٠٧:٠٠", None),
    ],
)
def test_hours_are_read(text: str, quiet: QuietHours | None) -> None:
    assert read(text) == quiet


@pytest.mark.parametrize(("begins", "ends"), [(5, 5), (-1, 5), (0, DAY)])
def test_other_hours_cannot_be_had(begins: int, ends: int) -> None:
    with pytest.raises(ValueError, match="no quiet hours"):
        QuietHours(begins, ends)


@given(hours)
def test_quiet_begins_and_ends_where_it_says_and_is_one_stretch(quiet: QuietHours) -> None:
    held = [quiet.holds(minute) for minute in range(DAY)]
    assert held[quiet.begins]
    assert not held[quiet.ends]
    assert sum(held) == (quiet.ends - quiet.begins) % DAY


@given(minutes, zones, instants)
def test_waking_comes_within_a_day_and_a_half_and_never_before(minute: int, zone: ZoneInfo, now: datetime) -> None:
    at = next_at(minute, zone, after=now)
    assert timedelta() < at - now <= timedelta(hours=26)


@given(minutes, zones, instants)
def test_clocks_show_the_minute_on_waking_unless_they_leap_over_it(minute: int, zone: ZoneInfo, now: datetime) -> None:
    at = next_at(minute, zone, after=now)
    shown = minute_of(at, zone)
    leapt = at.astimezone(zone).utcoffset() != (at - timedelta(hours=2)).astimezone(zone).utcoffset()
    assert shown == minute or leapt


def test_in_the_night_that_lacks_an_hour_people_wake_as_much_later() -> None:
    before = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    at = next_at(2 * 60 + 30, ROME, after=before)
    assert at.astimezone(ROME).isoformat() == "2026-03-29T03:30:00+02:00"


def test_in_the_night_with_an_hour_twice_people_wake_the_first_time() -> None:
    before = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    at = next_at(2 * 60 + 30, ROME, after=before)
    assert at.astimezone(ROME).isoformat() == "2026-10-25T02:30:00+02:00"
    assert next_at(2 * 60 + 30, ROME, after=at).astimezone(ROME).day == 26
