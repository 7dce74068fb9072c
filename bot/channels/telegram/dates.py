"""Marks the instants that a notice names, so that each reader may see them by their own clock. Pure.

Words that name day, time and zone are shown to the reader in their own; ends of a window stay as they are written, for
the zone they are in stands elsewhere, and a tap shows them. https://core.telegram.org/bots/api#date-time-entity-formatting
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.channels.telegram.entities import Entity, Formatted, cleaned, units
from bot.domain.stated import Stated

_IN_FULL = "Dt"
"""The day with its month in words, and the time to the minute."""
_AS_WRITTEN = ""

_Span = tuple[int, int]


def dated(formatted: Formatted, moments: Sequence[Stated]) -> Formatted:
    """The same with an entity at every place where one of these instants is named."""
    parts = [each for each in moments if each.within is not None]
    windows = [match.span() for each in {part.within: None for part in parts} for match in _found(each, formatted.text)]
    places = list(_parts(formatted.text, parts))
    for stated in sorted((each for each in moments if each.within is None), key=lambda each: -len(each.text)):
        for match in _found(stated.text, formatted.text):
            taken = (*windows, *(span for span, _ in places))
            if not any(match.start() < end and start < match.end() for start, end in taken):
                places.append((match.span(), stated))
    found = [entity for span, stated in places if _fits(entity := _date(formatted.text, span, stated), formatted)]
    entities = sorted((*formatted.entities, *found), key=lambda each: (each.offset, -each.length))
    return replace(formatted, entities=tuple(entities))


def _parts(text: str, parts: Sequence[Stated]) -> Iterator[tuple[_Span, Stated]]:
    """Where the ends of windows are named: in each window one after the other."""
    for within in {part.within: None for part in parts}:
        for whole in _found(within, text):
            begin = whole.start()
            for part in (each for each in parts if each.within == within):
                if match := _pattern(part.text).search(text, begin, whole.end()):
                    yield match.span(), part
                    begin = match.end()


def _found(words: str | None, text: str) -> Iterator[re.Match[str]]:
    return _pattern(words or "").finditer(text)


@lru_cache(maxsize=512)
def _pattern(words: str) -> re.Pattern[str]:
    """The words wherever they stand, however wide their spaces are; not a part of a longer number."""
    spaced = r"\s+".join(map(re.escape, cleaned(words).split()))
    return re.compile(rf"(?<![\d:.]){spaced}(?![\d:])")


def _date(text: str, span: _Span, stated: Stated) -> Entity:
    start, end = span
    return Entity(
        kind="date_time",
        offset=units(text[:start]),
        length=units(text[start:end]),
        at=stated.at,
        form=_AS_WRITTEN if stated.within else _IN_FULL,
    )


def _fits(date: Entity, formatted: Formatted) -> bool:
    """Whether Telegram keeps it, and everything else: it may stand in a quotation, but in no link, code or style.

    Bold and italic may hold other entities by the documentation, but they lose what a date covers.
    """
    end = date.offset + date.length
    for other in formatted.entities:
        apart = end <= other.offset or other.offset + other.length <= date.offset
        within = other.offset <= date.offset and end <= other.offset + other.length
        if not apart and not (within and other.kind == "blockquote"):
            return False
    return True
