"""Where words name an instant, so that a reader elsewhere may be shown it by the clock there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Words of a notice that name an instant.

    text: those words, plain and never empty; at: the instant, aware; within: the longer words they are only a part of,
    such as one end of a window of time; None when they name day, time and zone by themselves.
    """

    text: str
    at: datetime
    within: str | None = None


def to_json(stated: Sequence[Stated]) -> list[dict[str, str]] | None:
    """As it is written down; ``from_json`` is its inverse. None for nothing."""
    written = [
        {"text": each.text, "at": each.at.isoformat()} | ({"within": each.within} if each.within else {})
        for each in stated
    ]
    return written or None


def from_json(written: Sequence[Mapping[str, str]] | None) -> tuple[Stated, ...]:
    """What ``to_json`` wrote; empty for notices from before there was any."""
    return tuple(
        Stated(text=each["text"], at=datetime.fromisoformat(each["at"]), within=each.get("within"))
        for each in written or ()
    )
