"""Reads for documents from the store, a few at a time, and together what many languages ask for at the same moment.

Forty front pages after a change are one reading, not forty. Keeps nothing: who asks later is read for anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.model import Board, Story
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Span
from bot.web.documents import Reader

AT_ONCE = 4
"""Readings at the same time: whoever publishes needs the database too."""
TOGETHER = 20
"""Boards in one reading. A language costs it some tenths of a millisecond, in which SQLite lets nobody else work."""


class Shelves(Reader, Protocol):
    """A reader that can read the boards of several languages in one go."""

    async def load_boards(self, languages: Sequence[str], *, past: int) -> Mapping[str, Board]:
        """``load_board`` of each. Raises StoreBusy."""
        ...


class Turns:
    """A Reader whose readings wait for each other. Boards asked for before a reading begins are part of it."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._next: dict[int, tuple[list[str], asyncio.Task[Mapping[str, Board]]]] = {}

    async def load_board(self, language: str, *, past: int) -> Board:
        """As the store has it after this was asked for."""
        languages, reading = self._next.get(past) or self._begun(past)
        if language not in languages:
            languages.append(language)
            if len(languages) == TOGETHER:
                del self._next[past]
        return (await asyncio.shield(reading))[language]

    async def load_story(self, language: str, incident_id: int) -> Story | None:
        """As the store has it."""
        async with self._turns:
            return await self._shelves.load_story(language, incident_id)

    async def load_history(self, language: str, *, page: int, size: int) -> tuple[Sequence[Story], int]:
        """As the store has it."""
        async with self._turns:
            return await self._shelves.load_history(language, page=page, size=size)

    async def load_chapter(self, language: str, month: Month | None, *, zone: ZoneInfo) -> Chapter | None:
        """As the store has it."""
        async with self._turns:
            return await self._shelves.load_chapter(language, month, zone=zone)

    async def load_record(self, *, since: datetime, now: datetime) -> tuple[Sequence[Span], datetime | None]:
        """As the store has it."""
        async with self._turns:
            return await self._shelves.load_record(since=since, now=now)

    def _begun(self, past: int) -> tuple[list[str], asyncio.Task[Mapping[str, Board]]]:
        """A reading that others may join until it is its turn."""
        languages: list[str] = []
        reading = asyncio.create_task(self._read(languages, past), name=f"boards with {past} past incidents")
        reading.add_done_callback(_noticed)
        self._next[past] = languages, reading
        return self._next[past]

    async def _read(self, languages: list[str], past: int) -> Mapping[str, Board]:
        async with self._turns:
            if past in self._next and self._next[past][0] is languages:
                del self._next[past]
            return await self._shelves.load_boards(languages, past=past)


def _noticed(reading: asyncio.Task[Mapping[str, Board]]) -> None:
    if not reading.cancelled():
        reading.exception()  # whoever asked has it; when nobody waits any more it is no news
