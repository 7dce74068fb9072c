"""The calendar channel: planned maintenance as iCalendar (RFC 5545), for people who subscribe to it. Pure.

An entry keeps its UID for ever and counts its changes, so that calendars move it instead of adding another.
Maintenance without a window of time has no place in a calendar and is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration, vText

from bot.channels.characters import clean
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Notice, Status, Story
from bot.languages.markdown import to_plain

PAST = 50
"""How many closed stories are looked at for maintenance that is over."""

REFRESH = timedelta(hours=1)
"""How often calendars are asked to look again."""


def calendar(board: Board, settings: Settings, words: Words) -> bytes:
    """The calendar in the board's language. board: with ``PAST`` closed stories. The same board, the same bytes."""
    address = f"{settings.public_url}/{words.language}/maintenance.ics"
    name = clean(words.plain("calendar.title", company=settings.company.name))
    sheet = Calendar()
    sheet.add("version", "2.0")
    sheet.add("prodid", "-//incident-notice-bot//maintenance//EN")
    sheet.add("calscale", "GREGORIAN")
    for property in ("name", "x-wr-calname"):  # RFC 7986, and what calendars read before it
        sheet.add(property, vText(name, params={"LANGUAGE": words.language}))
    sheet.add("url", f"{settings.public_url}/{words.language}/")
    sheet.add("source", address, parameters={"VALUE": "URI"})
    sheet.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    sheet.add("x-published-ttl", vDuration(REFRESH))
    for story in _planned(board):
        sheet.add_component(_entry(story, settings, words))
    written: bytes = sheet.to_ical()
    return written


def _planned(board: Board) -> list[Story]:
    """Maintenance with a window, the first to begin first."""
    stories = [story for story in (*board.open, *board.past) if story.incident.kind.planned]
    begins = {story.incident.id: story.incident.scheduled_for for story in stories}
    timed = [(at, story) for story in stories if (at := begins[story.incident.id]) is not None]
    return [story for _, story in sorted(timed, key=lambda pair: (pair[0], pair[1].incident.id))]


def _entry(story: Story, settings: Settings, words: Words) -> Event:
    incident, latest = story.incident, story.latest
    host = urlsplit(settings.public_url).hostname or "localhost"
    said = {"LANGUAGE": latest.notice.lang}
    entry = Event()
    entry.add("uid", f"maintenance-{incident.id}@{host}")
    entry.add("sequence", latest.number - 1)
    entry.add("dtstamp", _instant(story.changed_at))  # without METHOD it is the time of the last change
    entry.add("created", _instant(story.updates[0].at))
    entry.add("last-modified", _instant(story.changed_at))
    for property, at in (("dtstart", incident.scheduled_for), ("dtend", incident.scheduled_until)):
        if at is not None:
            entry.add(property, _instant(at))
    entry.add("status", "CANCELLED" if latest.status is Status.CANCELLED else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")  # our maintenance keeps nobody from a meeting
    entry.add("summary", vText(clean(latest.notice.title), params=said))
    entry.add("description", vText(clean(_text(latest.notice)), params=said))
    entry.add("url", f"{settings.public_url}/{words.language}/incidents/{incident.id}")
    known = [settings.components[id].name for id in incident.components if id in settings.components]
    if known:
        entry.add("categories", [clean(words.name(name)) for name in known])
    return entry


def _text(notice: Notice) -> str:
    parts = (notice.label or "", to_plain(notice.body), to_plain(notice.instead or ""))
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _instant(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
