"""Somebody else's JSON, read by places: what is found there, and what is said when it is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.mapping import MappingSettings
from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.mapped import mapped
from bot.sources.pointers import find, spell
from tests.sources.fixture import source_of

LEAST = {"key": "/id", "state": "/s", "values": {"firing": ["down"], "resolved": ["up"]}}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# --- pointers ---

RFC_6901 = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8,
}  # fmt: skip
"""The document of https://www.rfc-editor.org/rfc/rfc6901#section-5"""


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", RFC_6901), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
        ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard_are_found(pointer: str, value: Any) -> None:
    assert find(RFC_6901, pointer) == value


@pytest.mark.parametrize(
    "pointer", ["/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/-1", "/foo/١", "/foo/0/x", "/nobody", "//"]
)
def test_what_is_not_there_is_nothing(pointer: str) -> None:
    assert find(RFC_6901, pointer) is None


def test_tilde_one_is_read_before_tilde_zero() -> None:
    assert find({"~1": "right", "/": "wrong"}, "/~01") == "right"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=300)
@given(json_values)
def test_every_place_is_found_by_the_pointer_to_it(document: Any) -> None:
    def walk(value: Any, pointer: str) -> None:
        assert find(document, pointer) == value
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in items:
            walk(inner, f"{pointer}/{spell([str(key)])}")

    walk(document, "")


@settings(max_examples=300)
@given(st.lists(st.text(max_size=4), min_size=1, max_size=3), st.lists(st.text(max_size=4), min_size=1, max_size=3))
def test_different_parts_never_make_the_same_name(one: list[str], other: list[str]) -> None:
    assert (spell(one) == spell(other)) == (one == other)


# --- reading ---


def by(mapping: dict[str, Any], body: Any) -> list[Signal]:
    return mapped("panel", MappingSettings.model_validate(LEAST | mapping), body)


def said(body: Any, **mapping: Any) -> Signal:
    [signal] = by(mapping, {"id": "web", "s": "down", **body})
    return signal


def test_a_key_and_a_state_are_enough() -> None:
    assert said({}) == Signal(source="panel", key="web", state=SignalState.FIRING)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("down", SignalState.FIRING),
        ("DOWN", SignalState.FIRING),
        ("Up", SignalState.RESOLVED),
        ("down ", SignalState.UNKNOWN),
        ("sideways", SignalState.UNKNOWN),
        ("$STATUS", SignalState.UNKNOWN),
    ],
)
def test_a_word_means_what_is_listed_and_nothing_else(word: str, state: SignalState) -> None:
    assert said({"s": word}).state is state


@pytest.mark.parametrize(("value", "listed"), [(0, "0"), (True, "true"), (False, "FALSE"), (1.5, "1.5")])
def test_what_is_no_text_has_a_plain_one(value: Any, listed: str) -> None:
    assert said({"s": value}, values={"firing": [listed]}).state is SignalState.FIRING


def test_a_label_that_is_not_there_is_left_out_and_an_empty_one_is_kept() -> None:
    places = {"a": "/a", "b": "/b", "c": "/c", "d": "/d/0"}
    assert said({"a": "", "b": None, "d": [7]}, labels=places).labels == {"a": "", "d": "7"}


def test_times_are_read_in_every_form() -> None:
    at = datetime(2024, 12, 11, 17, 41, 2, tzinfo=UTC)
    forms = ["2024-12-11T17:41:02Z", "2024-12-11T18:41:02+01:00", 1733938862, "1733938862", 1733938862000, 1733938862.0]
    assert [said({"t": form}, at="/t").at for form in forms] == [at] * len(forms)
    assert said({"t": "2024-12-11 18:41:02"}, at="/t", timezone="Europe/Rome").at == at
    assert [said({"t": nothing}, at="/t").at for nothing in (None, "", 0, "0")] == [None] * 4


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["UTC", "Europe/Rome"]))  # noqa: DTZ001 - the zone comes with the mapping
def test_seconds_milliseconds_and_words_say_the_same(naive: datetime, zone: str) -> None:
    at = naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    milliseconds = round((at - EPOCH) / timedelta(milliseconds=1))
    assert said({"t": milliseconds}, at="/t").at == at
    assert said({"t": at.isoformat()}, at="/t").at == at
    assert said({"t": milliseconds // 1000}, at="/t").at == at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("mapping", "body", "error"),
    [
        ({}, {"s": "down"}, "/id: missing"),
        ({}, {"id": None, "s": "down"}, "/id: missing"),
        ({}, {"id": "", "s": "down"}, "/id: is empty"),
        ({}, {"id": "web"}, "/s: missing"),
        ({}, [], "/id: missing"),
        ({}, 7, "/id: missing"),
        ({"key": ["/id", "/check"]}, {"id": "web", "s": "up"}, "/check: missing"),
        ({"labels": {"x": "/x"}}, {"id": "web", "s": "up", "x": {}}, "/x: expected text, number, true or false, "),
        ({"labels": {"x": "/x"}}, {"id": "web", "s": "up", "x": [[]]}, "found list"),
        ({"summary": "/x"}, {"id": "web", "s": "up", "x": "\ud800"}, "/x: half of a surrogate pair"),
        ({"at": "/t"}, {"id": "web", "s": "up", "t": "yesterday"}, "/t: expected a time such as"),
        ({"at": "/t"}, {"id": "web", "s": "up", "t": "2024-12-11 18:41:02"}, "/t: expected a time with an offset"),
        ({"at": "/t"}, {"id": "web", "s": "up", "t": 10**18}, "/t: no such time"),
        ({"problems": "/list"}, {"list": {}}, "/list: expected list, found object"),
        ({"problems": "/list"}, {}, "/list: expected list, found null"),
        ({"problems": "/list"}, {"list": [{"id": "a", "s": "up"}, {"id": "b"}]}, "/list/1/s: missing"),
        ({"problems": ""}, [{"id": "a", "s": "up"}, 3], "/1/id: missing"),
        ({"problems": "/l"}, {"l": [None] * 20_001}, "/l: 20001 items, at most 20000 are taken at once"),
        (
            {"values": {"firing": ["x"], "statement": ["said"]}, "statement": "/words"},
            {"id": "web", "s": "said"},
            "/words: missing",
        ),
    ],
)
def test_what_cannot_be_read_is_told_by_its_pointer(mapping: dict[str, Any], body: Any, error: str) -> None:
    with pytest.raises(Malformed) as refused:
        by(mapping, body)
    assert error in str(refused.value)


@settings(max_examples=400)
@given(json_values, st.sampled_from(["", "/a", "/0", "/a/b"]), st.booleans())
def test_any_body_is_read_or_refused(body: Any, place: str, listed: bool) -> None:
    places = {"key": place, "state": place, "labels": {"x": place}, "summary": place, "at": place, "url": place}
    source = source_of("generic", mapping=LEAST | places | ({"problems": ""} if listed else {}))
    try:
        signals, reason = source.parse(HookRequest(body=json.dumps(body).encode())), "none"
    except Malformed as error:
        signals, reason = [], str(error)
    assert reason.isprintable()
    assert all(signal.key and signal.state is not SignalState.STATEMENT for signal in signals)
