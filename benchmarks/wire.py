"""HTTP/1.1 over one kept-alive connection, with requests built beforehand. Not a client for anything but measuring."""

from __future__ import annotations

import asyncio
import re
import time
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_ALIVE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def request(path: str, body: bytes, *, bearer: str = "") -> bytes:
    """The bytes of a POST of JSON. bearer: the secret shown, "" for none."""
    shown = f"Authorization: Bearer {bearer}\r\n" if bearer else ""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{shown}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, *, coding: str) -> bytes:
    """The bytes of a GET. coding: the Accept-Encoding."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {coding}\r\n\r\n".encode()


class Connection(asyncio.Protocol):
    """One request at a time; answers must announce their length. Get one from ``connect``."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; the answer's status and body. Raises ConnectionError when the connection ends instead."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the connection has ended")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """End the connection; again does nothing."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are ones by shape, not by name

    def data_received(self, data: bytes) -> None:
        """A part of an answer."""
        self._received += data
        head, end, body = self._received.partition(_END_OF_HEAD)
        length = _LENGTH.search(head) if end else None
        if length is None or len(body) < int(length[1]) or self._answer is None:
            return
        self._received = b""
        if not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has gone."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the connection ended before the answer"))


async def connect(url: str) -> Connection:
    """A connection to ``http://host:port``. Raises OSError."""
    host, _, port = urlsplit(url).netloc.rpartition(":")
    _, connection = await asyncio.get_running_loop().create_connection(Connection, host, int(port))
    return connection


async def waits(url: str, over: asyncio.Event, *, between: float) -> list[float]:
    """Somebody else asks now and then whether the service lives: seconds that each answer took, at least one.

    over: when to stop; between: seconds from an answer to the next question.
    """
    taken: list[float] = []
    connection = await connect(url)
    try:
        while not (taken and over.is_set()):
            asked = time.perf_counter()
            await connection.ask(_ALIVE)
            taken.append(time.perf_counter() - asked)
            await asyncio.sleep(between)
    finally:
        connection.close()
    return taken
