"""``/healthz``, ``/readyz`` and ``/metrics``: for orchestrators and Prometheus, not for customers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Protocol

from aiohttp import web

from bot.errors import NoticeBotError

OK = "ok"
"""What a part says that is ready; anything else says what it lacks."""

Ready = Callable[[], Awaitable[Mapping[str, str]]]
"""Asks every part whether it can do its work: the part's name -> ``OK``, or what is wrong."""

_NO_STORE = {"Cache-Control": "no-store"}


class Rendering(Protocol):
    """Metrics that can be written out."""

    def render(self) -> tuple[bytes, str]:
        """The document and its content type."""
        ...


def liveness() -> list[web.RouteDef]:
    """``/healthz``: 200 as long as the loop runs."""
    return [web.get("/healthz", _alive)]


def operations(ready: Ready, metrics: Rendering, *, within: timedelta = timedelta(seconds=5)) -> list[web.RouteDef]:
    """``/readyz``: 200 when every part is ready, else 503, with each part's word; ``/metrics``: for Prometheus.

    within: parts that take longer to answer are not ready.
    """

    async def readyz(request: web.Request) -> web.Response:
        parts = await _ask(ready, within)
        everything = all(word == OK for word in parts.values())
        body = {"ready": everything, "parts": dict(parts)}
        return web.json_response(body, status=200 if everything else 503, headers=_NO_STORE)

    async def written_out(request: web.Request) -> web.Response:
        document, content_type = metrics.render()
        return web.Response(body=document, headers={"Content-Type": content_type, **_NO_STORE})

    return [web.get("/readyz", readyz), web.get("/metrics", written_out)]


async def _ask(ready: Ready, within: timedelta) -> Mapping[str, str]:
    try:
        async with asyncio.timeout(within.total_seconds()):
            return await ready()
    except TimeoutError:
        return {"service": f"no answer within {within.total_seconds():g} s"}
    except NoticeBotError as error:
        return {"service": str(error)}


async def _alive(request: web.Request) -> web.Response:
    return web.json_response({"alive": True}, headers=_NO_STORE)
