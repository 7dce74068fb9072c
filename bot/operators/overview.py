"""The answer to /status: what is open, what is owed and lost, what is quiet. Markdown. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.changes import Overview
from bot.domain.following import BroadcastState
from bot.domain.model import Incident
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue
from bot.operators.phrases import moment, more, standing
from bot.operators.reasons import silence_line

_MOST = 12
_MOST_FAILED = 5


class Outlook:
    """How things stand, for one reader. zone: the company's own, for times; now: aware."""

    def __init__(self, tongue: Tongue = ENGLISH, *, zone: ZoneInfo, now: datetime, host: str = "") -> None:
        """host: the name of the machine that answers, which is the one that speaks with Telegram."""
        self._tongue, self._zone, self._now, self._host = tongue, zone, now, host

    def of(self, overview: Overview) -> str:
        """All of it."""
        shown = [self._line(incident) for incident in overview.open[:_MOST]]
        hidden = more(len(overview.open) - len(shown), self._tongue)
        head = self._tongue.say("**Open incidents**") if shown else self._tongue.say("**No open incidents.**")
        parts = [*self._owed(overview), *self._failed(overview), *self._sending(overview), *self._quiet(overview)]
        return "\n".join([head, *shown, *hidden, "", *parts])

    def _at(self, at: datetime) -> str:
        return moment(at, zone=self._zone, now=self._now, tongue=self._tongue)

    def _line(self, incident: Incident) -> str:
        what = f"**{incident.id}** {standing(incident, self._tongue)}"
        if incident.scheduled_for is not None and incident.scheduled_until is not None:
            ends = moment(incident.scheduled_until, zone=self._zone, now=incident.scheduled_for, tongue=self._tongue)
            return f"{what}, {self._at(incident.scheduled_for)} - {ends}"
        return self._tongue.say("{what}, since {time}", what=what, time=self._at(incident.started_at))

    def _owed(self, overview: Overview) -> list[str]:
        waiting = [self._of_channel(overview, channel, n) for channel, n in overview.waiting.items() if n]
        owed = ", ".join(waiting)
        lines = [
            self._tongue.say("Deliveries waiting: {owed}.", owed=owed)
            if owed
            else self._tongue.say("Deliveries waiting: none.")
        ]
        if overview.drafts:
            lines.append(self._tongue.say("Drafts waiting: {n} (`/drafts`).", n=overview.drafts))
        if overview.proposals:
            lines.append(self._tongue.say("Proposals waiting: {n} (`/drafts`).", n=overview.proposals))
        return lines

    def _of_channel(self, overview: Overview, channel: str, n: int) -> str:
        since = overview.oldest.get(channel)
        if since is None:
            return f"{channel} {n}"
        return self._tongue.say("{channel} {n} (since {time})", channel=channel, n=n, time=self._at(since))

    def _failed(self, overview: Overview) -> list[str]:
        lines = []
        if overview.dead:
            lines.append(self._tongue.say("**Given up in the last 24 hours: {n}.**", n=overview.dead))
        if overview.unknown:
            lines.append(self._tongue.say("**Perhaps published, perhaps not: {n}.**", n=overview.unknown))
        if concerned := overview.failed_in[:_MOST_FAILED]:
            commands = " ".join(f"`/deliveries {incident}`" for incident in concerned)
            lines.append(self._tongue.say("Where and why: {commands}", commands=commands))
        return lines

    def _sending(self, overview: Overview) -> list[str]:
        return [
            self._tongue.say(
                "On its way to subscribers: incident {id}, {sent} sent, {owed} to go.",
                id=each.incident_id,
                sent=each.sent,
                owed=each.owed,
            )
            for each in overview.broadcasts
            if not each.amends and (each.owed or each.state is BroadcastState.SPREADING)
        ]

    def _quiet(self, overview: Overview) -> list[str]:
        lines = []
        if overview.unspoken:
            lines.append(self._tongue.say("Fires, and customers are not told: {n} (`/why`).", n=overview.unspoken))
        if overview.silent:
            sources = self._tongue.listed([escape(name) for name in overview.silent])
            lines.append(self._tongue.say("**Nothing heard from {sources}.**", sources=sources))
        if overview.silences:
            lines.append(self._tongue.say("**Silenced**"))
            lines += [silence_line(each, self._tongue, zone=self._zone, now=self._now) for each in overview.silences]
        if overview.nodes > 1:
            lines.append(
                self._tongue.say(
                    "Processes at work: {n}; the one on {host} speaks with Telegram.",
                    n=overview.nodes,
                    host=escape(self._host),
                )
            )
        return lines
