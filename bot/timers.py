"""When to look at what is due because time has passed, and at records nobody needs any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import StoreBusy
from bot.intake.service import Intake

log = structlog.get_logger(__name__)

SAFETY_NET = timedelta(seconds=30)
"""The clock may jump and another node may make drafts: look at least this often."""
NO_FASTER = timedelta(seconds=1)
"""What is still due after it was to be done is not tried again at once."""
TIDY_EVERY = timedelta(hours=1)


class Timers:
    """Does what is due, when it is due. Runs while ``run`` does."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self._intake, self._clock = intake, clock
        self._wake = asyncio.Event()
        self._tidy_at = clock() + TIDY_EVERY

    def wake(self) -> None:
        """Something that will be due was made or ended."""
        self._wake.set()

    async def run(self) -> None:
        """Work, for ever."""
        while True:
            self._wake.clear()
            try:
                wait = await self.tick()
            except StoreBusy as error:
                log.warning("timers could not look, trying again", error=str(error))
                wait = NO_FASTER
            except Exception:  # deadlines of others are no less due for a defect in one duty
                log.exception("timers failed, trying again")
                wait = SAFETY_NET
            try:
                async with asyncio.timeout(wait.total_seconds()):  # wait_for may swallow a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def tick(self) -> timedelta:
        """Do what is due now; returns how long until something may be due again."""
        now = self._clock()
        due = await self._intake.next_due()
        if due is not None and due <= now:
            await self._intake.do_due()
            due = await self._intake.next_due()
            if due is not None and due <= now:  # more than one transaction takes, or something that cannot be done
                due = now + NO_FASTER
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY
            await self._intake.tidy()
        return SAFETY_NET if due is None else min(SAFETY_NET, max(due - now, timedelta()))
