"""Serves the banner for the company's own pages: the script, and what it has to say in the page's language.

What that is, is ``channels.embed``; how it looks is templates/site/embed.js.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from aiohttp import hdrs, web

from bot.channels.embed import banner
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.languages.negotiate import negotiate
from bot.resources import SITE
from bot.web.documents import Document, Documents, Reader, Render, document
from bot.web.shared import given, preflight, shared

A_DAY = "public, max-age=86400, stale-while-revalidate=604800, stale-if-error=604800"
"""Cache-Control of the script: its address is written into other people's pages, so its name cannot change with it."""

_SCRIPT = "text/javascript; charset=utf-8"
_FOR_ALL = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Pages that isolate themselves take from elsewhere only what says that it may be taken."""


def routes(
    documents: Documents, settings: Settings, words: Mapping[str, Words], file: Path = SITE / "embed.js"
) -> list[web.RouteDef]:
    """The script and its data; none without a website, to which the banner leads. Raises OSError without the file."""
    if settings.channels.website is None:
        return []
    script = document(file.read_bytes(), _SCRIPT, once=True)

    async def show(request: web.Request) -> web.StreamResponse:
        language = negotiate(request.query.get("lang", ""), settings.languages)

        async def load(reader: Reader) -> Render:
            return partial(banner, await reader.load_board(language, past=0), settings, words[language])

        headers = {hdrs.CONTENT_LANGUAGE: language, **_FOR_ALL}
        return await shared(
            request, documents, f"embed/{language}", content_type="application/json", load=load, headers=headers
        )

    return [
        web.get("/embed.js", partial(_script, script)),
        web.get("/embed.json", show),
        web.options("/embed.json", preflight),
    ]


async def _script(script: Document, request: web.Request) -> web.StreamResponse:
    return given(request, script, cache=A_DAY, headers=_FOR_ALL)
