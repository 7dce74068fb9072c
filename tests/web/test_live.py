"""Open pages are told of a change the moment it happens, over real sockets; and no more of them than are welcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientResponse, ClientSession, StreamReader, web

from bot.watch import Revision
from bot.web.live import Live
from bot.web.server import application, serve


class Service:
    """A server that tells of revisions, and what it takes to listen to it."""

    def __init__(self, url: str, session: ClientSession, revision: Revision, live: Live) -> None:
        self.url, self.session, self.revision, self.live = url, session, revision, live

    def asking(self) -> AbstractAsyncContextManager[ClientResponse]:
        """One request for a stream."""
        return self.session.get(self.url + "/en/live")

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[StreamReader]:
        """A stream, after its greeting: how long to wait before coming again, and the present revision."""
        async with self.asking() as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            assert answer.headers["Cache-Control"] == "no-store"
            assert await said(answer.content) == "retry: 5000"
            assert await said(answer.content) == f"event: revision|data: {self.revision()}"
            yield answer.content

    async def left(self) -> None:
        """Returns once nobody listens any more."""
        async with asyncio.timeout(5):
            while len(self.live):
                self.live.tell()  # writing is what finds out who has left
                await asyncio.sleep(0)


async def said(stream: StreamReader) -> str:
    """The next block, its lines joined by |."""
    async with asyncio.timeout(5):
        return (await stream.readuntil(b"\n\n")).decode().strip().replace("\n", "|")


@asynccontextmanager
async def service(*, most: int = 10, heartbeat: timedelta = timedelta(seconds=20)) -> AsyncIterator[Service]:
    revision = Revision(3)
    live = Live(revision, most=most, heartbeat=heartbeat)
    revision.tells(live.tell)
    app = application([web.get("/en/live", live.stream)])
    async with serve(app, "127.0.0.1:0", last_answers=timedelta(seconds=30)) as url, ClientSession() as session:
        try:
            yield Service(url, session, revision, live)
        finally:
            live.close()


async def test_every_listener_hears_of_a_change() -> None:
    async with service() as here, here.listening() as one, here.listening() as other:
        here.revision.saw(4)
        assert [await said(one), await said(other)] == ["event: revision|data: 4"] * 2
        here.revision.saw(4)
        here.revision.saw(7)
        assert await said(one) == "event: revision|data: 7"


async def test_changes_that_come_together_are_told_once() -> None:
    async with service() as here, here.listening() as stream:
        for number in range(4, 100):
            here.revision.saw(number)
        assert await said(stream) == "event: revision|data: 99"
        here.revision.saw(100)
        assert await said(stream) == "event: revision|data: 100"


async def test_a_heart_beats_while_nothing_happens() -> None:
    async with service(heartbeat=timedelta(milliseconds=10)) as here, here.listening() as stream:
        assert {await said(stream) for _ in range(3)} == {": still here"}
        here.revision.saw(9)
        blocks = [await said(stream) for _ in range(2)]
        assert "event: revision|data: 9" in blocks


async def test_beyond_the_cap_one_is_asked_to_look_by_oneself() -> None:
    async with service(most=2) as here, here.listening(), here.listening(), here.asking() as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
        assert "Retry-After" in answer.headers


async def test_a_place_is_free_as_soon_as_its_reader_has_left() -> None:
    """Long before the heartbeat, whose twenty seconds are longer than this test may take."""
    async with asyncio.timeout(10), service(most=1) as here:
        async with here.listening(), here.asking() as refused:
            assert refused.status == 503
        status = 503
        while status == 503:
            async with here.asking() as answer:
                status = answer.status
        assert (status, len(here.live)) == (200, 1)


async def test_who_leaves_makes_room_and_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with service(most=1, heartbeat=timedelta(milliseconds=5)) as here:
        for _ in range(3):
            async with here.listening():
                assert len(here.live) == 1
            await here.left()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info] == []


async def test_open_pages_do_not_keep_the_service_from_ending() -> None:
    """The server would wait thirty seconds for them; the time limit of this test is shorter."""
    async with asyncio.timeout(10), service() as here, here.listening() as stream:
        here.live.close()
        await stream.read()
        assert stream.at_eof()
        async with here.asking() as answer:
            assert answer.status == 503
