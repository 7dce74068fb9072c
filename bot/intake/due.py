"""What is due because time has passed: drafts, problems that waited, components that joined, counts, silent sources,
translations that did not come, planned and recurring maintenance, countdowns on cards, promises.

It decides nothing about when to look; ``timers`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from bot.config.judgement import Storm
from bot.config.maintenance import Maintenance
from bot.domain.model import Incident, OnDeadline, Origin, UpdateState
from bot.errors import CommandError
from bot.intake.announcing import Announcing
from bot.intake.apart import apart
from bot.intake.digests import Digests, Topic, next_digest
from bot.intake.drawing import Drawing
from bot.intake.limits import braking
from bot.intake.maintenance import Plans
from bot.intake.promises import Promises
from bot.intake.publishing import Publisher
from bot.intake.signals import PUT_OFF, Signals
from bot.intake.summaries import change_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import holders, problems, quiet
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import incidents, updates

AGAIN = timedelta(minutes=1)
"""How soon an all-clear that the storm brake holds is looked at again."""


class Due:
    """Does what is due. expected: by source, how long it may be silent."""

    def __init__(
        self,
        signals: Signals,
        publisher: Publisher,
        teller: Teller,
        *,
        storm: Storm,
        expected: Mapping[str, timedelta],
        maintenance: Maintenance,
        drawing: Drawing,
        promises: Promises,
    ) -> None:
        self._signals, self._publisher, self._teller = signals, publisher, teller
        self._digests, self._plans = Digests(teller), Plans(publisher, teller, maintenance)
        self._announcing = Announcing(publisher, teller)
        self._storm, self._expected, self._drawing, self._promises = storm, expected, drawing, promises

    async def next(self, connection: Connection) -> datetime | None:
        """When the next thing is due, None when nothing is."""
        drafts = sa.select(sa.func.min(updates.c.deadline)).where(updates.c.state == UpdateState.DRAFT)
        joined = sa.select(sa.func.min(incidents.c.tell_at)).where(incidents.c.tell_at.is_not(None))
        moments = [
            (await connection.execute(drafts)).scalar_one(),
            (await connection.execute(joined)).scalar_one(),
            await problems.next_due(connection),
            await self._drawing.next(connection),
            await self._promises.next(connection),
            await next_digest(connection),
            await self._publisher.translating.next(connection),
            await self._plans.next(connection),
            await self._announcing.next(connection),
            *[at for _, at in await self._silent_at(connection)],
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    async def carry_out(self, transaction: Transaction) -> None:
        """Everything that is due now, or a good part of it; ``next`` says whether something is left."""
        for what, work in (
            ("drafts", self._end_overdue),
            ("recurring maintenance", self._announcing.carry_out),
            ("maintenance", self._plans.carry_out),  # before what still fires after a window is told
            ("problems", self._signals.reconsider),
            ("joined components", self._tell_of_joined),
            ("counts", self._digests.flush),
            ("translations", self._publisher.translating.end_overdue),
            ("silent sources", self._tell_of_silent),
            ("cards", self._drawing.redraw),
            ("promises", self._promises.carry_out),
        ):
            await apart(transaction, what, work)

    # --- drafts ---

    async def _end_overdue(self, transaction: Transaction) -> None:
        """Publish or drop the drafts whose deadline has passed, as each says."""
        overdue = sa.and_(updates.c.state == UpdateState.DRAFT, updates.c.deadline <= transaction.now)
        for draft in await rows.load_updates(transaction.connection, overdue):
            incident = await rows.load_incident(transaction.connection, draft.incident_id)
            if incident is None:
                raise AssertionError("a foreign key holds every update to its incident")
            if not await apart(transaction, f"draft {draft.id}", partial(self._end_one, incident, draft)):
                await self._put_off(transaction, draft, transaction.now + PUT_OFF)

    async def _end_one(self, incident: Incident, draft: UpdateRow, transaction: Transaction) -> None:
        try:
            async with transaction.connection.begin_nested():
                await self._end(transaction, incident, draft)
        except CommandError as error:
            await self._withdraw(transaction, incident, draft, str(error))

    async def _end(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> None:
        if draft.on_deadline is OnDeadline.DROP:
            await self._withdraw(transaction, incident, draft, "its deadline passed")
            return
        if reason := await self._told_elsewhere(transaction, incident):
            await self._withdraw(transaction, incident, draft, reason)
            return
        if until := await self._must_wait(transaction, incident, draft):
            await self._put_off(transaction, draft, until)
            return
        if await braking(transaction, self._storm):
            await self._leave_to_humans(transaction, draft)
            return
        published = await self._publisher.release(transaction, incident, draft, because="its deadline passed")
        change = await change_of(transaction, self._publisher, published)
        because = "; ".join(filter(None, [draft.because, "nobody decided before its deadline"]))
        await self._tell(transaction, lambda language: self._teller.cards.published(change, because, language))

    async def _told_elsewhere(self, transaction: Transaction, incident: Incident) -> str:
        """Why a beginning need not be told any more, "" when it must: another story tells of it."""
        if incident.open and incident.published_at is not None:
            return ""
        others = await holders.told_elsewhere(transaction.connection, incident.components, other_than=incident.id)
        return f"incident {max(others.values())} tells of it" if others.keys() >= set(incident.components) else ""

    async def _must_wait(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> datetime | None:
        """Until when it may not be published by itself: a silenced beginning, or an end while the brake is on."""
        connection, now = transaction.connection, transaction.now
        if draft.status.ends:
            return now + AGAIN if await braking(transaction, self._storm) else None
        if incident.open and incident.published_at is not None:
            return None
        silences = await quiet.silenced(connection, now=now)
        ends = [silences[name].until for name in incident.components if name in silences]
        return min(ends) if len(ends) == len(incident.components) and ends else None

    async def _leave_to_humans(self, transaction: Transaction, draft: UpdateRow) -> None:
        """A storm: it is not published by itself, however long nobody decides."""
        await rows.save_update(transaction.connection, draft.id, deadline=None, on_deadline=None)
        transaction.effects.drafts.add(draft.id)
        storm = self._storm
        cards = self._teller.cards
        await self._digests.note(
            transaction, Topic.STORM, lambda language: cards.storm(storm.notices, storm.within, language)
        )

    async def _put_off(self, transaction: Transaction, draft: UpdateRow, until: datetime) -> None:
        await rows.save_update(transaction.connection, draft.id, deadline=until)
        transaction.effects.drafts.add(draft.id)

    async def _withdraw(self, transaction: Transaction, incident: Incident, draft: UpdateRow, reason: str) -> None:
        ended = await self._publisher.drop(transaction, incident, draft, because=reason)
        await self._tell(transaction, lambda language: self._teller.cards.withdrawn(ended, reason, language))

    # --- components that joined ---

    async def _tell_of_joined(self, transaction: Transaction) -> None:
        connection = transaction.connection
        for incident in await rows.load_incidents(connection, incidents.c.tell_at <= transaction.now):
            await rows.tell_of_joined(connection, incident.id, at=None)
            if incident.open and not incident.human and incident.origin is Origin.AUTOMATION:
                what = f"components that joined incident {incident.id}"
                await apart(transaction, what, partial(self._signals.tell_of_joined, incident=incident))

    # --- sources that must not fall silent ---

    async def _silent_at(self, connection: Connection) -> list[tuple[str, datetime]]:
        if not self._expected:
            return []
        heard = await quiet.unheard(connection)
        return [(name, at + self._expected[name]) for name, at in heard.items() if name in self._expected]

    async def _tell_of_silent(self, transaction: Transaction) -> None:
        for source, at in await self._silent_at(transaction.connection):
            if at <= transaction.now and await quiet.tell_silent(transaction.connection, source, now=transaction.now):
                since = at - self._expected[source]
                await self._tell(transaction, _silent(self._teller, source, since))

    async def _tell(self, transaction: Transaction, text: Callable[[str], str]) -> None:
        transaction.effects.deliveries += await self._teller.tell(transaction.connection, text, now=transaction.now)


def _silent(teller: Teller, source: str, since: datetime) -> Callable[[str], str]:
    return lambda language: teller.cards.silent(source, since, language)
