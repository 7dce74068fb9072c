"""Which addresses the site consists of, and which file each becomes. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.domain.months import Month

_API = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)
_LINK = re.compile(r'\s(?:href|src|srcset)="([^"]*)"')
_OURS = re.compile(r"/(?:[A-Za-z0-9_.-]+/?)*")
_LISTS_THE_PAST = re.compile(r"/[^/]+/history(?:/[0-9-]+)?")

NOT_FOUND = "/404.html"
"""The page for addresses that do not exist, under the name by which most web servers know it."""


def always(settings: Settings) -> Iterator[str]:
    """The addresses that are there whatever has happened, those that others lead to first."""
    for language in settings.languages:
        if settings.channels.feed is not None:
            for place in ("", *(f"components/{component}/" for component in settings.components)):
                for file in ("feed", "updates"):
                    yield from (f"/{language}/{place}{file}.{form}" for form in ("rss", "atom", "json"))
        yield from (f"/{language}/history", f"/{language}/maintenance.ics")
    yield from (f"/api/v2/{part}.json" for part in _API)
    yield from ("/embed.js", "/embed.json", "/robots.txt", NOT_FOUND)
    yield from (f"/{language}/" for language in settings.languages)
    yield "/"


def of_incident(number: int, ended_at: datetime | None, settings: Settings) -> Iterator[str]:
    """Where one incident can be read of whenever it was: its page, and the month it ended in. ended_at: None: open."""
    for language in settings.languages:
        yield f"/{language}/incidents/{number}"
        if ended_at is not None:
            yield f"/{language}/history/{Month.of(ended_at, ZoneInfo(settings.timezone))}"


def links(page: str, settings: Settings) -> Iterator[str]:
    """The addresses of the site that an HTML page leads to or is made of, as the service knows them."""
    base = urlsplit(settings.public_url)
    for match in _LINK.finditer(page):
        link = urlsplit(html.unescape(match[1]))
        if link.netloc not in ("", base.netloc) or not link.path.startswith(f"{base.path}/"):
            continue
        path = link.path.removeprefix(base.path)
        if _OURS.fullmatch(path) and ".." not in path:
            yield path


def lists_the_past(path: str) -> bool:
    """Whether a page is a month of the past: what it leads to seldom changes any more."""
    return _LISTS_THE_PAST.fullmatch(path) is not None


def file_of(path: str) -> str:
    """Where a web server looks for an address: ``/en/incidents/7`` is ``en/incidents/7/index.html``."""
    name = path.strip("/")
    return name if "." in name.rpartition("/")[2] else f"{name}/index.html".removeprefix("/")
