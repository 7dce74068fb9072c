"""What every source promises, whichever sender it is for. A new one is found here by its name in the registry.

How senders prove who they are is in ``test_proofs``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.settings import SourceSettings
from bot.domain.model import Signal, SignalState
from bot.errors import Malformed, UnreadableBody
from bot.sources import signals
from bot.sources.base import HookRequest, Source
from bot.sources.registry import TYPES
from tests.sources.fixture import FIXTURES, Fixture, fixtures_of, source_of

NAMES = [source.type for source in TYPES]
ALL = [fixture for name in NAMES for fixture in fixtures_of(name)]
WITH_JSON_BODY = [fixture for fixture in ALL if fixture.request.body.startswith((b"{", b"[{"))]

each_source = pytest.mark.parametrize("name", NAMES)
each_fixture = pytest.mark.parametrize("fixture", ALL, ids=str)


# --- it is whole ---


def test_the_configuration_knows_exactly_the_sources_there_are() -> None:
    assert set(get_args(SourceSettings.model_fields["type"].annotation)) == set(NAMES)


@each_source
def test_there_are_fixtures_for_a_beginning_and_an_end_of_the_same_problem(name: str) -> None:
    told = [signal for fixture in fixtures_of(name) for signal in fixture.signals]
    began = {signal.key for signal in told if signal.state is SignalState.FIRING}
    ended = {signal.key for signal in told if signal.state is SignalState.RESOLVED}
    assert began & ended


@each_source
def test_there_is_a_fixture_for_words_that_are_neither_up_nor_down(name: str) -> None:
    states = {signal.state for fixture in fixtures_of(name) for signal in fixture.signals}
    assert SignalState.UNKNOWN in states


@each_source
def test_there_is_a_page_that_tells_how_to_set_it_up(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "sources" / f"{name.replace('_', '-')}.md"
    text = page.read_text(encoding="utf-8")
    assert f"type: {name}" in text
    assert "curl" in text


def test_every_folder_of_fixtures_belongs_to_a_source() -> None:
    folders = {path.name for path in FIXTURES.iterdir() if path.is_dir() and any(path.glob("*.json"))}
    assert set(NAMES) <= folders


# --- it reads ---


@each_fixture
def test_a_recorded_request_is_read_as_stated(fixture: Fixture) -> None:
    assert tuple(fixture.source.parse(fixture.request)) == fixture.signals


@each_fixture
def test_the_same_request_twice_is_the_same_signals(fixture: Fixture) -> None:
    assert fixture.source.parse(fixture.request) == fixture.source.parse(fixture.request)


def test_every_recorded_signal_is_sound() -> None:
    assert_sound([signal for fixture in ALL for signal in fixture.signals])


# --- it refuses ---


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_one_byte_changed_is_read_or_refused(fixture: Fixture, data: st.DataObject) -> None:
    body = fixture.request.body or b" "
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + data.draw(st.binary(max_size=2)) + body[place + 1 :]
    read_or_refused(fixture.source, replace(fixture.request, body=changed))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_a_body_cut_anywhere_is_read_or_refused(fixture: Fixture, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(fixture.request.body)))
    read_or_refused(fixture.source, replace(fixture.request, body=fixture.request.body[:place]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WITH_JSON_BODY), st.data())
def test_one_field_left_out_is_read_or_refused(fixture: Fixture, data: st.DataObject) -> None:
    body = json.loads(fixture.request.body)
    container, key = data.draw(st.sampled_from(list(places(body))))
    del container[key]
    read_or_refused(fixture.source, fixture.saying(body))


ODD_VALUES: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, 1e308, "", "x" * 5000, "\ud800", "\u202e\x00\u2028", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2024-02-30T00:00:00Z", [], [[]], [None], {}, {"": ""}, {"a": None}, {"\ud800": "x"},
    {"{0}%s": "{0}%s"}, [{}],
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(WITH_JSON_BODY), st.sampled_from(ODD_VALUES), st.data())
def test_one_value_of_another_kind_is_read_or_refused(fixture: Fixture, odd: Any, data: st.DataObject) -> None:
    body = json.loads(fixture.request.body)
    container, key = data.draw(st.sampled_from(list(places(body))))
    container[key] = odd
    read_or_refused(fixture.source, fixture.saying(body))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.dictionaries(st.sampled_from(["msg", "heartbeat", "monitor", "data"]), st.text()))
def test_any_query_is_read_or_refused(fixture: Fixture, query: dict[str, str]) -> None:
    read_or_refused(fixture.source, replace(fixture.request, query=query))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.text())
def test_any_content_type_is_read_or_refused(fixture: Fixture, content_type: str) -> None:
    read_or_refused(fixture.source, replace(fixture.request, headers={"content-type": content_type}))


UNREADABLE = {
    "nothing": b"",
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "not utf-8": b'{"key": "\xff\xfe"}',
    "utf-16": '{"alerts": []}'.encode("utf-16"),
    "not a number": b'{"alerts": [], "signals": [], "x": NaN}',
    "infinite": b'{"x": -Infinity}',
    "cut off": b'{"alerts": [{"status": "fir',
    "a list": b"[1, 2]",
    "a text": b'"firing"',
    "null": b"null",
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "a number of ten thousand digits": b'{"ruleId": ' + b"9" * 10_000 + b"}",
    "two documents": b"{}{}",
}


@each_source
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_json_object_is_refused(name: str, body: bytes) -> None:
    with pytest.raises((Malformed, UnreadableBody)):  # the second from those that take only forms
        source_of(name).parse(HookRequest(headers={"content-type": "application/json"}, body=body))


@each_source
@pytest.mark.parametrize(
    "content_type", ["text/html", "image/png", "application/xml", "application/json; charset=utf-16"]
)
def test_another_content_type_is_unreadable(name: str, content_type: str) -> None:
    with pytest.raises(UnreadableBody):
        source_of(name).parse(HookRequest(headers={"content-type": content_type}, body=b"{}"))


# --- the judges ---


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: its container and the key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from places(inner)


def read_or_refused(source: Source, request: HookRequest) -> None:
    try:
        told = source.parse(request)
    except (Malformed, UnreadableBody) as error:
        told, reason = [], str(error)
    else:
        reason = "none"
    assert reason.isprintable()
    assert reason
    assert_sound(told)


def assert_sound(told: Sequence[Signal]) -> None:
    for signal in told:
        assert 0 < len(signal.key) <= signals.LONGEST_KEY
        assert signal.key.isprintable()
        for name, value in signal.labels.items():
            assert len(name) <= signals.LONGEST_NAME
            assert len(value) <= signals.LONGEST_VALUE
            assert_clean(name + value)
        assert len(signal.summary) <= signals.LONGEST_SUMMARY
        assert_clean(signal.summary)
        assert len(signal.statement) <= signals.LONGEST_STATEMENT
        assert_clean(signal.statement.replace("\n", ""))
        assert signal.at is None or signal.at.utcoffset() == timedelta(0)
        assert signal.url is None or (
            signal.url.isprintable() and signal.url.lower().startswith(("http://", "https://"))
        )


def assert_clean(text: str) -> None:
    text.encode()
    assert not [character for character in text if unicodedata.category(character) in {"Cc", "Cs"}]
    assert not [character for character in text if unicodedata.bidirectional(character) in
                {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}]  # fmt: skip
