"""What operators read back, as Markdown in English. Pure. Draft cards are in ``cards``, help is in ``manual``.

Commands stand in code spans: a tap on one copies all of it, where a tap on a bare ``/publish 7`` sends ``/publish``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.domain.changes import Amendment, Change, Overview
from bot.domain.model import Incident, Status
from bot.languages.markdown import escape
from bot.languages.text import clean_lines

NO_DRAFTS = "No drafts wait."
DEFECT = "That did not work; it has been logged."
TOO_LATE = "this command is more than 15 minutes old: I was away when it came. Send it again if it still holds."
TEXT_ONLY = "I read text only. Send the command as plain text; pictures and files are not published."

_MOST_INCIDENTS = 12
_MOST_COMPONENTS = 3


def published(change: Change, *, projections: Sequence[str], plan: Sequence[str] = ()) -> str:
    """An update is published.

    projections: the channels that need no deliveries, such as website and feed; plan: lines about its window.
    """
    incident = change.incident
    at_once = (
        [f"{_listed(projections).capitalize()}: at once, in {spelt_out(change.languages)}."] if projections else []
    )
    return "\n".join(
        [
            f"**Published: incident {incident.id}, update {change.number}** ({standing(incident)})",
            *plan,
            *at_once,
            _deliveries(change),
            _words(change),
            f"<{change.page}>",
            _next(incident),
        ]
    )


def amended(amendment: Amendment, *, projections: Sequence[str]) -> str:
    """Words of a published update were replaced. projections: as for ``published``."""
    which = f"incident {amendment.incident.id}, update {amendment.number}"
    if not amendment.languages:
        return f"Nothing changed: {which} says that already."
    made = [
        f"{channel.capitalize()}: {count} {'post' if count == 1 else 'posts'} edited"
        for channel, count in amendment.deliveries.items()
    ]
    shown = [f"{_listed(projections).capitalize()}: at once"] if projections else []
    return "\n".join(
        [
            f"**Your words are in: {which}, in {spelt_out(amendment.languages)}**",
            f"{'; '.join([*shown, *made]) or 'Nothing shows it'}.",
            f"<{amendment.page}>",
        ]
    )


def drafted(change: Change, *, plan: Sequence[str] = ()) -> str:
    """An update was written by somebody who may not publish it. plan: lines about its window."""
    incident = change.incident
    return "\n".join(
        [
            f"**Draft {change.update_id} waits for a publisher** (incident {incident.id}: {standing(incident)})",
            "Nothing is published yet.",
            *plan,
            _words(change),
            f"A publisher says `/publish {change.update_id}` or `/drop {change.update_id}`; `/drafts` shows its words.",
        ]
    )


def dropped(change: Change) -> str:
    """A draft was dropped."""
    fate = "The story goes on." if change.incident.open else "With it the incident is closed."
    if change.incident.published_at is None:
        fate = "Customers never heard of it."
    return f"**Dropped: draft {change.update_id} of incident {change.incident.id}.** {fate}"


def overview(overview: Overview, *, zone: ZoneInfo, now: datetime) -> str:
    """How things stand. zone: the company's own, for times; now: aware."""
    shown = overview.open[:_MOST_INCIDENTS]
    hidden = len(overview.open) - len(shown)
    lines = [_line(incident, zone=zone, now=now) for incident in shown]
    lines += [f"... and {hidden} more."] if hidden else []
    stories = ["**Open incidents**", *lines] if lines else ["**No open incidents.**"]
    return "\n".join([*stories, "", *_owed(overview)])


def refusal(error: Exception) -> str:
    """A command was not carried out."""
    return f"**Not done:** {escape(clean_lines(str(error)))}"


def to_stranger(telegram_id: int) -> str:
    """Somebody unknown wrote. Says nothing about us, only what whoever adds operators would ask them for."""
    return f"Sorry, I only answer people I know. If one of them asks, your Telegram id is `{telegram_id}`."


