"""Ninety days of a component as a strip of bars and as rows of a table, in one language's words.

Only days with a disruption are drawn one by one; runs of others are one stroke each, so that a page stays small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.channels.words import Words
from bot.domain.model import Impact
from bot.domain.uptime import Day, Record

WIDTH, GAP, HEIGHT = 3, 2, 34
"""Of a bar, between bars, and of the strip; in its own units, for it is drawn as wide as there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Days in a row that look the same. kind: calm, unknown; d: an SVG path along them, to be stroked with dashes."""

    kind: str
    d: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day with a disruption. x: its left edge; day, impact, length: its figures, as they are read."""

    x: int
    kind: Impact
    day: str
    impact: str
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One component's days. share: how much was without disruption, as it is read; None while there is too little."""

    share: str | None
    runs: tuple[Run, ...]
    bars: tuple[Bar, ...]


def strip(record: Record, component: str, words: Words) -> Strip | None:
    """The strip of a component; None while nothing is on record."""
    days, share = record.days[component], record.share(component)
    if not any(day.recorded for day in days):
        return None
    return Strip(
        share=None if share is None else words.plain("days.share", percent=words.percent(share)),
        runs=tuple(_runs(days)),
        bars=tuple(_bars(days, words)),
    )


def _kind(day: Day) -> str:
    return day.worst if day.lost else "calm" if day.recorded else "unknown"


def _runs(days: Sequence[Day]) -> Iterator[Run]:
    paths: dict[str, str] = {}
    for kind, run in groupby(enumerate(days), key=lambda numbered: _kind(numbered[1])):
        numbers = [number for number, _ in run]
        length = len(numbers) * (WIDTH + GAP) - GAP
        paths[kind] = f"{paths.get(kind, '')}M{numbers[0] * (WIDTH + GAP)} {HEIGHT // 2}h{length}"
    return (Run(kind=kind, d=paths[kind]) for kind in ("unknown", "calm") if kind in paths)


def _bars(days: Sequence[Day], words: Words) -> Iterator[Bar]:
    for number, day in enumerate(days):
        if day.lost:
            yield Bar(
                x=number * (WIDTH + GAP),
                kind=day.worst,
                day=words.day(day.date),
                impact=words.plain(f"impact.{day.worst}"),
                length=words.plain("days.lasted", length=words.duration(day.down)),
            )
