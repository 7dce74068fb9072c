"""How many signals a second are stored durably, when a storm of them comes over many connections at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from benchmarks.bodies import webhook
from benchmarks.client import Posted
from benchmarks.processes import post_all
from benchmarks.scene import HOOK, SECRET, Scene
from benchmarks.wire import request
from bot import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """signals: acknowledged, and found in the database after the service was killed; busy: the client's share of a
    core."""

    signals: int
    seconds: float
    busy: float

    @property
    def rate(self) -> float:
        """Signals a second."""
        return self.signals / self.seconds


async def measure(at: Scene, *, signals: int, batch: int, connections: int, seconds: float) -> Throughput:
    """Post distinct problems of one component, so many a body: one incident opens, everything is stored.

    Kills the service at the end. Raises RuntimeError when it refused some, or lost some it had acknowledged.
    """
    now = clock.now()
    bodies = (webhook(range(first, first + batch), firing=True, at=now, run="20") for first in range(0, signals, batch))
    requests = [request(HOOK, body, bearer=SECRET) for body in bodies]
    posted = await post_all(at.service.url, requests, connections=connections, seconds=seconds)
    await at.service.kill()
    return proven(posted, batch=batch, stored=_stored(at))


def proven(posted: Posted, *, batch: int, stored: int | None) -> Throughput:
    """The rate, if all was accepted, and stored where anybody looked. Raises RuntimeError otherwise."""
    accepted = posted.accepted * batch
    if set(posted.statuses) - {"200", "202"} or (stored is not None and stored < accepted):
        raise RuntimeError(f"answers by status: {posted.statuses}; stored: {stored}")
    return Throughput(signals=accepted, seconds=posted.seconds, busy=posted.busy)


def _stored(at: Scene) -> int:
    with closing(sqlite3.connect(at.database)) as connection:
        return int(connection.execute("SELECT count(*) FROM problems WHERE state = 'firing'").fetchone()[0])
