"""Looks at one status page again and again, and reports what has been seen often enough.

Decides nothing itself: how a page is read is ``sources.upstream``'s work, what counts is ``domain.watching``'s, and
what becomes of a signal is intake's. Several nodes may look at the same page; the same signal twice is one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot.config.upstreams import UpstreamSettings
from bot.domain.model import Signal, SignalState
from bot.domain.watching import Memory, observe, pause, remembered
from bot.errors import Malformed, NoAnswer, StoreBusy
from bot.intake.service import Intake
from bot.metrics import Metrics
from bot.polling.addresses import anywhere
from bot.polling.fetching import Answer, Fetcher, open_fetcher
from bot.sources.upstream.base import Upstream
from bot.sources.upstream.registry import build

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""How many pages are fetched at the same time."""

FIRST_WITHIN = timedelta(seconds=5)
"""The first looks after a start are spread over so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What pollers need from the rest of the service.

    report: takes signals in, raises StoreBusy; firing_keys: what the store has as firing for a source, by its name;
    heard: told the source's name after every reading, may raise StoreBusy; draw: a number from 0 up to 1, each time
    another.
    """

    report: Callable[[Sequence[Signal]], Awaitable[Any]]
    firing_keys: Callable[[str], Awaitable[Sequence[str]]]
    heard: Callable[[str], Awaitable[object]]
    metrics: Metrics
    draw: Callable[[], float]


def reporting(intake: Intake, metrics: Metrics, *, draw: Callable[[], float] = random.random) -> Reporting:
    """Reporting to the service's own intake."""
    return Reporting(
        report=intake.report, firing_keys=intake.firing_keys, heard=intake.heard, metrics=metrics, draw=draw
    )


class Poller:
    """Watches one page. turn: held while a page is fetched, to bound how many are at once."""

    def __init__(
        self, page: Upstream, fetcher: Fetcher, reporting: Reporting, *, every: timedelta, turn: asyncio.Semaphore
    ) -> None:
        self._page, self._fetcher, self._reporting = page, fetcher, reporting
        self._every, self._turn = every, turn
        self._answers: dict[str, Answer] = {}
        self._memory: Memory | None = None
        self._failures = 0
        self._silence = timedelta()
        self._doubtful: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Look, for ever."""
        await asyncio.sleep(self._reporting.draw() * min(self._every, FIRST_WITHIN).total_seconds())
        while True:
            try:
                await self.look()
            except StoreBusy as error:
                log.warning("what a status page says could not be stored", source=self._page.name, error=str(error))
            except Exception:  # a defect in reading one page must not stop the others, nor the service
                self._failures += 1
                log.exception("a status page cannot be looked at because of a defect", source=self._page.name)
            await asyncio.sleep(self.wait().total_seconds())

    def wait(self) -> timedelta:
        """How long until the next look."""
        usual = pause(self._every, failures=self._failures, draw=self._reporting.draw())
        return max(usual, self._silence)

    async def look(self) -> None:
        """Look once. Raises StoreBusy; what was to be reported is then reported by the next look."""
        memory = await self._known()
        answers = [await self._ask(address) for address in self._page.addresses]
        missing = [answer for answer in answers if isinstance(answer, NoAnswer)]
        self._silence = max((each.retry_after or timedelta() for each in missing), default=timedelta())
        try:
            reading = self._read(answers, memory)
        except (NoAnswer, Malformed) as error:
            self._unreadable(missing[0] if missing else error)
            return
        self._readable(reading, answers)
        memory, reports = observe(memory, reading)
        if reports:
            await self._reporting.report(reports)
        self._memory = memory
        await self._reporting.heard(self._page.name)

    async def _known(self) -> Memory:
        """What has been reported before; at the start, what the store has of it."""
        if self._memory is None:
            page = self._page
            keys = [key for key in await self._reporting.firing_keys(page.name) if page.watches(key)]
            self._memory = remembered(_firing(page, key) for key in keys)
        return self._memory

    async def _ask(self, address: str) -> Answer | NoAnswer:
        async with self._turn:
            try:
                answer = await self._fetcher.fetch(address, self._answers.get(address))
            except NoAnswer as error:
                return error
        return answer

    def _read(self, answers: Sequence[Answer | NoAnswer], memory: Memory) -> Sequence[Signal]:
        bodies = [answer.body if isinstance(answer, Answer) else None for answer in answers]
        if not any(body is not None for body in bodies):
            raise NoAnswer("no answer")
        return self._page.read(bodies, expected=memory.keys())

    def _unreadable(self, error: NoAnswer | Malformed) -> None:
        self._failures += 1
        self._count("malformed" if isinstance(error, Malformed) else "no_answer")
        if self._failures == 1:
            log.warning("a status page cannot be read: its platform is unknown", source=self._page.name, reason=error)

    def _readable(self, reading: Sequence[Signal], answers: Sequence[Answer | NoAnswer]) -> None:
        if self._failures:
            log.info("a status page can be read again", source=self._page.name, missed=self._failures)
        self._failures = 0
        doubtful = frozenset(signal.key for signal in reading if signal.state is SignalState.UNKNOWN)
        if doubtful - self._doubtful:
            log.warning("a status page leaves products in doubt", source=self._page.name, products=sorted(doubtful))
        self._doubtful = doubtful
        fresh = {
            address: answer
            for address, answer in zip(self._page.addresses, answers, strict=True)
            if isinstance(answer, Answer)
        }
        unchanged = all(self._answers.get(address) is answer for address, answer in fresh.items())
        self._answers |= fresh
        self._count("doubtful" if doubtful else "unchanged" if unchanged else "read")

    def _count(self, outcome: str) -> None:
        self._reporting.metrics.upstream_reads_total.labels(self._page.name, outcome).inc()


@asynccontextmanager
async def open_pollers(settings: Mapping[str, UpstreamSettings], reporting: Reporting) -> AsyncIterator[list[Poller]]:
    """A poller for every configured page, each to be run; what they fetch with is closed on leaving."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with open_fetcher() as strict, open_fetcher(allowed=anywhere) as inside:
        yield [
            Poller(
                build(name, each),
                inside if each.private else strict,
                reporting,
                every=each.every,
                turn=turn,
            )
            for name, each in settings.items()
        ]


def _firing(page: Upstream, key: str) -> Signal:
    labels = {"product": key, "upstream": page.shown}
    return Signal(source=page.name, key=key, state=SignalState.FIRING, labels=labels)
