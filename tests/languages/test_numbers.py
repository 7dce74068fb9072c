"""Telephone numbers in text that runs from right to left."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages.markdown import to_html, to_plain
from bot.languages.numbers import isolate_numbers

CALL = "اتصل على"


def shown(text: str) -> str:
    """With [ and ] for the invisible marks."""
    return text.replace("\u2068", "[").replace("\u2069", "]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CALL} +39 040 555 0199.", f"{CALL} [+39 040 555 0199]."),
        (f"{CALL} +390405550199", f"{CALL} [+390405550199]"),
        (f"{CALL} (040) 555-0199", f"{CALL} [(040) 555-0199]"),
        (f"{CALL} 040-555-0199", f"{CALL} [040-555-0199]"),
        (f"{CALL} 800 123 456، أو 112", f"{CALL} [800 123 456]، أو 112"),
        ("من 9:00 إلى 17:30", "من 9:00 إلى 17:30"),
        ("بعد 12.50 يورو و20 دقيقة", "بعد 12.50 يورو و20 دقيقة"),
        ("الطلب 123456789", "الطلب 123456789"),
    ],
)
def test_a_number_of_several_parts_stays_in_one_piece(text: str, expected: str) -> None:
    assert shown(isolate_numbers(text, "rtl")) == expected
    assert isolate_numbers(text, "ltr") == text


def test_addresses_and_code_are_left_alone_and_what_is_shown_of_a_link_is_not() -> None:
    text = r"[+39 040 555 0199](tel:+390405550199) <https://x.example/+39-040-5550199> `+39 040 555 0199` \+39 040 1"
    html = to_html(isolate_numbers(text, "rtl"))
    assert '<a href="tel:+390405550199">\u2068+39 040 555 0199\u2069</a>' in html
    assert 'href="https://x.example/+39-040-5550199"' in html
    assert "<code>+39 040 555 0199</code>" in html
    assert "\u2068+39 040 1\u2069" in html


links = ["[", "](tel:+390405550199)", "](https://x.example/1)", "<https://x.example/04-0555-1234>"]
numbers = ["+39", "040", "555", " ", "-", "(", ")", "/", ".", "\\+", "\\-", "\\("]
pieces = st.sampled_from([*links, *numbers, "`", "ا", "a", " *ا* ", " **a** ", "\n", "\n\n", "- ", "1. ", "1) "])


@given(st.lists(pieces, max_size=25).map("".join))
def test_nothing_changes_but_marks_around_numbers(markdown: str) -> None:
    isolated = isolate_numbers(markdown, "rtl")
    for render in (to_html, to_plain):
        assert re.sub("[\u2068\u2069]", "", render(isolated)) == render(markdown)
    assert isolated.count("\u2068") == isolated.count("\u2069")


@given(st.lists(pieces, max_size=25).map("".join))
def test_twice_is_once(markdown: str) -> None:
    once = isolate_numbers(markdown, "rtl")
    assert isolate_numbers(once, "rtl") == once
