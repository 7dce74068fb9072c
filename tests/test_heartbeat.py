"""Somebody else's service hears from us while we are well, and only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.errors import StoreBusy
from bot.heartbeat import Heartbeat, open_heartbeat


class Watcher:
    """The far side: counts beats, and answers as it is told."""

    def __init__(self) -> None:
        self.beats = 0
        self.status = 200

    async def hear(self, request: web.Request) -> web.Response:
        self.beats += 1
        return web.Response(status=self.status)


class Health:
    """Whether we are well."""

    def __init__(self) -> None:
        self.trouble = ""

    async def __call__(self) -> None:
        if self.trouble:
            raise StoreBusy(self.trouble)


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
async def heart(watcher: Watcher, health: Health) -> AsyncIterator[Heartbeat]:
    app = web.Application()
    app.router.add_get("/ping/secret-word", watcher.hear)
    async with TestServer(app) as server:
        url = str(server.make_url("/ping/secret-word"))
        async with open_heartbeat(url, every=timedelta(minutes=1), well=health) as opened:
            yield opened


async def test_it_beats_while_we_are_well(heart: Heartbeat, watcher: Watcher) -> None:
    assert await heart.beat()
    assert await heart.beat()
    assert watcher.beats == 2


async def test_it_falls_silent_while_we_are_not(heart: Heartbeat, watcher: Watcher, health: Health) -> None:
    health.trouble = "the database is gone"
    assert not await heart.beat()
    assert watcher.beats == 0


async def test_trouble_is_logged_once_and_so_is_its_end_without_the_address(heart: Heartbeat, watcher: Watcher) -> None:
    watcher.status = 500
    with capture_logs() as logs:
        for status in (500, 500, 200, 200):
            watcher.status = status
            await heart.beat()
    assert [entry["event"] for entry in logs] == ["no heartbeat", "heartbeat again"]
    assert logs[0]["reason"] == "it answered 500"
    assert "secret-word" not in str(logs)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://x..y/", f"http://{'a' * 64}.example/"])
async def test_an_address_that_is_gone_or_was_never_one_breaks_nothing(address: str) -> None:
    async with open_heartbeat(address, every=timedelta(minutes=1), well=Health()) as heart:
        with capture_logs() as logs:
            assert not await heart.beat()
    assert logs[0]["reason"].startswith("it does not answer")
