"""The pages in a real browser: phone and desktop, light and dark, both directions, with scripts and without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import clock
from bot.domain.model import Board, Impact, Status
from bot.domain.uptime import Span
from bot.web import calendar, feeds, pages
from bot.web.documents import Documents
from bot.web.live import Live
from tests.browser.looking import DESKTOP, PHONE, chromium, visit
from tests.channels.boards import board, settings, story, whole, words
from tests.web.shelf import Shelf

pytestmark = pytest.mark.slow

SPOKEN = ("en", "it", "ar", "ja")
INVESTIGATING, IN_PROGRESS = Status.INVESTIGATING, Status.IN_PROGRESS


class Listened(Live):
    """Knows when somebody has begun to listen."""

    def __init__(self, revision: Callable[[], int], *, most: int) -> None:
        super().__init__(revision, most=most)
        self.listened = asyncio.Event()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.listened.set()
        return await super().stream(request)


@dataclass(slots=True)
class Shop:
    """The site, served, and how to change what it says."""

    shelf: Shelf
    address: str
    live: Listened

    def change(self, told: Callable[[str], Board]) -> None:
        """A commit."""
        self.shelf.change(told)
        self.live.tell()


@pytest.fixture
def shelf() -> Shelf:
    """The board on which every status occurs, and days on which something was wrong."""
    shelf = Shelf(whole)
    now = clock.now()
    shelf.began = now - timedelta(days=70)
    shelf.spans = [
        Span(component="shop", impact=impact, start=now - timedelta(days=days), end=now - timedelta(days=days - 0.3))
        for days, impact in ((60, Impact.MINOR), (31, Impact.MAJOR), (3, Impact.CRITICAL))
    ]
    return shelf


@pytest.fixture
async def shop(shelf: Shelf, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """As many open pages are told of changes as the test asks for, else ten."""
    documents = Documents(shelf, revision=lambda: shelf.revision, lost=lambda: shelf.lost)
    live = Listened(lambda: shelf.revision, most=getattr(request, "param", 10))
    spoken, configured = {language: words(language) for language in SPOKEN}, settings(languages=SPOKEN)
    app = web.Application()
    for part in (feeds, calendar):
        app.add_routes(part.routes(documents, configured, spoken))
    app.add_routes(pages.routes(documents, configured, spoken, live))
    async with TestServer(app) as server:
        yield Shop(shelf, str(server.make_url("/")).rstrip("/"), live)
        live.close()


@pytest.fixture
async def address(shop: Shop) -> str:
    """Where the site is."""
    return shop.address


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_and_asks_nobody_else(
    browser: Any, address: str, scheme: str, viewport: dict[str, int]
) -> None:
    scripts = (scheme == "dark") is (viewport is PHONE)
    for path in ("/en/", "/ar/", "/it/incidents/7", "/ja/", "/ja/history/2025-02", "/ar/history", "/en/nowhere"):
        seen = await visit(browser, address + path, viewport=viewport, color_scheme=scheme, java_script_enabled=scripts)
        missing = path == "/en/nowhere"
        assert [line for line in seen.complaints if not (missing and "404" in line)] == []
        assert {status for _, status, _ in seen.requests} == ({200, 404} if missing else {200})
        assert all(url.startswith(address) for url, _, _ in seen.requests)
        assert len(seen.requests) + scripts < 6  # a script also opens a stream, which never ends
        assert sum(size for _, _, size in seen.requests) < 60_000
        assert await seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_dark_and_light_differ_and_the_headline_can_be_read_in_both(browser: Any, address: str) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        seen = await visit(browser, address + "/en/", color_scheme=scheme)
        grounds[scheme] = await seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds == {"light": "rgb(246, 245, 242)", "dark": "rgb(18, 21, 26)"}


async def test_arabic_runs_from_right_to_left_and_a_phone_number_in_it_does_not(browser: Any, address: str) -> None:
    seen = await visit(browser, address + "/ar/", viewport=DESKTOP)
    company = await seen.page.locator(".company").bounding_box()
    languages = await seen.page.locator(".languages").bounding_box()
    assert company["x"] > languages["x"]
    glyph = await seen.page.locator(".headline .glyph").bounding_box()
    headline = await seen.page.locator("h1").bounding_box()
    assert glyph["x"] > headline["x"]
    where = """(() => {
        const text = document.querySelector('.instead a[href^="tel:"]').firstChild;
        return [text.data.indexOf('+'), text.data.search(/\\d\\D*$/)].map(at => {
            const range = document.createRange();
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            return range.getBoundingClientRect().x;
        });
    })()"""
    plus, last_digit = await seen.page.evaluate(where)
    assert plus < last_digit


async def test_a_reader_changes_language_and_comes_back_without_scripts(browser: Any, address: str) -> None:
    seen = await visit(browser, address + "/en/")
    await seen.page.locator(".languages summary").click()
    await seen.page.get_by_role("link", name="Italiano").click()
    assert seen.page.url == f"{address}/it/"
    await seen.page.locator("#incident-7 h3 a").click()
    assert seen.page.url == f"{address}/it/incidents/7"
    await seen.page.get_by_role("link", name=words("it").plain("link.front")).click()
    assert seen.page.url == f"{address}/it/"


def _one(language: str, *, status: Status, impact: Impact) -> Board:
    return board(story(status, language=language, impact=impact), language=language)


# ── Fresh without loading anew ──


async def test_a_commit_is_on_an_open_page_at_once_and_is_told_to_those_who_listen(browser: Any, shop: Shop) -> None:
    shop.change(lambda language: board(language=language))
    seen = await visit(browser, shop.address + "/en/", java_script_enabled=True)
    headline = seen.page.locator("h1")
    assert await headline.inner_text() == words("en").plain("headline.operational")
    await shop.live.listened.wait()
    shop.change(partial(_one, status=INVESTIGATING, impact=Impact.CRITICAL))
    await seen.page.get_by_text(words("en").plain("headline.critical")).first.wait_for(timeout=5000)
    assert words("en").plain("headline.critical") in await seen.page.title()
    assert (await seen.page.locator("#news").inner_text()).startswith(words("en").plain("headline.critical"))
    assert seen.complaints == []


async def test_what_a_reader_has_opened_and_where_they_are_survives_a_change(browser: Any, shop: Shop) -> None:
    seen = await visit(browser, shop.address + "/en/", java_script_enabled=True)
    await seen.page.locator("#figures summary").click()
    await seen.page.locator("#incident-7 h3 a").focus()
    await shop.live.listened.wait()
    stories = whole("en").open
    shop.change(lambda language: board(*stories[:2], language=language))
    await seen.page.locator("#incident-4").wait_for(state="detached", timeout=5000)
    assert await seen.page.locator("#figures").get_attribute("open") is not None
    assert await seen.page.evaluate("document.activeElement.getAttribute('href')") == "/en/incidents/7"


@pytest.mark.parametrize("shop", [0], indirect=True)
async def test_without_a_stream_the_page_looks_when_it_is_looked_at(browser: Any, shop: Shop) -> None:
    seen = await visit(browser, shop.address + "/en/", java_script_enabled=True)
    shop.change(lambda language: board(language=language))
    await seen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await seen.page.get_by_text(words("en").plain("headline.operational")).first.wait_for(timeout=5000)


async def test_the_script_is_small(browser: Any, address: str) -> None:
    seen = await visit(browser, address + "/en/", java_script_enabled=True)
    [size] = [size for url, _, size in seen.requests if url.endswith(".js")]
    assert size < 3000
