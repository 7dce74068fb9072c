"""Intake as the rest of the service sees it: report signals, transact commands, decide what is due."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain.anonymous import sender_of
from bot.domain.decisions import Decision, Waits
from bot.domain.lifecycle import REMEMBERED
from bot.domain.model import Signal
from bot.intake.carrying import Carrier
from bot.intake.desk import IntakeDesk
from bot.intake.drawing import Drawing
from bot.intake.due import Due
from bot.intake.promises import Promises
from bot.intake.publishing import Publisher
from bot.intake.rules import depends_on_of, expected_of, languages_of, operators_of, quarters_of, rules_of, upstreams_of
from bot.intake.signals import Signals
from bot.intake.staff import operators_now
from bot.intake.telling import Teller
from bot.intake.transaction import Effects, Transaction
from bot.intake.writer import Writer
from bot.store import card_texts, cards, dialogues, problems, quiet, telegram
from bot.store.engine import Store

T = TypeVar("T")

KEEP = REMEMBERED
"""How long what only serves recognition is kept. The story itself, notices and their deliveries are kept for good."""


class Intake:
    """The only way signals and commands become incidents. Everything returns once durable, or raises StoreBusy."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        settings: Settings,
        publisher: Publisher,
        teller: Teller,
        committed: Callable[[Effects], None],
    ) -> None:
        self._store, self._clock = store, clock
        self._publisher, self._teller = publisher, teller
        self._operators = operators_of(settings)
        carrier = Carrier(
            publisher,
            teller,
            storm=settings.storm,
            upstreams=upstreams_of(settings),
            languages=languages_of(settings),
        )
        signals = Signals(rules_of(settings), carrier, teller, quarters_of(settings), depends_on_of(settings))
        drawing, promises = Drawing(settings, teller), Promises(teller)
        self._expected = expected_of(settings)
        self._heard_until: dict[str, datetime] = {}
        self._due = Due(
            signals,
            publisher,
            teller,
            storm=settings.storm,
            expected=self._expected,
            maintenance=settings.maintenance,
            drawing=drawing,
            promises=promises,
        )

        async def finish(transaction: Transaction) -> None:
            await drawing.everything(transaction)
            await promises.kept(transaction)

        self._writer = Writer(store, clock, report=signals.apply, finish=finish, committed=committed)

    async def run(self) -> None:
        """Work until ``finish`` is called and what was taken by then is done."""
        await self._writer.run()

    def finish(self) -> None:
        """Take nothing more; ``run`` ends when what was taken is done."""
        self._writer.close()

    async def report(self, signals: Sequence[Signal]) -> list[Decision]:
        """Apply signals; what was decided on each."""
        return await self._writer.report(signals) if signals else []

    async def transact(self, work: Callable[[IntakeDesk], Awaitable[T]]) -> T:
        """What ``work`` returns on a desk of its own, once that is durable. Raises StoreBusy and what the work raises,
        after which nothing of it remains.

        work: must be safe to run again from its beginning, should the transaction have to be retried.
        """

        async def at_desk(transaction: Transaction) -> T:
            return await work(IntakeDesk(transaction, self._publisher, self._teller, self._operators))

        return await self._writer.do(at_desk)

    async def keep(self, received: Sequence[tuple[int, str]], *, caught_up: datetime | None = None) -> None:
        """Store Telegram's (update_id, JSON) pairs durably before returning; those known already stay as they are.

        caught_up: until when all that people did in chats has been received with them, None when nobody knows.
        """

        async def work(transaction: Transaction) -> None:
            rows = [(update_id, body, sender_of(json.loads(body))) for update_id, body in received]
            await telegram.keep(transaction.connection, rows, now=transaction.now)
            if caught_up is not None:
                await telegram.catch_up(transaction.connection, caught_up)
            transaction.effects.kept += len(received)

        await self._writer.do(work)

    async def unhandled(self) -> Sequence[tuple[int, str, datetime | None]]:
        """What was kept and nobody has handled yet, operators' before everybody else's, oldest first; at most 20.

        With each the moment before which nobody did it, None when nobody knows.
        """
        async with self._store.read() as connection:
            operators = await operators_now(connection, self._operators)
            return await telegram.unhandled(connection, first=list(operators))

    async def newest(self) -> int | None:
        """The update_id that was kept last, not always the highest; None before the first."""
        async with self._store.read() as connection:
            return await telegram.newest(connection)

    async def next_due(self) -> datetime | None:
        """When the next thing is due, None when nothing is."""
        async with self._store.read() as connection:
            return await self._due.next(connection)

    async def do_due(self) -> None:
        """Do what is due now, or a good part of it; ``next_due`` says whether something is left."""
        await self._writer.do(self._due.carry_out)

    async def firing_keys(self, source: str) -> Sequence[str]:
        """The keys of the problems of a source that fire, as far as we know."""
        async with self._store.read() as connection:
            return await problems.firing_keys(connection, source)

    async def translated(self, update_id: int, language: str, text: str, *, asked: Mapping[str, str]) -> bool:
        """A machine's text for an update has come; False when it is not wanted any more, or cannot be published.

        asked: the update's own words, by language, as they were when the machine was asked.
        """

        async def work(transaction: Transaction) -> bool:
            return await self._publisher.translating.arrived(transaction, update_id, language, text, asked=asked)

        return await self._writer.do(work)

    async def untranslated(self, update_id: int, language: str, error: str) -> None:
        """There will be no text of a machine's. error: why, for operators."""

        async def work(transaction: Transaction) -> None:
            await self._publisher.translating.missed(transaction, update_id, language, error)

        await self._writer.do(work)

    async def expect(self) -> None:
        """From now on the sources that must not fall silent are expected to speak."""

        async def work(transaction: Transaction) -> None:
            await quiet.expect(transaction.connection, list(self._expected), now=transaction.now)
            transaction.effects.awake |= {Waits.INHIBITED, Waits.SILENCED}  # the configuration may be another now

        await self._writer.do(work)

    async def heard(self, source: str) -> None:
        """A source has spoken, whatever it said. Written down now and then, for those that must not fall silent."""
        now = self._clock()
        if source not in self._expected or now < self._heard_until.get(source, now):
            return
        self._heard_until[source] = now + self._expected[source] / 10

        async def work(transaction: Transaction) -> None:
            if await quiet.hear(transaction.connection, source, now=transaction.now):
                transaction.effects.deliveries += await self._teller.tell(
                    transaction.connection,
                    lambda language: self._teller.cards.heard_again(source, language),
                    now=transaction.now,
                )
            transaction.effects.due = True

        await self._writer.do(work)

    async def tidy(self) -> None:
        """Forget what is needed only for a while: recovered problems, handled Telegram updates, operators' answers and
        dialogues.
        """

        async def work(transaction: Transaction) -> None:
            before = transaction.now - KEEP
            await problems.forget_problems(transaction.connection, seen_before=before)
            await telegram.forget_handled(transaction.connection, before=before)
            await card_texts.forget_old(transaction.connection, before=before)
            await cards.forget_lost(transaction.connection)
            await dialogues.forget(transaction.connection, before=before)

        await self._writer.do(work)
