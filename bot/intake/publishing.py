"""From a decided update to frozen notices and deliveries owed, inside the transaction that decided it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.config.settings import Settings, Way
from bot.config.values import Localised
from bot.domain.decisions import Waits
from bot.domain.delivery import Destination, Priority
from bot.domain.facts import Facts
from bot.domain.model import Impact, Incident, Notice, Occasion, OnDeadline, Status, UpdateState
from bot.domain.routing import plan
from bot.domain.story import advanced
from bot.errors import CommandError
from bot.intake.transaction import Transaction
from bot.intake.ways import working_ways
from bot.languages.catalogue import Catalogue
from bot.languages.length import excess
from bot.store import incidents as rows
from bot.store import outbox, problems
from bot.store.incidents import UpdateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an update is to say.

    texts: a human's own words by language; author: the operator's name, None for automation;
    occasion: why the template's words differ from those of the status; quiet: operators get no card of the draft.
    """

    status: Status
    impact: Impact
    because: str
    texts: Mapping[str, str]
    author: str | None
    occasion: Occasion | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An update that customers see from this commit on. deliveries: owed by it, by channel."""

    incident: Incident
    update: UpdateRow
    deliveries: Mapping[str, int]


class Publisher:
    """Renders, freezes and owes. Knows the catalogue and the destinations, decides nothing."""

    def __init__(self, settings: Settings, catalogue: Catalogue, destinations: Sequence[Destination]) -> None:
        self._settings, self._catalogue, self._destinations = settings, catalogue, tuple(destinations)

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
        if incident.open or incident.published_at is None:
            return
        if draft.author is not None or draft.status.ends:
            raise CommandError(f"incident {incident.id} has been closed meanwhile; /drop {draft.id}")
        holder = await rows.holder_of(transaction.connection, incident.components, other_than=incident.id)
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
        missing = self._render(incident, words, absent, ways, now=draft.made_at)
        added = await rows.insert_notices(transaction.connection, draft.id, missing)
        return {language: row for language, (row, _) in drafted.items()} | added

    async def drop(
        self, transaction: Transaction, incident: Incident, draft: UpdateRow, *, by: str | None = None
    ) -> Incident:
        """End a draft unpublished; one that would have opened the story takes the incident along.

        by: who said no, None for automation or its deadline. Returns the incident as it is then.
        """
        await self.discard(transaction, draft, by=by)
        if incident.published_at is not None:
            return incident
        ended = replace(incident, closed_at=transaction.now)
        await rows.save_incident(transaction.connection, ended)
        await self._let_others_speak(transaction)
        return ended

    async def _let_others_speak(self, transaction: Transaction) -> None:
        """Components that said nothing because of an incident may have something to say now that it is over."""
        if await problems.wake(transaction.connection, Waits.INHIBITED, now=transaction.now):
            transaction.effects.due = True

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
        }
        ways = await working_ways(transaction.connection, self._settings, incident)
        notices = self.render(incident, words, ways, now=transaction.now)
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
        )
        await rows.save_incident(transaction.connection, moved_on)
        if not moved_on.open:
            await self._let_others_speak(transaction)
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
        return Published(
            incident=moved_on, update=update, deliveries=Counter(each.destination.channel for each in planned)
        )

    def render(self, incident: Incident, words: Words, ways: Sequence[Way], *, now: datetime) -> list[Notice]:
        """The update's notice in every configured language. ways: how else to reach the company.

        Raises CommandError when a text is too long to publish.
        """
        notices = self._render(incident, words, self.languages, ways, now=now)
        for notice in notices:
            over = excess(notice)
            if over:
                raise CommandError(
                    f"the notice in {notice.language} would be {over} characters too long; shorten the text"
                )
        return notices

    def _render(
        self, incident: Incident, words: Words, languages: Sequence[str], ways: Sequence[Way], *, now: datetime
    ) -> list[Notice]:
        return [
            self._catalogue.render(self._facts(incident, words, ways, language, now), language)
            for language in languages
        ]

    def _facts(self, incident: Incident, words: Words, ways: Sequence[Way], language: str, now: datetime) -> Facts:
        known = self._settings.components
        return Facts(
            kind=incident.kind,
            status=words.status,
            impact=words.impact,
            company=self._settings.company.name,
            components=tuple(
                in_language(known[name].name, language) if name in known else name for name in incident.components
            ),
            started_at=incident.started_at,
            at=now,
            timezone=self._settings.timezone,
            url=page_of(self._settings, language, incident.id),
            instead=tuple(in_language(way.text, language) for way in ways),
            text=words.texts.get(language),
            occasion=words.occasion,
            upstream=incident.upstream,
            scheduled_for=incident.scheduled_for,
            scheduled_until=incident.scheduled_until,
        )


def in_language(text: Localised, language: str) -> str:
    """A configured text in one configured language; the configuration was checked to have it."""
    return text if isinstance(text, str) else text[language]


def page_of(settings: Settings, language: str, incident_id: int) -> str:
    """Absolute address of the incident's page in a language."""
    return f"{settings.public_url.rstrip('/')}/{language}/incidents/{incident_id}"
