"""Everything but the pages, served from a shelf of boards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.model import Notice
from bot.web import projections
from bot.web.api import Texts
from bot.web.documents import Documents
from bot.web.server import application
from tests.channels.boards import LANGUAGES, settings, words
from tests.web.shelf import Shelf

Client = TestClient[web.Request, web.Application]


def texts_on(shelf: Shelf) -> Texts:
    """Reads the notices of updates in every language, as the store would."""

    async def load(update_ids: Sequence[int]) -> dict[int, dict[str, Notice]]:
        found: dict[int, dict[str, Notice]] = {id: {} for id in update_ids}
        for language in LANGUAGES:
            board = await shelf.load_board(language, past=50)
            for story in (*board.open, *board.past):
                for update in story.updates:
                    if update.id in found and update.notice.language == language:
                        found[update.id][language] = update.notice
        return found

    return load


def app_of(shelf: Shelf, **changes: Any) -> web.Application:
    """The application; changes: top-level settings that differ."""
    documents = Documents(shelf, revision=lambda: shelf.revision)
    spoken = {language: words(language) for language in LANGUAGES}
    return application(projections.routes(documents, settings(**changes), spoken, texts_on(shelf)))


@asynccontextmanager
async def served(shelf: Shelf, **changes: Any) -> AsyncIterator[Client]:
    """A client of the application."""
    async with TestClient(TestServer(app_of(shelf, **changes))) as client:
        yield client
