"""The loop that gets wanted texts from the machine: claim, ask within each one's time, hand in what may be published.

Several nodes share the work. A text that is lost with its node is asked for again by another one, or after the next
start, as long as there is time; after that intake gives it up by itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.domain.translation import source_of
from bot.errors import StoreBusy, TranslatorBusy, Untranslated
from bot.intake.service import Intake
from bot.metrics import Metrics
from bot.store import translations
from bot.store.engine import Store
from bot.store.translations import Wanted
from bot.translators.accepting import refuse_doubtful
from bot.translators.base import Task, Translator
from bot.translators.masking import mask, unmask
from bot.translators.vocabulary import Vocabulary

log = structlog.get_logger(__name__)

AT_ONCE = 16
SAFETY_NET = timedelta(seconds=5)
"""Another node may want texts, or die: look at least this often."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (0.5, 1, 2, 4))
"""Between tries of one text; the last one for all further ones."""
BETWEEN_TRIES = timedelta(milliseconds=500)


class Worker:
    """Gets texts while ``run`` does.

    languages: as configured, the first one is the default; wake: set whenever a text may be wanted.
    """

    def __init__(
        self,
        translator: Translator,
        store: Store,
        intake: Intake,
        clock: Clock,
        *,
        vocabulary: Vocabulary,
        languages: Sequence[str],
        metrics: Metrics,
        wake: asyncio.Event,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        self._translator, self._store, self._intake, self._clock = translator, store, intake, clock
        self._vocabulary, self._languages, self._metrics, self._pauses = vocabulary, languages, metrics, pauses
        self._wake = wake
        self._in_flight: set[asyncio.Task[None]] = set()
        self._started = False

    async def run(self) -> None:
        """Work, for ever. May be cancelled anywhere: what is in flight is asked for again later, if there is time."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                await self._round(tasks)
                try:
                    async with asyncio.timeout(SAFETY_NET.total_seconds()):  # wait_for may swallow a cancellation
                        await self._wake.wait()
                except TimeoutError:
                    continue

    async def _round(self, tasks: asyncio.TaskGroup) -> None:
        try:
            claimed = await self._claim(AT_ONCE - len(self._in_flight))
        except StoreBusy as error:
            log.warning("cannot look for texts to translate, trying again", error=str(error))
            return
        for wanted in claimed:
            flight = tasks.create_task(self._get(wanted))
            self._in_flight.add(flight)
            flight.add_done_callback(self._landed)

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._in_flight.discard(flight)
        self._wake.set()

    async def _claim(self, limit: int) -> list[Wanted]:
        if limit <= 0:
            return []
        async with self._store.write() as connection:
            if not self._started and not self._store.shared:
                await translations.release(connection)  # of the process before this one; nobody else is alive
            claimed = await translations.claim(connection, now=self._clock(), limit=limit, node=self._store.node)
        self._started = True
        return claimed

    async def _get(self, wanted: Wanted) -> None:
        try:
            text = await self._in_time(wanted)
        except Untranslated as error:
            await self._miss(wanted, "refused", str(error))
        except TranslatorBusy as error:
            await self._miss(wanted, "late", f"{error}, and its time is up")
        except Exception as error:  # a defect with one text must not stop the others, nor the service
            log.exception("defect in a translator", update=wanted.update_id, language=wanted.language)
            await self._miss(wanted, "refused", f"defect: {type(error).__name__}")
        else:
            taken = await _insist(
                lambda: self._intake.translated(wanted.update_id, wanted.language, text, asked=wanted.texts)
            )
            self._note(wanted, "translated" if taken else "unwanted")

    async def _miss(self, wanted: Wanted, outcome: str, error: str) -> None:
        reason = f"{self._translator.name}: {error}"
        await _insist(lambda: self._intake.untranslated(wanted.update_id, wanted.language, reason))
        self._note(wanted, outcome, error=error)

    async def _in_time(self, wanted: Wanted) -> str:
        """The text, within its deadline. Raises Untranslated, or TranslatorBusy when the time is up."""
        busy = TranslatorBusy("it did not answer")
        try:
            async with asyncio.timeout((wanted.deadline - self._clock()).total_seconds()):
                for pause in itertools.chain(self._pauses, itertools.repeat(self._pauses[-1])):
                    try:
                        return await self._translate(wanted)
                    except TranslatorBusy as error:
                        busy = error
                    wait = max(pause, busy.retry_after or pause)
                    if self._clock() + wait >= wanted.deadline:
                        break
                    await asyncio.sleep(wait.total_seconds())
        except TimeoutError:
            pass  # what was wrong is in ``busy``
        raise busy

    async def _translate(self, wanted: Wanted) -> str:
        source, target = source_of(wanted.texts, self._languages), wanted.language
        masked = mask(wanted.texts[source], self._vocabulary.names(target))
        asked = masked.wanted
        task = Task(
            lines=asked,
            source=source,
            target=target,
            terms=self._vocabulary.terms(source, target),
            company=self._vocabulary.company,
        )
        answered = await self._translator.translate(task) if asked else ()
        text = unmask(masked, tuple(answered))
        for one, other in zip(asked, answered, strict=True):
            refuse_doubtful(one, other, source=source, target=target)
        return text

    def _note(self, wanted: Wanted, outcome: str, *, error: str | None = None) -> None:
        self._metrics.translations_total.labels(self._translator.name, outcome).inc()
        say = log.info if error is None else log.warning
        say("translation", update=wanted.update_id, language=wanted.language, outcome=outcome, error=error)


async def _insist(hand_in: Callable[[], Awaitable[object]]) -> object:
    """Again while the database is away; intake takes it once, and not when it is late."""
    while True:
        try:
            return await hand_in()
        except StoreBusy as error:
            log.error("a translation cannot be handed in yet", error=str(error))
            await asyncio.sleep(BETWEEN_TRIES.total_seconds())
