"""A store of boards for the tests of pages and feeds: in memory, countable, and slow or busy on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.model import Board, Story
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Span
from bot.errors import StoreBusy


class Shelf:
    """A Reader. revision: as the service counts it; loads: how often anything was read; gate: readers wait for it."""

    def __init__(self, told: Callable[[str], Board]) -> None:
        self._told = told
        self.revision = 1
        self.loads = 0
        self.busy = False
        self.lost: datetime | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.spans: Sequence[Span] = ()
        self.began: datetime | None = None

    def change(self, told: Callable[[str], Board]) -> None:
        """A commit: customers see something else from now on."""
        self._told = told
        self.revision += 1

    async def load_board(self, language: str, *, past: int) -> Board:
        return await self._read(language)

    async def load_story(self, language: str, incident_id: int) -> Story | None:
        board = await self._read(language)
        return next((story for story in (*board.open, *board.past) if story.incident.id == incident_id), None)

    async def load_history(self, language: str, *, page: int, size: int) -> tuple[Sequence[Story], int]:
        past = (await self._read(language)).past
        return past[(page - 1) * size : page * size], -(-len(past) // size)

    async def load_chapter(self, language: str, month: Month | None, *, zone: ZoneInfo) -> Chapter | None:
        ended = {
            story: Month.of(story.incident.closed_at, zone)
            for story in (await self._read(language)).past
            if story.incident.closed_at
        }
        month = month or max(ended.values(), default=None)
        if month is None or month not in ended.values():
            return None
        return Chapter(
            month=month,
            stories=tuple(story for story in ended if ended[story] == month),
            older=max((each for each in ended.values() if each < month), default=None),
            newer=min((each for each in ended.values() if each > month), default=None),
        )

    async def load_record(self, *, since: datetime, now: datetime) -> tuple[Sequence[Span], datetime | None]:
        return self.spans, self.began

    async def _read(self, language: str) -> Board:
        self.loads += 1
        told = self._told(language)
        await self.gate.wait()
        if self.busy:
            raise StoreBusy("busy")
        return told
