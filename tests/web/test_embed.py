"""The banner over HTTP: a script that other people's pages may take and keep, and its few words in their language."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.resources import SITE
from tests.channels.boards import whole, words
from tests.web.served import Client, served
from tests.web.shelf import Shelf


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with served(Shelf(whole)) as client:
        yield client


async def test_the_script_may_be_kept_for_a_day_and_taken_by_any_page(client: Client) -> None:
    answer = await client.get("/embed.js")
    assert await answer.read() == (SITE / "embed.js").read_bytes()
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("public, max-age=86400, ")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"].startswith('"')


@pytest.mark.parametrize(
    ("asked", "given"), [("it", "it"), ("pt-BR", "en"), ("de-CH", "de"), ("ar-EG", "ar"), ("", "en"), ("zxx", "en")]
)
async def test_it_speaks_the_language_of_the_page_it_is_on(client: Client, asked: str, given: str) -> None:
    answer = await client.get("/embed.json", params={"lang": asked})
    document = await answer.json()
    assert answer.headers["Content-Language"] == given
    assert (document["labels"], document["close"]) == (given, words(given).plain("embed.close"))


async def test_nothing_is_remembered_of_who_asks(client: Client) -> None:
    for path in ("/embed.js", "/embed.json?lang=it"):
        answer = await client.get(path, headers={"Cookie": "a=b"})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
