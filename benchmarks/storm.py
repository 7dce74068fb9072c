"""Ten thousand problems of twelve components within a minute: what becomes of them, how soon, and in how much memory.

With the judgement as it is by default; what it promises stands beside.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from benchmarks import memory
from benchmarks.bodies import webhook
from benchmarks.figures import NOT_MEASURED, Table, written
from benchmarks.processes import post_all
from benchmarks.scene import HOOK, SECRET, Scene, Settings, shipped
from benchmarks.wire import request, waits
from bot import clock
from bot.config.judgement import Storm

COMPONENTS = tuple(f"part-{number:02}" for number in range(1, 13))
OPERATOR = 1001
PAUSE, BETWEEN = 0.1, 0.02
"""Seconds between looks at whether the service has come to rest, and between questions whether it lives."""

_COUNTS = {
    "problems": "SELECT count(*) FROM problems WHERE state = 'firing'",
    "incidents": "SELECT count(*) FROM incidents",
    "updates": "SELECT count(*) FROM updates WHERE state = 'published'",
    "drafts": "SELECT count(*) FROM updates WHERE state = 'draft'",
    "dropped": "SELECT count(*) FROM updates WHERE state = 'dropped'",
    "notices": "SELECT count(*) FROM notices",
    "owed": "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'leased')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a storm left. requests, connections, size: how it came, size in bytes of all bodies;

    committed: seconds to the last answer; rested: to when nothing was owed any more; longest_wait: seconds that
    somebody else waited for ``/healthz`` meanwhile; before, peak, after: megabytes of the service, None where unknown;
    counts: rows in its database, by the names of ``_COUNTS``; posts: in the channels; edits: of those;
    texts: to the operator.
    """

    requests: int
    connections: int
    size: int
    committed: float
    rested: float
    longest_wait: float
    before: float | None
    peak: float | None
    after: float | None
    counts: Mapping[str, int]
    posts: int
    edits: int
    texts: int


def twelve() -> Settings:
    """A service of twelve components, which all speak by themselves; one operator; the judgement is the default one."""
    return shipped() | {
        "components": {each: {"name": each} for each in COMPONENTS},
        "rules": [
            {"match": {"labels": {"service": each}}, "component": each, "impact": "major", "publish": "automatically"}
            for each in COMPONENTS
        ],
        "operators": [{"telegram_id": OPERATOR, "name": "Duty phone", "role": "publisher", "language": "en"}],
    }


async def measure(at: Scene, *, problems: int, batch: int, connections: int, seconds: float) -> Aftermath:
    """Post distinct problems of all components by turns, so many a body, as fast as they are answered.

    Raises RuntimeError when the service refused or lost some, TimeoutError when it does not come to rest in time.
    """
    pid, bodies = at.service.process.pid, _bodies(problems, batch)
    requests = [request(HOOK, body, bearer=SECRET) for body in bodies]
    before, over = memory.resident(pid), asyncio.Event()
    memory.forget_peak(pid)
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(waits(at.service.url, over, between=BETWEEN))
        began = time.monotonic()
        posted = await post_all(at.service.url, requests, connections=connections, seconds=seconds)
        lag = time.monotonic() - began - posted.seconds  # the client's start, and its end
        over.set()
    await asyncio.to_thread(rest, at, seconds)
    rested = time.monotonic() - began - lag
    if set(posted.statuses) != {"202"} or _counted(at)["problems"] != problems:
        raise RuntimeError(f"answers by status: {posted.statuses}; {_counted(at)['problems']} problems stored")
    return Aftermath(
        requests=len(requests),
        connections=connections,
        size=sum(len(body) for body in bodies),
        committed=posted.seconds,
        rested=rested,
        longest_wait=max(asking.result()),
        before=before,
        peak=memory.peak(pid),
        after=memory.resident(pid),
        counts=_counted(at),
        **await _seen(at),
    )


def _bodies(problems: int, batch: int) -> list[bytes]:
    now = clock.now()
    return [
        webhook(range(first, first + batch), firing=True, at=now, run="40", services=COMPONENTS)
        for first in range(0, problems, batch)
    ]


def rest(at: Scene, seconds: float) -> None:
    """Wait until nothing is owed any more. Raises TimeoutError after so many seconds."""
    until = time.monotonic() + seconds
    while owed := _counted(at)["owed"]:
        if time.monotonic() > until:
            raise TimeoutError(f"{owed} deliveries are still owed")
        time.sleep(PAUSE)


def _counted(at: Scene) -> dict[str, int]:
    with closing(sqlite3.connect(at.database)) as connection:
        return {name: int(connection.execute(query).fetchone()[0]) for name, query in _COUNTS.items()}


async def _seen(at: Scene) -> dict[str, int]:
    """What Telegram was sent."""
    calls = [call for call in await at.fake.calls() if call.outcome == "ok"]
    sent = [call.chat_id for call in calls if call.method == "sendMessage"]
    return {
        "posts": sum(chat is not None and chat < 0 for chat in sent),
        "edits": sum(call.method == "editMessageText" for call in calls),
        "texts": sent.count(OPERATOR),
    }


def table(storms: Sequence[Aftermath], *, languages: int) -> Table:
    """One column per storm, and what was promised."""
    brake = Storm()
    minutes = int(brake.within.total_seconds() / 60)
    told = min(brake.notices, len(COMPONENTS))
    promised = {
        "until all is committed, s": "under 60",
        "memory at most, MB": "flat",
        "memory after, MB": "flat",
        "incidents": f"{len(COMPONENTS)}: one per component",
        "updates published": f"{told}: no more than {brake.notices} in {minutes} minutes",
        "drafts that wait": f"{len(COMPONENTS) - told}: the others",
        "drafts replaced": "0",
        "notices, one per update and language": f"{len(COMPONENTS) * languages}",
        "posts in channels": f"{told * languages}: {told} in each of {languages}",
        "edits of posts": "0",
        "texts to an operator": f"{told + 1}: of each update, and once of the brake",
    }
    columns = [_facts(storm) for storm in storms]
    return Table(
        head=("", "promised", *(column.pop("how it came") for column in columns)),
        rows=[(what, promised.get(what, NOT_MEASURED), *(column[what] for column in columns)) for what in columns[0]],
        texts=2,
    )


def _facts(storm: Aftermath) -> dict[str, str]:
    counts = {name: f"{number:,}" for name, number in storm.counts.items()}
    many = f"{storm.requests:,} requests, {storm.connections} connections"
    return {
        "how it came": many if storm.requests > 1 else "one request",
        "problems, all stored": counts["problems"],
        "bodies, MB": written(storm.size / 1e6),
        "until all is committed, s": written(storm.committed),
        "until nothing is owed, s": written(storm.rested),
        "longest that /healthz took, s": written(storm.longest_wait),
        "memory before, MB": written(storm.before),
        "memory at most, MB": written(storm.peak),
        "memory after, MB": written(storm.after),
        "incidents": counts["incidents"],
        "updates published": counts["updates"],
        "drafts that wait": counts["drafts"],
        "drafts replaced": counts["dropped"],
        "notices, one per update and language": counts["notices"],
        "posts in channels": f"{storm.posts:,}",
        "edits of posts": f"{storm.edits:,}",
        "texts to an operator": f"{storm.texts:,}",
    }
