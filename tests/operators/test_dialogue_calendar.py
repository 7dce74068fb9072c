"""The calendar keyboard: every day once, none that has passed, weeks as the reader's country has them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operators.dialogues.asking import Choice
from bot.operators.dialogues.calendar import hour_grid, minute_grid, month_grid, nearest_month, week_of

LANGUAGES = st.sampled_from(["en", "en-US", "it", "ar", "fa", "zh", "pt-BR", "xx"])
DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def pressable(rows: list[list[Choice]], kind: str) -> list[str]:
    return [choice.key for row in rows for choice in row if choice.key and choice.key.startswith(f"{kind}-")]


@given(DAYS, st.integers(0, 12), LANGUAGES)
def test_every_day_ahead_is_there_once_and_no_other(today: date, ahead: int, language: str) -> None:
    number = today.year * 12 + today.month - 1 + ahead
    year, month = number // 12, number % 12 + 1
    grid = month_grid(year, month, today=today, locale=week_of(language))
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    assert pressable(grid, "d") == [f"d-{day}" for day in days if day >= today]


@given(DAYS, st.integers(0, 12), LANGUAGES)
def test_a_day_stands_below_its_name_in_weeks_of_seven(today: date, ahead: int, language: str) -> None:
    locale = week_of(language)
    number = today.year * 12 + today.month - 1 + ahead
    [_, heads, *weeks] = month_grid(number // 12, number % 12 + 1, today=today, locale=locale)
    assert {len(row) for row in (heads, *weeks)} == {7}
    for week in weeks:
        for place, choice in enumerate(week):
            if choice.key:
                assert date.fromisoformat(choice.key[2:]).weekday() == (locale.first_week_day + place) % 7


@given(DAYS)
def test_months_turn_from_this_one_to_a_year_ahead(today: date) -> None:
    month = (today.year, today.month)
    for _ in range(12):
        [*back, onward] = turns(*month, today)
        assert back == ([] if month == (today.year, today.month) else [f"m-{before(month)}"])
        year, number = onward[2:].split("-")
        month = (int(year), int(number))
    assert turns(*month, today) == [f"m-{before(month)}"]
    assert nearest_month(today.year + 5, 1, today=today) == month
    assert nearest_month(1999, 1, today=today) == (today.year, today.month)


def turns(year: int, month: int, today: date) -> list[str]:
    return pressable(month_grid(year, month, today=today, locale=week_of("en")), "m")


def before(month: tuple[int, int]) -> str:
    return f"{date(*month, 1) - timedelta(days=1):%Y-%m}"


@pytest.mark.parametrize(
    ("language", "first"), [("en", 0), ("en-US", 6), ("it", 0), ("de", 0), ("ar", 5), ("he", 6), ("pt-BR", 6)]
)
def test_the_week_begins_where_the_readers_country_begins_it(language: str, first: int) -> None:
    assert week_of(language).first_week_day == first


def test_hours_and_quarters_make_every_quarter_of_the_day() -> None:
    hours = [int(key[2:]) for key in pressable(hour_grid(), "h")]
    quarters = [key[2:] for hour in hours for key in pressable(minute_grid(hour), "n")]
    assert len(set(quarters)) == timedelta(days=1) // timedelta(minutes=15)
    assert (quarters[0], quarters[-1]) == ("00-00", "23-45")
