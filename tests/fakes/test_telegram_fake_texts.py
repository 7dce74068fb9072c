"""Texts and entities are judged by TDLib, and refused in its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.texts import given, parsed

Json = dict[str, Any]


def entity(kind: str, offset: int, length: int, **details: object) -> Json:
    return {"type": kind, "offset": offset, "length": length, **details}


@pytest.mark.parametrize(
    ("text", "entities", "refusal"),
    [
        ("hi", [entity("bold", 0, 3)], "entity beginning at UTF-16 offset 0 ends after the end of the text"),
        ("hi", [entity("bold", 3, 1)], "entity begins after the end of the text at UTF-16 offset 3"),
        ("a😀b", [entity("bold", 2, 1)], "entity begins in a middle of a UTF-16 symbol"),
        ("a😀b", [entity("bold", 0, 2)], "ends in a middle of a UTF-16 symbol"),
        ("hi", [entity("bold", -1, 1)], "receive an entity with incorrect offset -1"),
        ("hi", [entity("bolder", 0, 1)], "Unsupported type specified"),
        ("hi", [entity("text_link", 0, 1, url="http://localhost")], "'http://localhost' is invalid: Wrong HTTP URL"),
        ("hi", [entity("text_link", 0, 1, url="ftp://shop.example")], "Unsupported URL protocol"),
        ("hi", [entity("text_link", 0, 1)], 'Can\'t find field "url"'),
        ("hi", [entity("date_time", 0, 2, unix_time=1, date_time_format="q")], "Invalid date format used"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_wrong_entities_are_refused(text: str, entities: Sequence[Json], refusal: str) -> None:
    with pytest.raises(ApiError) as caught:
        given(text, entities)

    assert refusal in caught.value.description


@pytest.mark.parametrize(
    ("text", "mode", "refusal"),
    [
        ("<p>x</p>", "HTML", 'Unsupported start tag "p" at byte offset 0'),
        ("<b>x", "html", 'Can\'t find end tag corresponding to start tag "b"'),
        ("*x", "MarkdownV2", "Can't find end of Bold entity"),
        ("a.b", "MarkdownV2", "Character '.' is reserved"),
        ("x", "bbcode", "unsupported parse_mode"),
    ],
)
def test_wrong_markup_is_refused(text: str, mode: str, refusal: str) -> None:
    with pytest.raises(ApiError, match=refusal.replace("(", "\\(")):
        parsed(text, mode)


def test_markup_becomes_the_same_as_entities() -> None:
    html = parsed(
        '<b>Shop</b> <a href="http://shop.example/">here</a> <tg-time unix="5" format="wDT">then</tg-time>', "HTML"
    )
    ours = given(
        "Shop here then",
        [
            entity("bold", 0, 4),
            entity("text_link", 5, 4, url="http://shop.example/"),
            entity("date_time", 10, 4, unix_time=5, date_time_format="wDT"),
        ],
    )

    assert html == ours


def test_markdown_characters_of_a_plain_text_stay() -> None:
    text = "**a** __b__ ~~c~~ ||d|| `e` ```f``` [g](http://h.example) \\* !"

    assert given(text).text == text
    assert given(text, [entity("italic", 0, 5)]).text == text


def test_blanks_around_are_cut_and_entities_follow() -> None:
    words = given("\n  Hello you \n", [entity("bold", 3, 6), entity("italic", 8, 6)])

    assert words.text == "Hello you"
    assert words.entities == (entity("bold", 0, 5), entity("italic", 6, 3))


def test_links_mentions_and_commands_are_found() -> None:
    kinds = [found["type"] for found in given("/start see http://shop.example or @bottega_en, a@shop.com #x").entities]

    assert kinds == ["bot_command", "url", "mention", "email", "hashtag"]


def test_a_found_link_does_not_cover_a_given_one() -> None:
    link = entity("text_link", 4, 12, url="https://other.example/")

    assert given("See shop.example", [link]).entities == (link,)


def test_crossing_entities_are_split_as_telegram_does() -> None:
    words = given("hello", [entity("bold", 0, 3), entity("italic", 1, 4)])

    assert words.entities == (entity("bold", 0, 1), entity("italic", 1, 4), entity("bold", 1, 2))


def test_entities_above_a_hundred_are_dropped() -> None:
    words = given("x " * 150, [entity("bold", 2 * at, 1) for at in range(150)])

    assert len(words.entities) == 100


def test_control_and_direction_characters_are_cleaned() -> None:
    assert given("a\x00b\u202ec\r\nd").text == "a bc\nd"


@holds_for(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_kept_text_is_kept_as_it_is_the_second_time(text: str) -> None:
    once = given(text)

    assert given(once.text, once.entities).text == once.text
