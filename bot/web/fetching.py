"""What senders point at, fetched from their own hosts: certificates, and the confirmation of a subscription.

The only place where a request from outside makes us open a connection, so it is narrow: https, the hosts that are
listed, no redirects, small and quick. Not for status pages, which are looked at without anybody asking.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ssl import SSLContext

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.errors import Unreachable

LARGEST = 64 * 1024
"""Bytes of an answer; a longer one is refused."""

WITHIN = timedelta(seconds=10)
"""How long a request may take, all of it."""

MOST_KEPT = 16
"""Certificates kept in memory; the oldest goes first. A sender has one at a time."""

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


class Fetcher:
    """Opens addresses on the listed hosts, and no others."""

    def __init__(self, session: ClientSession, hosts: re.Pattern[str]) -> None:
        """hosts: must match the whole name of a host."""
        self._session = session
        self._hosts = hosts
        self._kept: dict[str, bytes] = {}

    async def certificate(self, address: str) -> bytes:
        """The PEM document at the address, asked for once. Raises Unreachable."""
        if address not in self._kept:
            document = await self.visit(address)
            if _CERTIFICATE not in document:
                raise Unreachable("expected a certificate from the sender's host, found something else")
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[address] = document
        return self._kept[address]

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
) -> AsyncIterator[Fetcher]:
    """A fetcher while the context is open.

    hosts: must match the whole name of a host; resolver: how names become addresses, None for the system's way;
    ssl: whom to trust, True for whom the system trusts; within: how long a request may take.
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
        yield Fetcher(session, hosts)
