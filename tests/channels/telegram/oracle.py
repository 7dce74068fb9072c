"""What Telegram's own parser (TDLib) makes of a text with entities, beside ours. Offline, by way of the fake server."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.channels.telegram.entities import Formatted, units
from tests.fakes.telegram.texts import Words, given

Covered = set[tuple[str, int]]

_FOUND_BY_TELEGRAM = {"url", "mention", "hashtag", "cashtag", "bot_command", "email", "phone_number"}


def kept(formatted: Formatted) -> Words:
    """The text as Telegram would store it. Raises ApiError where Telegram refuses."""
    return given(formatted.text, [as_json(entity) for entity in formatted.entities])


def as_json(entity: Any) -> dict[str, Any]:
    """An entity of ours as the Bot API takes it."""
    fields = {name: value for name, value in asdict(entity).items() if value is not None}
    if at := fields.pop("at", None):
        fields |= {"unix_time": int(at.timestamp()), "date_time_format": fields.pop("form")}
    return {"type": fields.pop("kind"), **fields}


def covered(formatted: Formatted) -> Covered:
    """Which unit of the text is what, white space left aside."""
    return _covered(formatted.text, [as_json(entity) for entity in formatted.entities])


def covered_by_telegram(words: Words) -> Covered:
    """The same for what Telegram keeps, without what it finds in any text."""
    return _covered(words.text, [each for each in words.entities if each["type"] not in _FOUND_BY_TELEGRAM])


def _covered(text: str, entities: list[dict[str, Any]]) -> Covered:
    by_unit = text.encode("utf-16-le")
    return {
        (entity["type"], unit)
        for entity in entities
        for unit in range(entity["offset"], entity["offset"] + entity["length"])
        if by_unit[2 * unit : 2 * unit + 2] not in {b" \0", b"\n\0"}
    }


def marked(formatted: Formatted) -> list[tuple[str, ...]]:
    """The entities as (kind, the words they cover, the url if any): readable in an assertion."""
    by_unit = formatted.text.encode("utf-16-le")
    assert len(by_unit) == 2 * units(formatted.text)
    return [
        (
            entity.kind,
            by_unit[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"),
            *([entity.url] if entity.url else []),
        )
        for entity in formatted.entities
    ]
