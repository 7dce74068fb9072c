"""From a decided update to frozen notices and deliveries owed, inside the transaction that decided it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.settings import Settings, Way
from bot.domain.decisions import Waits
from bot.domain.delivery import Destination
from bot.domain.marks import Mark
from bot.domain.model import Incident, Notice, OnDeadline, UpdateState, worst
from bot.domain.planned import planned_for
from bot.domain.routing import plan
from bot.domain.story import advanced
from bot.intake.amending import Amended, Amender
from bot.intake.broadcasting import begin as begin_broadcast
from bot.intake.keyboards import Keyboards, PrivateChat, no_private_chat
from bot.intake.outdated import left_behind, refuse_outdated
from bot.intake.owing import rows_of
from bot.intake.own_deeds import note_own
from bot.intake.promises import remember
from bot.intake.rendering import Renderer, Words, page_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.intake.translating import Translating
from bot.intake.ways import working_ways
from bot.languages.catalogue import Catalogue
from bot.store import incidents as rows
from bot.store import outbox
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
        *,
        private_chat: PrivateChat = no_private_chat,
    ) -> None:
        self.settings, self._destinations = settings, tuple(destinations)
        telegram = settings.channels.telegram
        self._to_subscribers = telegram is not None and telegram.subscribers is not None
        self._keyboards = Keyboards(settings, catalogue, private_chat)
        self._renderer = Renderer(settings, catalogue)
        self.amender = Amender(catalogue, ZoneInfo(settings.timezone))
        self.translating = Translating(settings, self.amender, teller)

    @property
    def languages(self) -> tuple[str, ...]:
        """What notices are published in; the first is the default."""
        return self.settings.languages

    def page_of(self, incident_id: int) -> str:
        """Absolute address of the incident's page in the default language."""
        return page_of(self.settings, self.languages[0], incident_id)

    def rendered(
        self, languages: Sequence[str], incident: Incident, words: Words, ways: Sequence[Way], *, now: datetime
    ) -> dict[str, Notice]:
        """What an update would say, by language; nothing is stored. ways: how else to reach the company."""
        return {each.language: each for each in self._renderer.render_in(languages, incident, words, ways, now=now)}

    async def publish(self, transaction: Transaction, incident: Incident, words: Words) -> Published:
        """Add an update to the story, visible at once."""
        update, notice_ids = await self._insert(transaction, incident, words, state=UpdateState.PUBLISHED)
        if words.author is None and words.planner is None:
            await note_own(transaction, incident, update)
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
        transaction.effects.drafts.add(update.id)
        return update

    async def release(
        self,
        transaction: Transaction,
        incident: Incident,
        draft: UpdateRow,
        *,
        by: str | None = None,
        because: str = "",
    ) -> Published:
        """Publish a draft in the very words it was drafted in. by: who said yes, None for its deadline; because: why,
        where nobody decided.

        Raises CommandError when the story has moved on so far that the draft would contradict it.
        """
        await refuse_outdated(transaction, incident, draft, by=by)
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
            ended_at=transaction.now,
            ended_because=because,
        )
        transaction.effects.due = True
        transaction.effects.drafts.add(draft.id)
        if by is None:
            await note_own(transaction, incident, update)
        notice_ids = await self._complete(transaction, incident, draft)
        return await self._show(transaction, incident, update, notice_ids)

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
        ways = await working_ways(transaction.connection, self.settings, incident) if absent else []
        missing = self._renderer.render_in(absent, incident, words, ways, now=draft.made_at)
        added = await rows.insert_notices(transaction.connection, draft.id, missing)
        return {language: row for language, (row, _) in drafted.items()} | added

    async def drop(
        self,
        transaction: Transaction,
        incident: Incident,
        draft: UpdateRow,
        *,
        by: str | None = None,
        because: str = "",
    ) -> Incident:
        """End a draft unpublished; the last one that would have opened the story takes the incident along.

        by: who said no, None for automation or its deadline; because: why, where nobody decided. Returns the incident
        as it is then.
        """
        await self.discard(transaction, draft, by=by, because=because)
        if incident.published_at is not None or await rows.waiting_drafts(transaction.connection, incident.id):
            return incident
        ended = replace(incident, closed_at=transaction.now)
        await rows.save_incident(transaction.connection, ended)
        self._let_others_speak(transaction, Waits.INHIBITED)
        return ended

    def _let_others_speak(self, transaction: Transaction, why: Waits) -> None:
        """Components that said nothing because of an incident may have something to say now that it is otherwise."""
        transaction.effects.awake.add(why)

    async def discard(
        self, transaction: Transaction, draft: UpdateRow, *, by: str | None = None, because: str = ""
    ) -> None:
        """End a draft unpublished and leave its incident as it is: another update takes its place."""
        transaction.effects.due = True
        transaction.effects.drafts.add(draft.id)
        await rows.save_update(
            transaction.connection,
            draft.id,
            state=UpdateState.DROPPED,
            deadline=None,
            on_deadline=None,
            decided_by=by,
            ended_at=transaction.now,
            ended_because=because,
        )

    async def written(self, transaction: Transaction, incident: Incident, words: Words) -> list[Notice]:
        """What an update would say now, in every language; nothing is stored. Raises CommandError: too long a text."""
        ways = await working_ways(transaction.connection, self.settings, incident)
        return self._renderer.render(incident, words, ways, now=transaction.now)

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
            "promised_at": words.promised_at,
            "touched_by": words.touched_by,
            "scheduled_for": words.window.starts if words.window else None,
            "scheduled_until": words.window.ends if words.window else None,
        }
        notices = await self.written(transaction, incident, words)
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
            human=update.author is not None or bool(update.texts),
            occasion=update.occasion,
        )
        await rows.save_incident(transaction.connection, moved_on)
        await remember(transaction, moved_on, update.promised_at)
        for draft, why in await left_behind(transaction.connection, moved_on, now=transaction.now):
            await self.discard(transaction, draft, because=why)
        if not moved_on.open:
            self._let_others_speak(transaction, Waits.INHIBITED)
        if moved_on.kind.planned:
            self._let_others_speak(transaction, Waits.SILENCED)
            transaction.effects.due = True
        felt = update.impact if first else worst(incident.impact, update.impact)
        planned = plan(self._destinations, status=update.status, impact=felt, first=first, reopens=not incident.open)
        owed = list(rows_of(planned, moved_on, notice_ids, self._keyboards, first=first))
        await outbox.enqueue(transaction.connection, owed, now=transaction.now)
        effects = transaction.effects
        effects.revision = await rows.bump_revision(transaction.connection)
        effects.deliveries += len(owed)
        effects.updates[update.status] += 1
        if self._to_subscribers:
            await begin_broadcast(transaction, moved_on, update)
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
