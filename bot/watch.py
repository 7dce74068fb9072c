"""Looks at the store now and then: what other nodes have changed, and the figures that metrics show as gauges."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.domain.model import Impact
from bot.errors import StoreBusy
from bot.intake.summaries import overview
from bot.metrics import Metrics
from bot.store.engine import Store
from bot.store.incidents import load_revision

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=1)
"""What another node commits is visible here this soon, should what it says of it (``nodes.speak``) not be heard."""


UNSEEN = timedelta(seconds=5)
"""How long the store may give no answer before pages say that they may be out of date."""


class Revision:
    """The newest revision this process knows; equal revision means that customers see the same.

    lost: when the store was last seen, None while it answers.
    """

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.lost: datetime | None = None
        self._listeners: list[Callable[[], object]] = []

    def __call__(self) -> int:
        return self.number

    def saw(self, number: int) -> None:
        """There is this one; older news changes nothing."""
        if number > self.number:
            self.number = number
            for tell in self._listeners:
                tell()

    def tells(self, listener: Callable[[], object]) -> None:
        """Call this after each change. It must neither wait nor raise."""
        self._listeners.append(listener)


class Watch:
    """Keeps the revision and the gauges true. changed: called when another node has committed something."""

    def __init__(
        self, store: Store, clock: Clock, *, revision: Revision, metrics: Metrics, changed: Callable[[], None]
    ) -> None:
        self._store, self._clock = store, clock
        self._revision, self._metrics, self._changed = revision, metrics, changed
        self._seen_at = clock()

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await self.tick()
            await asyncio.sleep(EVERY.total_seconds())

    async def tick(self) -> None:
        """Look once; while the store gives no answer for long, that it is lost is what there is to see."""
        try:
            await self.look()
            self._seen_at, self._revision.lost = self._clock(), None
        except StoreBusy as error:
            log.warning("the store cannot be looked at", error=str(error))
            if self._clock() - self._seen_at >= UNSEEN:
                self._revision.lost = self._seen_at

    async def look(self) -> None:
        """Look once. Raises StoreBusy."""
        async with self._store.read() as connection:
            number = await load_revision(connection)
            now = await overview(connection, now=self._clock())
        if number > self._revision():
            self._revision.saw(number)
            self._changed()
        self._metrics.drafts_waiting.set(now.drafts)
        impacts = Counter(incident.impact for incident in now.open)
        for impact in Impact:
            self._metrics.open_incidents.labels(impact.value).set(impacts[impact])
        self._metrics.deliveries_waiting.clear()
        for channel, waiting in now.waiting.items():
            self._metrics.deliveries_waiting.labels(channel).set(waiting)
