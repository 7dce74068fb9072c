"""Serves the calendar of planned maintenance, one per language. What is in it is ``channels.calendar``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from aiohttp import hdrs, web

from bot.channels.calendar import PAST, calendar
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.web.documents import Documents, Reader, Render
from bot.web.shared import preflight, shared, terms

CALENDAR = "text/calendar; charset=utf-8"


def routes(documents: Documents, settings: Settings, words: Mapping[str, Words]) -> list[web.RouteDef]:
    """The calendar of every language; none without a website, to which its entries lead."""
    if settings.channels.website is None:
        return []

    shown = 'inline; filename="maintenance.ics"'
    by_language = {
        language: terms(headers={hdrs.CONTENT_LANGUAGE: language, hdrs.CONTENT_DISPOSITION: shown})
        for language in settings.languages
    }

    async def show(request: web.Request) -> web.StreamResponse:
        language = request.match_info["language"]

        async def load(reader: Reader) -> Render:
            return partial(calendar, await reader.load_board(language, past=PAST), settings, words[language])

        on, key = by_language[language], f"calendar/{language}"
        return await shared(request, documents, key, content_type=CALENDAR, load=load, terms=on)

    place = "/{language:" + "|".join(map(re.escape, settings.languages)) + "}/maintenance.ics"
    return [web.get(place, show), web.options(place, preflight)]
