"""What browsers may do with our answers, as somebody who knows policies better than we do sees it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.web import pages
from bot.web.documents import Documents
from bot.web.server import application
from tests.channels.boards import LANGUAGES, settings, whole, words
from tests.npm import installed, output
from tests.web.served import Client, app_of
from tests.web.shelf import Shelf

NPM = Path(__file__).parent / "npm"
PERHAPS = 50  # MEDIUM_MAYBE of csp_evaluator/finding.ts


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    shelf = Shelf(whole)
    configured = settings(channels={"website": {}, "feed": {}})
    documents = Documents(shelf, revision=lambda: shelf.revision)
    app = application(pages.routes(documents, configured, {language: words(language) for language in LANGUAGES}))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def feeds() -> AsyncIterator[Client]:
    async with TestClient(TestServer(app_of(Shelf(whole)))) as client:
        yield client


async def held_against(policy: str, folder: Path) -> list[list[Any]]:
    """What csp_evaluator finds: directive, value, severity."""
    printed = await output("node", str(NPM / "evaluate.cjs"), str(folder), policy, folder=folder)
    found: list[list[Any]] = json.loads(printed)
    return found


@pytest.mark.slow
async def test_nothing_is_to_be_said_against_the_policies(client: Client, feeds: Client, tmp_path: Path) -> None:
    folder = await installed(NPM, tmp_path)
    assert await held_against("script-src https: 'unsafe-inline'", folder), "it finds what there is to find"
    for path in ("/en/", "/en/incidents/7", "/ar/history", "/en/nowhere"):
        policy = (await client.get(path)).headers["Content-Security-Policy"]
        # 'self' could be a way in where an origin also serves other people's scripts or JSONP. Ours serves neither.
        assert await held_against(policy, folder) == [["script-src", "'self'", PERHAPS]], path
    policy = (await client.get("/favicon.ico")).headers["Content-Security-Policy"]
    assert await held_against(policy, folder) == []
    policy = (await feeds.get("/en/feed.rss")).headers["Content-Security-Policy"]
    assert await held_against(policy, folder) == []


async def test_a_page_has_its_only_script_and_style_from_the_files_it_may_have_them_from(client: Client) -> None:
    policy = (await client.get("/en/")).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {directive.split()[0]: directive.split()[1:] for directive in policy.split("; ")} == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
