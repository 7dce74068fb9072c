"""Listening, ending, and what becomes of errors that nobody else answers."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession, web

from bot.errors import HookError, Malformed, StoreBusy
from bot.web.server import application, listen, refusal, serve


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:65535", ("::1", 65535)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
    ],
)
def test_an_address_is_a_host_and_a_port(address: str, meant: tuple[str, int]) -> None:
    assert listen(address) == meant


@pytest.mark.parametrize(
    "address", ["", "8080", "localhost", ":8080", "localhost:", "localhost:x", "localhost:65536", "h:²"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ValueError, match="expected host:port"):
        listen(address)


async def test_a_request_in_hand_is_answered_before_the_end() -> None:
    arrived, go_on, leave = asyncio.Event(), asyncio.Event(), asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def slow(request: web.Request) -> web.Response:
        arrived.set()
        await go_on.wait()
        return web.Response(text="done")

    async def service() -> None:
        async with serve(application([web.get("/slow", slow)]), "127.0.0.1:0") as url:
            address.set_result(url)
            await leave.wait()

    async with ClientSession() as session:
        running = asyncio.create_task(service())
        request = asyncio.create_task(session.get(f"{await address}/slow"))
        await arrived.wait()
        leave.set()
        go_on.set()
        async with await request as answer:
            assert await answer.text() == "done"
        await running


async def test_an_address_in_use_cannot_be_had() -> None:
    async with serve(application([]), "127.0.0.1:0") as url:
        with pytest.raises(OSError):
            async with serve(application([]), url.removeprefix("http://")):
                pass


async def test_ipv6_addresses_are_spelled_with_brackets() -> None:
    async with serve(application([]), "[::1]:0") as url:
        assert url.startswith("http://[::1]:")


async def test_programs_are_refused_in_json_and_people_are_not() -> None:
    async def wrong(request: web.Request) -> web.Response:
        raise Malformed("missing", path="a.b")

    async with serve(application([web.get("/api/wrong", wrong)]), "127.0.0.1:0") as url, ClientSession() as session:
        async with session.get(f"{url}/api/wrong") as answer:
            assert (answer.status, await answer.json()) == (422, {"error": "missing", "path": "a.b"})
        async with session.get(f"{url}/api/nothing") as answer:
            assert (answer.status, (await answer.json())["path"]) == (404, "")
        async with session.get(f"{url}/page") as answer:
            assert (answer.status, answer.content_type) == (404, "text/plain")


async def test_a_redirection_is_no_refusal() -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("/api/elsewhere")

    async with (
        serve(application([web.get("/api/away", away)]), "127.0.0.1:0") as url,
        ClientSession() as session,
        session.get(f"{url}/api/away", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (302, "/api/elsewhere")


async def test_an_answer_may_have_headers_of_its_own() -> None:
    async def framed(request: web.Request) -> web.Response:
        return web.Response(headers={"Referrer-Policy": "origin"})

    async with (
        serve(application([web.get("/", framed)]), "127.0.0.1:0") as url,
        ClientSession() as session,
        session.get(url) as answer,
    ):
        assert answer.headers["Referrer-Policy"] == "origin"


def test_every_error_of_a_hook_has_a_status() -> None:
    for kind in HookError.__subclasses__():
        assert refusal(kind("x")).status in {401, 415, 422, 503}
    assert refusal(HookError("x")).status == 400
    assert refusal(StoreBusy("x")).status == 503
