"""A feed that somebody opens in a browser: a list they can read and a line that says what to do with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.browser.looking import PHONE, chromium
from tests.channels.boards import whole, words
from tests.web.served import app_of
from tests.web.shelf import Shelf

pytestmark = pytest.mark.slow

SHOWN = """names => [...document.querySelectorAll('*')]
    .filter(each => getComputedStyle(each).display !== 'none')
    .filter(each => each.children.length === 0)
    .map(each => each.localName)"""


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


@pytest.mark.parametrize(
    ("path", "leaves"),
    [
        ("/en/feed.rss", {"title", "description", "link", "pubDate"}),
        ("/ar/updates.atom", {"title", "subtitle", "link", "updated"}),
    ],
)
async def test_a_feed_is_a_list_that_people_can_read(browser: Any, path: str, leaves: set[str]) -> None:
    language = path.split("/")[1]
    async with TestServer(app_of(Shelf(whole))) as server:
        page = await (await browser.new_context(viewport=PHONE)).new_page()
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text))
        answer = await page.goto(str(server.make_url(path)))
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert set(await page.evaluate(SHOWN)) == leaves
        said = await page.evaluate("getComputedStyle(document.documentElement, '::before').content")
        assert said == f'"{words(language).plain("feed.about")}"'
        direction = await page.evaluate("getComputedStyle(document.documentElement).direction")
        assert direction == words(language).direction
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints == []
