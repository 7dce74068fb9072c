"""From a sender's bytes to typed values, or an error that says where. Not a schema: a source asks for what it needs.

Errors name places and kinds, never values: they are logged, and sent back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from bot.errors import Malformed, UnreadableBody
from bot.sources.base import HookRequest

MOST_ITEMS = 20_000
"""Longer lists are refused: ten thousand problems at once is a storm, a hundred thousand is a mistake."""

_T = TypeVar("_T")
_KINDS = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    dict: "object",
    list: "list",
    type(None): "null",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_WORD = 64
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_JSON_TYPES = re.compile(r"|application/json|text/json|text/plain|application/[a-z0-9.+-]+\+json")


class JsonObject:
    """A JSON object and where in the body it stands. Every look-up raises Malformed with the full path.

    Where a look-up has a default, an absent field and null mean the default.
    """

    __slots__ = ("fields", "path")

    def __init__(self, fields: Mapping[str, Any], path: str = "") -> None:
        self.fields = fields
        self.path = path

    def text(self, name: str, default: str | None = None) -> str:
        """A text, perhaps empty; without a default it must be there."""
        value = self._find(name, str, required=default is None)
        return (default or "") if value is None else _sound(value, self, name)

    def whole(self, name: str) -> int:
        """A whole number that must be there; 1.0 and true are none."""
        return self._need(name, int)

    def identifier(self, name: str) -> str:
        """A text, not empty, or a whole number, as text: senders change their minds between versions."""
        if type(self.fields.get(name)) is int:
            return str(self.whole(name))
        return self.text(name) or self.refuse(name, "is empty")

    def texts(self, name: str) -> dict[str, str]:
        """An object of texts, such as labels; empty when absent."""
        found = self.object(name)
        return {_sound(key, found, key): found.text(key) for key in found.fields}

    def object(self, name: str) -> JsonObject:
        """An object; an empty one when absent."""
        return JsonObject(self._find(name, dict, required=False) or {}, self.at(name))

    def objects(self, name: str) -> list[JsonObject]:
        """A list of objects that must be there, at most ``MOST_ITEMS`` of them."""
        items = self._need(name, list)
        path = self.at(name)
        if len(items) > MOST_ITEMS:
            raise Malformed(f"{len(items)} items, at most {MOST_ITEMS} are taken at once", path=path)
        return [
            JsonObject(_expect(item, dict, f"{path}[{index}]"), f"{path}[{index}]") for index, item in enumerate(items)
        ]

    def moment(self, name: str, *, zone: tzinfo | None = None) -> datetime | None:
        """An RFC 3339 time in UTC; None when absent, empty or in year 1, which Go programs send for "no time".

        Its offset may lack the colon, as Java programs write it.
        zone: what times without an offset are in; None refuses those.
        """
        text = self.text(name, "")
        return moment(text, path=self.at(name), zone=zone) if text else None

    def since_epoch(self, name: str, *, unit: timedelta = timedelta(seconds=1)) -> datetime | None:
        """A time counted in units since 1970, as a number or its digits, in UTC; None when absent, empty or 0."""
        value = self.fields.get(name)
        if value in (None, "", 0, "0"):
            return None
        digits = type(value) is str and len(value) < 20 and value.isascii() and value.isdigit()
        if type(value) not in {int, float} and not digits:
            self.refuse(name, "expected a number that counts from 1970")
        try:
            return _EPOCH + (int(value) if digits else value) * unit
        except OverflowError:
            self.refuse(name, "no such time")

    def only(self, *names: str) -> None:
        """Refuse any field that is not one of the names, telling the nearest that is."""
        for name in self.fields:
            if name not in names:
                near = nearest(name, names)
                hint = f"did you mean {near}?" if near else f"known are {', '.join(names)}"
                raise Malformed(f"unknown field ({hint})", path=self.at(name))

    def refuse(self, name: str, text: str) -> NoReturn:
        """Raise Malformed about the field."""
        raise Malformed(text, path=self.at(name))

    def at(self, name: str) -> str:
        """The path to the field. A name that is no plain word is quoted in ASCII and cut, so it can be logged."""
        if not _PLAIN_NAME.fullmatch(name):
            return f"{self.path}[{json.dumps(name[:64])}]"
        return f"{self.path}.{name}" if self.path else name

    def _need(self, name: str, kind: type[_T]) -> _T:
        if name not in self.fields:
            raise Malformed("missing", path=self.at(name))
        return _expect(self.fields[name], kind, self, name)

    def _find(self, name: str, kind: type[_T], *, required: bool) -> _T | None:
        if not required and self.fields.get(name) is None:
            return None
        return self._need(name, kind)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was probably meant, if any; none for a long word, for comparing takes the square of it."""
    return next(iter(get_close_matches(word.lower(), known, 1)), None) if len(word) <= _LONGEST_WORD else None


