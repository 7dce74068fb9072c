"""What senders point at, fetched from their own hosts: certificates, and the confirmation of a subscription.

The only place where a request from outside makes us open a connection, so it is narrow: https, the hosts that are
listed, no redirects, small and quick. Not for status pages, which are looked at without anybody asking.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ssl import SSLContext
from typing import TypeVar

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.errors import Unreachable

LARGEST = 64 * 1024
"""Bytes of an answer; a longer one is refused."""

WITHIN = timedelta(seconds=10)
"""How long a request may take, all of it."""

MOST_KEPT = 16
"""Certificates kept in memory, of those that have proved a sender and of the others each; the oldest goes first."""

MOST_AT_ONCE = 4
"""Certificates asked for at once. They are asked for before the sender is known, so whoever comes beyond must wait."""

REMEMBERED = timedelta(seconds=15)
"""How long a certificate that could not be had is not asked for again. SNS tries again after 20 seconds, three times:

https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

_T = TypeVar("_T")
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


class Fetcher:
    """Opens addresses on the listed hosts, and no others."""

    def __init__(
        self, session: ClientSession, hosts: re.Pattern[str], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        """hosts: must match the whole name of a host; now: seconds that only ever grow."""
        self._session = session
        self._hosts = hosts
        self._now = now
        self._trusted: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._failed: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[bytes]] = {}

    async def certificate(self, address: str) -> bytes:
        """The PEM document at the address, asked for once, however many want it. Raises Unreachable."""
        known = self._trusted.get(address) or self._kept.get(address)
        if known is not None:
            return known
        if self._now() - self._failed.get(address, -math.inf) < REMEMBERED.total_seconds():
            raise Unreachable("the sender's host had no certificate a moment ago")
        if address not in self._asking:
            if len(self._asking) >= MOST_AT_ONCE:
                raise Unreachable("too many certificates of the sender's host are asked for already")
            self._asking[address] = asyncio.create_task(self._ask(address))
            self._asking[address].add_done_callback(lambda asked: self._answered(address, asked))
        return await asyncio.shield(self._asking[address])

    def trust(self, address: str) -> None:
        """Keep the certificate there, which has proved a sender, whatever else is asked for."""
        if address not in self._trusted and (document := self._kept.pop(address, None)) is not None:
            _put(self._trusted, address, document)

    def stop(self) -> None:
        """Wait for nothing any more."""
        for asking in self._asking.values():
            asking.cancel()

    def _answered(self, address: str, asked: asyncio.Task[bytes]) -> None:
        del self._asking[address]
        if not asked.cancelled():
            asked.exception()  # read here too: whoever wanted it may have gone away

    async def _ask(self, address: str) -> bytes:
        try:
            document = await self.visit(address)
            if _CERTIFICATE not in document:
                raise Unreachable("expected a certificate from the sender's host, found something else")
        except Unreachable:
            _put(self._failed, address, self._now())
            raise
        _put(self._kept, address, document)
        return document

    async def visit(self, address: str) -> bytes:
        """What a GET of the address answers with status 200, as it came. Raises Unreachable."""
        url = self._own(address)
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                return await _small(answer)
        except (ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"the sender's host did not answer: {type(error).__name__}") from error

    def _own(self, address: str) -> URL:
        """The address as it is written: quoting anew would change what the sender signed or expects."""
        try:
            url = URL(address, encoded=True)
        except ValueError:
            raise Unreachable("the sender points at no web address") from None
        if url.scheme != "https" or url.explicit_port or url.user or not self._hosts.fullmatch(url.host or ""):
            raise Unreachable("the sender points at a host that is not its own")
        return url


def _put(kept: dict[str, _T], address: str, value: _T) -> None:
    """Keep it, as the newest; the oldest goes when there are too many."""
    kept.pop(address, None)
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
    kept[address] = value


async def _small(answer: ClientResponse) -> bytes:
    if answer.status != 200:
        raise Unreachable(f"the sender's host answered {answer.status}, expected 200")
    body = b""
    async for chunk in answer.content.iter_chunked(8192):
        body += chunk
        if len(body) > LARGEST:
            raise Unreachable(f"the sender's host answered with more than {LARGEST} bytes")
    return body


@asynccontextmanager
async def open_fetcher(
    hosts: re.Pattern[str],
    *,
    resolver: AbstractResolver | None = None,
    ssl: SSLContext | bool = True,
    within: timedelta = WITHIN,
    now: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Fetcher]:
    """A fetcher while the context is open.

    hosts: must match the whole name of a host; resolver: how names become addresses, None for the system's way;
    ssl: whom to trust, True for whom the system trusts; within: how long a request may take; now: seconds that only
    ever grow.
    """
    connector = TCPConnector(resolver=resolver, ssl=ssl, limit=4)
    session = ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=within.total_seconds()),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
    )
    async with session:
        fetcher = Fetcher(session, hosts, now=now)
        try:
            yield fetcher
        finally:
            fetcher.stop()
