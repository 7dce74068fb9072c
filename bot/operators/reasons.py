"""Answers about automation's judgement, as Markdown in English: why an incident is there, what is silenced. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.changes import Cause, Silence, Step, Why
from bot.languages.markdown import escape
from bot.operators.answers import moment, spoken, standing
from bot.operators.cards import shortened

_MOST = 12
_LONGEST = 160


def why(found: Why, *, zone: ZoneInfo, now: datetime) -> str:
    """What an incident came from, and why each update was made. zone: the company's own, for times; now: aware."""
    steps = [_step(step, zone=zone, now=now) for step in found.steps[-_MOST:]]
    causes = [_cause(cause, zone=zone, now=now) for cause in found.causes[:_MOST]]
    hidden = found.problems - len(causes)
    more = [f"... and {hidden} more."] if hidden > 0 else []
    incident = found.incident
    return "\n".join(
        [
            f"**Incident {incident.id}** ({standing(incident)})",
            *steps,
            "",
            *(["**Problems**", *causes, *more] if causes else ["No problem of a source belongs to it."]),
        ]
    )


def unspoken(causes: Sequence[Cause], total: int, *, zone: ZoneInfo, now: datetime) -> str:
    """What fires and customers are not told of, each with the reason. total: how many there are in all."""
    if not causes:
        return "Everything that fires is told, or waits as a draft."
    shown = [_cause(cause, zone=zone, now=now) for cause in causes[:_MOST]]
    more = [f"... and {total - len(shown)} more."] if total > len(shown) else []
    return "\n".join(["**Fires, and customers are not told**", *shown, *more])


def _step(step: Step, *, zone: ZoneInfo, now: datetime) -> str:
    by = f" by {escape(step.by)}" if step.by else ""
    at = moment(step.at, zone=zone, now=now)
    return f"{at} {spoken(step.status)}, {step.state}{by}: {escape(shortened(step.because, _LONGEST))}"


def _cause(cause: Cause, *, zone: ZoneInfo, now: datetime) -> str:
    state = "🔴" if cause.firing else "🟢"
    waits = f", waits: {cause.waits}" if cause.waits else ""
    at = moment(cause.seen_at, zone=zone, now=now)
    what = escape(shortened(f"{cause.source}: {cause.summary or cause.key}", _LONGEST))
    return f"{state} {at} {what} ({escape(shortened(cause.reason, _LONGEST))}{waits})"


def silenced(components: Sequence[str], until: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """Components are silenced until then."""
    names = escape(", ".join(components))
    return (
        f"**Silenced until {moment(until, zone=zone, now=now)}: {names}.** Automation begins nothing about it; what is"
        f" open goes on. `/unsilence {', '.join(components)}` ends it."
    )


def lifted(components: Sequence[str]) -> str:
    """The silence of these components was ended; none when there was none."""
    if not components:
        return "That is not silenced. `/silence` shows what is."
    return f"**Silenced no longer: {escape(', '.join(components))}.** What fires is judged again now."


def silences(found: Sequence[Silence], *, zone: ZoneInfo, now: datetime) -> str:
    """What is silenced."""
    if not found:
        return "Nothing is silenced."
    lines = [
        f"{escape(each.component)} until {moment(each.until, zone=zone, now=now)}, by {escape(each.by)}"
        for each in found
    ]
    return "\n".join(["**Silenced**", *lines])
