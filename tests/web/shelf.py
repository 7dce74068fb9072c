"""A store of boards for the tests of pages and feeds: in memory, countable, and slow or busy on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.domain.model import Board, Story
from bot.errors import StoreBusy


class Shelf:
    """A Reader. revision: as the service counts it; loads: how often anything was read; gate: readers wait for it."""

    def __init__(self, told: Callable[[str], Board]) -> None:
        self._told = told
        self.revision = 1
        self.loads = 0
        self.busy = False
        self.gate = asyncio.Event()
        self.gate.set()

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

    async def _read(self, language: str) -> Board:
        self.loads += 1
        told = self._told(language)
        await self.gate.wait()
        if self.busy:
            raise StoreBusy("busy")
        return told
