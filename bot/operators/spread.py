"""How far a broadcast to subscribers is, as operators read it: one text, edited while it runs. Markdown. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.following import BroadcastState, Progress
from bot.domain.texts import later
from bot.languages.tongue import Tongue
from bot.operators.phrases import moment


def spread(progress: Progress, tongue: Tongue, *, zone: ZoneInfo) -> str:
    """Sent, still to go, given up, and when it ends."""
    lines = [
        tongue.say(_heading(progress), id=progress.incident_id),
        tongue.say("Sent: {sent} of {all}.", sent=progress.sent, all=progress.sent + progress.owed),
    ]
    if progress.owed:
        lines.append(_end(progress, tongue, zone))
    if progress.failed:
        lines.append(tongue.say("Could not be sent: {n}.", n=progress.failed))
    if progress.superseded:
        lines.append(tongue.say("Called off before they went: {n}.", n=progress.superseded))
    return "\n".join(lines)


def _heading(progress: Progress) -> str:
    if progress.state is BroadcastState.SUPERSEDED:
        return later("**To subscribers: incident {id}**, a newer update goes out instead")
    if progress.owed == 0:
        return later("**To subscribers: incident {id}**, done")
    if progress.amends:
        return later("**To subscribers: incident {id}**, changing words that are out")
    return later("**To subscribers: incident {id}**")


def _end(progress: Progress, tongue: Tongue, zone: ZoneInfo) -> str:
    ends_at = progress.ends_at
    if ends_at is None:
        return tongue.say("When it ends cannot be told yet.")
    at = moment(ends_at, zone=zone, now=progress.at, tongue=tongue)
    return tongue.say("At {speed} a second it ends at {time}.", speed=f"{progress.per_second:.0f}", time=at)
