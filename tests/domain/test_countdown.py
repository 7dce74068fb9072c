"""When a deadline is shown anew, and how much time it says is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.countdown import minutes_left, next_step

DEADLINE = datetime(2026, 3, 2, 14, 33, tzinfo=UTC)


def steps(left: timedelta) -> list[float]:
    """The minutes left at which it is shown anew, from so much on."""
    shown: list[float] = []
    now = DEADLINE - left
    while (step := next_step(DEADLINE, now)) is not None:
        assert step > now
        now = step
        shown.append((DEADLINE - now) / timedelta(minutes=1))
    return shown


def test_far_away_it_is_shown_every_half_hour_and_at_last_every_minute() -> None:
    assert steps(timedelta(hours=2, minutes=10)) == [120, 90, 60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 14, 12, 10, 8, 6,
                                                     4, 3, 2, 1]  # fmt: skip


def test_less_than_a_minute_away_it_stands_as_it_is() -> None:
    assert steps(timedelta(seconds=59)) == []
    assert minutes_left(DEADLINE, DEADLINE - timedelta(seconds=59)) == 1


def test_once_it_has_passed_nothing_is_left_and_nothing_more_is_shown() -> None:
    assert minutes_left(DEADLINE, DEADLINE + timedelta(minutes=3)) == 0
    assert next_step(DEADLINE, DEADLINE + timedelta(minutes=3)) is None


@given(left=st.timedeltas(timedelta(milliseconds=1), timedelta(days=40)))
def test_it_never_says_that_less_is_left_than_is_and_never_a_minute_more_than_that(left: timedelta) -> None:
    said = timedelta(minutes=minutes_left(DEADLINE, DEADLINE - left))
    assert left <= said < left + timedelta(minutes=1)


@given(left=st.timedeltas(timedelta(milliseconds=1), timedelta(hours=30)))
def test_every_step_comes_before_the_deadline_and_few_do(left: timedelta) -> None:
    shown = steps(left)
    assert all(timedelta() < timedelta(minutes=each) < left for each in shown)
    assert len(shown) <= 18 + left / timedelta(minutes=30)
