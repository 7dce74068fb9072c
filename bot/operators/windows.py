"""How operators read planned maintenance: its window, and what will happen by itself. Markdown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.maintenance import Maintenance
from bot.domain.dates import instants
from bot.domain.durations import spelt
from bot.domain.model import Incident, Status
from bot.domain.recurring import Again, Every
from bot.domain.windows import Window
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue
from bot.operators.phrases import clock_time, day, whole_day


def plan(
    incident: Incident, settings: Maintenance, *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH
) -> Sequence[str]:
    """Lines about an incident that has just been told of; none when it has no window or is over. now: aware."""
    starts, ends = incident.scheduled_for, incident.scheduled_until
    if starts is None or ends is None or not incident.open:
        return []
    lines = [tongue.say("Window: {window}.", window=window(starts, ends, zone=zone, tongue=tongue))]
    lines += [note for at in (starts, ends) if (note := _twice(at, zone, tongue))]
    if incident.status is Status.SCHEDULED:
        steps = _by_itself(starts, settings, zone=zone, now=now, tongue=tongue)
        lines.append(tongue.say("By itself: {steps}.", steps="; ".join(steps)))
    return lines


def window(starts: datetime, ends: datetime, *, zone: ZoneInfo, tongue: Tongue = ENGLISH) -> str:
    """``Sat 14 Mar 2026 02:00 - 04:00 CET (2h, Europe/Rome)``, in the company's zone."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    changes = f" {first.tzname()}" if first.tzname() != last.tzname() else ""
    until = clock_time(last, tongue) if first.date() == last.date() else _day_and_time(last, tongue)
    began = f"{_day_and_time(first, tongue)}{changes}"
    return f"{began} - {until} {last.tzname()} ({spelt(ends - starts)}, {zone.key})"


def often(every: Every, tongue: Tongue) -> str:
    """How often, in words."""
    match every:
        case Every.WEEK:
            return tongue.say("every week")
        case Every.TWO_WEEKS:
            return tongue.say("every two weeks")
        case Every.MONTH_DAY:
            return tongue.say("every month, same day")
        case Every.MONTH_WEEKDAY:
            return tongue.say("every month, same weekday")


def comes_again(again: Again, *, zone: ZoneInfo, tongue: Tongue = ENGLISH) -> str:
    """That maintenance comes again and again: whoever agrees to the first window agrees to all."""
    return tongue.say(
        "🔁 It comes again {often}; next: {window}. `/recurring` ends it.",
        often=often(again.every, tongue),
        window=escape(window(again.following.starts, again.following.ends, zone=zone, tongue=tongue)),
    )


def moves(former: Window, draft: Window, *, zone: ZoneInfo, tongue: Tongue = ENGLISH) -> str:
    """That a window is put elsewhere: where it was, and where it would be."""
    return tongue.say(
        "Moved: {former} → {window}.",
        former=escape(window(former.starts, former.ends, zone=zone, tongue=tongue)),
        window=escape(window(draft.starts, draft.ends, zone=zone, tongue=tongue)),
    )


def _day_and_time(local: datetime, tongue: Tongue) -> str:
    return f"{whole_day(local, tongue)} {clock_time(local, tongue)}"


def _twice(at: datetime, zone: ZoneInfo, tongue: Tongue) -> str | None:
    local = at.astimezone(zone)
    if len(instants(local.replace(tzinfo=None, fold=0), zone)) < 2:
        return None
    said = {"time": clock_time(local, tongue), "day": day(local, tongue)}
    if local.fold:
        return tongue.say("Clocks show {time} twice on {day}; the second one is meant.", **said)
    return tongue.say("Clocks show {time} twice on {day}; the first one is meant.", **said)


def _by_itself(
    starts: datetime, settings: Maintenance, *, zone: ZoneInfo, now: datetime, tongue: Tongue
) -> Sequence[str]:
    at = starts - settings.remind
    reminds = settings.remind > timedelta() and now < at
    asks = settings.complete == "ask"
    return [
        *([tongue.say("a reminder on {time}", time=_day_and_time(at.astimezone(zone), tongue))] if reminds else []),
        tongue.say("in progress when it begins"),
        tongue.say("at its end you are asked") if asks else tongue.say("completed when it ends"),
    ]
