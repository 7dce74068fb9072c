"""Serves the website: which address shows which page, in which language. What is on a page is ``channels.website``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from bot import clock
from bot.channels.website import Website, load_assets
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Story
from bot.domain.months import Month
from bot.domain.uptime import Record, first_instant, record
from bot.errors import StoreBusy
from bot.languages.negotiate import negotiate
from bot.web.answers import FRESH, Terms, answer
from bot.web.document import Document
from bot.web.documents import Documents, Reader, Render, Short, Shown
from bot.web.files import files
from bot.web.live import Live

HTML = "text/html; charset=utf-8"

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)

_INCIDENT, _HISTORY, _MONTH = "incidents/{id:[0-9]{1,18}}", "history", "history/{month:[0-9-]{7}}"

_FEW = 60
"""Updates that are drawn in two milliseconds or less."""

Show = Callable[[str, web.Request], Awaitable[Shown | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(
    documents: Documents, settings: Settings, words: Mapping[str, Words], live: Live | None = None
) -> list[web.RouteDef]:
    """Everything the website answers; none when it is switched off.

    live: tells open pages of changes; None where nothing does. The last route takes whatever nobody else does and says,
    in the reader's language, that there is nothing.
    """
    if settings.channels.website is None:
        return []
    assets = load_assets(settings)
    pages = _Pages(documents, settings, Website(settings, words, assets))
    language = "{language:" + "|".join(map(re.escape, settings.languages)) + "}"
    return [
        web.get("/", pages.root),
        web.get(f"/{language}", pages.with_slash),
        # Whole addresses are looked up, patterns are tried one after the other; this is where everybody comes.
        *(web.get(f"/{each}/", pages.page(pages.front, each)) for each in settings.languages),
        *(web.get(f"/{each}/{_INCIDENT}", pages.page(pages.incident, each)) for each in settings.languages),
        *(web.get(f"/{each}/{_HISTORY}", pages.page(pages.history, each)) for each in settings.languages),
        *(web.get(f"/{each}/{_MONTH}", pages.page(pages.history, each)) for each in settings.languages),
        *(web.get(f"/{language}/{path}/", pages.without_slash) for path in (_INCIDENT, _HISTORY, _MONTH)),
        *([web.get(f"/{language}/live", live.stream)] if live is not None else ()),
        *files(assets),
        web.get("/{path:.*}", pages.missing),
    ]


class _Pages:
    """The handlers. ``page`` wraps those that show one page in one language."""

    def __init__(self, documents: Documents, settings: Settings, website: Website) -> None:
        self._documents = documents
        self._settings = settings
        self._website = website
        self._root = urlsplit(settings.public_url).path
        self._zone = ZoneInfo(settings.timezone)
        self._headers = {language: _headers(settings, language) for language in settings.languages}
        self._terms = {language: Terms(cache=FRESH, headers=headers) for language, headers in self._headers.items()}
        self._negotiated_terms = {
            language: Terms(cache=FRESH, vary=hdrs.ACCEPT_LANGUAGE, headers=headers)
            for language, headers in self._headers.items()
        }
        self._missing = {language: website.missing(language) for language in settings.languages}
        self._unavailable = {language: website.unavailable(language) for language in settings.languages}

    def page(self, show: Show, language: str) -> Handler:
        """A handler."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, language, show, self._terms[language])

        return handle

    async def root(self, request: web.Request) -> web.StreamResponse:
        language = self._negotiated(request)
        return await self._answer(request, language, self.front, self._negotiated_terms[language])

    async def with_slash(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPPermanentRedirect(f"{self._root}/{request.match_info['language']}/")

    async def without_slash(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPPermanentRedirect(f"{self._root}{request.path.rstrip('/')}")

    async def front(self, language: str, request: web.Request) -> Shown | None:
        async def load(reader: Reader) -> Render:
            website = self._settings.channels.website
            board = await reader.load_board(language, past=website.past if website else 0)
            render = partial(self._website.front, board, await self._documents.common("record", self._record))
            return _made(render, *board.open, *board.past)

        return await self._documents.show(f"page/{language}", content_type=HTML, load=load)

    async def _record(self, reader: Reader) -> Record:
        """The same in every language."""
        now = clock.now()
        spans, began = await reader.load_record(since=first_instant(now, self._zone), now=now)
        return record(spans, self._settings.components, since=began, now=now, zone=self._zone)

    async def incident(self, language: str, request: web.Request) -> Shown | None:
        number = int(request.match_info["id"])

        async def load(reader: Reader) -> Render | None:
            story = await reader.load_story(language, number)
            return None if story is None else _made(partial(self._website.incident, language, story), story)

        return await self._documents.show(f"page/{language}/incidents/{number}", content_type=HTML, load=load)

    async def history(self, language: str, request: web.Request) -> Shown | None:
        asked = request.match_info.get("month")
        month = None if asked is None else Month.read(asked)
        if asked is not None and month is None:
            return None

        async def load(reader: Reader) -> Render | None:
            chapter = await reader.load_chapter(language, month, zone=self._zone)
            if month is not None and chapter is None:
                return None
            render = partial(self._website.history, language, chapter, newest=month is None)
            return _made(render, *(chapter.stories if chapter else ()))

        return await self._documents.show(f"page/{language}/history/{month}", content_type=HTML, load=load)

    async def missing(self, request: web.Request) -> web.StreamResponse:
        first = request.path.split("/")[1]
        known = first in self._settings.languages
        return self._not_found(first if known else self._negotiated(request))

    async def _answer(self, request: web.Request, language: str, show: Show, terms: Terms) -> web.Response:
        try:
            shown = await show(language, request)
        except StoreBusy:
            return self._busy(language)
        if shown is None:
            return self._not_found(language)
        if shown.as_of is not None:
            return await self._last_known(request, language, shown.document, shown.as_of)
        return await answer(request, shown.document, terms)

    async def _last_known(self, request: web.Request, language: str, page: Document, at: datetime) -> web.Response:
        """What was true once, and says so. Not kept: it must go as soon as there is something newer."""
        body = self._website.as_of(page.body, language, at)
        return await answer(request, Document(body, HTML), Terms(cache="no-store", headers=self._headers[language]))

    def _negotiated(self, request: web.Request) -> str:
        return negotiate(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""), self._settings.languages)

    def _not_found(self, language: str) -> web.Response:
        # Never kept: the link to an incident may be out, and followed, the moment before it is here.
        headers = {**self._headers[language], hdrs.CONTENT_TYPE: HTML, hdrs.CACHE_CONTROL: "no-store"}
        return web.Response(status=404, body=self._missing[language], headers=headers)

    def _busy(self, language: str) -> web.Response:
        headers = {**self._headers[language], hdrs.CONTENT_TYPE: HTML, hdrs.CACHE_CONTROL: "no-store"}
        headers[hdrs.RETRY_AFTER] = "5"
        return web.Response(status=503, body=self._unavailable[language], headers=headers)


def _made(render: Render, *stories: Story) -> Render:
    """Known to be short when little is told."""
    return Short(render) if sum(len(story.updates) for story in stories) <= _FEW else render


def _headers(settings: Settings, language: str) -> Mapping[str, str]:
    return {
        hdrs.CONTENT_LANGUAGE: language,
        "Content-Security-Policy": _POLICY.format(ancestors=_ancestors(settings)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def _ancestors(settings: Settings) -> str:
    """Whose frames may hold a page: https://www.w3.org/TR/CSP3/#directive-frame-ancestors"""
    website = settings.channels.website
    allowed = website.frame_ancestors if website else ()
    return " ".join("'self'" if origin == "self" else origin for origin in allowed) or "'none'"