def standing(incident: Incident) -> str:
    """``shop, whatsapp · major · in progress``"""
    return f"{affected(incident)} · {incident.impact} · {spoken(incident.status)}"


def affected(incident: Incident) -> str:
    """``shop, whatsapp``: the ids of the first components, and how many more there are."""
    shown = incident.components[:_MOST_COMPONENTS]
    hidden = len(incident.components) - len(shown)
    return f"{escape(', '.join(shown))} and {hidden} more" if hidden else escape(", ".join(shown))


def spoken(status: Status) -> str:
    """A status as words."""
    return status.value.replace("_", " ")


def moment(at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """``14:03`` today in ``zone``, else ``11 Dec 14:03``."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"


def language_name(tag: str) -> str:
    """``Portuguese (Brazil)`` for pt-BR, since a bare ``it`` or ``no`` reads as a word; an unknown tag as it is."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def spelt_out(languages: Sequence[str]) -> str:
    """``English, Italian and Spanish``; at least one."""
    return _listed([language_name(tag) for tag in languages])


def _deliveries(change: Change) -> str:
    made = [
        f"{channel.capitalize()}: {count} {'delivery' if count == 1 else 'deliveries'} made"
        for channel, count in change.deliveries.items()
    ]
    if not made and not change.waiting:
        return "No deliveries: no other channel is set up for it."
    return f"{'; '.join(made) or 'No deliveries made'}; {change.waiting} of this incident waiting."


def _words(change: Change) -> str:
    machine = (
        f" A machine translates them into {spelt_out(change.translating)} now; the posts are edited when it is done."
        if change.translating
        else ""
    )
    return _whose(change) + machine


def _whose(change: Change) -> str:
    own = [language for language in change.languages if language in change.own_words]
    ready_made = [language for language in change.languages if language not in change.own_words]
    if not own:
        return f"Words: the template's in {spelt_out(ready_made)}."
    if not ready_made:
        return f"Words: hand-written in {spelt_out(own)}."
    return f"Words: hand-written in {spelt_out(own)}; the template's in {spelt_out(ready_made)}."


def _next(incident: Incident) -> str:
    if not incident.open:
        return "The incident is closed."
    order = list(Status)
    steps = [
        f"`/update {incident.id} {spoken(status)}`"
        for status in order[order.index(incident.status) + 1 :]
        if status.planned is incident.kind.planned and not status.ends
    ]
    if incident.status is Status.IN_PROGRESS:
        steps = [f"`/extend {incident.id} 1h`"]
    end = f"update {incident.id} cancelled" if incident.status is Status.SCHEDULED else f"resolve {incident.id}"
    return f"Next: {' '.join([*steps, f'`/{end}`'])}"


def _line(incident: Incident, *, zone: ZoneInfo, now: datetime) -> str:
    if incident.scheduled_for is not None and incident.scheduled_until is not None:
        ends = moment(incident.scheduled_until, zone=zone, now=incident.scheduled_for)
        return f"**{incident.id}** {standing(incident)}, {moment(incident.scheduled_for, zone=zone, now=now)} - {ends}"
    return f"**{incident.id}** {standing(incident)}, since {moment(incident.started_at, zone=zone, now=now)}"


def _owed(overview: Overview) -> list[str]:
    waiting = [f"{channel} {count}" for channel, count in overview.waiting.items() if count]
    lines = [f"Deliveries waiting: {', '.join(waiting) or 'none'}."]
    lines += [f"Drafts waiting: {overview.drafts} (`/drafts`)."] if overview.drafts else []
    lines += [f"**Given up in the last 24 hours: {overview.dead}.**"] if overview.dead else []
    lines += [f"**Perhaps published, perhaps not: {overview.unknown}.**"] if overview.unknown else []
    return lines


def _listed(items: Sequence[str]) -> str:
    *others, last = [escape(item) for item in items]
    return f"{', '.join(others)} and {last}" if others else last
