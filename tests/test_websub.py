"""Telling a WebSub hub: which feeds, once each, in spite of a hub that fails, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.channels.feed import addresses
from bot.config.settings import Settings
from bot.domain.model import Status
from bot.domain.retry import LONGEST_WAIT
from bot.websub import EVERY, WebSub, informing
from tests.channels.boards import board, settings, story, whole
from tests.web.shelf import Shelf

SECOND = timedelta(seconds=1)


class Hub:
    """A hub. told: the feeds it has heard of, in order; answers: statuses to give first, then 204."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answers: list[int] = []
        self.enough = asyncio.Event()
        self.wanted = 0

    async def publish(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert (request.content_type, form["hub.mode"]) == ("application/x-www-form-urlencoded", "publish")
        status = self.answers.pop(0) if self.answers else 204
        if status == 204:
            self.told.append(str(form["hub.url"]))
        if self.wanted and len(self.told) >= self.wanted:
            self.enough.set()
        return web.Response(status=status, headers={"Location": "/elsewhere"} if 300 <= status < 400 else {})

    async def elsewhere(self, request: web.Request) -> web.Response:
        """Where a redirection leads those who follow it, and where nothing is heard."""
        return web.Response()

    def heard(self) -> set[str]:
        """What it has heard since it was last asked; each feed once."""
        told, self.told = self.told, []
        assert max(Counter(told).values(), default=1) == 1
        return set(told)


class Scene:
    """A hub, a shelf of boards, and what stands between them."""

    def __init__(self, hub: Hub, shelf: Shelf, url: str, session: ClientSession) -> None:
        self.hub, self.shelf, self.url, self.session = hub, shelf, url, session
        self.settings = settings(channels={"feed": {"hub": url, "items": 20}})
        self.websub = self.fresh()

    def fresh(self) -> WebSub:
        """As after a start."""
        return WebSub(
            self.session, self.url, self.settings, revision=self.revision, load=self.shelf.load_board, past=20
        )

    def revision(self) -> int:
        return self.shelf.revision

    def feeds(self, *components: str) -> set[str]:
        return set(addresses(self.settings, components))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    hub, shelf = Hub(), Shelf(lambda language: board(language=language))
    app = web.Application()
    app.router.add_post("/", hub.publish)
    app.router.add_get("/elsewhere", hub.elsewhere)
    async with TestServer(app) as server, ClientSession() as session:
        yield Scene(hub, shelf, str(server.make_url("/")), session)


async def test_while_nothing_was_ever_published_there_is_nothing_to_tell(scene: Scene) -> None:
    assert await scene.websub.tick() == EVERY
    assert scene.hub.heard() == set()


async def test_a_change_is_told_for_every_feed_it_is_in_and_no_other(scene: Scene) -> None:
    await scene.websub.tick()
    scene.shelf.change(lambda language: board(story(Status.INVESTIGATING, components=("shop",), language=language)))
    await scene.websub.tick()
    assert scene.hub.heard() == scene.feeds("shop")
    scene.shelf.change(
        lambda language: board(
            story(Status.INVESTIGATING, components=("shop",), language=language),
            story(Status.INVESTIGATING, components=("pickup",), id=2, language=language),
        )
    )
    await scene.websub.tick()
    assert scene.hub.heard() == scene.feeds("pickup")


async def test_without_a_change_nothing_is_told_or_even_read(scene: Scene) -> None:
    await scene.websub.tick()
    for _ in range(3):
        await scene.websub.tick()
    assert (scene.shelf.loads, scene.hub.heard()) == (1, set())


async def test_what_a_crash_kept_from_the_hub_is_told_after_the_next_start(scene: Scene) -> None:
    scene.shelf.change(whole)
    await scene.fresh().tick()
    assert scene.hub.heard() == scene.feeds("shop", "whatsapp", "pickup")


async def test_a_change_in_a_language_that_is_not_looked_at_is_told_for_the_feeds_of_everything(scene: Scene) -> None:
    scene.shelf.change(whole)
    await scene.websub.tick()
    scene.hub.heard()
    scene.shelf.change(whole)
    await scene.websub.tick()
    assert scene.hub.heard() == scene.feeds()


@pytest.mark.parametrize("refusal", [302, 408, 429, 500, 503])
async def test_what_the_hub_cannot_take_is_tried_again_later_and_what_it_took_is_not(
    scene: Scene, refusal: int
) -> None:
    scene.shelf.change(whole)
    scene.hub.answers = [204, 204, refusal]
    everything = scene.feeds("shop", "whatsapp", "pickup")
    assert await scene.websub.tick() == SECOND
    assert len(scene.hub.told) == (2 if refusal == 429 else len(everything) - 1), "who asks for a pause gets one"
    assert await scene.websub.tick() == EVERY
    assert scene.hub.heard() == everything


@pytest.mark.parametrize("refusal", [400, 403, 404, 422])
async def test_a_feed_that_the_hub_refuses_is_given_up_with_one_line_and_is_in_no_others_way(
    scene: Scene, refusal: int
) -> None:
    scene.shelf.change(whole)
    scene.hub.answers = [refusal, 204, refusal]
    with capture_logs() as logs:
        assert await scene.websub.tick() == EVERY
    assert len(scene.hub.heard()) == len(scene.feeds("shop", "whatsapp", "pickup")) - 2
    [line] = logs
    assert (line["event"], line["status"], line["feeds"]) == ("the hub refuses feeds", refusal, 2)
    assert await scene.websub.tick() == EVERY
    assert scene.hub.heard() == set()


@pytest.mark.parametrize("host", ["x..y", "a" * 64 + ".example"])
async def test_a_hub_whose_name_no_connection_can_be_tried_to_stops_nothing(scene: Scene, host: str) -> None:
    scene.shelf.change(whole)
    scene.url = f"http://{host}/"
    assert await scene.fresh().tick() == SECOND


async def test_a_hub_that_stays_away_is_asked_ever_more_seldom(scene: Scene) -> None:
    scene.shelf.change(whole)
    scene.hub.answers = [429] * 12
    waits = [await scene.websub.tick() for _ in range(12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (SECOND, 2 * SECOND, LONGEST_WAIT)
    assert await scene.websub.tick() == EVERY
    scene.hub.answers = [429]
    scene.shelf.change(lambda language: board(language=language))
    assert await scene.websub.tick() == SECOND


async def test_a_hub_that_is_not_there_stops_nothing(scene: Scene) -> None:
    scene.shelf.change(whole)
    gone = WebSub(
        scene.session,
        "http://127.0.0.1:9/",
        scene.settings,
        revision=scene.revision,
        load=scene.shelf.load_board,
        past=20,
    )
    assert await gone.tick() == SECOND


async def test_while_the_store_is_busy_nothing_is_forgotten(scene: Scene) -> None:
    scene.shelf.change(whole)
    scene.shelf.busy = True
    assert await scene.websub.tick() == EVERY
    assert scene.hub.heard() == set()
    scene.shelf.busy = False
    await scene.websub.tick()
    assert scene.hub.heard() == scene.feeds("shop", "whatsapp", "pickup")


async def test_what_is_configured_runs_until_it_is_stopped(scene: Scene) -> None:
    scene.shelf.change(whole)
    scene.hub.wanted = len(scene.feeds("shop", "whatsapp", "pickup"))
    async with AsyncExitStack() as stack:
        [run] = await informing(stack, scene.settings, revision=scene.revision, load=scene.shelf.load_board)
        running = asyncio.ensure_future(run())
        await scene.hub.enough.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("told", [settings(), settings(channels={"website": {}})], ids=["no hub", "no feeds"])
async def test_without_a_hub_nothing_runs(told: Settings) -> None:
    shelf = Shelf(whole)
    async with AsyncExitStack() as stack:
        assert await informing(stack, told, revision=lambda: 1, load=shelf.load_board) == []
