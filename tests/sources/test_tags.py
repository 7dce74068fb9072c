"""How tags become labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.tags import MOST_TAGS, tag_labels, tags_of


def test_a_tag_with_a_value_is_a_label_and_a_bare_one_has_an_empty_value() -> None:
    assert tag_labels(["service:shop", "team=web", "public", " tier : 1 "]) == {
        "service": "shop",
        "team": "web",
        "public": "",
        "tier": "1",
    }


@pytest.mark.parametrize("tags", [["a:b"] * (MOST_TAGS + 5), ",".join(["a:b"] * (MOST_TAGS + 5))])
def test_only_so_many_tags_are_looked_at(tags: Any) -> None:
    assert len(tags_of(JsonObject({"tags": tags}), "tags")) == MOST_TAGS


def test_only_the_first_sign_divides() -> None:
    assert tag_labels(["see:https://shop.example/?a=b", "sum=a:b"]) == {
        "see": "https://shop.example/?a=b",
        "sum": "a:b",
    }


def test_blank_tags_are_none() -> None:
    assert tag_labels(["", "  ", ":x", "="]) == {}


@given(st.lists(st.text()))
def test_any_tags_become_labels_without_white_space_around(tags: list[str]) -> None:
    for name, value in tag_labels(tags).items():
        assert name
        assert (name, value) == (name.strip(), value.strip())


@pytest.mark.parametrize(
    ("value", "tags"),
    [(["a", "b:c"], ["a", "b:c"]), ("a, b:c", ["a", "b:c"]), ([], []), (None, [""]), ("", [""])],
    ids=["list", "text", "empty list", "null", "empty text"],
)
def test_tags_come_as_a_list_or_as_a_text_with_commas(value: Any, tags: list[str]) -> None:
    assert tags_of(JsonObject({"tags": value}), "tags") == tags


@pytest.mark.parametrize(
    ("value", "path"), [(["a", 1], "tags.1"), ({"a": "b"}, "tags"), (7, "tags"), (["a", "\ud800"], "tags.1")]
)
def test_anything_else_is_refused_with_its_place(value: Any, path: str) -> None:
    with pytest.raises(Malformed) as refused:
        tags_of(JsonObject({"tags": value}), "tags")
    assert refused.value.path == path
