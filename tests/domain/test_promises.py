"""How a promise of more news is typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import Here
from bot.domain.promises import FARTHEST, promised_in, take_promise
from bot.errors import CommandError
from bot.languages.days import day_names

HERE = Here(now=datetime(2026, 3, 2, 14, 3, 20, tzinfo=UTC), zone=ZoneInfo("Europe/Rome"), names=day_names("it"))


@pytest.mark.parametrize(
    ("typed", "at", "rest"),
    [
        pytest.param("next=30m We look.", (2, 14, 34), "We look.", id="a length, rounded up"),
        pytest.param("NEXT=1h30m", (2, 15, 34), "", id="in any case, alone"),
        pytest.param("next=16:30 it: Ecco.", (2, 15, 30), "it: Ecco.", id="a time of the company's day"),
        pytest.param("next=02:00", (3, 1, 0), "", id="the next such time, past midnight"),
        pytest.param("next=20h", (3, 10, 4), "", id="a long length"),
    ],
)
def test_a_promise_is_read_before_the_words(typed: str, at: tuple[int, int, int], rest: str) -> None:
    day, hour, minute = at
    assert take_promise(typed, HERE) == (datetime(2026, 3, day, hour, minute, tzinfo=UTC), rest)


@pytest.mark.parametrize("text", ["", "We look.", "The next=30m", "nexT 30m"])
def test_other_words_are_no_promise(text: str) -> None:
    assert take_promise(text, HERE) == (None, text)


@pytest.mark.parametrize("typed", ["next=soon", "next=30", "next=8d", "next=0m", "next=25:00", "next=14:30x"])
def test_what_is_neither_a_length_nor_a_time_is_refused_not_published(typed: str) -> None:
    with pytest.raises(CommandError, match=r"news can be promised|expected when"):
        take_promise(f"{typed} words", HERE)


def test_a_time_of_day_that_has_passed_does_not_become_tomorrow_unsaid() -> None:
    with pytest.raises(CommandError, match="more than 12 hours away"):
        take_promise("next=14:00 words", HERE)


@given(text=st.text(max_size=30))
def test_whatever_is_typed_a_promise_is_ahead_and_near_or_refused(text: str) -> None:
    try:
        at, rest = take_promise(f"next={text}", HERE)
    except CommandError:
        return
    assert at is None or HERE.now < at <= HERE.now + FARTHEST
    assert f"next={text}".endswith(rest)


@given(length=st.timedeltas(timedelta(seconds=1), timedelta(days=7)))
def test_a_promise_is_never_for_an_earlier_time_than_was_said(length: timedelta) -> None:
    at = promised_in(length, HERE.now)
    assert HERE.now + length <= at < HERE.now + length + timedelta(minutes=1)
    assert (at.second, at.microsecond) == (0, 0)
