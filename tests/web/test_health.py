"""What orchestrators and Prometheus ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession

from bot.errors import StoreBusy
from bot.web.health import OK, Ready, liveness, operations
from bot.web.server import application, serve


class Metrics:
    """A document as prometheus-client would write it."""

    def render(self) -> tuple[bytes, str]:
        return b"signals_total 3.0\n", "text/plain; version=1.0.0; charset=utf-8"


@asynccontextmanager
async def asking(ready: Ready, **options: Any) -> AsyncIterator[ClientSession]:
    app = application([*liveness(), *operations(ready, Metrics(), **options)])
    async with serve(app, "127.0.0.1:0") as url, ClientSession(url) as session:
        yield session


async def all_well() -> Mapping[str, str]:
    return {"database": OK, "dispatcher": OK}


async def test_alive_means_that_the_loop_runs() -> None:
    async def never() -> Mapping[str, str]:
        raise AssertionError("liveness asks nobody")

    async with asking(never) as session, session.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_ready_means_that_every_part_is() -> None:
    async with asking(all_well) as session, session.get("/readyz") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert await answer.json() == {"ready": True, "parts": {"database": "ok", "dispatcher": "ok"}}


async def test_one_part_that_is_not_ready_is_named() -> None:
    async def half_well() -> Mapping[str, str]:
        return {"database": OK, "dispatcher": "stopped"}

    async with asking(half_well) as session, session.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "parts": {"database": "ok", "dispatcher": "stopped"}}


async def test_a_part_that_does_not_answer_is_not_ready() -> None:
    async def stuck() -> Mapping[str, str]:
        await asyncio.Event().wait()
        return {}

    async with asking(stuck, within=timedelta(milliseconds=20)) as session, session.get("/readyz") as answer:
        assert (answer.status, (await answer.json())["parts"]) == (503, {"service": "no answer within 0.02 s"})


async def test_a_busy_store_is_not_ready() -> None:
    async def busy() -> Mapping[str, str]:
        raise StoreBusy("the database did not answer")

    async with asking(busy) as session, session.get("/readyz") as answer:
        assert (answer.status, (await answer.json())["parts"]) == (503, {"service": "the database did not answer"})


async def test_metrics_are_written_as_their_library_says() -> None:
    async with asking(all_well) as session, session.get("/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=1.0.0; charset=utf-8"
        assert await answer.read() == b"signals_total 3.0\n"
