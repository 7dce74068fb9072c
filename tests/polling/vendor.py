"""A vendor's web server on loopback that answers as it is told: well, late, wrong, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vendor:
    """answers: what each path says, by path; whatever else is asked is a page of HTML with status 200.

    asked: every request that came, as path and headers.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[web.Request] = []
        self.closing = asyncio.Event()
        self.url = ""

    def says(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> None:
        """The path answers with this."""

        async def answer(request: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=_named(headers))

        self.answers[path] = answer

    def hangs(self, path: str) -> None:
        """The path takes the request and says nothing until the test is over."""

        async def answer(request: web.Request) -> web.Response:
            await self.closing.wait()
            return web.Response()

        self.answers[path] = answer

    def breaks_off(self, path: str, body: bytes) -> None:
        """The path promises more than it sends."""

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Length": str(2 * len(body))})
            await response.prepare(request)
            await response.write(body)
            if request.transport is not None:
                request.transport.close()
            return response

        self.answers[path] = answer

    def leads(self, path: str, location: str, *, status: int = 302) -> None:
        """The path is a redirect."""
        self.says(path, b"", status=status, Location=location)

    def keeps(self, path: str, body: bytes, **validators: str) -> None:
        """The path answers 304 to whoever shows its validators, ETag or Last_Modified."""
        conditions = {"If-None-Match": validators.get("ETag"), "If-Modified-Since": validators.get("Last_Modified")}

        async def answer(request: web.Request) -> web.Response:
            shown = [request.headers.get(name) == value for name, value in conditions.items() if value]
            if all(shown):
                return web.Response(status=304)
            return web.Response(body=body, headers=_named(validators))

        self.answers[path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer, and remember that it was asked."""
        self.asked.append(request)
        if answer := self.answers.get(request.path):
            return await answer(request)
        return web.Response(text="<!doctype html><html><body>Status</body></html>", content_type="text/html")


@asynccontextmanager
async def serving(host: str = "127.0.0.1") -> AsyncIterator[Vendor]:
    """A vendor's server, until it is left."""
    vendor = Vendor()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", vendor.handle)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    port = runner.addresses[0][1]
    vendor.url = f"http://{host}:{port}"
    try:
        yield vendor
    finally:
        vendor.closing.set()
        await runner.cleanup()


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
