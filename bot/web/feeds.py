"""Serves the feeds: which address gives which feed, in which form. What is in a feed is ``channels.feed``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from aiohttp import hdrs, web

from bot.channels.feed import Feed, FeedKind, atom, draw, json_feed, rss
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board
from bot.errors import StoreBusy
from bot.web.answers import FRESH, answer
from bot.web.documents import Documents, Reader, Render

_FORMS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "json": ("application/feed+json", json_feed),
}


def routes(documents: Documents, settings: Settings, words: Mapping[str, Words]) -> list[web.RouteDef]:
    """Every feed of every language and component; none when they are switched off."""
    if settings.channels.feed is None:
        return []
    feeds = _Feeds(documents, settings, words)
    language = "{language:" + "|".join(map(re.escape, settings.languages)) + "}"
    component = "{component:" + "|".join(map(re.escape, settings.components)) + "}"
    file = "{kind:feed|updates}.{form:rss|atom|json}"
    return [
        web.get(f"/{language}/{file}", feeds.feed),
        web.get(f"/{language}/components/{component}/{file}", feeds.feed),
    ]


class _Feeds:
    def __init__(self, documents: Documents, settings: Settings, words: Mapping[str, Words]) -> None:
        self._documents = documents
        self._settings = settings
        self._words = words

    async def feed(self, request: web.Request) -> web.StreamResponse:
        language, component = request.match_info["language"], request.match_info.get("component")
        kind, form = FeedKind(request.match_info["kind"]), request.match_info["form"]

        async def load(reader: Reader) -> Render:
            feed = self._settings.channels.feed
            board = await reader.load_board(language, past=feed.items if feed else 0)
            return partial(self._render, board, kind, component, form)

        key = f"feed/{language}/{component or ''}/{kind}.{form}"
        try:
            document = await self._documents.get(key, content_type=_FORMS[form][0], load=load)
        except StoreBusy:
            return web.Response(status=503, text="busy, please try again", headers={hdrs.RETRY_AFTER: "5"})
        if document is None:
            raise web.HTTPNotFound
        headers: dict[str, str] = {hdrs.CONTENT_LANGUAGE: language, hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*"}
        return answer(request, document, cache=FRESH, headers=headers)

    def _render(self, board: Board, kind: FeedKind, component: str | None, form: str) -> bytes:
        words = self._words[board.language]
        feed = draw(board, kind=kind, component=component, settings=self._settings, words=words)
        return _FORMS[form][1](feed)
