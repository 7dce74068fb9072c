"""The part of a desk that plans maintenance. What happens by itself when a window begins or ends: ``maintenance``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change
from bot.domain.model import Impact, Kind, Occasion, Origin, Publish, Status
from bot.domain.planned import extended, moved, planned_for
from bot.domain.recurring import Every
from bot.domain.windows import Window, refuse
from bot.intake.recurring import Recurring
from bot.intake.voice import Voice, words_of
from bot.store import incidents as rows


class Plans:
    """``desk.plans``. In all of it: texts are own words by language, for the other languages there is the template;
    by is the operator's name; draft is True when a publisher must say yes first."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._transaction = voice, voice.transaction

    async def announce(
        self,
        *,
        components: Sequence[str],
        window: Window,
        impact: Impact,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
        every: Every | None = None,
        agreed: bool = False,
    ) -> Change:
        """Announce maintenance. every: how often it comes again, None when it does not; agreed: enough publishers have
        agreed to it before.

        Raises CommandError: a window that cannot be announced, or too long a text.
        """
        refuse(window, now=self._transaction.now)
        values = {
            "kind": Kind.MAINTENANCE,
            "origin": Origin.OPERATOR,
            "status": Status.SCHEDULED,
            "impact": impact,
            "publish": Publish.AFTER_APPROVAL,
            "started_at": self._transaction.now,
            "human": True,
            "scheduled_for": window.starts,
            "scheduled_until": window.ends,
        }
        incident = await rows.insert_incident(self._transaction.connection, values, components)
        words = replace(words_of(Status.SCHEDULED, impact, texts, by), window=window)
        change = await self._voice.say(incident, words, draft=draft, agreed=agreed)
        if every is None:
            return change
        recurring = Recurring(self._transaction, self._voice.publisher.settings)
        return replace(change, again=await recurring.begin(every, window, change, by=by))

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
        """Move maintenance. ends: None for as long as it was planned.

        Raises CommandError: no such maintenance, not waiting for its beginning, an impossible window, or too long a
        text.
        """
        incident, status = await self._voice.story(incident_id, becoming=Status.SCHEDULED)
        window = moved(incident, starts=starts, ends=ends, now=self._transaction.now)
        words = replace(words_of(status, incident.impact, texts, by), window=window)
        return await self._voice.go_on(planned_for(incident, window), words, draft=draft)

    async def extend(
        self, incident_id: int, *, longer: timedelta | datetime, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Let maintenance last longer: by so much, or until then.

        Raises CommandError: no such maintenance, not in progress, an end that is not later, or too long a text.
        """
        incident, status = await self._voice.story(incident_id, becoming=Status.IN_PROGRESS)
        window = extended(incident, longer, now=self._transaction.now)
        words = words_of(status, incident.impact, texts, by)
        words = replace(words, window=window, occasion=Occasion.EXTENDED)
        return await self._voice.go_on(planned_for(incident, window), words, draft=draft)
