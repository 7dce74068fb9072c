"""Serves the feeds: which address gives which feed, in which form. What is in a feed is ``channels.feed``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from aiohttp import hdrs, web
from multidict import CIMultiDict

from bot.channels.feed import FORMS, Feed, FeedKind, atom, draw, json_feed, rss, style
from bot.channels.feed.addresses import path
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board
from bot.web.documents import Document, Documents, Reader, Render, document
from bot.web.shared import given, preflight, shared

_FORMS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "json": ("application/feed+json", json_feed),
}
_DESTINATION = "Sec-Fetch-Dest"
"""What a browser wants it for (https://www.w3.org/TR/fetch-metadata/): ``document`` when a person opens the address."""
_SHOWN = {"rss": "text/xml; charset=utf-8", "atom": "text/xml; charset=utf-8"}
"""Under their own types Chromium shows feeds as source text, without their style; readers get their own types."""
_A_DAY = "public, max-age=86400, stale-if-error=604800"
_POLICY = "default-src 'none'; style-src 'self'"
"""For browsers that show a feed: our style sheet, and nothing else from anywhere."""


def routes(documents: Documents, settings: Settings, words: Mapping[str, Words]) -> list[web.RouteDef]:
    """Every feed of every language and component, and their style; none when they are switched off."""
    if settings.channels.feed is None:
        return []
    feeds = _Feeds(documents, settings, words)
    language = "{language:" + "|".join(map(re.escape, settings.languages)) + "}"
    component = "{component:" + "|".join(map(re.escape, settings.components)) + "}"
    file = "{kind:feed|updates}.{form:" + "|".join(FORMS) + "}"
    places = (f"/{language}/{file}", f"/{language}/components/{component}/{file}")
    return [
        *(web.get(place, feeds.feed) for place in places),
        *(web.options(place, preflight) for place in places),
        web.get(f"/{language}/feed.css", feeds.style),
    ]


class _Feeds:
    def __init__(self, documents: Documents, settings: Settings, words: Mapping[str, Words]) -> None:
        self._documents = documents
        self._settings = settings
        self._words = words
        self._styles: Mapping[str, Document] = {
            language: document(style(words[language]), "text/css; charset=utf-8", once=True)
            for language in settings.languages
        }

    async def style(self, request: web.Request) -> web.StreamResponse:
        return given(request, self._styles[request.match_info["language"]], cache=_A_DAY)

    async def feed(self, request: web.Request) -> web.StreamResponse:
        language, component = request.match_info["language"], request.match_info.get("component")
        kind, form = FeedKind(request.match_info["kind"]), request.match_info["form"]

        async def load(reader: Reader) -> Render:
            feed = self._settings.channels.feed
            board = await reader.load_board(language, past=feed.items if feed else 0)
            return partial(self._render, board, kind, component, form)

        where = f"{language}/{path(kind, component)}.{form}"
        response = await shared(
            request,
            self._documents,
            f"feed/{where}",
            content_type=_FORMS[form][0],
            load=load,
            headers={hdrs.CONTENT_LANGUAGE: language, "Content-Security-Policy": _POLICY},
            vary=_DESTINATION,
        )
        response.headers.extend(self._links(where))
        if form in _SHOWN and response.body and request.headers.get(_DESTINATION) == "document":
            response.headers[hdrs.CONTENT_TYPE] = _SHOWN[form]
        return response

    def _links(self, where: str) -> CIMultiDict[str]:
        """How subscribers of WebSub find the hub and the one name of the feed (https://www.w3.org/TR/websub/)."""
        feed = self._settings.channels.feed
        links: CIMultiDict[str] = CIMultiDict()
        if feed and feed.hub:
            links.add(hdrs.LINK, f'<{feed.hub}>; rel="hub"')
            links.add(hdrs.LINK, f'<{self._settings.public_url}/{where}>; rel="self"')
        return links

    def _render(self, board: Board, kind: FeedKind, component: str | None, form: str) -> bytes:
        words = self._words[board.language]
        feed = draw(board, kind=kind, component=component, settings=self._settings, words=words)
        return _FORMS[form][1](feed)
