"""What links into the private chat carry."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deep_links import MOST, Wish, payload_of, wish_of

LANGUAGES = ("en", "pt-BR", "zh-Hans", "pt")
COMPONENTS = ("shop", "click-and-collect", "click", "c_x", "l_en", "app-c_shop")


@pytest.mark.parametrize(
    ("payload", "wish"),
    [
        ("", Wish()),
        ("l_pt-BR", Wish(language="pt-BR")),
        ("l_PT-br", Wish(language="pt-BR")),
        ("l_pt", Wish(language="pt")),
        ("c_shop", Wish(component="shop")),
        ("l_zh-Hans-c_click-and-collect", Wish(language="zh-Hans", component="click-and-collect")),
        ("c_click-l_en", Wish(language="en", component="click")),
        ("c_app-c_shop", Wish(component="app-c_shop")),
        ("c_nowhere-l_en", Wish(language="en")),
        ("campaign_42-l_en-x", Wish(language="en")),
        ("l_en-l_pt", Wish(language="en")),
        ("c_SHOP", Wish()),
        ("l_", Wish()),
        ("---", Wish()),
    ],
)
def test_what_is_known_of_a_payload_is_taken_and_the_rest_passed_over(payload: str, wish: Wish) -> None:
    assert wish_of(payload, languages=LANGUAGES, components=COMPONENTS) == wish


@given(st.sampled_from([None, *LANGUAGES]), st.sampled_from([None, *COMPONENTS]))
def test_a_payload_says_what_was_put_in(language: str | None, component: str | None) -> None:
    payload = payload_of(language=language, component=component)
    assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload)
    wish = wish_of(payload, languages=LANGUAGES, components=COMPONENTS)
    assert wish == Wish(language=language, component=component)


def test_a_component_that_does_not_fit_is_left_out() -> None:
    assert payload_of(language="en", component="x" * 60) == "l_en"
    assert len(payload_of(component="x" * (MOST - 2))) == MOST
    assert payload_of(component="a b") == ""


@given(st.text(max_size=100))
def test_no_payload_is_too_strange(payload: str) -> None:
    wish = wish_of(payload, languages=LANGUAGES, components=COMPONENTS)
    assert wish.language in (None, *LANGUAGES)
    assert wish.component in (None, *COMPONENTS)
