"""Which commands leave something open, and what the dialogue then knows already."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.beginnings import begun
from bot.domain.commands import Begin
from bot.domain.dialogues import Talk, from_json, to_json

COMPONENTS = {"shop": ["Online shop", "Negozio online"], "whatsapp": ["WhatsApp"]}


@pytest.mark.parametrize(
    ("name", "rest", "said"),
    [
        ("incident", "", {}),
        ("incident", "shop", {"components": ["shop"]}),
        ("incident", "Negozio online, whatsapp", {"components": ["shop", "whatsapp"]}),
        ("maintenance", "", {}),
        ("maintenance", "Online shop", {"components": ["shop"]}),
        ("update", "", {}),
        ("update", "12", {"incident": 12}),
        ("extend", "#3", {"incident": 3}),
        ("postpone", "3", {"incident": 3}),
        ("correct", "3", {"incident": 3}),
        ("resolve", "", {}),
        ("retract", "", {}),
    ],
)
def test_what_is_left_open_is_asked(name: str, rest: str, said: Mapping[str, object]) -> None:
    assert begun(name, rest, COMPONENTS) == Begin(kind=name, said=said)


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("incident", "shop major"),
        ("incident", "shp"),
        ("update", "12 monitoring"),
        ("update", "0"),
        ("resolve", "12"),
        ("retract", "12"),
        ("status", ""),
        ("publish", ""),
    ],
)
def test_what_says_it_all_or_something_else_stays_one_line(name: str, rest: str) -> None:
    assert begun(name, rest, COMPONENTS) is None


PARTS = st.dictionaries(st.sampled_from("abc"), st.integers() | st.text() | st.none(), min_size=1, max_size=2)


@given(st.lists(PARTS, max_size=4), PARTS, PARTS)
def test_back_undoes_an_answer_and_shows_it(
    given: list[dict[str, object]], part: dict[str, object], look: dict[str, object]
) -> None:
    talk = Talk(given=tuple(given))
    there = talk.plus(part).looking(look)
    back = there.back()
    assert back.given == talk.given
    assert back.look == part
    assert there.can_go_back
    assert from_json(to_json(there)) == there


def test_what_the_command_said_cannot_be_taken_back() -> None:
    talk = Talk(given=({"incident": 12},), fixed=1)
    assert not talk.can_go_back
    assert talk.plus({"status": "monitoring"}).can_go_back
