"""Serves the API for programs: which address gives which document. What is in one is ``channels.api``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache, partial

from aiohttp import hdrs, web

from bot.channels.api import PAST, Part, Statuspage, Told, Version1, openapi, told_by
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Story
from bot.errors import Malformed
from bot.languages.negotiate import negotiate
from bot.web.answers import Terms, answer
from bot.web.document import Document
from bot.web.documents import Documents, Load, Reader, Render
from bot.web.shared import nothing, preflight, refused, shared, terms

JSON = "application/json"
PER_PAGE = 20
"""How many closed incidents one page of version 1 lists."""

_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

Texts = Callable[[Sequence[int]], Awaitable[Told]]
"""Reads every notice of some updates, by their ids. May raise StoreBusy."""


def routes(documents: Documents, settings: Settings, words: Mapping[str, Words], texts: Texts) -> list[web.RouteDef]:
    """Everything under ``/api/``; nothing when there is no website. What is not there is refused in JSON."""
    if settings.channels.website is None:
        return []
    statuspage = _StatuspageApi(documents, settings, words)
    ours = _Version1Api(documents, settings, words, texts)
    part = "|".join(map(re.escape, Part))
    description = Document(openapi(settings), JSON, once=True)
    return [
        web.get(f"/api/v2/{{part:{part}}}.json", statuspage.part),
        web.get("/api/v1/status", ours.status),
        web.get("/api/v1/components", ours.components),
        web.get("/api/v1/incidents", ours.incidents),
        web.get("/api/v1/incidents/{id:[0-9]{1,18}}", ours.incident),
        web.get("/api/v1/openapi.json", partial(_described, description, terms())),
        web.options("/api/{path:.*}", preflight),
        web.route("*", "/api/{path:.*}", nothing),
    ]


async def _described(description: Document, on: Terms, request: web.Request) -> web.StreamResponse:
    return await answer(request, description, on)


@cache
def _terms(*languages: str) -> Terms:
    """Of an answer in these languages."""
    return terms(headers={hdrs.CONTENT_LANGUAGE: ", ".join(languages)})


class _StatuspageApi:
    """Version 2, in one language: the one asked for by ``?lang=``, else the default."""

    def __init__(self, documents: Documents, settings: Settings, words: Mapping[str, Words]) -> None:
        self._documents = documents
        self._settings = settings
        self._render = Statuspage(settings, words).render

    async def part(self, request: web.Request) -> web.StreamResponse:
        part = Part(request.match_info["part"])
        language = negotiate(request.query.get("lang", ""), self._settings.languages)

        async def load(reader: Reader) -> Render:
            return partial(self._render, part, await reader.load_board(language, past=PAST))

        on, key = _terms(language), f"api/v2/{part}/{language}"
        return await shared(request, self._documents, key, content_type=JSON, load=load, terms=on)


class _Version1Api:
    """Version 1, in every language, or in the one asked for by ``?lang=``."""

    def __init__(self, documents: Documents, settings: Settings, words: Mapping[str, Words], texts: Texts) -> None:
        self._documents = documents
        self._settings = settings
        self._render = Version1(settings, words)
        self._texts = texts

    async def status(self, request: web.Request) -> web.StreamResponse:
        languages = self._languages(request)

        async def load(reader: Reader) -> Render:
            board = await reader.load_board(languages[0], past=1)  # the newest closed one, for ``updated_at``
            told = await self._latest(board.open, languages)
            return partial(self._render.status, board, told, languages)

        return await self._answer(request, "status", languages, load)

    async def components(self, request: web.Request) -> web.StreamResponse:
        languages = self._languages(request)

        async def load(reader: Reader) -> Render:
            return partial(self._render.components, await reader.load_board(languages[0], past=0), languages)

        return await self._answer(request, "components", languages, load)

    async def incidents(self, request: web.Request) -> web.StreamResponse:
        languages = self._languages(request)
        asked = request.query.get("page", "1")
        if not _PAGE_NUMBER.fullmatch(asked):
            return refused(Malformed("expected a number from 1", path="page"))
        page = int(asked)

        async def load(reader: Reader) -> Render | None:
            board = await reader.load_board(languages[0], past=0)
            past, pages = await reader.load_history(languages[0], page=page, size=PER_PAGE)
            if page > max(pages, 1):
                return None
            told = await self._latest([*board.open, *past], languages)
            return partial(self._render.incidents, board.open, past, told, languages, page=page, pages=max(pages, 1))

        return await self._answer(request, f"incidents/{page}", languages, load)

    async def incident(self, request: web.Request) -> web.StreamResponse:
        languages = self._languages(request)
        number = int(request.match_info["id"])

        async def load(reader: Reader) -> Render | None:
            story = await reader.load_story(languages[0], number)
            if story is None:
                return None
            told = await self._told([story], [update.id for update in story.updates], languages)
            return partial(self._render.incident, story, told, languages)

        return await self._answer(request, f"incident/{number}", languages, load)

    async def _answer(
        self, request: web.Request, what: str, languages: Sequence[str], load: Load
    ) -> web.StreamResponse:
        key = f"api/v1/{what}/{'*' if len(languages) > 1 else languages[0]}"
        on = _terms(*languages)
        return await shared(request, self._documents, key, content_type=JSON, load=load, terms=on)

    def _languages(self, request: web.Request) -> Sequence[str]:
        asked = request.query.get("lang")
        known = self._settings.languages
        return known if asked is None else (negotiate(asked, known),)

    async def _latest(self, stories: Sequence[Story], languages: Sequence[str]) -> Told:
        return await self._told(stories, [story.latest.id for story in stories], languages)

    async def _told(self, stories: Sequence[Story], update_ids: Sequence[int], languages: Sequence[str]) -> Told:
        """One language comes with its story, fallbacks and all; for several there is more to read."""
        first = told_by(stories, languages[0])
        if len(languages) == 1:
            return first
        others = await self._texts(update_ids)
        return {id: {**first[id], **others.get(id, {})} for id in update_ids}
