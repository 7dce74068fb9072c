"""Answers about automation's judgement, as Markdown: why an incident is there, what is silenced. Pure.

tongue, everywhere: whose language it is said in. Why something was decided was written down in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.changes import Cause, Silence, Step, Why
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue
from bot.operators.drafts.shortening import shortened
from bot.operators.phrases import moment, more, spoken, standing

_MOST = 12
_LONGEST = 160


def why(found: Why, *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH) -> str:
    """What an incident came from, and why each update was made. zone: the company's own, for times; now: aware."""
    incident = found.incident
    head = tongue.say("**Incident {id}** ({standing})", id=incident.id, standing=standing(incident, tongue))
    steps = [_step(step, moment(step.at, zone=zone, now=now, tongue=tongue), tongue) for step in found.steps[-_MOST:]]
    causes = [_cause(cause, moment(cause.seen_at, zone=zone, now=now, tongue=tongue), tongue) for cause in found.causes]
    problems = [tongue.say("**Problems**"), *causes[:_MOST], *more(found.problems - len(causes[:_MOST]), tongue)]
    none = [tongue.say("No problem of a source belongs to it.")]
    return "\n".join([head, *steps, "", *(problems if causes else none)])


def unspoken(causes: Sequence[Cause], total: int, *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH) -> str:
    """What fires and customers are not told of, each with the reason. total: how many there are in all."""
    if not causes:
        return tongue.say("Everything that fires is told, or waits as a draft.")
    head = tongue.say("**Fires, and customers are not told**")
    shown = [
        _cause(cause, moment(cause.seen_at, zone=zone, now=now, tongue=tongue), tongue) for cause in causes[:_MOST]
    ]
    return "\n".join([head, *shown, *more(total - len(shown), tongue)])


def _step(step: Step, at: str, tongue: Tongue) -> str:
    status, state = spoken(step.status, tongue), tongue.word(step.state)
    by = tongue.say("{state} by {name}", state=state, name=escape(step.by)) if step.by else state
    because = _because(step, tongue)
    return f"{at} {status}, {by}: {because}" if because else f"{at} {status}, {by}"


def _because(step: Step, tongue: Tongue) -> str:
    if step.because:
        return tongue.shown(escape(shortened(step.because, _LONGEST)))
    if step.author and step.author != step.by:
        return tongue.say("written by {name}", name=escape(step.author))
    return ""


def _cause(cause: Cause, at: str, tongue: Tongue) -> str:
    state = "🔴" if cause.firing else "🟢"
    waits = tongue.say(", waits: {reason}", reason=cause.waits) if cause.waits else ""
    what = tongue.shown(escape(shortened(f"{cause.source}: {cause.summary or cause.key}", _LONGEST)))
    return f"{state} {at} {what} ({tongue.shown(escape(shortened(cause.reason, _LONGEST)))}{waits})"


def silenced(
    components: Sequence[str], until: datetime, *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH
) -> str:
    """Components are silenced until then."""
    return tongue.say(
        "**Silenced until {time}: {names}.** Automation begins nothing about it; what is open goes on. {command} ends"
        " it.",
        time=moment(until, zone=zone, now=now, tongue=tongue),
        names=escape(", ".join(components)),
        command=f"`/unsilence {', '.join(components)}`",
    )


def lifted(components: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """The silence of these components was ended; none when there was none."""
    if not components:
        return tongue.say("That is not silenced. `/silence` shows what is.")
    names = escape(", ".join(components))
    return tongue.say("**Silenced no longer: {names}.** What fires is judged again now.", names=names)


def silences(found: Sequence[Silence], *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH) -> str:
    """What is silenced."""
    if not found:
        return tongue.say("Nothing is silenced.")
    lines = [silence_line(each, tongue, zone=zone, now=now) for each in found]
    return "\n".join([tongue.say("**Silenced**"), *lines])


def silence_line(silence: Silence, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> str:
    """One of them."""
    return tongue.say(
        "{name} until {time}, by {by}",
        name=escape(silence.component),
        time=moment(silence.until, zone=zone, now=now, tongue=tongue),
        by=escape(silence.by),
    )
