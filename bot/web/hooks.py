"""``/hooks/{name}``: from a monitor's request to a stored signal. Hops 1 to 4 of the data path; decides nothing.

202 is answered when ``report`` returns, which is after its commit. Until a sender is known it is a stranger, and
strangers have a room of their own, where they are only in each other's way. What a source must look up to know its
sender, it only names: it is fetched here. Refusals are logged by source, status and reason; never with headers, bodies
or queries, which carry secrets.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import structlog
from aiohttp import web
from prometheus_client import Counter

from bot import clock
from bot.domain.model import Signal, SignalState
from bot.errors import HookError, Malformed, StoreBusy, Unreachable
from bot.sources.base import HookRequest, Source
from bot.sources.reading import MOST_ITEMS
from bot.web.bodies import read_body
from bot.web.rooms import Room, Took
from bot.web.server import refusal

Report = Callable[[Sequence[Signal]], Awaitable[Any]]
"""Stores the signals and returns when they are committed. Raises StoreBusy."""

Heard = Callable[[str], Awaitable[None]]
"""Notes that a source has spoken, whatever it said. Raises StoreBusy."""

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

    def trust(self, address: str) -> None:
        """The certificate there has proved a sender: it is not asked for again."""
        ...

    async def visit(self, address: str) -> bytes:
        """What the address answers. Raises Unreachable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """at_once: requests in hand of known senders, more are answered 429; bytes_at_once: so many bytes they may bring
    together; strangers, strangers_bytes: the same until a sender is known, where the oldest is answered 429;
    body_within: how long a body may take to arrive, else 408.
    """

    at_once: int = 256
    bytes_at_once: int = 64 * 1024 * 1024
    strangers: int = 256
    strangers_bytes: int = 16 * 1024 * 1024
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
        self._within = limits.body_within
        self._known = Room(at_once=limits.at_once, bytes_at_once=limits.bytes_at_once)
        self._strangers = Room(at_once=limits.strangers, bytes_at_once=limits.strangers_bytes, oldest_leaves=True)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, count it, and log why when it is refused."""
        source = self._sources.get(request.match_info["name"])
        name = source.name if source else _NOBODY
        status = 500  # unless something better is known
        try:
            answer = web.json_response(await self._accept(source, request), status=202)
            status = answer.status
        except (HookError, StoreBusy, web.HTTPException) as error:
            answer = refusal(error)
            status = answer.status
            reason = error.reason if isinstance(error, web.HTTPException) else str(error)
            _log.warning("hook refused", source=name, status=status, reason=reason)
        finally:
            self._metrics.hook_requests_total.labels(source=name, status=str(status)).inc()
        return answer

    async def _accept(self, source: Source | None, request: web.Request) -> dict[str, Any]:
        """What the answer says once everything is stored."""
        if source is None:
            raise web.HTTPNotFound
        if request.method not in source.methods:
            raise web.HTTPMethodNotAllowed(request.method, sorted(source.methods))
        head = HookRequest(
            method=request.method,
            headers={name.lower(): value for name, value in request.headers.items()},
            query={name: value for name, value in request.query.items()},  # noqa: C416 - dict() keeps the first of a name
        )
        if source.knows(head):
            async with self._known.enter() as took:
                hook = await self._read(request, head, largest=request.client_max_size, took=took)
                source.verify(hook)
                return await self._take(source, hook)
        hook = await self._introduced(source, request, head)
        async with self._known.enter() as took:
            took(len(hook.body))
            return await self._take(source, hook)

    async def _introduced(self, source: Source, request: web.Request, head: HookRequest) -> HookRequest:
        """The whole request of a sender that only its body can prove, once it has."""
        largest = min(request.client_max_size, source.unproven or request.client_max_size)
        async with self._strangers.enter() as took:
            hook = await self._read(request, head, largest=largest, took=took)
            address = source.wants(hook)
            if address:
                hook = replace(hook, certificate=await self._fetching().certificate(address))
            source.verify(hook)
            if address:
                self._fetching().trust(address)
            return hook

    async def _read(self, request: web.Request, head: HookRequest, *, largest: int, took: Took) -> HookRequest:
        body = await read_body(request, largest=largest, within=self._within, took=took)
        return replace(head, body=body, received_at=clock.now())

    async def _take(self, source: Source, hook: HookRequest) -> dict[str, Any]:
        """Store what a known sender says."""
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


def _tell_tests(signals: Sequence[Signal]) -> None:
    """Whoever sets a sender up sees that it came through, and a code that some senders want to hear back."""
    for signal in signals:
        if signal.state is SignalState.TEST:
            _log.info("test received", source=signal.source, summary=signal.summary)
