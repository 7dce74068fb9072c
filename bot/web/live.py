"""Tells open pages that something has changed, the moment it has (server-sent events). What has, they look up.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from aiohttp import hdrs, web

_HEADERS = {
    hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
    hdrs.CACHE_CONTROL: "no-store",
    "X-Accel-Buffering": "no",  # nginx would keep it back
}
_AGAIN = b"retry: 5000\n\n"
"""Milliseconds after which a browser whose connection broke tries again."""
_HEARTBEAT = b": still here\n\n"
"""A comment: keeps proxies from giving up, and finds out who has left."""


class Live:
    """Streams of the revision, one per open page. ``tell`` is to be called after each change, ``close`` at the end."""

    def __init__(self, revision: Callable[[], int], *, most: int, heartbeat: timedelta = timedelta(seconds=20)) -> None:
        """most: streams at once; whoever comes after them is answered 503, and looks now and then by itself."""
        self._revision = revision
        self._most = most
        self._heartbeat = heartbeat.total_seconds()
        self._listening: dict[asyncio.Event, web.Request] = {}
        self._closed = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._listening)

    def tell(self) -> None:
        """There is a new revision."""
        for wake in self._listening:
            wake.set()

    def close(self) -> None:
        """End every stream, and take no new ones."""
        self._closed = True
        self.tell()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The present revision at once, each new one when it comes, and a heartbeat in between."""
        if self._closed or not self._has_room():
            return web.Response(status=503, headers={hdrs.CACHE_CONTROL: "no-store", hdrs.RETRY_AFTER: "60"})
        wake, greeting = asyncio.Event(), _AGAIN + self._present()
        self._listening[wake] = request
        response = web.StreamResponse(headers=_HEADERS)
        try:
            await response.prepare(request)
            await response.write(greeting)
            while not self._closed:
                await response.write(await self._next(wake))
        except ConnectionError:
            return response  # the reader has closed the page
        finally:
            self._listening.pop(wake, None)
        return response

    def _has_room(self) -> bool:
        """Those who have left are found out by their heartbeat, or here when somebody else wants their place."""
        if len(self._listening) >= self._most:
            for wake in [wake for wake, request in self._listening.items() if _has_left(request)]:
                del self._listening[wake]
                wake.set()  # its stream ends, for it can write no more
        return len(self._listening) < self._most

    async def _next(self, wake: asyncio.Event) -> bytes:
        try:
            async with asyncio.timeout(self._heartbeat):
                await wake.wait()
        except TimeoutError:
            return _HEARTBEAT
        wake.clear()
        return self._present()

    def _present(self) -> bytes:
        return b"event: revision\ndata: %d\n\n" % self._revision()


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