def kind_of(value: Any) -> str:
    """What JSON calls a value: text, number, true or false, object, list or null."""
    return _KINDS[type(value)]


def _expect(value: Any, kind: type[_T], where: JsonObject | str, name: str = "") -> _T:
    """The value when it is of exactly this JSON kind. The path is only spelled out when it is not."""
    if type(value) is not kind:
        wanted = "whole number" if kind is int else _KINDS[kind]
        path = where if isinstance(where, str) else where.at(name)
        raise Malformed(f"expected {wanted}, found {_KINDS[type(value)]}", path=path)
    return value


def _sound(text: str, where: JsonObject, name: str) -> str:
    """The text, unless it holds half of a surrogate pair, which JSON can spell and nothing can store."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed("half of a surrogate pair in the text", path=where.at(name)) from None
    return text


def moment(text: str, *, path: str = "", zone: tzinfo | None = None) -> datetime | None:
    """An RFC 3339 time (https://www.rfc-editor.org/rfc/rfc3339) in UTC, cut to microseconds; None for year 1."""
    found = _RFC_3339.fullmatch(text)
    if not found:
        raise Malformed("expected a time such as 2024-12-11T17:45:00Z", path=path)
    if not found[2] and zone is None:
        raise Malformed("expected a time with an offset, such as 2024-12-11T17:45:00Z", path=path)
    try:
        read = datetime.fromisoformat(text.upper())
        if read.year == 1:
            return None
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("no such time", path=path) from None


def media_type(request: HookRequest) -> tuple[str, dict[str, str]]:
    """The content type in lower case, "" when not given, and its parameters."""
    kind, *parameters = request.headers.get("content-type", "").split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def json_body(request: HookRequest) -> Any:
    """What the body says as JSON. Raises UnreadableBody for another content type, Malformed for what is not JSON."""
    kind, parameters = media_type(request)
    if not _JSON_TYPES.fullmatch(kind):
        raise UnreadableBody("expected content-type: application/json")
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnreadableBody("expected UTF-8, as JSON must be")
    return parse_json(request.body)


def json_object(request: HookRequest) -> JsonObject:
    """The body, which must be a JSON object. Raises as ``json_body`` does."""
    return JsonObject(_expect(json_body(request), dict, ""))


def object_in(text: str, *, path: str) -> JsonObject:
    """The JSON object that a text inside the request spells. Raises as ``parse_json`` does."""
    return JsonObject(_expect(parse_json(text.encode("utf-8", "surrogatepass"), path=path), dict, path), path)


def parse_json(body: bytes, *, path: str = "") -> Any:
    """The value of a JSON text (https://www.rfc-editor.org/rfc/rfc8259). Raises Malformed with line and column.

    path: where the text itself was found, such as in a field of a form.
    """
    if not body.strip():
        raise Malformed("empty, expected JSON", path=path)
    try:
        return json.loads(body.decode("utf-8").removeprefix("\ufeff"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}", path=path) from None
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}", path=path) from None
    except RecursionError:
        raise Malformed("nested too deeply", path=path) from None
    except ValueError as error:
        raise Malformed(f"not usable JSON: {error}", path=path) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
