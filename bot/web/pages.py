"""Serves the website: which address shows which page, in which language. What is on a page is ``channels.website``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.channels.website import Asset, Website, load_assets
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.errors import StoreBusy
from bot.languages.negotiate import negotiate
from bot.web.answers import FOREVER, FRESH, answer
from bot.web.documents import Document, Documents, Reader, Render, document

HTML = "text/html; charset=utf-8"
PER_PAGE = 25
"""How many past incidents one page of the history shows."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

Show = Callable[[str, web.Request], Awaitable[Document | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(documents: Documents, settings: Settings, words: Mapping[str, Words]) -> list[web.RouteDef]:
    """Everything the website answers; none when it is switched off.

    The last one takes whatever nobody else does and says, in the reader's language, that there is nothing.
    """
    if settings.channels.website is None:
        return []
    assets = load_assets()
    pages = _Pages(documents, settings, Website(settings, words, assets))
    language = "{language:" + "|".join(map(re.escape, settings.languages)) + "}"
    files = [
        web.get(asset.path, partial(_asset, document(asset.body, asset.content_type))) for asset in assets.values()
    ]
    return [
        web.get("/", pages.root),
        web.get(f"/{language}", pages.with_slash),
        web.get(f"/{language}/", pages.page(pages.front)),
        web.get(f"/{language}/incidents/{{id:[0-9]{{1,18}}}}", pages.page(pages.incident)),
        web.get(f"/{language}/history", pages.page(pages.history)),
        web.get("/favicon.ico", partial(_favicon, assets["icon.svg"])),
        web.get("/robots.txt", _robots),
        *files,
        web.get("/{path:.*}", pages.missing),
    ]


class _Pages:
    """The handlers. ``page`` wraps those that show one page in one language."""

    def __init__(self, documents: Documents, settings: Settings, website: Website) -> None:
        self._documents = documents
        self._settings = settings
        self._website = website
        self._root = urlsplit(settings.public_url).path
        self._missing = {language: website.missing(language) for language in settings.languages}
        self._unavailable = {language: website.unavailable(language) for language in settings.languages}

    def page(self, show: Show) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, request.match_info["language"], show)

        return handle

    async def root(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, self._negotiated(request), self.front, vary=hdrs.ACCEPT_LANGUAGE)

    async def with_slash(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPPermanentRedirect(f"{self._root}/{request.match_info['language']}/")

    async def front(self, language: str, request: web.Request) -> Document | None:
        async def load(reader: Reader) -> Render:
            website = self._settings.channels.website
            board = await reader.load_board(language, past=website.past if website else 0)
            return partial(self._website.front, board)

        return await self._documents.get(f"page/{language}", content_type=HTML, load=load)

    async def incident(self, language: str, request: web.Request) -> Document | None:
        number = int(request.match_info["id"])

        async def load(reader: Reader) -> Render | None:
            story = await reader.load_story(language, number)
            return None if story is None else partial(self._website.incident, language, story)

        return await self._documents.get(f"page/{language}/incidents/{number}", content_type=HTML, load=load)

    async def history(self, language: str, request: web.Request) -> Document | None:
        asked = request.query.get("page", "1")
        if not _PAGE_NUMBER.fullmatch(asked):
            return None
        page = int(asked)

        async def load(reader: Reader) -> Render | None:
            stories, pages = await reader.load_history(language, page=page, size=PER_PAGE)
            if page > max(pages, 1):
                return None
            return partial(self._website.history, language, stories, page=page, pages=max(pages, 1))

        return await self._documents.get(f"page/{language}/history/{page}", content_type=HTML, load=load)

    async def missing(self, request: web.Request) -> web.StreamResponse:
        first = request.path.split("/")[1]
        known = first in self._settings.languages
        return self._not_found(first if known else self._negotiated(request))

    async def _answer(self, request: web.Request, language: str, show: Show, *, vary: str = "") -> web.Response:
        try:
            page = await show(language, request)
        except StoreBusy:
            return self._busy(language)
        if page is None:
            return self._not_found(language)
        return answer(request, page, cache=FRESH, vary=vary, headers=_headers(language))

    def _negotiated(self, request: web.Request) -> str:
        return negotiate(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""), self._settings.languages)

    def _not_found(self, language: str) -> web.Response:
        # Never kept: the link to an incident may be out, and followed, the moment before it is here.
        headers = _headers(language) | {hdrs.CONTENT_TYPE: HTML, hdrs.CACHE_CONTROL: "no-store"}
        return web.Response(status=404, body=self._missing[language], headers=headers)

    def _busy(self, language: str) -> web.Response:
        headers = _headers(language) | {hdrs.CONTENT_TYPE: HTML, hdrs.CACHE_CONTROL: "no-store", hdrs.RETRY_AFTER: "5"}
        return web.Response(status=503, body=self._unavailable[language], headers=headers)


def _headers(language: str) -> dict[str, str]:
    return {
        hdrs.CONTENT_LANGUAGE: language,
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


async def _asset(file: Document, request: web.Request) -> web.StreamResponse:
    return answer(request, file, cache=FOREVER, headers={"X-Content-Type-Options": "nosniff"})


async def _favicon(icon: Asset, request: web.Request) -> web.StreamResponse:
    """For programs that ask for it by habit, such as feed readers; pages name the icon itself."""
    file = document(icon.body, icon.content_type)
    return answer(request, file, cache="public, max-age=86400")


async def _robots(request: web.Request) -> web.StreamResponse:
    return web.Response(
        text="User-agent: *\nDisallow: /hooks/\n", headers={hdrs.CACHE_CONTROL: "public, max-age=86400"}
    )
