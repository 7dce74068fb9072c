"""Which of several processes does what only one may do: speak to Telegram at its pace, and fetch what it has heard.

Not who does a delivery: that is the outbox's lease, which holds whoever leads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.errors import StoreBusy
from bot.store.engine import Store

EVERY = timedelta(seconds=1)
"""How often a process tries to lead, and sees whether it still does."""

_log = structlog.get_logger(__name__)


class Leadership:
    """Whether this process leads in one thing, such as a bot. On SQLite there is no other one, so it always does.

    gained, lost: called at each change; they must neither wait nor raise.
    """

    def __init__(
        self,
        store: Store,
        what: str,
        *,
        gained: Callable[[], object],
        lost: Callable[[], object],
        every: timedelta = EVERY,
    ) -> None:
        self._store, self._what, self._every = store, what, every
        self._gained, self._lost = gained, lost
        self._changed = asyncio.Condition()
        self.leads = False

    async def run(self) -> None:
        """Try to lead, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(self._every.total_seconds())

    async def look(self) -> None:
        """Try, or see whether it is still so. While the store cannot be reached nobody knows who leads: not we."""
        try:
            leads = await self._store.lead(self._what)
        except StoreBusy:
            leads = False
        if leads != self.leads:
            _log.info("leads from now on" if leads else "leads no longer", what=self._what)
            self.leads = leads
            (self._gained if leads else self._lost)()
            async with self._changed:
                self._changed.notify_all()

    def only(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same work, done only while this process leads: begun anew each time it does, until it returns."""

        async def led() -> None:
            while not await self._while_leading(work):
                pass

        return led

    async def _while_leading(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work has come to an end by itself."""
        await self._until(leads=True)
        working, losing = asyncio.ensure_future(work()), asyncio.ensure_future(self._until(leads=False))
        try:
            await asyncio.wait((working, losing), return_when=asyncio.FIRST_COMPLETED)
            ended = working.done()
        finally:
            working.cancel()
            losing.cancel()
            await asyncio.wait((working, losing))
        if ended:
            working.result()
        return ended

    async def _until(self, *, leads: bool) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.leads is leads)
