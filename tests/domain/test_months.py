"""Months as a zone has them: every instant in one, one after the other, and written as addresses contain them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.months import Month

ZONES = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Rome", "Asia/Kathmandu", "Pacific/Apia")])
MOMENTS = st.datetimes(datetime(2000, 1, 3), datetime(2098, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(MOMENTS, ZONES)
def test_an_instant_lies_within_its_month(at: datetime, zone: ZoneInfo) -> None:
    start, end = Month.of(at, zone).bounds(zone)
    assert start <= at < end


@given(MOMENTS, ZONES)
def test_one_month_ends_where_the_next_begins(at: datetime, zone: ZoneInfo) -> None:
    month = Month.of(at, zone)
    _, end = month.bounds(zone)
    following = Month.of(end, zone)
    assert following > month
    assert following.bounds(zone)[0] == end


@given(MOMENTS)
def test_a_month_is_read_as_it_is_written(at: datetime) -> None:
    month = Month.of(at, ZoneInfo("UTC"))
    assert Month.read(str(month)) == month
    assert month.first == at.date().replace(day=1)


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-3", "2025-00", "2025-13", "0000-01", "9999-12", "2025-03-01", "٢٠٢٥-03"]
)
def test_anything_else_is_no_month(text: str) -> None:
    assert Month.read(text) is None
