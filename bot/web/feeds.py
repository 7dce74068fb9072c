"""Serves the feeds: which address gives which feed, in which form. What is in a feed is ``channels.feed``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiohttp import hdrs, web
from multidict import CIMultiDict

from bot.channels.feed import FORMS, Feed, FeedKind, atom, draw, json_feed, rss, style
from bot.channels.feed.addresses import path
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board
from bot.web.answers import Terms, answer
from bot.web.document import Document
from bot.web.documents import Documents, Reader, Render
from bot.web.shared import preflight, shared, terms

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

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
    component = "{component:" + "|".join(map(re.escape, settings.components)) + "}"
    found: list[web.RouteDef] = []
    for language in settings.languages:
        # Whole addresses are looked up, patterns are tried one after the other: readers come to these.
        places = [f"/{language}/{kind}.{form}" for kind in FeedKind for form in FORMS]
        file = "{kind:" + "|".join(FeedKind) + "}.{form:" + "|".join(FORMS) + "}"
        pattern = f"/{language}/components/{component}/{file}"
        found += (
            web.get(f"/{language}/{kind}.{form}", feeds.feed(language, kind, form))
            for kind in FeedKind
            for form in FORMS
        )
        found += [
            web.get(pattern, feeds.of_component(language)),
            web.get(f"/{language}/feed.css", feeds.style(language)),
        ]
        found += (web.options(place, preflight) for place in (*places, pattern))
    return found


class _Feeds:
    def __init__(self, documents: Documents, settings: Settings, words: Mapping[str, Words]) -> None:
        self._documents = documents
        self._settings = settings
        self._words = words

    def style(self, language: str) -> Handler:
        sheet = Document(style(self._words[language]), "text/css; charset=utf-8", once=True)
        on = terms(cache=_A_DAY)

        async def handle(request: web.Request) -> web.StreamResponse:
            return await answer(request, sheet, on)

        return handle

    def feed(self, language: str, kind: FeedKind, form: str, component: str | None = None) -> Handler:
        """The handler of one feed. component: None for the feed of all."""
        where = f"{language}/{path(kind, component)}.{form}"
        key, on = f"feed/{where}", self._terms(language, where)

        async def load(reader: Reader) -> Render:
            feed = self._settings.channels.feed
            board = await reader.load_board(language, past=feed.items if feed else 0)
            return partial(self._render, board, kind, component, form)

        async def handle(request: web.Request) -> web.StreamResponse:
            response = await shared(request, self._documents, key, content_type=_FORMS[form][0], load=load, terms=on)
            if form in _SHOWN and response.body and request.headers.get(_DESTINATION) == "document":
                response.headers[hdrs.CONTENT_TYPE] = _SHOWN[form]
            return response

        return handle

    def of_component(self, language: str) -> Handler:
        """The handler of the feeds of any component."""
        known = {
            (str(kind), form, component): self.feed(language, kind, form, component)
            for kind in FeedKind
            for form in FORMS
            for component in self._settings.components
        }

        async def handle(request: web.Request) -> web.StreamResponse:
            asked = request.match_info
            return await known[asked["kind"], asked["form"], asked["component"]](request)

        return handle

    def _terms(self, language: str, where: str) -> Terms:
        """With the links by which subscribers of WebSub find the hub and the one name of the feed.

        https://www.w3.org/TR/websub/
        """
        headers = CIMultiDict({hdrs.CONTENT_LANGUAGE: language, "Content-Security-Policy": _POLICY})
        feed = self._settings.channels.feed
        if feed and feed.hub:
            headers.add(hdrs.LINK, f'<{feed.hub}>; rel="hub"')
            headers.add(hdrs.LINK, f'<{self._settings.public_url}/{where}>; rel="self"')
        return terms(vary=_DESTINATION, headers=headers)

    def _render(self, board: Board, kind: FeedKind, component: str | None, form: str) -> bytes:
        words = self._words[board.language]
        feed = draw(board, kind=kind, component=component, settings=self._settings, words=words)
        return _FORMS[form][1](feed)
