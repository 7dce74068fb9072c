"""What operators' commands do: one desk is one transaction. The counterpart of ``signals`` for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.changes import Amendment, Cause, Change, Draft, Overview, Silence, Step, Why
from bot.domain.decisions import Waits
from bot.domain.model import Impact, Incident, Kind, Occasion, Origin, Publish, Status, UpdateState
from bot.domain.planned import extended, moved, planned_for
from bot.domain.windows import Window, refuse
from bot.errors import AlreadyHandled, CommandError
from bot.intake.publishing import Publisher
from bot.intake.rendering import Words
from bot.intake.summaries import change_of, draft_of, drafted, overview, waiting_drafts
from bot.intake.telling import Teller, answer
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store import outbox, problems, quiet
from bot.store.incidents import UpdateRow
from bot.store.schema import telegram_updates, updates

_MOST_CAUSES = 20


class IntakeDesk:
    """Carries out commands within one transaction; see ``operators.desk.Desk`` for what each method promises."""

    def __init__(self, transaction: Transaction, publisher: Publisher, teller: Teller) -> None:
        self._transaction, self._publisher, self._teller = transaction, publisher, teller
        self._connection, self._now = transaction.connection, transaction.now

    async def open_incident(
        self, *, components: Sequence[str], impact: Impact, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Begin a story now. Raises CommandError when a text is too long."""
        values = {
            "kind": Kind.OUTAGE,
            "origin": Origin.OPERATOR,
            "status": Status.INVESTIGATING,
            "impact": impact,
            "publish": Publish.AFTER_APPROVAL,
            "started_at": self._now,
            "human": True,
        }
        incident = await rows.insert_incident(self._connection, values, components)
        return await self._say(incident, _words(incident.status, impact, texts, by), draft=draft)

    async def add_update(
        self, incident_id: int, *, status: Status | None, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Continue a story; automation's own draft of it, if one waits, is dropped: a human has spoken."""
        incident = await self._incident(incident_id)
        status = status or (Status.COMPLETED if incident.kind.planned else Status.RESOLVED)
        await self._check(incident, status)
        return await self._go_on(incident, _words(status, incident.impact, texts, by), draft=draft)

    async def plan(
        self,
        *,
        components: Sequence[str],
        window: Window,
        impact: Impact,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        """Announce maintenance. Raises CommandError for a window that cannot be announced, and too long a text."""
        refuse(window, now=self._now)
        values = {
            "kind": Kind.MAINTENANCE,
            "origin": Origin.OPERATOR,
            "status": Status.SCHEDULED,
            "impact": impact,
            "publish": Publish.AFTER_APPROVAL,
            "started_at": self._now,
            "human": True,
            "scheduled_for": window.starts,
            "scheduled_until": window.ends,
        }
        incident = await rows.insert_incident(self._connection, values, components)
        words = replace(_words(Status.SCHEDULED, impact, texts, by), window=window)
        return await self._say(incident, words, draft=draft)

    async def postpone(
        self,
        incident_id: int,
        *,
        starts: datetime,
        ends: datetime | None,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        """Move maintenance that has not begun; ends: None for as long as it was. Raises CommandError."""
        incident = await self._incident(incident_id)
        await self._check(incident, Status.SCHEDULED)
        window = moved(incident, starts=starts, ends=ends, now=self._now)
        words = replace(_words(Status.SCHEDULED, incident.impact, texts, by), window=window)
        return await self._go_on(planned_for(incident, window), words, draft=draft)

    async def extend(
        self, incident_id: int, *, longer: timedelta | datetime, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Let maintenance in progress last longer: by so much, or until then. Raises CommandError."""
        incident = await self._incident(incident_id)
        await self._check(incident, Status.IN_PROGRESS)
        window = extended(incident, longer, now=self._now)
        words = _words(Status.IN_PROGRESS, incident.impact, texts, by)
        words = replace(words, window=window, occasion=Occasion.EXTENDED)
        return await self._go_on(planned_for(incident, window), words, draft=draft)

    async def _incident(self, incident_id: int) -> Incident:
        incident = await rows.load_incident(self._connection, incident_id)
        if incident is None:
            raise CommandError(f"there is no incident {incident_id}; /status lists the open ones")
        return incident

    async def _go_on(self, incident: Incident, words: Words, *, draft: bool) -> Change:
        if not draft:
            await self._drop_automatic_drafts(incident)
        return await self._say(incident, words, draft=draft)

    async def _check(self, incident: Incident, status: Status) -> None:
        if incident.published_at is None and incident.open:
            raise CommandError(f"incident {incident.id} is still a draft: /drafts shows it, /publish or /drop it first")
        if not incident.open:
            new = "/maintenance announces" if incident.kind.planned else "/incident opens"
            raise CommandError(f"incident {incident.id} is closed already; {new} a new one")
        if status.planned is not incident.kind.planned:
            possible = ", ".join(each for each in Status if each.planned is incident.kind.planned)
            raise CommandError(f"incident {incident.id} cannot become {status}; possible are {possible}")

    async def _drop_automatic_drafts(self, incident: Incident) -> None:
        waiting = sa.and_(
            updates.c.incident_id == incident.id, updates.c.state == UpdateState.DRAFT, updates.c.author.is_(None)
        )
        for update in await rows.load_updates(self._connection, waiting):
            await self._publisher.discard(self._transaction, update)

    async def _say(self, incident: Incident, words: Words, *, draft: bool) -> Change:
        if not draft:
            published = await self._publisher.publish(self._transaction, incident, words)
            return await change_of(self._transaction, self._publisher, published)
        update = await self._publisher.draft(self._transaction, incident, words)
        card = await draft_of(self._connection, incident, update)
        self._transaction.effects.deliveries += await self._teller.tell(
            self._connection, lambda language: self._teller.cards.draft(card, language), now=self._now
        )
        return await drafted(self._transaction, self._publisher, incident, update)

    async def amend_text(self, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: str) -> Amendment:
        """Put an operator's texts where the template's or a machine's stand. Raises CommandError."""
        incident = await rows.load_incident(self._connection, incident_id)
        told = sa.and_(updates.c.incident_id == incident_id, updates.c.state == UpdateState.PUBLISHED)
        published = {each.number: each for each in await rows.load_updates(self._connection, told)}
        if incident is None or not published:
            raise CommandError(f"there is no published incident {incident_id}; /status lists the open ones")
        update = published.get(number or max(each for each in published if each))
        if update is None:
            raise CommandError(f"incident {incident_id} has no update {number}; it has {len(published)}")
        if taken := [language for language in texts if language in update.texts]:
            raise CommandError(f"update {update.number} has somebody's own words in {', '.join(taken)} already")
        amended = await self._publisher.amend(
            self._transaction, update, texts, by=by, because=f"operator {by} gave the text"
        )
        await rows.save_update(self._connection, update.id, texts={**update.texts, **texts})
        await rows.save_incident(self._connection, replace(incident, human=True))
        return Amendment(
            incident=incident,
            number=update.number or 0,
            languages=amended.languages,
            deliveries=amended.deliveries,
            page=self._publisher.page_of(incident_id),
        )

    async def publish(self, draft_id: int, *, by: str) -> Change:
        """Publish a draft in the words it was drafted in. Raises CommandError."""
        incident, draft = await self._draft(draft_id)
        if draft.author is not None:
            await self._drop_automatic_drafts(incident)
        published = await self._publisher.release(self._transaction, incident, draft, by=by)
        return await change_of(self._transaction, self._publisher, published)

    async def drop(self, draft_id: int, *, by: str) -> Change:
        """End a draft unpublished. Raises CommandError."""
        incident, draft = await self._draft(draft_id)
        ended = await self._publisher.drop(self._transaction, incident, draft, by=by)
        gone = (await rows.load_updates(self._connection, updates.c.id == draft_id))[0]
        return await drafted(self._transaction, self._publisher, ended, gone)

    async def _draft(self, draft_id: int) -> tuple[Incident, UpdateRow]:
        found = await rows.load_updates(self._connection, updates.c.id == draft_id)
        if not found:
            raise CommandError(f"there is no draft {draft_id}; /drafts lists those that wait")
        draft = found[0]
        if draft.state is not UpdateState.DRAFT:
            by = f" by {draft.decided_by}" if draft.decided_by else ""
            raise CommandError(f"draft {draft_id} was {draft.state}{by} already")
        incident = await rows.load_incident(self._connection, draft.incident_id)
        if incident is None:
            raise AssertionError("a foreign key holds every update to its incident")
        return incident, draft

    async def drafts(self) -> Sequence[Draft]:
        """What waits for a yes, oldest first."""
        return await waiting_drafts(self._connection)

    async def overview(self) -> Overview:
        """How things stand."""
        return await overview(self._connection, now=self._now)

    async def silence(self, components: Sequence[str], *, length: timedelta, by: str) -> datetime:
        """Have automation begin nothing about the components until then."""
        until = self._now + length
        for component in components:
            await quiet.silence(self._connection, component, until=until, by=by, now=self._now)
        self._judge_silenced_again()
        return until

    async def lift_silence(self, components: Sequence[str]) -> Sequence[str]:
        """End the silence of the components; returns those that were silenced."""
        lifted = [name for name in components if await quiet.lift(self._connection, name, now=self._now)]
        self._judge_silenced_again()
        return lifted

    def _judge_silenced_again(self) -> None:
        self._transaction.effects.awake.add(Waits.SILENCED)

    async def silences(self) -> Sequence[Silence]:
        """What operators have silenced, the first to end first."""
        return await quiet.silences_now(self._connection, now=self._now)

    async def why(self, incident_id: int) -> Why:
        """What an incident came from. Raises CommandError."""
        incident = await self._incident(incident_id)
        causes, total = await problems.causes(self._connection, incident_id, limit=_MOST_CAUSES)
        made = await rows.load_updates(self._connection, updates.c.incident_id == incident_id)
        steps = [
            Step(
                status=each.status,
                state=each.state,
                at=each.at,
                because=each.because,
                by=each.decided_by or each.author,
            )
            for each in made
        ]
        return Why(incident=incident, steps=tuple(steps), causes=tuple(causes), problems=total)

    async def unspoken(self) -> tuple[Sequence[Cause], int]:
        """Problems that fire and customers are not told of, those heard of last first, and how many they are."""
        return await problems.unspoken(self._connection, limit=_MOST_CAUSES)

    async def tell(self, chat_id: int, text: str) -> None:
        """Owe a chat an answer."""
        await outbox.enqueue(self._connection, [answer(chat_id, text)], now=self._now)
        self._transaction.effects.deliveries += 1

    async def handled(self, update_id: int) -> None:
        """This Telegram update is done with. Raises AlreadyHandled when another node was quicker."""
        mine = telegram_updates.c.update_id == update_id, telegram_updates.c.handled_at.is_(None)
        done = await self._connection.execute(telegram_updates.update().where(*mine).values(handled_at=self._now))
        if done.rowcount == 0:
            raise AlreadyHandled(f"update {update_id} has been handled by another node")


def _words(status: Status, impact: Impact, texts: Mapping[str, str], by: str) -> Words:
    return Words(status=status, impact=impact, because=f"operator {by}", texts=texts, author=by)
