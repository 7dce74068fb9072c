"""The part of a desk that tells stories of outages, and puts other words in what was told. Planning: ``plans``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.changes import Amendment, Change
from bot.domain.model import Impact, Kind, Origin, Publish, Status
from bot.domain.planned import not_begun
from bot.errors import CommandError
from bot.intake.voice import Voice, known_incident, published_update, words_of
from bot.store import incidents as rows


class Stories:
    """``desk.stories``. In all of it: texts are own words by language, for the other languages there is the template;
    by is the operator's name; draft is True when a publisher must say yes first."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._transaction = voice, voice.transaction

    async def open(
        self,
        *,
        components: Sequence[str],
        impact: Impact,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
        promised_at: datetime | None = None,
    ) -> Change:
        """Begin a story now. promised_at: by when customers are promised more news, None for no promise.

        Raises CommandError: too long a text.
        """
        values = {
            "kind": Kind.OUTAGE,
            "origin": Origin.OPERATOR,
            "status": Status.INVESTIGATING,
            "impact": impact,
            "publish": Publish.AFTER_APPROVAL,
            "started_at": self._transaction.now,
            "human": True,
        }
        incident = await rows.insert_incident(self._transaction.connection, values, components)
        words = replace(words_of(incident.status, impact, texts, by), promised_at=promised_at)
        return await self._voice.say(incident, words, draft=draft)

    async def add_update(
        self,
        incident_id: int,
        *,
        status: Status | None,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
        promised_at: datetime | None = None,
    ) -> Change:
        """Continue a story, maintenance too; automation's own draft of it, if one waits, is dropped: a human spoke.

        status: None for the one that ends a story of its kind (resolved or completed); promised_at: as for ``open``.
        Raises CommandError: no such incident, still a draft, already closed, a status of the other kind, the completion
        of maintenance that has not begun, a promise where the story ends, or too long a text.
        """
        incident, becomes = await self._voice.story(incident_id, becoming=status)
        if becomes is Status.COMPLETED and not_begun(incident, now=self._transaction.now):
            raise CommandError("incident {id} has not begun; /update {id} cancelled calls it off", id=incident_id)
        if promised_at is not None and (becomes.ends or becomes.planned):
            raise CommandError("no news can be promised with {status}", status=becomes)
        words = replace(words_of(becomes, incident.impact, texts, by), promised_at=promised_at)
        return await self._voice.go_on(incident, words, draft=draft)

    async def promise_again(self, incident_id: int, promised_at: datetime, *, by: str) -> Change:
        """Draft an update that says nothing new but by when there will be more. Raises CommandError as above."""
        incident = await known_incident(self._transaction.connection, incident_id)
        return await self.add_update(
            incident_id, status=incident.status, texts={}, by=by, draft=True, promised_at=promised_at
        )

    async def amend(self, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: str) -> Amendment:
        """Put texts where a published update has the template's words or a machine's.

        number: the update's, None for the newest.
        Raises CommandError: no such update, a language that has somebody's own words already, or too long a text.
        """
        incident, update = await published_update(self._transaction.connection, incident_id, number)
        if taken := [language for language in texts if language in update.texts]:
            raise CommandError(
                "update {number} has somebody's own words in {languages} already",
                number=update.number,
                languages=", ".join(taken),
            )
        publisher, connection = self._voice.publisher, self._transaction.connection
        amended = await publisher.amend(self._transaction, update, texts, by=by, because=f"operator {by} gave the text")
        await rows.save_update(connection, update.id, texts={**update.texts, **texts})
        await rows.save_incident(connection, replace(incident, human=True))
        return Amendment(
            incident=incident,
            number=update.number or 0,
            languages=amended.languages,
            deliveries=amended.deliveries,
            page=publisher.page_of(incident_id),
        )
