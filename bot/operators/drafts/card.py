"""A draft's card: what happened, what becomes of it, and one language of its words. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.units import format_unit

from bot.domain.cards import Card, Reader
from bot.domain.changes import Draft
from bot.domain.countdown import minutes_left, next_step
from bot.domain.model import OnDeadline, UpdateState
from bot.domain.texts import later
from bot.domain.windows import Window
from bot.languages.markdown import escape, to_plain
from bot.languages.text import utf16_length
from bot.languages.tongue import Tongue
from bot.operators.answers import next_steps
from bot.operators.drafts.buttons import rows_below
from bot.operators.drafts.shortening import shortened
from bot.operators.drafts.words import headline, opened_at, words
from bot.operators.phrases import affected, moment, stands, told_elsewhere
from bot.operators.windows import comes_again, moves

PICKING = "+impact"
"""Ends the page of a card whose reader chooses an impact."""

_REASONS = (
    later("it recovered before the draft was published"),
    later("its deadline passed"),
    later("an operator has spoken meanwhile"),
    later("more is affected"),
    later("the incident has ended meanwhile"),
    later("the incident has gone on meanwhile"),
)
"""Why drafts are most often withdrawn: these are said in the reader's language, others as they were noted."""
_LONGEST_REASON = 300
_MOST_UNITS = 4090
"""UTF-16 code units of a card: a little less than one text may have,
https://core.telegram.org/bots/api#sendmessage"""


def card(draft: Draft, reader: Reader, page: str | None, *, tongue: Tongue, zone: ZoneInfo, now: datetime) -> Card:
    """What the reader sees. page: the language that is shown, None for the reader's own; zone: the company's; now:
    aware.
    """
    shown = (page or "").removesuffix(PICKING)
    shown = shown if shown in draft.notices else opened_at(draft.notices, reader.language)
    above = "\n\n".join(
        [
            f"{_head(draft, tongue)}\n{_origin(draft, tongue)}",
            "\n".join(_fate(draft, tongue, zone=zone, now=now)),
            headline(draft.notices, shown, tongue),
        ]
    )
    room = _MOST_UNITS - utf16_length(to_plain(above))
    waits = draft.state is UpdateState.DRAFT
    return Card(
        text=f"{above}\n\n{words(draft.notices[shown], most=room)}",
        buttons=rows_below(draft, reader, shown=shown, picking=bool(page and page.endswith(PICKING)), tongue=tongue),
        redraw_at=next_step(draft.deadline, now) if waits and draft.deadline else None,
    )


def outcome(draft: Draft, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> str:
    """What became of a draft that waits no more: who did what, and when. Markdown, one line."""
    published, ended = draft.state is UpdateState.PUBLISHED, draft.ended_at or draft.made_at
    at = moment(ended, zone=zone, now=now, tongue=tongue)
    if published and draft.ended_by:
        return tongue.say("✅ **Published** by {name} at {time}.", name=_names(draft, draft.ended_by, tongue), time=at)
    if published:
        return tongue.say("✅ **Deadline passed: published** at {time}.", time=at)
    if draft.ended_by:
        return tongue.say("🗑 **Dropped** by {name} at {time}.", name=escape(draft.ended_by), time=at)
    known = draft.ended_because in _REASONS
    because = tongue.say(draft.ended_because) if known else shortened(draft.ended_because, _LONGEST_REASON)
    return tongue.say("🗑 **Withdrawn** at {time}: {reason}.", time=at, reason=escape(because))


def _names(draft: Draft, last: str, tongue: Tongue) -> str:
    """Everybody who has said yes."""
    return tongue.listed([escape(name) for name in draft.approvals]) if len(draft.approvals) > 1 else escape(last)


def _head(draft: Draft, tongue: Tongue) -> str:
    incident = draft.incident
    which = tongue.say("**Draft {id}** · incident {incident}", id=draft.id, incident=incident.id)
    return f"{which} · {stands(affected(incident, tongue), draft.impact, draft.status, tongue)}"


def _origin(draft: Draft, tongue: Tongue) -> str:
    """What asked for it or who wrote it, and who last changed it: each once, however often it was changed."""
    lines = []
    if draft.because:
        lines.append(tongue.shown(escape(shortened(draft.because, _LONGEST_REASON))))
    elif draft.author:
        lines.append(tongue.say("Written by {name}.", name=escape(draft.author)))
    if draft.touched_by and (draft.because or draft.touched_by != draft.author):
        lines.append(tongue.say("Last changed by {name}.", name=escape(draft.touched_by)))
    return "\n".join(lines)


def _fate(draft: Draft, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> list[str]:
    if draft.state is not UpdateState.DRAFT:
        return [outcome(draft, tongue, zone=zone, now=now), *_after(draft, tongue)]
    lines = [_waiting(draft, tongue, zone=zone, now=now), *_agreed(draft, tongue)]
    if draft.promised_at is not None:
        at = moment(draft.promised_at, zone=zone, now=now, tongue=tongue)
        lines.append(tongue.say("It promises more news by {time}.", time=at))
    return [*lines, *_plan(draft, tongue, zone=zone), *told_elsewhere(draft.elsewhere, tongue)]


def _after(draft: Draft, tongue: Tongue) -> list[str]:
    """Where customers read it, and what can be said next."""
    if draft.state is not UpdateState.PUBLISHED:
        return []
    return [*([f"<{draft.page}>"] if draft.page else []), next_steps(draft.incident, tongue)]


def _plan(draft: Draft, tongue: Tongue, *, zone: ZoneInfo) -> list[str]:
    """What of a plan customers' words do not say, and an operator must know before a yes."""
    starts, ends, lines = draft.incident.scheduled_for, draft.incident.scheduled_until, []
    former = Window(starts=starts, ends=ends) if starts and ends else None
    if draft.window is not None and former is not None and former != draft.window:
        lines.append(moves(former, draft.window, zone=zone, tongue=tongue))
    if draft.again is not None:
        lines.append(comes_again(draft.again, zone=zone, tongue=tongue))
    return lines


def _waiting(draft: Draft, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> str:
    if draft.deadline is None:
        return tongue.say("It waits until somebody says yes or no.")
    left = _length(minutes_left(draft.deadline, now), tongue)
    at = moment(draft.deadline, zone=zone, now=now, tongue=tongue)
    if draft.on_deadline is OnDeadline.PUBLISH:
        return tongue.say("⏳ Published by itself in {length} ({time} {zone}).", length=left, time=at, zone=zone.key)
    return tongue.say("⏳ Dropped by itself in {length} ({time} {zone}).", length=left, time=at, zone=zone.key)


def _agreed(draft: Draft, tongue: Tongue) -> list[str]:
    if draft.needed < 2:
        return []
    if not draft.approvals:
        return [tongue.many("It takes {n} publisher.", "It takes {n} publishers.", n=draft.needed)]
    names = tongue.listed([escape(name) for name in draft.approvals])
    return [tongue.say("Yes from {names}: {n} of {needed}.", names=names, n=len(draft.approvals), needed=draft.needed)]


def _length(minutes: int, tongue: Tongue) -> str:
    """``8 mins``, ``2 hrs 30 mins``"""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "duration-hour")] * bool(hours) + [(rest, "duration-minute")] * bool(rest or not hours)
    return " ".join(format_unit(number, unit, "short", locale=tongue.locale) for number, unit in parts)
