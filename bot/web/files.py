"""Serves what pages refer to, and the few addresses that programs ask for by habit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import hdrs, web

from bot.channels.website import Asset
from bot.web.answers import FOREVER, answer
from bot.web.documents import Document, document

_A_DAY = "public, max-age=86400"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",  # a logo opened by itself
}


def files(assets: Mapping[str, Asset]) -> list[web.RouteDef]:
    """The assets under their own names, ``/favicon.ico`` and ``/robots.txt``."""
    icon = document(assets["icon.svg"].body, assets["icon.svg"].content_type, once=True)
    return [
        *(
            web.get(asset.path, partial(_file, document(asset.body, asset.content_type, once=True), FOREVER))
            for asset in assets.values()
        ),
        web.get("/favicon.ico", partial(_file, icon, _A_DAY)),  # feed readers ask; pages name the icon itself
        web.get("/robots.txt", _robots),
    ]


async def _file(file: Document, cache: str, request: web.Request) -> web.StreamResponse:
    return answer(request, file, cache=cache, headers=_HEADERS)


async def _robots(request: web.Request) -> web.StreamResponse:
    return web.Response(text="User-agent: *\nDisallow: /hooks/\n", headers={hdrs.CACHE_CONTROL: _A_DAY})
