"""Everybody gets a language they can read, and nobody one that only looks near."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages.negotiate import SAME, closest, negotiate


@pytest.mark.parametrize(
    ("header", "available", "chosen"),
    [
        ("it", ["en", "it"], "it"),
        ("IT-it", ["en", "it"], "it"),
        ("de-CH, fr;q=0.8", ["fr", "de"], "de"),
        ("fr;q=0.5, de;q=0.9", ["fr", "de"], "de"),
        ("zh-HK", ["en", "zh-Hans", "zh-Hant"], "zh-Hant"),
        ("no", ["en", "nb"], "nb"),
        ("pt-PT", ["en", "pt-BR"], "pt-BR"),
        ("iw", ["en", "he"], "he"),
        ("ca", ["en", "es"], "es"),
        ("ca, en;q=0.5", ["es", "en"], "en"),
        ("uk", ["en", "ru"], "en"),
        ("nl, *;q=0.1", ["en", "it"], "en"),
        ("nl", ["en", "it"], "en"),
        ("en;q=0, it;q=0.1", ["en", "it"], "it"),
        ("en;q=0", ["en", "it"], "it"),
        ("en;q=0, *", ["en", "it"], "it"),
        ("*;q=0, it", ["en", "it"], "it"),
        ("en;q=0", ["en"], "en"),
        ("it;q=abc, es", ["en", "it", "es"], "es"),
        ("it;q=7, es", ["en", "it", "es"], "es"),
        ("", ["it", "en"], "it"),
        (";;,,=;q", ["it", "en"], "it"),
    ],
)
def test_the_header_is_met_as_well_as_it_can_be(header: str, available: list[str], chosen: str) -> None:
    assert negotiate(header, available) == chosen


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(["it", "en-GB", "*", "q=", ";", ",", "0.5", "-", " ", "x"])).map("".join))
def test_any_header_gets_one_of_the_languages_there_are(header: str) -> None:
    assert negotiate(header, ["en", "it", "ar"]) in {"en", "it", "ar"}


@settings(deadline=None)
@given(st.lists(st.sampled_from(["en", "it", "ar", "zh-Hant", "pt-BR"]), min_size=1, unique=True))
def test_a_language_that_is_there_is_its_own_closest(available: list[str]) -> None:
    assert [closest(tag, available) for tag in available] == available


def test_what_is_no_tag_is_close_to_nothing() -> None:
    assert closest("not a tag", ["en"]) is None
    assert closest("", ["en"]) is None


def test_closeness_can_be_asked_for() -> None:
    assert closest("ca", ["es"], within=SAME) is None
    assert closest("ca", ["es"]) == "es"
