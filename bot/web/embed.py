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
from bot.web.answers import Terms, answer
from bot.web.document import Document
from bot.web.documents import Documents, Reader, Render, Short
from bot.web.shared import preflight, shared, terms

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
    script = Document(file.read_bytes(), _SCRIPT, once=True)
    by_language = {
        language: terms(headers={hdrs.CONTENT_LANGUAGE: language, **_FOR_ALL}) for language in settings.languages
    }

    async def show(request: web.Request) -> web.StreamResponse:
        language = negotiate(request.query.get("lang", ""), settings.languages)

        async def load(reader: Reader) -> Render:
            return Short(partial(banner, await reader.load_board(language, past=0), settings, words[language]))

        on, key = by_language[language], f"embed/{language}"
        return await shared(request, documents, key, content_type="application/json", load=load, terms=on)

    return [
        web.get("/embed.js", partial(_script, script, terms(cache=A_DAY, headers=_FOR_ALL))),
        web.get("/embed.json", show),
        web.options("/embed.json", preflight),
    ]


async def _script(script: Document, on: Terms, request: web.Request) -> web.StreamResponse:
    return await answer(request, script, on)
