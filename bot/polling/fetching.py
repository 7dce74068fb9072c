"""One page from the web, by GET: whole, of sane size, in time, from an allowed address. Else NoAnswer.

What the page means is for others to say, and so is when to ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from yarl import URL

from bot import __version__
from bot.errors import NoAnswer
from bot.polling.addresses import Allowed, public, sockets

TIMEOUT = timedelta(seconds=15)
"""For the whole of it, redirects included."""

LARGEST = 5 * 1024 * 1024
"""Bytes, after decompression. The largest page we know has 0.4 MB."""

MOST_REDIRECTS = 3
LONGEST_SILENCE = timedelta(hours=1)
"""How long a Retry-After is obeyed at most."""

_HEADERS = {
    "User-Agent": f"incident-notice-bot/{__version__}",
    "Accept": "application/json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address said last, and what it takes to ask only for something newer.

    etag, modified: its validators as it sent them, "" for none.
    """

    body: bytes
    etag: str = ""
    modified: str = ""


class Fetcher:
    """Fetches pages through one session. Made by ``open_fetcher``."""

    def __init__(self, session: aiohttp.ClientSession, *, within: timedelta, largest: int) -> None:
        self._session, self._within, self._largest = session, within, largest

    async def fetch(self, address: str, known: Answer | None = None) -> Answer:
        """What the address says now; ``known`` itself when it has not changed since. Raises NoAnswer."""
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                return await self._follow(URL(address), known)
        except TimeoutError:
            raise NoAnswer(f"no whole answer within {self._within.total_seconds():g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}"[:300]) from None

    async def _follow(self, url: URL, known: Answer | None) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            async with self._session.get(url, headers=_conditions(known), allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._answer(response, known)
                url = _target(url, response.headers.get("Location", ""))
        raise NoAnswer(f"more than {MOST_REDIRECTS} redirects")

    async def _answer(self, response: aiohttp.ClientResponse, known: Answer | None) -> Answer:
        if response.status == 304 and known is not None:
            return known
        if response.status != 200:
            raise NoAnswer(f"HTTP {response.status}", retry_after=_retry_after(response))
        body = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > self._largest:
                raise NoAnswer(f"more than {self._largest} bytes")
        headers = response.headers
        return Answer(body=bytes(body), etag=headers.get("ETag", ""), modified=headers.get("Last-Modified", ""))


@asynccontextmanager
async def open_fetcher(
    *, allowed: Allowed = public, within: timedelta = TIMEOUT, largest: int = LARGEST
) -> AsyncIterator[Fetcher]:
    """A fetcher, until it is left. allowed: which addresses it may connect to; within: as ``TIMEOUT``; largest: as
    ``LARGEST``.
    """
    connector = aiohttp.TCPConnector(socket_factory=sockets(allowed), limit_per_host=2)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, headers=_HEADERS, cookie_jar=jar) as session:
        yield Fetcher(session, within=within, largest=largest)


def _conditions(known: Answer | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in conditions.items() if value}


def _target(url: URL, location: str) -> URL:
    """Where a redirect leads: within its scheme, or from http to https."""
    if not location:
        raise NoAnswer("a redirect to nowhere")
    target = url.join(URL(location))
    if target.scheme not in {url.scheme, "https"} or not target.host:
        raise NoAnswer("a redirect to another scheme")
    return target


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """In seconds; the other form, a date, is as good as none."""
    text = response.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(text)), LONGEST_SILENCE) if text.isascii() and text.isdigit() else None
