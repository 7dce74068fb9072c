"""How many requests, and how many of their bytes, are in hand at once. Knows nothing of what they say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web

from bot.web.server import patience

Took = Callable[[int], None]
"""Told of so many more bytes that a request holds. Raises HTTPTooManyRequests where there is no room for them."""


class Room:
    """Room for so many requests and so many bytes, counted as they arrive: what is only announced takes none.

    When it is full, whoever comes is refused; or, if the oldest leaves, whoever came first. That is for strangers: who
    means well is gone in a moment, and who holds places to keep others out has held them longest.
    """

    def __init__(self, *, at_once: int, bytes_at_once: int, oldest_leaves: bool = False) -> None:
        self._at_once, self._bytes_at_once, self._oldest_leaves = at_once, bytes_at_once, oldest_leaves
        self._inside: dict[asyncio.Timeout, int] = {}

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Took]:
        """A place in the room while the context is open. Raises HTTPTooManyRequests when it cannot be had, or kept."""
        stay = asyncio.timeout(None)
        try:
            async with stay:
                self._inside[stay] = 0
                self._make_room()
                yield partial(self._took, stay)
        except TimeoutError:
            if not stay.expired():
                raise
            raise web.HTTPTooManyRequests(headers=patience()) from None
        finally:
            self._inside.pop(stay, None)

    def _took(self, stay: asyncio.Timeout, count: int) -> None:
        if stay in self._inside:  # else it is being shown out
            self._inside[stay] += count
            self._make_room()

    def _make_room(self) -> None:
        while len(self._inside) > self._at_once or sum(self._inside.values()) > self._bytes_at_once:
            if not self._oldest_leaves:
                raise web.HTTPTooManyRequests(headers=patience())
            oldest = next(iter(self._inside))
            del self._inside[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())
