"""Look-ups in what a sender wrote: the right value, or an error that names the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Malformed, UnreadableBody
from bot.sources.base import HookRequest
from bot.sources.reading import (
    MOST_ITEMS,
    JsonObject,
    json_body,
    json_object,
    media_type,
    moment,
    nearest,
    object_in,
    parse_json,
)


def refusal(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(Malformed) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_what_is_missing_is_named_with_its_whole_path() -> None:
    body = JsonObject({"alerts": [{"labels": {"service": "shop"}}]})
    [alert] = body.objects("alerts")
    assert refusal(alert.object("labels").text, "team") == "alerts[0].labels.team: missing"
    assert refusal(alert.object("notes").text, "team") == "alerts[0].notes.team: missing"


@pytest.mark.parametrize(
    ("value", "found"),
    [(1, "number"), (1.5, "number"), (True, "true or false"), (None, "null"), ([], "list"), ({}, "object")],
)
def test_a_value_of_another_kind_is_named(value: Any, found: str) -> None:
    assert refusal(JsonObject({"key": value}).text, "key") == f"key: expected text, found {found}"


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_a_whole_number_is_exactly_that(value: Any) -> None:
    assert refusal(JsonObject({"n": value}).whole, "n").startswith("n: expected whole number, found ")


def test_texts_are_texts_all_the_way_down() -> None:
    body = JsonObject({"labels": {"service": "shop", "a b": 7}})
    assert refusal(body.texts, "labels") == 'labels["a b"]: expected text, found number'


def test_a_list_of_objects_holds_nothing_else() -> None:
    assert refusal(JsonObject({"alerts": [{}, 3]}).objects, "alerts") == "alerts[1]: expected object, found number"
    assert refusal(JsonObject({}).objects, "alerts") == "alerts: missing"
    assert refusal(JsonObject({"alerts": [{}] * (MOST_ITEMS + 1)}).objects, "alerts").startswith("alerts: 20001 items")


def test_null_means_the_default_where_there_is_one() -> None:
    body = JsonObject({"a": None})
    assert body.text("a", "none") == body.text("b", "none") == "none"
    assert body.texts("a") == {}
    assert body.moment("a") is None


def test_an_identifier_may_change_from_number_to_text() -> None:
    assert JsonObject({"id": 41}).identifier("id") == JsonObject({"id": "41"}).identifier("id") == "41"
    assert refusal(JsonObject({"id": True}).identifier, "id") == "id: expected text, found true or false"
    assert refusal(JsonObject({"id": ""}).identifier, "id") == "id: is empty"


def test_half_of_a_surrogate_pair_is_refused_wherever_it_is_read() -> None:
    body = JsonObject(json.loads(r'{"labels": {"a": "\ud83d", "\ude00": "b"}, "whole": "\ud83d\ude00"}'))
    assert refusal(body.object("labels").text, "a") == "labels.a: half of a surrogate pair in the text"
    assert "half of a surrogate pair" in refusal(body.texts, "labels")
    assert body.text("whole") == "😀"


@given(st.text(max_size=300))
def test_any_name_makes_a_path_that_can_be_logged(name: str) -> None:
    path = JsonObject({}, "alerts[0]").at(name)
    assert path.isprintable()
    assert len(path) < 1000
    assert path.startswith("alerts[0]")


def test_a_word_too_long_to_be_a_mistyped_one_is_compared_with_nothing() -> None:
    assert nearest("s" * 64, ["s" * 63]) == "s" * 63
    assert nearest("s" * 65, ["s" * 64]) is None


def test_a_field_that_nobody_knows_is_refused_with_the_nearest() -> None:
    body = JsonObject({"Sumary": ""}, "signals[2]")
    assert refusal(body.only, "key", "summary") == "signals[2].Sumary: unknown field (did you mean summary?)"
    assert refusal(JsonObject({"zzz": 1}).only, "key", "at") == "zzz: unknown field (known are key, at)"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-12-11T17:45:00Z", datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        ("2024-12-11t17:45:00z", datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        ("2024-12-11T17:45:00.123456789Z", datetime(2024, 12, 11, 17, 45, 0, 123456, tzinfo=UTC)),
        ("2024-12-11T23:15:00.5+05:30", datetime(2024, 12, 11, 17, 45, 0, 500_000, tzinfo=UTC)),
        ("2024-12-11 12:45:00-05:00", datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        ("2024-12-11T18:45:00.000+0100", datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_times_are_read_in_utc(text: str, meant: datetime | None) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (1733939100, datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        ("1733939100", datetime(2024, 12, 11, 17, 45, tzinfo=UTC)),
        (1733939100.5, datetime(2024, 12, 11, 17, 45, 0, 500_000, tzinfo=UTC)),
        *((nothing, None) for nothing in (None, "", 0, "0")),
    ],
)
def test_a_time_counted_from_1970_is_read(value: object, meant: datetime | None) -> None:
    assert JsonObject({"at": value}).since_epoch("at") == meant


def test_a_time_may_be_counted_in_milliseconds() -> None:
    at = JsonObject({"at": 1733939100250}).since_epoch("at", unit=timedelta(milliseconds=1))
    assert at == datetime(2024, 12, 11, 17, 45, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("value", [True, "soon", "-1", "1.5", "١٧٣٣", "9" * 5000, [], {}, 10**30, -(10**18), 1e308])
def test_what_counts_no_time_is_told(value: object) -> None:
    assert refusal(JsonObject({"at": value}).since_epoch, "at").startswith("at: ")


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda time: 1 < time.year < 9999), st.integers(-23 * 60, 23 * 60))
def test_every_rfc_3339_time_is_read_exactly(time: datetime, offset: int) -> None:
    aware = time.replace(tzinfo=timezone(timedelta(minutes=offset)))
    read = moment(aware.isoformat())
    assert read == aware
    assert read is not None
    assert read.tzinfo is UTC


def test_a_time_without_an_offset_needs_a_known_zone() -> None:
    assert refusal(moment, "2024-12-11 17:45:00", path="at").startswith("at: expected a time with an offset")
    assert moment("2024-12-11 17:45:00.564", zone=UTC) == datetime(2024, 12, 11, 17, 45, 0, 564_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["now", "2024-12-11", "20241211T174500Z", "2024-W50-3T00:00:00Z", "2024-12-11T17:45Z", "2024-02-30T00:00:00Z",
     "2024-12-11T25:00:00Z", "9999-12-31T23:59:59-01:00", "٢٠٢٤-12-11T17:45:00Z", "2024-12-11T17:45:00,5Z", " "],
)  # fmt: skip
def test_what_is_no_time_is_told(text: str) -> None:
    assert refusal(moment, text, path="at").startswith("at: ")


def test_json_errors_tell_line_and_column() -> None:
    assert refusal(parse_json, b'{"a":\n tru}') == "not JSON: Expecting value at line 2 column 2"
    assert refusal(parse_json, b'{"a": "\xff"}', path="data") == "data: not UTF-8 at byte 7"
    assert refusal(parse_json, b" \n") == "empty, expected JSON"
    assert refusal(parse_json, b"[" * 100_000) == "nested too deeply"
    assert refusal(parse_json, b'{"a": NaN}') == "not usable JSON: NaN is not a JSON number"
    assert refusal(parse_json, b"9" * 5000).startswith("not usable JSON: ")


def test_a_byte_order_mark_is_forgiven() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == {}


def test_json_inside_a_text_is_read_with_its_path() -> None:
    assert object_in('{"a": "b"}', path="data").text("a") == "b"
    assert refusal(object_in("{}", path="data").text, "a") == "data.a: missing"
    assert refusal(object_in, "[]", path="data") == "data: expected object, found list"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "APPLICATION/JSON; charset=UTF-8",
        'text/plain; charset="utf-8"',
        "application/problem+json",
    ],
)
def test_json_is_read_under_every_name_it_goes_by(content_type: str) -> None:
    assert json_body(HookRequest(headers={"content-type": content_type}, body=b"{}")) == {}


def test_another_content_type_is_unreadable_not_malformed() -> None:
    for content_type in ("text/html", "application/x-www-form-urlencoded", "application/json; charset=latin-1"):
        with pytest.raises(UnreadableBody):
            json_object(HookRequest(headers={"content-type": content_type}, body=b"{}"))


def test_content_types_come_apart() -> None:
    request = HookRequest(headers={"content-type": 'Multipart/Form-Data; Boundary="a=b"; x'})
    assert media_type(request) == ("multipart/form-data", {"boundary": "a=b", "x": ""})
