"""Tells somebody else's service that this one is well, so that it raises the alarm when it no longer hears from us.

What "well" means is the caller's to say; nothing here looks at the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import structlog

from bot.errors import StoreBusy

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=10)


class Heartbeat:
    """Asks an address again and again. well: returns when this service is well, else raises StoreBusy."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, every: timedelta, well: Callable[[], Awaitable[object]]
    ) -> None:
        self._session, self._url, self._every, self._well = session, url, every, well
        self._heard = True

    async def run(self) -> None:
        """Beat, for ever."""
        while True:
            await self.beat()
            await asyncio.sleep(self._every.total_seconds())

    async def beat(self) -> bool:
        """Ask once, unless this service is not well; True when the address answered that it heard us."""
        try:
            await self._well()
            async with self._session.get(self._url) as answer:
                return self._note(None if answer.ok else f"it answered {answer.status}")
        except StoreBusy as error:
            return self._note(f"this service is not well: {error}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:  # ValueError: a host that no name can be
            return self._note(f"it does not answer: {type(error).__name__}")

    def _note(self, trouble: str | None) -> bool:
        """One line when it goes wrong and one when it is right again; the address may hold a secret."""
        if trouble is not None and self._heard:
            log.warning("no heartbeat", reason=trouble)
        elif trouble is None and not self._heard:
            log.info("heartbeat again")
        self._heard = trouble is None
        return self._heard


@asynccontextmanager
async def open_heartbeat(
    url: str, *, every: timedelta, well: Callable[[], Awaitable[object]]
) -> AsyncIterator[Heartbeat]:
    """A heartbeat with a client of its own."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE.total_seconds())
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Heartbeat(session, url, every=every, well=well)
