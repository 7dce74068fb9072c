"""Any sender's JSON, read by places that somebody configured. The places were checked at the start, the body was not.

An error names the place as the configuration does, and says what was there instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from bot.config.mapping import MappingSettings
from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.pointers import find, spell
from bot.sources.reading import MOST_ITEMS, kind_of, moment
from bot.sources.signals import signal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,19}(\.[0-9]{1,9})?")
_FIRST_MILLISECOND = 1e11
"""Seconds reach this number in the year 5138, milliseconds reached it in 1973."""


def mapped(source: str, mapping: MappingSettings, body: Any) -> list[Signal]:
    """One signal per problem. Raises Malformed naming the pointer."""
    states = {word: SignalState(state) for word, state in mapping.values.words()}
    return [_signal(source, mapping, states, problem) for problem in _problems(mapping, body)]


def _problems(mapping: MappingSettings, body: Any) -> Iterator[_Problem]:
    if mapping.problems is None:
        yield _Problem(body, "")
        return
    items = find(body, mapping.problems)
    if not isinstance(items, list):
        raise Malformed(f"expected list, found {kind_of(items)}", path=mapping.problems)
    if len(items) > MOST_ITEMS:
        raise Malformed(f"{len(items)} items, at most {MOST_ITEMS} are taken at once", path=mapping.problems)
    for number, item in enumerate(items):
        yield _Problem(item, f"{mapping.problems}/{number}")


def _signal(source: str, mapping: MappingSettings, states: dict[str, SignalState], problem: _Problem) -> Signal:
    key = (mapping.key,) if isinstance(mapping.key, str) else mapping.key
    names = [problem.needed(place) for place in key]
    state = states.get(problem.needed(mapping.state).casefold(), SignalState.UNKNOWN)
    spoken = state is SignalState.STATEMENT and mapping.statement is not None
    labels = {name: problem.text(place) for name, place in mapping.labels.items()}
    return signal(
        source,
        key=names[0] if len(names) == 1 else spell(names),
        state=state,
        labels={name: value for name, value in labels.items() if value is not None},
        summary=problem.text(mapping.summary) or "",
        at=problem.moment(mapping.at, ZoneInfo(mapping.timezone) if mapping.timezone else None),
        url=problem.text(mapping.url) or "",
        statement=problem.needed(mapping.statement) if spoken and mapping.statement else "",
        ordered=mapping.ordered,
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """A value, and the pointer to it."""

    value: Any
    at: str

    def needed(self, place: str) -> str:
        return self.text(place) or self.refuse(place, "is empty" if self.text(place) == "" else "missing")

    def text(self, place: str | None) -> str | None:
        """The text there, also of what is no text but has a plain one; None when nothing is there."""
        found = None if place is None else find(self.value, place)
        if found is None or place is None:
            return None
        items = found if isinstance(found, list) else [found]
        return ",".join(self.plain(item, place) for item in items)

    def plain(self, value: Any, place: str) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | float):
            self.refuse(place, f"expected text, number, true or false, found {kind_of(value)}")
        text = str(value)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.refuse(place, "half of a surrogate pair in the text")
        return text

    def moment(self, place: str | None, zone: ZoneInfo | None) -> datetime | None:
        text = self.text(place)
        if not text or text == "0" or place is None:
            return None
        if not _NUMBER.fullmatch(text):
            return moment(text, path=self.at + place, zone=zone)
        number = float(text)
        try:
            return _EPOCH + timedelta(seconds=number if number < _FIRST_MILLISECOND else number / 1000)
        except OverflowError:
            self.refuse(place, "no such time")

    def refuse(self, place: str, text: str) -> NoReturn:
        raise Malformed(text, path=self.at + place)
