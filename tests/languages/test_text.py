"""Text from outside is made safe without changing what people see of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.model import Direction
from bot.languages.text import clean, isolate, one_line, printable, utf16_length

NASTY = [chr(code) for code in (0, 0x0B, 0x1B, 0x7F, 0x85, 0xFEFF, 0xD800, 0xFFFE, 0x1FFFF, 0x202E, 0x2028, 0x2066)]
any_text = st.text(st.characters(exclude_categories=()) | st.sampled_from(NASTY))


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("Online shop", "Online shop"),
        ("  Online \t shop \r\n", "Online shop"),
        ("Shop\x00\x1b[31m", "Shop[31m"),
        ("one\u2028two", "one two"),
        ("\u202etxt.exe", "txt.exe"),
        ("family 👨‍👩‍👧 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "family 👨‍👩‍👧 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        ("نام‌خانه", "نام‌خانه"),
        ("10\u00a0€", "10\u00a0€"),
    ],
    ids=["plain", "spaces", "escape", "line separator", "override", "emoji", "joiner", "no-break space"],
)
def test_a_name_keeps_all_that_people_can_see(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@settings(deadline=None)
@given(any_text)
def test_cleaned_text_is_one_line_that_any_document_can_hold(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == clean(cleaned) == one_line(cleaned)
    assert not set(cleaned) & {*NASTY, "\n", "\r", "\t"}
    cleaned.encode("utf-8")


@settings(deadline=None)
@given(any_text)
def test_no_line_is_lost(text: str) -> None:
    ends = ("\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029")
    for end in ends:
        text = text.replace(end, "\n")
    assert printable(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("name", "direction", "isolated"),
    [
        ("Shop", "ltr", False),
        ("متجر", "ltr", True),
        ("Shop متجر", "ltr", True),
        ("متجر", "rtl", False),
        ("Shop", "rtl", True),
        ("+39 081 555", "rtl", True),
        ("🛒", "rtl", False),
    ],
)
def test_only_a_name_that_runs_the_other_way_is_isolated(name: str, direction: Direction, isolated: bool) -> None:
    assert isolate(name, direction) == (f"\u2068{name}\u2069" if isolated else name)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("é", 1), ("🛒", 2), ("a🛒b", 4)])
def test_length_counts_as_telegram_does(text: str, length: int) -> None:
    assert utf16_length(text) == length
