"""Intake as the rest of the service sees it: report signals, transact commands, decide what is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain.lifecycle import Decision
from bot.domain.model import Incident, OnDeadline, Signal, UpdateState
from bot.domain.routing import Rule
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.publishing import Publisher
from bot.intake.signals import Signals
from bot.intake.summaries import change_of
from bot.intake.telling import Teller
from bot.intake.transaction import Effects, Transaction
from bot.intake.writer import Writer
from bot.store import incidents as rows
from bot.store import outbox, telegram
from bot.store.engine import Store
from bot.store.incidents import UpdateRow
from bot.store.schema import updates

T = TypeVar("T")

KEEP = timedelta(days=30)
"""How long what only serves recognition is kept. The story itself, notices and their deliveries are kept for good."""


class Intake:
    """The only way signals and commands become incidents. Everything returns once durable, or raises StoreBusy."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        rules: Sequence[Rule],
        publisher: Publisher,
        teller: Teller,
        committed: Callable[[Effects], None],
    ) -> None:
        self._store, self._clock = store, clock
        self._publisher, self._teller = publisher, teller
        self._signals = Signals(rules, publisher, teller)
        self._writer = Writer(store, clock, report=self._signals.apply, committed=committed)

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
        """What ``work`` returns on a desk of its own. Raises what it raises, after which nothing of it remains."""

        async def at_desk(transaction: Transaction) -> T:
            return await work(IntakeDesk(transaction, self._publisher, self._teller))

        return await self._writer.do(at_desk)

    async def keep(self, received: Sequence[tuple[int, str]]) -> None:
        """Store what Telegram said, before it is acknowledged."""

        async def work(transaction: Transaction) -> None:
            await telegram.keep(transaction.connection, received, now=transaction.now)

        await self._writer.do(work)

    async def unhandled(self) -> Sequence[tuple[int, str]]:
        """What Telegram said and nobody has handled yet, oldest first."""
        async with self._store.read() as connection:
            return await telegram.unhandled(connection)

    async def newest(self) -> int | None:
        """The highest update_id ever kept."""
        async with self._store.read() as connection:
            return await telegram.newest(connection)

    async def next_deadline(self) -> datetime | None:
        """When the next draft's time is up, None when none is limited."""
        query = sa.select(sa.func.min(updates.c.deadline)).where(updates.c.state == UpdateState.DRAFT)
        async with self._store.read() as connection:
            deadline: datetime | None = (await connection.execute(query)).scalar_one()
            return deadline

    async def tidy(self) -> None:
        """Forget what is needed only for a while: recovered problems, handled Telegram updates, operators' answers."""

        async def work(transaction: Transaction) -> None:
            before = transaction.now - KEEP
            await rows.forget_problems(transaction.connection, seen_before=before)
            await telegram.forget_handled(transaction.connection, before=before)
            await outbox.forget_answers(transaction.connection, before=before)

        await self._writer.do(work)

    async def end_overdue_drafts(self) -> int:
        """Publish or drop the drafts whose deadline has passed, as each says; returns how many."""
        return await self._writer.do(self._end_overdue)

    async def _end_overdue(self, transaction: Transaction) -> int:
        overdue = sa.and_(updates.c.state == UpdateState.DRAFT, updates.c.deadline <= transaction.now)
        drafts = await rows.load_updates(transaction.connection, overdue)
        for draft in drafts:
            incident = await rows.load_incident(transaction.connection, draft.incident_id)
            if incident is None:
                raise AssertionError("a foreign key holds every update to its incident")
            try:
                async with transaction.connection.begin_nested():
                    await self._end(transaction, incident, draft)
            except CommandError as error:
                await self._withdraw(transaction, incident, draft, str(error))
        return len(drafts)

    async def _withdraw(self, transaction: Transaction, incident: Incident, draft: UpdateRow, reason: str) -> None:
        ended = await self._publisher.drop(transaction, incident, draft)
        cards = self._teller.cards
        transaction.effects.deliveries += await self._teller.tell(
            transaction.connection, lambda language: cards.withdrawn(ended, reason, language), now=transaction.now
        )

    async def _end(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> None:
        if draft.on_deadline is OnDeadline.DROP:
            await self._withdraw(transaction, incident, draft, "its deadline passed")
            return
        published = await self._publisher.release(transaction, incident, draft)
        change = await change_of(transaction, self._publisher, published)
        because = f"{draft.because}; nobody decided before its deadline"
        cards = self._teller.cards
        transaction.effects.deliveries += await self._teller.tell(
            transaction.connection, lambda language: cards.published(change, because, language), now=transaction.now
        )
