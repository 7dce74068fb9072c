"""When a delivery is tried again, and when no longer."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.retry import GIVE_UP_AFTER, LONGEST_WAIT, GiveUp, TryAgain, after_failure

attempts = st.integers(1, 10_000)
ages = st.timedeltas(timedelta(), GIVE_UP_AFTER - timedelta(microseconds=1))
chances = st.floats(0, 1, exclude_max=True)


def test_waits_double_until_the_longest() -> None:
    waits = [after_failure(attempts=number, age=timedelta(), chance=0) for number in (1, 2, 3, 4, 9, 10, 99)]
    seconds = [wait.wait.total_seconds() for wait in waits if isinstance(wait, TryAgain)]
    assert seconds == [1, 2, 4, 8, 256, 300, 300]


@given(attempts=attempts, age=ages, chance=chances)
def test_every_wait_is_short_enough_and_never_nothing(attempts: int, age: timedelta, chance: float) -> None:
    decided = after_failure(attempts=attempts, age=age, chance=chance)
    assert isinstance(decided, TryAgain)
    assert timedelta(seconds=0.5) <= decided.wait <= LONGEST_WAIT


@given(attempts=attempts, chance=chances)
def test_after_a_day_it_is_given_up_with_a_reason(attempts: int, chance: float) -> None:
    decided = after_failure(attempts=attempts, age=GIVE_UP_AFTER, chance=chance)
    assert isinstance(decided, GiveUp)
    assert f"after {attempts} tries in 24 h" in decided.reason
