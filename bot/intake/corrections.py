"""The part of a desk that puts right what was published: other words in its place, or the word that it was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from bot.domain.changes import Amendment, Change
from bot.domain.marks import Mark
from bot.domain.model import Incident, Notice, Occasion, Status, UpdateState
from bot.errors import CommandError
from bot.intake.rendering import Words
from bot.intake.summaries import change_of
from bot.intake.voice import Voice, published_update
from bot.intake.ways import working_ways
from bot.store import incidents as rows
from bot.store.incidents import UpdateRow
from bot.store.schema import updates


class Corrections:
    """``desk.corrections``. In all of it: number is a published update's, None for the newest; by the operator."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._transaction, self._publisher = voice, voice.transaction, voice.publisher

    async def correct(self, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: str) -> Amendment:
        """Let an update say this instead, wherever it is read, marked as corrected.

        texts: by language, at least one. Where readers have words in another language that came from the wrong ones (a
        human's or a machine's), the template's words take their place. Raises CommandError: no such update, it was
        withdrawn, not published in one of these languages, or too long a text.
        """
        incident, update = await published_update(self._transaction.connection, incident_id, number)
        notices = (await rows.load_notices(self._transaction.connection, [update.id]))[update.id]
        if any(notice.mark is Mark.RETRACTED for _, notice in notices.values()):
            raise CommandError(
                "update {number} of incident {id} was withdrawn; there is nothing left to correct",
                number=update.number,
                id=incident_id,
            )
        derived = [
            language
            for language, (_, notice) in notices.items()
            if language not in texts and (language in update.texts or notice.mark is not None)
        ]
        templates = await self._template_bodies(incident, update, derived)
        amended = await self._publisher.amend(
            self._transaction, update, {**templates, **texts}, mark=Mark.CORRECTED, by=by, because=f"corrected by {by}"
        )
        kept = {language: text for language, text in update.texts.items() if language not in derived}
        await rows.save_update(self._transaction.connection, update.id, texts={**kept, **texts})
        await rows.save_incident(self._transaction.connection, replace(incident, human=True))
        return Amendment(
            incident=incident,
            number=update.number or 0,
            languages=amended.languages,
            templated=tuple(derived),
            deliveries=amended.deliveries,
            page=self._publisher.page_of(incident_id),
        )

    async def _template_bodies(self, incident: Incident, update: UpdateRow, languages: list[str]) -> dict[str, str]:
        words = Words(
            status=update.status, impact=update.impact, because="", texts={}, author=None, occasion=update.occasion
        )
        notices = await self._rendered(incident, words, languages)
        return {language: notice.body for language, notice in notices.items()}

    async def retract(self, incident_id: int, number: int | None, *, by: str) -> Amendment | Change:
        """Withdraw what should never have been published.

        number: of the one update to withdraw; None for the whole story, which ends with the word that it was wrong
        (a Change, the last one of that incident). Raises CommandError: no such update, or withdrawn already.
        """
        incident, update = await published_update(self._transaction.connection, incident_id, number)
        told = sa.and_(updates.c.incident_id == incident_id, updates.c.state == UpdateState.PUBLISHED)
        story = await rows.load_updates(self._transaction.connection, told)
        if any(each.occasion is Occasion.RETRACTION for each in story):
            raise CommandError("incident {id} was withdrawn already", id=incident_id)
        if number is not None and len(story) > 1:
            return await self._withdraw(incident, update, by=by)
        for each in story:
            await self._withdraw(incident, each, by=by)
        return await self._end(incident, by=by)

    async def _withdraw(self, incident: Incident, update: UpdateRow, *, by: str) -> Amendment:
        """Let one update say only that it was published in error."""
        connection = self._transaction.connection
        notices = (await rows.load_notices(connection, [update.id]))[update.id]
        words = Words(
            status=update.status,
            impact=update.impact,
            because="",
            texts={},
            author=None,
            occasion=Occasion.RETRACTION,
        )
        label = self._publisher.amender.label
        said = {
            language: replace(notice, mark=Mark.RETRACTED, label=label(Mark.RETRACTED, language))
            for language, notice in (await self._rendered(incident, words, list(notices))).items()
        }
        await self._publisher.translating.written(self._transaction, update, list(said))
        amended = await self._publisher.amender.replace(
            self._transaction, update, said, by=by, because=f"withdrawn by {by}"
        )
        return Amendment(
            incident=incident,
            number=update.number or 0,
            languages=amended.languages,
            deliveries=Counter(amended.deliveries),
            page=self._publisher.page_of(incident.id),
        )

    async def _end(self, incident: Incident, *, by: str) -> Change:
        """The last word of a story that should not have been told."""
        await self._voice.drop_drafts(incident)
        status = Status.CANCELLED if incident.kind.planned else Status.RESOLVED
        words = Words(
            status=status,
            impact=incident.impact,
            because=f"withdrawn by {by}",
            texts={},
            author=by,
            occasion=Occasion.RETRACTION,
        )
        published = await self._publisher.publish(self._transaction, incident, words)
        return await change_of(self._transaction, self._publisher, published)

    async def _rendered(self, incident: Incident, words: Words, languages: list[str]) -> dict[str, Notice]:
        ways = await working_ways(self._transaction.connection, self._publisher.settings, incident)
        return self._publisher.rendered(languages, incident, words, ways, now=self._transaction.now)
