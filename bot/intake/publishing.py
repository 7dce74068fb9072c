"""From a decided update to frozen notices and deliveries owed, inside the transaction that decided it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.config.settings import Settings
from bot.domain.decisions import Waits
from bot.domain.delivery import Destination, Priority
from bot.domain.marks import Mark
from bot.domain.model import Incident, OnDeadline, UpdateState
from bot.domain.planned import overtaken, planned_for
from bot.domain.routing import plan
from bot.domain.story import advanced
from bot.errors import CommandError
from bot.intake.amending import Amended, Amender
from bot.intake.rendering import Renderer, Words, page_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.intake.translating import Translating
from bot.intake.ways import working_ways
from bot.languages.catalogue import Catalogue
from bot.store import holders, outbox
from bot.store import incidents as rows
from bot.store.incidents import UpdateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An update that customers see from this commit on. deliveries: owed by it, by channel."""

    incident: Incident
    update: UpdateRow
    deliveries: Mapping[str, int]


class Publisher:
    """Renders, freezes and owes. Knows the catalogue and the destinations, decides nothing."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        destinations: Sequence[Destination],
        teller: Teller,
    ) -> None:
        self._settings, self._destinations = settings, tuple(destinations)
        self._renderer = Renderer(settings, catalogue)
        self.amender = Amender(catalogue)
        self.translating = Translating(settings, self.amender, teller)

    @property
    def languages(self) -> tuple[str, ...]:
        """What notices are published in; the first is the default."""
        return self._settings.languages

    def page_of(self, incident_id: int) -> str:
        """Absolute address of the incident's page in the default language."""
        return page_of(self._settings, self.languages[0], incident_id)

    async def publish(self, transaction: Transaction, incident: Incident, words: Words) -> Published:
        """Add an update to the story, visible at once."""
        update, notice_ids = await self._insert(transaction, incident, words, state=UpdateState.PUBLISHED)
        return await self._show(transaction, incident, update, notice_ids)

    async def draft(
        self,
        transaction: Transaction,
        incident: Incident,
        words: Words,
        *,
        deadline: datetime | None = None,
        on_deadline: OnDeadline | None = None,
    ) -> UpdateRow:
        """Freeze an update's notices and let it wait; the incident stays as it is."""
        transaction.effects.due = True
        update, _ = await self._insert(
            transaction, incident, words, state=UpdateState.DRAFT, deadline=deadline, on_deadline=on_deadline
        )
        return update

    async def release(
        self, transaction: Transaction, incident: Incident, draft: UpdateRow, *, by: str | None = None
    ) -> Published:
        """Publish a draft in the very words it was drafted in. by: who said yes, None for its deadline.

        Raises CommandError when the story has moved on so far that the draft would contradict it.
        """
        await self._refuse_outdated(transaction, incident, draft)
        incident = planned_for(incident, draft.window)
        number = await rows.next_number(transaction.connection, incident.id)
        update = replace(draft, state=UpdateState.PUBLISHED, number=number, at=transaction.now, deadline=None)
        await rows.save_update(
            transaction.connection,
            draft.id,
            state=update.state,
            number=number,
            at=update.at,
            deadline=None,
            on_deadline=None,
            decided_by=by,
        )
        transaction.effects.due = True
        notice_ids = await self._complete(transaction, incident, draft)
        return await self._show(transaction, incident, update, notice_ids)

    async def _refuse_outdated(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> None:
        if reason := overtaken(incident, draft.status, draft.window, now=transaction.now):
            raise CommandError(f"{reason}; /drop {draft.id}")
        if incident.open:
            return
        if incident.published_at is None or draft.author is not None or draft.status.ends:
            raise CommandError(f"incident {incident.id} has been closed meanwhile; /drop {draft.id}")
        holder = await holders.holder_of(transaction.connection, incident.components, other_than=incident.id)
        if holder is not None:
            raise CommandError(f"incident {holder} tells of it by now; /drop {draft.id}")

    async def _complete(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> dict[str, int]:
        """The draft's notices by language; languages configured since it was drafted are rendered now."""
        drafted = (await rows.load_notices(transaction.connection, [draft.id]))[draft.id]
        words = Words(
            status=draft.status,
            impact=draft.impact,
            because=draft.because,
            texts=draft.texts,
            author=draft.author,
            occasion=draft.occasion,
        )
        absent = [language for language in self.languages if language not in drafted]
        ways = await working_ways(transaction.connection, self._settings, incident) if absent else []
        missing = self._renderer.render_in(absent, incident, words, ways, now=draft.made_at)
        added = await rows.insert_notices(transaction.connection, draft.id, missing)
        return {language: row for language, (row, _) in drafted.items()} | added

    async def drop(
        self, transaction: Transaction, incident: Incident, draft: UpdateRow, *, by: str | None = None
    ) -> Incident:
        """End a draft unpublished; the last one that would have opened the story takes the incident along.

        by: who said no, None for automation or its deadline. Returns the incident as it is then.
        """
        await self.discard(transaction, draft, by=by)
        if incident.published_at is not None or await rows.waiting_drafts(transaction.connection, incident.id):
            return incident
        ended = replace(incident, closed_at=transaction.now)
        await rows.save_incident(transaction.connection, ended)
        self._let_others_speak(transaction, Waits.INHIBITED)
        return ended

    def _let_others_speak(self, transaction: Transaction, why: Waits) -> None:
        """Components that said nothing because of an incident may have something to say now that it is otherwise."""
        transaction.effects.awake.add(why)

    async def discard(self, transaction: Transaction, draft: UpdateRow, *, by: str | None = None) -> None:
        """End a draft unpublished and leave its incident as it is: another update takes its place."""
        transaction.effects.due = True
        await rows.save_update(
            transaction.connection,
            draft.id,
            state=UpdateState.DROPPED,
            deadline=None,
            on_deadline=None,
            decided_by=by,
        )

    async def _insert(
        self, transaction: Transaction, incident: Incident, words: Words, *, state: UpdateState, **more: Any
    ) -> tuple[UpdateRow, dict[str, int]]:
        published = state is UpdateState.PUBLISHED
        values = {
            "incident_id": incident.id,
            "number": await rows.next_number(transaction.connection, incident.id) if published else None,
            "state": state,
            "status": words.status,
            "impact": words.impact,
            "at": transaction.now,
            "made_at": transaction.now,
            "author": words.author,
            "because": words.because,
            "texts": dict(words.texts),
            "occasion": words.occasion,
            "quiet": words.quiet,
            "decided_by": words.planner,
            "scheduled_for": words.window.starts if words.window else None,
            "scheduled_until": words.window.ends if words.window else None,
        }
        ways = await working_ways(transaction.connection, self._settings, incident)
        notices = self._renderer.render(incident, words, ways, now=transaction.now)
        return await rows.insert_update(transaction.connection, values | more, notices)

    async def _show(
        self, transaction: Transaction, incident: Incident, update: UpdateRow, notice_ids: Mapping[str, int]
    ) -> Published:
        first = incident.published_at is None
        moved_on = advanced(
            incident,
            status=update.status,
            impact=update.impact,
            now=transaction.now,
            human=update.author is not None,
            occasion=update.occasion,
        )
        await rows.save_incident(transaction.connection, moved_on)
        if not moved_on.open:
            self._let_others_speak(transaction, Waits.INHIBITED)
        if moved_on.kind.planned:
            self._let_others_speak(transaction, Waits.SILENCED)
            transaction.effects.due = True
        planned = plan(self._destinations, status=update.status, first=first, reopens=not incident.open)
        owed = [
            {
                "channel": each.destination.channel,
                "address": each.destination.address,
                "lane": f"{each.destination.channel}:{each.destination.address}:{incident.id}",
                "priority": Priority.CHANNEL,
                "action": each.action,
                "incident_id": incident.id,
                "notice_id": notice_ids[each.destination.language],
            }
            for each in planned
        ]
        await outbox.enqueue(transaction.connection, owed, now=transaction.now)
        effects = transaction.effects
        effects.revision = await rows.bump_revision(transaction.connection)
        effects.deliveries += len(owed)
        effects.updates[update.status] += 1
        await self.translating.ask(transaction, moved_on, update)
        return Published(
            incident=moved_on, update=update, deliveries=Counter(each.destination.channel for each in planned)
        )

    async def amend(
        self,
        transaction: Transaction,
        update: UpdateRow,
        texts: Mapping[str, str],
        *,
        mark: Mark | None = None,
        by: str,
        because: str,
    ) -> Amended:
        """Put a human's texts, by language, where a published update's body stands, wherever it is read.

        mark: what readers must know about them; by: the operator's name. Raises CommandError; see ``Amender.amend``.
        """
        await self.translating.written(transaction, update, list(texts))
        return await self.amender.amend(transaction, update, texts, mark=mark, by=by, because=because)
