"""The HTTP beneath python-telegram-bot: its request interface over one shared aiohttp session. Retries nothing.

aiohttp instead of the library's own httpx: about ten times the calls a second for a fifth of the CPU time, and no
collapse above 150 a second (https://github.com/encode/httpx/issues/3215).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

HIDDEN = URL("/hidden")
"""Stands where an error would show an address; addresses hold the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait where a call names none. pool: for a free connection; connect: until it stands;
    write and read: for each side to move on. None waits for ever."""

    pool: float | None = 5.0
    connect: float | None = 5.0
    write: float | None = 5.0
    read: float | None = 15.0


class AiohttpRequest(BaseRequest):
    """Moves the library's requests over one aiohttp session with a pool of connections.

    Raises TimedOut or NetworkError whose ``__cause__`` is aiohttp's error, so that ``failures`` can tell whether
    anything was sent. No error shows the address, which holds the token. Uploads are not supported: we send words.
    """

    def __init__(self, *, connections: int = 64, timeouts: Timeouts | None = None) -> None:
        self._connections = connections
        self._timeouts = timeouts or Timeouts()
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer where a call names none."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Open the session; again does nothing."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})

    async def shutdown(self) -> None:
        """Close the session; again does nothing."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: the answer's status and body. Raises TimedOut, NetworkError."""
        if self._session is None:
            raise RuntimeError("this request is not initialized")
        timeout = _client_timeout(
            pool=_seconds(pool_timeout, self._timeouts.pool),
            connect=_seconds(connect_timeout, self._timeouts.connect),
            write=_seconds(write_timeout, self._timeouts.write),
            read=_seconds(read_timeout, self._timeouts.read),
        )
        form = request_data.json_parameters if request_data else None
        try:
            async with self._session.request(method, url, data=form, timeout=timeout, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(f"Timed out: {type(error).__name__}") from _without_address(error)
        except aiohttp.ClientError as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from _without_address(error)


@asynccontextmanager
async def open_bot(
    token: SecretStr, base_url: str, *, timeouts: Timeouts | None = None, connections: int = 1000
) -> AsyncIterator[Bot]:
    """A bot over one session that is closed at the end.

    Asks Telegram nothing yet (``Bot.initialize`` would, and fail): the service starts while Telegram is down.
    base_url: of the Bot API server; the token follows directly; connections: at most so many at once.
    """
    async with AiohttpRequest(timeouts=timeouts, connections=connections) as request:
        yield Bot(token.get_secret_value(), base_url=base_url, request=request, get_updates_request=request)


def _seconds(given: object, default: float | None) -> float | None:
    """The timeout a call names, else the default."""
    if given is None or isinstance(given, int | float):
        return given
    return default


def _client_timeout(
    *, pool: float | None, connect: float | None, write: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    """In aiohttp's terms: its ``connect`` holds pool and connect together, and writing is bounded by the total."""
    return aiohttp.ClientTimeout(
        connect=_sum(pool, connect), sock_connect=connect, sock_read=read, total=_sum(pool, connect, write, read)
    )


def _sum(*seconds: float | None) -> float | None:
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None


def _without_address(error: Exception) -> Exception:
    """The same error without the address in what it shows."""
    match error:
        case aiohttp.ClientResponseError():
            hidden = error.request_info._replace(url=HIDDEN, real_url=HIDDEN)
            error.request_info = hidden
            error.args = (hidden, ())
        case aiohttp.ConnectionTimeoutError():
            error.args = ("no connection in time",)
        case aiohttp.InvalidURL():
            return type(error)(HIDDEN)
    return error
