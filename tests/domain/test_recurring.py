"""Laws of windows that come again: the clock keeps its time, days keep their distance, months keep their day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import instants
from bot.domain.joints import Joints
from bot.domain.recurring import Every, Recurrence, take_every
from bot.domain.windows import Window

ROME = ZoneInfo("Europe/Rome")
ZONES = st.sampled_from([ROME, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")])
STARTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(hours=12)).map(
    lambda length: timedelta(minutes=length // timedelta(minutes=1))
)


@st.composite
def recurrences(draw: st.DrawFn, every: Every | None = None) -> Recurrence:
    starts, length = draw(STARTS), draw(LENGTHS)
    often = every or draw(st.sampled_from(Every))
    return Recurrence(first=Window(starts=starts, ends=starts + length), every=often, zone=draw(ZONES))


def some(recurrence: Recurrence) -> list[Window]:
    return list(islice(recurrence.windows(), 30))


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


@given(recurrences())
def test_the_first_window_is_the_one_that_was_planned_and_all_are_as_long(recurrence: Recurrence) -> None:
    windows = some(recurrence)
    assert windows[0] == recurrence.first
    assert {window.length for window in windows} == {recurrence.first.length}


@given(recurrences())
def test_the_clocks_of_the_zone_show_the_same_time_unless_they_skip_it(recurrence: Recurrence) -> None:
    zone = recurrence.zone
    clock = recurrence.first.starts.astimezone(zone).time()
    for window in some(recurrence)[1:]:
        local = window.starts.astimezone(zone)
        wanted = datetime.combine(local.date(), clock)
        if found := instants(wanted, zone):
            assert window.starts == found[0]
        else:
            assert timedelta() < local.replace(tzinfo=None) - wanted <= timedelta(hours=1)


@given(recurrences())
def test_windows_follow_one_another(recurrence: Recurrence) -> None:
    assert all(earlier.starts < later.starts for earlier, later in pairwise(some(recurrence)))


@pytest.mark.parametrize(("every", "days"), [(Every.WEEK, 7), (Every.TWO_WEEKS, 14)])
@given(data=st.data())
def test_weeks_keep_their_distance(every: Every, days: int, data: st.DataObject) -> None:
    recurrence = data.draw(recurrences(every))
    found = [day_of(window.starts, recurrence.zone) for window in some(recurrence)]
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(days=days)}


@given(recurrences(Every.MONTH_DAY))
def test_a_month_without_that_day_has_it_on_its_last(recurrence: Recurrence) -> None:
    first = day_of(recurrence.first.starts, recurrence.zone)
    for number, window in enumerate(some(recurrence)):
        day = day_of(window.starts, recurrence.zone)
        assert (day.year * 12 + day.month) - (first.year * 12 + first.month) == number
        assert day.day == min(first.day, monthrange(day.year, day.month)[1])


@given(recurrences(Every.MONTH_WEEKDAY))
def test_the_fifth_weekday_is_the_last_one(recurrence: Recurrence) -> None:
    first = day_of(recurrence.first.starts, recurrence.zone)
    place = (first.day - 1) // 7
    for number, window in enumerate(some(recurrence)):
        day = day_of(window.starts, recurrence.zone)
        last = day.day + 7 > monthrange(day.year, day.month)[1]
        assert (day.year * 12 + day.month) - (first.year * 12 + first.month) == number
        assert day.weekday() == first.weekday()
        assert (day.day - 1) // 7 == place or (place == 4 and last)


@given(recurrences(), st.timedeltas(timedelta(), timedelta(days=400)))
def test_the_next_is_the_first_that_begins_later(recurrence: Recurrence, ahead: timedelta) -> None:
    at = recurrence.first.starts + ahead
    following = recurrence.after(at)
    assert following.starts > at
    assert following == next(window for window in recurrence.windows() if window.starts > at)


def test_two_in_the_night_stays_two_in_the_night_over_a_change_of_clocks() -> None:
    starts = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)  # a Sunday, 02:30 in Rome
    recurrence = Recurrence(first=Window(starts=starts, ends=starts + timedelta(hours=1)), every=Every.WEEK, zone=ROME)
    local = [window.starts.astimezone(ROME).strftime("%d %H:%M") for window in islice(recurrence.windows(), 4)]
    assert local == ["15 02:30", "22 02:30", "29 03:30", "05 02:30"]  # clocks have no 02:30 on the 29th


@pytest.mark.parametrize(
    ("text", "every", "rest"),
    [
        ("every week", Every.WEEK, ""),
        ("Every 2 weeks We tidy up.", Every.TWO_WEEKS, "We tidy up."),
        ("every other week, it: Pulizie.", Every.TWO_WEEKS, "it: Pulizie."),
        ("every month impact=none", Every.MONTH_DAY, "impact=none"),
        ("every weekend we rest", None, "every weekend we rest"),
        ("Every order is safe.", None, "Every order is safe."),
        ("", None, ""),
    ],
)
def test_how_often_is_read_where_a_text_begins_with_it(text: str, every: Every | None, rest: str) -> None:
    assert take_every(text, Joints()) == (every, rest)
