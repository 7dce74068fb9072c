"""What reading one request costs, per kind of sender: all that a source computes, beside ``json.loads`` of the bytes.

In this process, with nothing around it: no HTTP, no database. The requests are the fixtures, with a proof that holds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.bodies import webhook
from benchmarks.figures import NOT_MEASURED, Table, quantile, ratio, written
from bot import clock
from bot.domain.model import SignalState
from bot.sources.base import HookRequest, Source
from bot.sources.registry import TYPES
from tests.sources import amazon
from tests.sources.fixture import Fixture, fixtures_of, source_of
from tests.sources.signing import SIGNERS

ALERTS = 10_000
"""In the one large body."""
_WORD = "the-monitors-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsing:
    """what: was read; size: bytes of the body; read, loaded: seconds, medians of the source's work and of
    ``json.loads``; loaded is None where the body is no JSON.
    """

    what: str
    size: int
    read: float
    loaded: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, in the order of ``table``."""
        loaded = None if self.loaded is None else self.loaded * 1e6
        size = f"{self.size:,}" if self.size else NOT_MEASURED
        return self.what, size, written(self.read * 1e6), written(loaded), ratio(self.read, self.loaded)

    @property
    def sentence(self) -> str:
        """The same of a large body, in milliseconds and megabytes."""
        loaded = 0.0 if self.loaded is None else self.loaded
        return (
            f"{self.what}, {self.size / 1e6:.2f} MB: {self.read * 1e3:,.0f} ms;"
            f" json.loads of it {loaded * 1e3:,.0f} ms ({ratio(self.read, self.loaded)})."
        )


def measure(times: int) -> list[Parsing]:
    """The first fixture of every type in which something begins, each so many times."""
    return [_measure(kind.type, times, *_proven(_first_firing(kind.type))) for kind in TYPES]


def measure_large(times: int) -> Parsing:
    """Alertmanager with ``ALERTS`` different alerts in one body."""
    body = webhook(range(ALERTS), firing=True, at=clock.now(), run="30")
    request = HookRequest(headers=_showing(_WORD), body=body, received_at=clock.now())
    return _measure(
        f"alertmanager with {ALERTS:,} alerts in one body", times, source_of("alertmanager", _WORD), request
    )


def table(measured: list[Parsing]) -> Table:
    """One row per type."""
    head = ("type", "bytes", "verify and parse, µs", "json.loads, µs", "ratio")
    return Table(head=head, rows=[each.cells for each in measured], texts=1)


def _measure(what: str, times: int, source: Source, request: HookRequest) -> Parsing:
    """By turns, so that what else the machine does disturbs both alike. Raises whatever the source refuses with."""
    is_json = _is_json(request.body)
    read, loaded = [], []
    for _ in range(times):
        read.append(_seconds(lambda: _read(source, request)))
        if is_json:
            loaded.append(_seconds(lambda: json.loads(request.body)))
    return Parsing(
        what=what,
        size=len(request.body),
        read=quantile(read, 0.5),
        loaded=quantile(loaded, 0.5) if loaded else None,
    )


def _read(source: Source, request: HookRequest) -> None:
    source.wants(request)
    source.verify(request)
    if not source.parse(request):
        raise RuntimeError(f"{source.name}: the request says nothing")


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _first_firing(name: str) -> Fixture:
    """In JSON where the sender has it."""
    begin = [
        each
        for each in fixtures_of(name)
        if each.name.startswith("firing") and any(told.state is SignalState.FIRING for told in each.signals)
    ]
    return next((each for each in begin if _is_json(each.request.body)), begin[0])


def _proven(fixture: Fixture) -> tuple[Source, HookRequest]:
    """The source as it is configured for work, and the request with what proves it to that."""
    now = clock.now()
    request = replace(fixture.request, received_at=now)
    if signer := SIGNERS.get(fixture.type):
        return source_of(fixture.type, signer.key, **fixture.options), signer.sign(request, signer.key, now)
    source = source_of(fixture.type, fixture.secret or _WORD, **fixture.options)
    if fixture.secret is None:
        request = replace(request, headers={**request.headers, **_showing(_WORD)})
    if fixture.type == "aws_sns":
        return source, _signed_by_amazon(request)
    return source, request


def _showing(word: str) -> dict[str, str]:
    return {"authorization": f"Bearer {word}"}


def _signed_by_amazon(request: HookRequest) -> HookRequest:
    message = json.loads(request.body)["Message"]
    envelope = amazon.signed(amazon.notification(message, at=request.received_at))
    certificate = amazon.certificate(amazon.signing_key())
    return replace(request, body=json.dumps(envelope).encode(), certificate=certificate)
