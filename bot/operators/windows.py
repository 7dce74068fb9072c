"""How operators read planned maintenance: its window, and what will happen by itself. Markdown in English. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.maintenance import Maintenance
from bot.domain.dates import instants
from bot.domain.durations import spelt
from bot.domain.model import Incident, Status


def plan(incident: Incident, settings: Maintenance, *, zone: ZoneInfo, now: datetime) -> Sequence[str]:
    """Lines about an incident that has just been told of; none when it has no window or is over. now: aware."""
    starts, ends = incident.scheduled_for, incident.scheduled_until
    if starts is None or ends is None or not incident.open:
        return []
    lines = [f"Window: {window(starts, ends, zone=zone)}."]
    lines += [note for at in (starts, ends) if (note := _twice(at, zone))]
    if incident.status is Status.SCHEDULED:
        lines.append(f"By itself: {_by_itself(starts, settings, zone=zone, now=now)}.")
    return lines


def window(starts: datetime, ends: datetime, *, zone: ZoneInfo) -> str:
    """``Sat 14 Mar 2026 02:00 - 04:00 CET (2h, Europe/Rome)``, in the company's zone."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    changes = f" {first.tzname()}" if first.tzname() != last.tzname() else ""
    until = f"{last:%H:%M}" if first.date() == last.date() else _day_and_time(last)
    return f"{_day_and_time(first)}{changes} - {until} {last.tzname()} ({spelt(ends - starts)}, {zone.key})"


def _day_and_time(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def _twice(at: datetime, zone: ZoneInfo) -> str | None:
    local = at.astimezone(zone)
    if len(instants(local.replace(tzinfo=None, fold=0), zone)) < 2:
        return None
    which = "second" if local.fold else "first"
    return f"Clocks show {local:%H:%M} twice on {local.day} {local:%b}; the {which} one is meant."


def _by_itself(starts: datetime, settings: Maintenance, *, zone: ZoneInfo, now: datetime) -> str:
    at = starts - settings.remind
    reminds = settings.remind > timedelta() and now < at
    asks = settings.complete == "ask"
    return "; ".join(
        [
            *([f"a reminder on {_day_and_time(at.astimezone(zone))}"] if reminds else []),
            "in progress when it begins",
            "at its end you are asked" if asks else "completed when it ends",
        ]
    )
