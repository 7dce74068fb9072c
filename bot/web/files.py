"""Serves what pages refer to, and the few addresses that programs ask for by habit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import hdrs, web

from bot.channels.website import Asset
from bot.web.answers import FOREVER, Terms, answer
from bot.web.document import Document

_A_DAY = "public, max-age=86400"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",  # a logo opened by itself
}


def files(assets: Mapping[str, Asset]) -> list[web.RouteDef]:
    """The assets under their own names, ``/favicon.ico`` and ``/robots.txt``."""
    kept, for_a_day = Terms(cache=FOREVER, headers=_HEADERS), Terms(cache=_A_DAY, headers=_HEADERS)
    ready = {asset.path: Document(asset.body, asset.content_type, once=True) for asset in assets.values()}
    return [
        *(web.get(path, partial(_file, file, kept)) for path, file in ready.items()),
        # Feed readers ask for it; pages name the icon itself.
        web.get("/favicon.ico", partial(_file, ready[assets["icon.svg"].path], for_a_day)),
        web.get("/robots.txt", _robots),
    ]


async def _file(file: Document, terms: Terms, request: web.Request) -> web.StreamResponse:
    return await answer(request, file, terms)


async def _robots(request: web.Request) -> web.StreamResponse:
    return web.Response(text="User-agent: *\nDisallow: /hooks/\n", headers={hdrs.CACHE_CONTROL: _A_DAY})
