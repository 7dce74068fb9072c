"""Every kind of page, for people who cannot see or point: axe finds nothing, in four scripts, by day and by night."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
from tests.browser.looking import DESKTOP, PHONE, assert_no_barrier, chromium
from tests.channels.boards import board, settings, story, whole, words
from tests.web.shelf import Shelf

pytestmark = pytest.mark.slow

SPOKEN = ("en", "it", "ar", "ja")
SCHEMES = ("light", "dark")
KINDS = {
    "the front page": "",
    "an open incident": "incidents/7",
    "maintenance to come": "incidents/4",
    "a closed incident": "incidents/3",
    "the newest history": "history",
    "a month of the past": "history/2025-02",
    "no page": "nowhere",
}


@pytest.fixture
def shelf() -> Shelf:
    """The board on which every status occurs, and days on which something was wrong."""
    shelf, now = Shelf(whole), clock.now()
    shelf.began = now - timedelta(days=70)
    shelf.spans = [
        Span(component="shop", impact=impact, start=now - timedelta(days=days), end=now - timedelta(days=days - 0.3))
        for days, impact in ((60, Impact.MINOR), (31, Impact.MAJOR), (3, Impact.CRITICAL))
    ]
    return shelf


@pytest.fixture
async def address(shelf: Shelf) -> AsyncIterator[str]:
    """Where the site is."""
    documents = Documents(shelf, revision=lambda: shelf.revision, lost=lambda: shelf.lost)
    spoken = {language: words(language) for language in SPOKEN}
    telegram = {"token": "1:a", "chats": [{"chat": f"@bottega_{each}", "language": each} for each in SPOKEN]}
    configured = settings(languages=SPOKEN, channels={"feed": {}, "website": {}, "telegram": telegram})
    app = web.Application()
    for part in (feeds, calendar, pages):
        app.add_routes(part.routes(documents, configured, spoken))
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def profile(browser: Any, scheme: str, *, narrow: bool) -> Any:
    """A page of a profile that lets axe in."""
    viewport = PHONE if narrow else DESKTOP
    fresh = await browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)
    return await fresh.new_page()


async def test_no_kind_of_page_has_a_barrier_in_any_script_by_day_or_night(address: str, shelf: Shelf) -> None:
    async with chromium() as browser:
        for number, scheme in enumerate(SCHEMES):
            for other, language in enumerate(SPOKEN):
                page = await profile(browser, scheme, narrow=(number + other) % 2 == 0)
                for kind, path in KINDS.items():
                    answer = await page.goto(f"{address}{language}/{path}")
                    assert answer.status == (404 if kind == "no page" else 200)
                    await assert_no_barrier(page)


async def test_nor_has_a_page_that_is_only_last_known_or_not_to_be_had(address: str, shelf: Shelf) -> None:
    async with chromium() as browser:
        for scheme in SCHEMES:
            for language in SPOKEN:
                page = await profile(browser, scheme, narrow=True)
                await page.goto(f"{address}{language}/")
                shelf.busy, shelf.revision = True, shelf.revision + 1
                await page.reload()
                assert await page.locator(".stale").count() == 1
                await assert_no_barrier(page)
                answer = await page.goto(f"{address}{language}/incidents/7?{scheme}")
                assert answer.status == 503
                await assert_no_barrier(page)
                shelf.busy = False


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_no_state_is_told_by_a_colour_that_cannot_be_read(address: str, shelf: Shelf, scheme: str) -> None:
    investigating = [(Status.INVESTIGATING, impact) for impact in Impact]
    async with chromium() as browser:
        page = await profile(browser, scheme, narrow=True)
        for status, impact in [*investigating, (Status.IN_PROGRESS, Impact.NONE)]:
            shelf.change(partial(_one, status=status, impact=impact))
            await page.goto(f"{address}en/")
            await assert_no_barrier(page)
        shelf.change(lambda language: board(language=language))
        await page.goto(f"{address}en/")
        await assert_no_barrier(page)


def _one(language: str, *, status: Status, impact: Impact) -> Board:
    return board(story(status, language=language, impact=impact), language=language)
