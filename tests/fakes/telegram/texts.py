"""Texts and entities as Telegram itself would keep them: TDLib's own code is the judge, nothing is sent anywhere.

Not a parser of ours: ``parseTextEntities`` reads a parse_mode, ``parseMarkdown`` checks and repairs given entities
(its Markdown characters are masked first, so that it has none to parse), ``getTextEntities`` finds links and commands.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import tdjson

from tests.fakes.telegram.errors import bad_request

Json = dict[str, Any]

MAX_TEXT = 4096
"""Code points after parsing. https://core.telegram.org/bots/api#sendmessage"""
MAX_ENTITIES = 100
"""Entities above this are dropped without a word. https://core.telegram.org/api/entities"""

_KINDS = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "text_mention": "MentionName",
    "custom_emoji": "CustomEmoji",
    "date_time": "DateTime",
}
_FOUND = {
    "mention": "Mention",
    "hashtag": "Hashtag",
    "cashtag": "Cashtag",
    "bot_command": "BotCommand",
    "url": "Url",
    "email": "EmailAddress",
    "phone_number": "PhoneNumber",
}
_NAMES = {td: name for name, td in {**_KINDS, **_FOUND, "pre_": "PreCode"}.items()}
_SPLITTABLE = {"Bold", "Italic", "Underline", "Strikethrough", "Spoiler", "BlockQuote", "ExpandableBlockQuote"}
_HIDDEN_DATA = {"TextUrl", "MentionName", "CustomEmoji", "DateTime"}
_MARKDOWN = str.maketrans({char: chr(0xE100 + index) for index, char in enumerate("*_~|`[]()!\\")})
_UNMASKED = {ord(after): chr(before) for before, after in _MARKDOWN.items()}
_PREFIX = "textEntityType"
_BLANK = (32, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text as stored: what readers see, and Bot API entity objects in order."""

    text: str
    entities: tuple[Json, ...] = ()

    def length(self) -> int:
        """Length in code points, which is what the limit of 4,096 counts."""
        return len(self.text)


def td(request: Mapping[str, object]) -> Json:
    """Run one synchronous TDLib request. Raises ApiError 400 with TDLib's words."""
    body = tdjson.td_execute(json.dumps(request).encode())
    answer: Json = json.loads(body) if body else {}
    if answer.get("@type") == "error":
        raise bad_request(str(answer["message"]))
    return answer


td({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def parsed(text: str, parse_mode: str) -> Words:
    """Read a text written in HTML, Markdown or MarkdownV2. Raises ApiError 400: can't parse entities."""
    mode: Json
    match parse_mode.lower():
        case "html":
            mode = {"@type": "textParseModeHTML"}
        case "markdown":
            mode = {"@type": "textParseModeMarkdown", "version": 1}
        case "markdownv2":
            mode = {"@type": "textParseModeMarkdown", "version": 2}
        case _:
            raise bad_request("unsupported parse_mode")
    answer = td({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    return _finished(answer["text"], answer["entities"])


def given(text: str, entities: Sequence[Json] = ()) -> Words:
    """Check and repair a text that came with entities. Raises ApiError 400 with TDLib's words."""
    wanted = [entity for entity in map(_to_td, entities) if entity is not None]
    return _finished(*_repaired(text, wanted))


def check_url(url: str, what: str) -> str:
    """A link as TDLib normalises it. Raises ApiError 400: ``what`` 'x' is invalid: ..."""
    entity = {"@type": "textEntity", "offset": 0, "length": 1, "type": {"@type": "textEntityTypeTextUrl", "url": url}}
    request = {"@type": "parseMarkdown", "text": {"@type": "formattedText", "text": "x", "entities": [entity]}}
    answer: Json = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    if answer["@type"] == "error":
        raise bad_request(answer["message"].replace("Entity URL", what, 1))
    found = answer["entities"][0]["type"]
    return str(found.get("url", url))


def _repaired(text: str, entities: Sequence[Json]) -> tuple[str, list[Json]]:
    formatted = {"@type": "formattedText", "text": text.translate(_MARKDOWN), "entities": entities}
    answer = td({"@type": "parseMarkdown", "text": formatted})
    return answer["text"].translate(_UNMASKED), answer["entities"]


def _finished(text: str, entities: list[Json]) -> Words:
    text, entities = _trimmed(text, entities)
    kept = [entity for entity in entities if entity["type"]["@type"] != _PREFIX + "CustomEmoji"]
    if found := _found(text, kept):
        text, kept = _repaired(text, [*kept, *found])
    return Words(text=text, entities=tuple(_from_td(entity) for entity in kept[:MAX_ENTITIES]))


def _trimmed(text: str, entities: Sequence[Json]) -> tuple[str, list[Json]]:
    """Cut blanks as fix_formatted_text does.

    Entities let go of leading blanks, the text of trailing ones, and of leading ones up to its first entity.
    https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp
    """
    units = array("H", text.encode("utf-16-le"))
    end = len(units)
    while end and units[end - 1] in _BLANK:
        end -= 1
    kept = [cut for cut in (_without_blanks(entity, units, end) for entity in entities) if cut["length"] > 0]
    stop = min([entity["offset"] for entity in kept], default=end)
    start = next((at for at in range(stop) if units[at] not in _BLANK), stop)
    shifted = [{**entity, "offset": entity["offset"] - start} for entity in kept]
    return units[start:end].tobytes().decode("utf-16-le"), shifted


def _without_blanks(entity: Json, units: array[int], end: int) -> Json:
    offset, stop = entity["offset"], min(entity["offset"] + entity["length"], end)
    if entity["type"]["@type"].removeprefix(_PREFIX) not in _HIDDEN_DATA:
        while offset < stop and units[offset] in _BLANK:
            offset += 1
    return {**entity, "offset": offset, "length": stop - offset}


def _found(text: str, entities: Sequence[Json]) -> list[Json]:
    known = {_PREFIX + name for name in _FOUND.values()}
    found = [e for e in td({"@type": "getTextEntities", "text": text})["entities"] if e["type"]["@type"] in known]
    solid = [e for e in entities if e["type"]["@type"].removeprefix(_PREFIX) not in _SPLITTABLE]
    return [e for e in found if not any(_overlap(e, other) for other in solid)]


def _overlap(one: Json, other: Json) -> bool:
    starts, ends = one["offset"], one["offset"] + one["length"]
    return bool(starts < other["offset"] + other["length"] and other["offset"] < ends)


def _to_td(entity: Json) -> Json | None:
    """A Bot API entity in TDLib's shape; None for the kinds that the server finds by itself and ignores when given."""
    kind = entity["type"]
    if entity["length"] == 0 or kind in _FOUND or kind == "bank_card":
        return None
    if kind not in _KINDS:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    shape: Json = {"@type": _PREFIX + _KINDS[kind], **_details_to_td(kind, entity)}
    if kind == "pre" and entity.get("language"):
        shape = {"@type": _PREFIX + "PreCode", "language": entity["language"]}
    return {"@type": "textEntity", "offset": entity["offset"], "length": entity["length"], "type": shape}


def _details_to_td(kind: str, entity: Json) -> Json:
    match kind:
        case "text_link":
            return {"url": _field(entity, "url")}
        case "text_mention":
            return {"user_id": _field(entity, "user")["id"]}
        case "custom_emoji":
            return {"custom_emoji_id": _field(entity, "custom_emoji_id")}
        case "date_time":
            formatting = _formatting(entity.get("date_time_format") or "")
            when = {"unix_time": _field(entity, "unix_time")}
            return {**when, "formatting_type": formatting} if formatting else when
    return {}


def _field(entity: Json, name: str) -> Any:
    if name not in entity:
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    return entity[name]


@cache
def _formatting(form: str) -> Json | None:
    tag = f'<tg-time unix="1" format="{escape(form)}">x</tg-time>'
    answer = td({"@type": "parseTextEntities", "text": tag, "parse_mode": {"@type": "textParseModeHTML"}})
    formatting: Json | None = answer["entities"][0]["type"].get("formatting_type")
    return formatting


def _from_td(entity: Json) -> Json:
    shape: Json = entity["type"]
    kind = _NAMES[shape["@type"].removeprefix(_PREFIX)].rstrip("_")
    place = {"type": kind, "offset": entity["offset"], "length": entity["length"]}
    if kind == "date_time":
        form = _form(shape.get("formatting_type"))
        return {**place, "unix_time": shape["unix_time"], **({"date_time_format": form} if form else {})}
    if kind == "text_mention":
        return {**place, "user": {"id": shape["user_id"], "is_bot": False, "first_name": ""}}
    return {**place, **{key: shape[key] for key in ("url", "language") if shape.get(key)}}


def _form(formatting: Json | None) -> str:
    if formatting is None:
        return ""
    if formatting["@type"] == "dateTimeFormattingTypeRelative":
        return "r"
    size = {"dateTimePartPrecisionNone": "", "dateTimePartPrecisionShort": "s", "dateTimePartPrecisionLong": "l"}
    day = {"": "", "s": "d", "l": "D"}[size[formatting["date_precision"]["@type"]]]
    hour = {"": "", "s": "t", "l": "T"}[size[formatting["time_precision"]["@type"]]]
    return ("w" if formatting["show_day_of_week"] else "") + day + hour


def is_command(text: str) -> bool:
    """Whether a group's privacy mode lets a bot see this text: it starts with a command."""
    return re.match(r"/[A-Za-z0-9_]+", text) is not None
