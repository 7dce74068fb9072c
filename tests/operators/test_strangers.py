"""How often strangers are answered."""

from __future__ import annotations

from datetime import timedelta

from bot.hearing.strangers import MOST, ONCE_IN, Strangers
from tests.operators.conftest import NOW


def test_a_stranger_is_answered_once_in_a_while() -> None:
    strangers = Strangers()
    assert strangers.may_answer(1, NOW)
    assert not strangers.may_answer(1, NOW + ONCE_IN - timedelta(seconds=1))
    assert strangers.may_answer(2, NOW + timedelta(seconds=1))
    assert strangers.may_answer(1, NOW + ONCE_IN)


def test_a_crowd_of_strangers_is_not_answered_for_ever() -> None:
    strangers = Strangers()
    assert sum(strangers.may_answer(number, NOW) for number in range(MOST + 100)) == MOST
    assert strangers.may_answer(MOST + 100, NOW + ONCE_IN)
