"""Figures of disruption: every instant once, at its worst; what was none, never; days as the zone has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Impact, worst
from bot.domain.uptime import DAYS, Day, Span, first_instant, record

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2025, 4, 10, 15, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
HOUR, QUARTER, MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)


def span(start: datetime, length: timedelta, impact: Impact = Impact.MAJOR, component: str = "shop") -> Span:
    return Span(component=component, impact=impact, start=start, end=start + length)


def days_of(*spans: Span, since: datetime | None = LONG_AGO, now: datetime = NOW, zone: ZoneInfo = ROME) -> list[Day]:
    return list(record(spans, ["shop"], since=since, now=now, zone=zone).days["shop"])


moments = st.integers(min_value=-200 * 96, max_value=10 * 96).map(lambda number: NOW + number * QUARTER)
lengths = st.integers(min_value=-100, max_value=40 * 96).map(lambda number: number * QUARTER)
spans = st.lists(st.builds(span, moments, lengths, st.sampled_from(Impact)), max_size=12)
zones = st.sampled_from([ROME, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns")])


@given(spans, zones)
def test_every_instant_counts_once_and_at_its_worst(drawn: list[Span], zone: ZoneInfo) -> None:
    """Against the slow way: one quarter of an hour after the other."""
    first = first_instant(NOW, zone)
    expected = dict.fromkeys(Impact, 0)
    for number in range(int((NOW - first) / QUARTER)):
        at = first + number * QUARTER
        expected[worst(*(each.impact for each in drawn if each.start <= at < each.end))] += 1
    days = days_of(*drawn, zone=zone)
    for impact in (Impact.MINOR, Impact.MAJOR, Impact.CRITICAL):
        assert sum((day.lost.get(impact, timedelta()) for day in days), timedelta()) == expected[impact] * QUARTER


@given(spans, st.none() | moments, zones)
def test_days_are_whole_follow_one_another_and_lose_no_more_than_they_have(
    drawn: list[Span], since: datetime | None, zone: ZoneInfo
) -> None:
    days = days_of(*drawn, since=since, zone=zone)
    assert len(days) == DAYS
    assert days[-1].date == NOW.astimezone(zone).date()
    assert all(later.date - earlier.date == timedelta(days=1) for earlier, later in pairwise(days))
    for day in days:
        assert timedelta() <= day.down <= day.recorded <= 25 * HOUR
        assert Impact.NONE not in day.lost
        assert all(length > timedelta() for length in day.lost.values())
    share = record(drawn, ["shop"], since=since, now=NOW, zone=zone).share("shop")
    assert share is None or 0 <= share <= 1


@given(spans)
def test_the_same_incident_told_twice_changes_nothing(drawn: list[Span]) -> None:
    assert days_of(*drawn) == days_of(*drawn, *drawn)


def test_an_outage_across_midnight_counts_on_both_days_of_the_zone() -> None:
    [*_, eighth, ninth, _] = days_of(span(datetime(2025, 4, 8, 21, 30, tzinfo=UTC), HOUR))
    assert (eighth.date, eighth.lost) == (date(2025, 4, 8), {Impact.MAJOR: 30 * MINUTE})
    assert (ninth.date, ninth.lost) == (date(2025, 4, 9), {Impact.MAJOR: 30 * MINUTE})


def test_a_day_on_which_the_clock_goes_forward_has_23_hours() -> None:
    [changed] = [day for day in days_of() if day.date == date(2025, 3, 30)]
    assert changed.recorded == 23 * HOUR


def test_what_was_before_the_record_is_not_taken_for_good() -> None:
    days = days_of(since=NOW - 10 * HOUR)
    assert [day.recorded for day in days[-2:]] == [timedelta(), 10 * HOUR]
    nothing = record([], ["shop"], since=None, now=NOW, zone=ROME)
    assert {day.recorded for day in nothing.days["shop"]} == {timedelta()}
    assert nothing.share("shop") is None


def test_there_is_no_share_of_less_than_a_day() -> None:
    began = NOW - 24 * HOUR
    outage = span(began + HOUR, 6 * HOUR)
    assert record([outage], ["shop"], since=began + MINUTE, now=NOW, zone=ROME).share("shop") is None
    assert record([outage], ["shop"], since=began, now=NOW, zone=ROME).share("shop") == 0.75


def test_the_share_is_of_the_recorded_time() -> None:
    told = record([span(NOW - 13 * HOUR, 3 * HOUR)], ["shop", "till"], since=NOW - 30 * HOUR, now=NOW, zone=ROME)
    assert told.share("shop") == pytest.approx(0.9)
    assert told.share("till") == 1


def test_a_component_that_is_gone_is_passed_over() -> None:
    assert {day.worst for day in days_of(span(NOW - HOUR, HOUR, component="fax"))} == {Impact.NONE}


def test_an_open_outage_counts_until_now_and_no_longer() -> None:
    [*_, today] = days_of(span(NOW - 2 * HOUR, 50 * HOUR, Impact.CRITICAL), span(NOW - 3 * HOUR, 50 * HOUR))
    assert today.lost == {Impact.MAJOR: HOUR, Impact.CRITICAL: 2 * HOUR}
    assert (today.worst, today.down) == (Impact.CRITICAL, 3 * HOUR)
