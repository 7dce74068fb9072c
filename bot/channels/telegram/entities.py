"""Text with entities, as Telegram keeps it. Pure values and how they combine.

Not Markdown (``markdown`` makes these from it), not notices (``compose`` joins them).
Entities instead of ``parse_mode``: markup that Telegram refuses becomes impossible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from bot.domain.model import Direction

EntityKind = Literal["bold", "italic", "code", "text_link", "blockquote", "date_time"]
KINDS: frozenset[str] = frozenset(get_args(EntityKind)) - {"date_time"}
"""Those that belong to how a text reads; a date is the same words with or without its entity."""

MOST_UNITS = 4096
"""A text this long (UTF-16 units) is always accepted. https://core.telegram.org/bots/api#sendmessage"""
MOST_ENTITIES = 100
"""Telegram leaves out what is above. https://core.telegram.org/api/entities"""

# What TDLib deletes (or turns into spaces) wherever it stands: https://github.com/tdlib/td clean_input_string.
_DELETED = re.compile("[\x00-\x08\x0b-\x1f\u030a\u0333\u033f\u2028-\u202e\ud800-\udfff]")
_MARK_BEFORE_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A stretch of text with a meaning, as https://core.telegram.org/bots/api#messageentity names them.

    offset, length: in UTF-16 code units; url: for text_link; at, form: for date_time, the instant and how readers see
    it (https://core.telegram.org/bots/api#date-time-entity-formatting), "" for the words as they are.
    """

    kind: EntityKind
    offset: int
    length: int
    url: str | None = None
    at: datetime | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """Text as Telegram shows it, and its entities in order of offset."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length of the text in UTF-16 code units, which is how Telegram counts offsets."""
    return len(text) + sum(character > "\uffff" for character in text)


def cleaned(text: str) -> str:
    """Without the characters Telegram deletes; composed first, or it would take the ring off a decomposed å."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _DELETED.sub("", unicodedata.normalize("NFC", lines))


def with_single_marks(text: str) -> str:
    """With a non-joiner for each direction mark before another one, as Telegram does; nothing changes its place."""
    return _MARK_BEFORE_MARK.sub("\u200c", text)


def plain(text: str, *, style: Literal["bold", "italic"] | None = None) -> Formatted:
    """Words that are not Markdown, on one line: every character is only itself."""
    line = with_single_marks(" ".join(cleaned(text).split()))
    return Formatted(text=line, entities=(Entity(kind=style, offset=0, length=units(line)),) if style and line else ())


def quoted(formatted: Formatted) -> Formatted:
    """The same, set off as one quotation. Telegram has no quotations within quotations."""
    if not formatted.text:
        return formatted
    whole = Entity(kind="blockquote", offset=0, length=units(formatted.text))
    inner = (entity for entity in formatted.entities if entity.kind != "blockquote")
    return Formatted(text=formatted.text, entities=(whole, *inner))


def joined(parts: Iterable[Formatted]) -> Formatted:
    """All that have text, one paragraph after the other."""
    text = ""
    entities: list[Entity] = []
    for part in parts:
        if part.text:
            text += "\n\n" if text else ""
            shift = units(text)
            entities += [replace(entity, offset=entity.offset + shift) for entity in part.entities]
            text += part.text
    return Formatted(text=text, entities=tuple(entities))


def limited(formatted: Formatted) -> Formatted:
    """The same with at most as many entities as Telegram keeps: links stay, the last bold and italic go."""
    by_worth = sorted(formatted.entities, key=lambda entity: entity.kind != "text_link")
    kept = frozenset(by_worth[:MOST_ENTITIES])
    return replace(formatted, entities=tuple(entity for entity in formatted.entities if entity in kept))


def directed(formatted: Formatted, direction: Direction) -> Formatted:
    """The same, every line reading in its direction although it may begin with a foreign name.

    Telegram's apps take a line's direction from its first strong character. Where that is a Latin letter in
    right-to-left words, an invisible right-to-left mark goes before the line.
    """
    if direction == "ltr":
        return formatted
    lines: list[str] = []
    marks: list[int] = []
    at = 0
    for line in formatted.text.split("\n"):
        needed = _begins_left_to_right(line)
        marks += [at] if needed else []
        lines.append("\u200f" + line if needed else line)
        at += units(line) + 1
    return Formatted(text="\n".join(lines), entities=tuple(_moved(entity, marks) for entity in formatted.entities))


def _begins_left_to_right(line: str) -> bool:
    """By its first strong character; a line that begins with a mark was given its direction on purpose."""
    if line.startswith(("\u200e", "\u200f")):
        return False
    strong = (unicodedata.bidirectional(character) for character in line)
    return next((name for name in strong if name in {"L", "R", "AL"}), None) == "L"


def _moved(entity: Entity, marks: Sequence[int]) -> Entity:
    before = sum(mark <= entity.offset for mark in marks)
    within = sum(entity.offset < mark < entity.offset + entity.length for mark in marks)
    return replace(entity, offset=entity.offset + before, length=entity.length + within)
