"""Every address, pages excepted, whose document is drawn from the store: feeds, calendar, API, banner. One list."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.channels.words import Words
from bot.config.settings import Settings
from bot.web import api, calendar, embed, feeds
from bot.web.documents import Documents


def routes(
    documents: Documents, settings: Settings, words: Mapping[str, Words], texts: api.Texts
) -> list[web.RouteDef]:
    """All of them, as far as their channels are on. texts: reads every notice of some updates."""
    return [
        *feeds.routes(documents, settings, words),
        *calendar.routes(documents, settings, words),
        *api.routes(documents, settings, words, texts),
        *embed.routes(documents, settings, words),
    ]
