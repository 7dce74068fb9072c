"""``/hooks/{name}``: from a monitor's request to a stored signal. Hops 1 to 4 of the data path; decides nothing.

202 is answered when ``report`` returns, which is after its commit. What a source must look up to know its sender, it
only names: it is fetched here. Refusals are logged by source, status and reason;
never with headers, bodies or queries, which carry secrets.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import structlog
from aiohttp import web
from prometheus_client import Counter

from bot import clock
from bot.domain.model import Signal, SignalState
from bot.errors import HookError, Malformed, StoreBusy, Unreachable, UnreadableBody
from bot.sources.base import HookRequest, Source
from bot.sources.reading import MOST_ITEMS
from bot.web.server import patience, refusal

Report = Callable[[Sequence[Signal]], Awaitable[Any]]
"""Stores the signals and returns when they are committed. Raises StoreBusy."""

Heard = Callable[[str], Awaitable[None]]
"""Notes that a source has spoken, whatever it said. Raises StoreBusy."""

_PLAIN = frozenset({"", "identity"})
_PACKED = frozenset({"gzip", "deflate"})
_ANY_ZLIB_HEADER = zlib.MAX_WBITS | 32  # https://docs.python.org/3/library/zlib.html#zlib.decompress
_NOBODY = "unknown"

_log = structlog.get_logger(__name__)


class HookMetrics(Protocol):
    """What is counted here: requests by the labels source and status."""

    @property
    def hook_requests_total(self) -> Counter:
        """Labels: source, "unknown" when not configured, and the HTTP status."""
        ...


class Fetching(Protocol):
    """Fetches what senders point at."""

    async def certificate(self, address: str) -> bytes:
        """The PEM document at the address. Raises Unreachable."""
        ...

    async def visit(self, address: str) -> bytes:
        """What the address answers. Raises Unreachable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """at_once: requests in hand, more are answered 429; bytes_at_once: so many bytes that they may bring together;
    body_within: how long a body may take to arrive, else 408.
    """

    at_once: int = 256
    bytes_at_once: int = 64 * 1024 * 1024
    body_within: timedelta = timedelta(seconds=10)


def routes(
    sources: Mapping[str, Source],
    report: Report,
    metrics: HookMetrics,
    *,
    heard: Heard | None = None,
    fetcher: Fetching | None = None,
    limits: Limits | None = None,
) -> list[web.RouteDef]:
    """The addresses of the sources, by their configured names.

    heard: called with the name of every source that has proved who it is; fetcher: None where nothing is fetched: a
    sender whose proof needs that is told to come again.
    """
    receiver = _Receiver(sources, report, metrics, heard=heard, fetcher=fetcher, limits=limits or Limits())
    return [web.route("*", "/hooks/{name}", receiver.receive)]


class _Receiver:
    def __init__(
        self,
        sources: Mapping[str, Source],
        report: Report,
        metrics: HookMetrics,
        *,
        heard: Heard | None,
        fetcher: Fetching | None,
        limits: Limits,
    ) -> None:
        self._sources = sources
        self._report = report
        self._metrics = metrics
        self._heard = heard
        self._fetcher = fetcher
        self._limits = limits
        self._in_hand = 0
        self._bytes_in_hand = 0

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, count it, and log why when it is refused."""
        source = self._sources.get(request.match_info["name"])
        name = source.name if source else _NOBODY
        status = 500  # unless something better is known
        self._in_hand += 1
        try:
            answer = web.json_response(await self._accept(source, request), status=202)
            status = answer.status
        except (HookError, StoreBusy, web.HTTPException) as error:
            answer = refusal(error)
            status = answer.status
            reason = error.reason if isinstance(error, web.HTTPException) else str(error)
            _log.warning("hook refused", source=name, status=status, reason=reason)
        finally:
            self._in_hand -= 1
            self._metrics.hook_requests_total.labels(source=name, status=str(status)).inc()
        return answer

    async def _accept(self, source: Source | None, request: web.Request) -> dict[str, Any]:
        """What the answer says once everything is stored."""
        if source is None:
            raise web.HTTPNotFound
        if request.method not in source.methods:
            raise web.HTTPMethodNotAllowed(request.method, sorted(source.methods))
        if self._in_hand > self._limits.at_once:
            raise web.HTTPTooManyRequests(headers=patience())
        hook = await self._read(request)
        if address := source.wants(hook):
            hook = replace(hook, certificate=await self._fetching().certificate(address))
        source.verify(hook)
        if self._heard is not None:
            await self._heard(source.name)
        signals = source.parse(hook)
        if len(signals) > MOST_ITEMS:
            raise Malformed(f"{len(signals)} signals, at most {MOST_ITEMS} are taken at once")
        if signals:
            await self._report(signals)
            _tell_tests(signals)
        if address := source.confirms(hook):
            await self._fetching().visit(address)
            _log.info("subscription confirmed", source=source.name)
        return {"accepted": len(signals), **source.answer(hook)}

    def _fetching(self) -> Fetching:
        if self._fetcher is None:
            raise Unreachable("this service fetches nothing")
        return self._fetcher

    async def _read(self, request: web.Request) -> HookRequest:
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in _PLAIN | _PACKED:
            raise UnreadableBody("expected a body that is not encoded, or by gzip or deflate")
        body = await self._receive_body(request)
        return HookRequest(
            method=request.method,
            headers={name.lower(): value for name, value in request.headers.items()},
            query={name: value for name, value in request.query.items()},  # noqa: C416 - dict() keeps the first of a name
            body=_unpack(body, request.client_max_size) if encoding in _PACKED else body,
            received_at=clock.now(),
        )

    async def _receive_body(self, request: web.Request) -> bytes:
        """The bytes as they come. aiohttp stops reading at its limit, whatever length was announced."""
        announced = request.content_length if request.body_exists else 0
        largest = request.client_max_size if announced is None else announced
        if largest > request.client_max_size:
            raise web.HTTPRequestEntityTooLarge(request.client_max_size)
        if self._bytes_in_hand + largest > self._limits.bytes_at_once:
            raise web.HTTPTooManyRequests(headers=patience())
        self._bytes_in_hand += largest
        try:
            return await self._arrived(request)
        finally:
            self._bytes_in_hand -= largest

    async def _arrived(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._limits.body_within.total_seconds()):
                return await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (web.RequestPayloadError, ConnectionError):
            raise web.HTTPBadRequest(reason="The body did not arrive whole") from None


def _tell_tests(signals: Sequence[Signal]) -> None:
    """Whoever sets a sender up sees that it came through, and a code that some senders want to hear back."""
    for signal in signals:
        if signal.state is SignalState.TEST:
            _log.info("test received", source=signal.source, summary=signal.summary)


def _unpack(body: bytes, largest: int) -> bytes:
    """The body decompressed, never more than ``largest`` bytes of it: a gigabyte of blanks packs into one megabyte."""
    unpacker = zlib.decompressobj(_ANY_ZLIB_HEADER)
    try:
        unpacked = unpacker.decompress(body, largest + 1)
    except zlib.error:
        raise web.HTTPBadRequest(reason="The body is not packed as it says") from None
    if len(unpacked) > largest:
        raise web.HTTPRequestEntityTooLarge(largest)
    if not unpacker.eof:
        raise web.HTTPBadRequest(reason="The packed body is cut off")
    return unpacked
