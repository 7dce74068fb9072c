"""``python -m benchmarks.client``: many connections that post as fast as they are answered. A process of its own.

Standard input: JSON lines, the first {"url", "connections", "seconds"}, the others one request each, as text.
Standard output: one JSON object, the fields of ``Posted``. All requests are read before the first is sent.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import uvloop

from benchmarks.wire import Connection, connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of the requests. seconds: from the first to the last answer; statuses: answers by HTTP status;
    busy: the share of that time this process computed: near 1 it is the client that was measured."""

    seconds: float
    statuses: dict[str, int]
    busy: float

    @property
    def accepted(self) -> int:
        """Requests answered with a status below 300."""
        return sum(number for status, number in self.statuses.items() if int(status) < 300)


async def post(url: str, requests: list[bytes], *, connections: int, seconds: float) -> Posted:
    """Post them all, over so many connections, for at most so long. Raises OSError."""
    opened = [await connect(url) for _ in range(connections)]
    statuses: Counter[str] = Counter()
    waiting = iter(requests)
    began, computed = time.perf_counter(), time.process_time()
    try:
        async with asyncio.TaskGroup() as tasks:
            for connection in opened:
                tasks.create_task(_post_on(connection, waiting, statuses, until=began + seconds))
    finally:
        for connection in opened:
            connection.close()
    took = time.perf_counter() - began
    return Posted(seconds=took, statuses=dict(statuses), busy=(time.process_time() - computed) / took)


async def _post_on(connection: Connection, waiting: Iterator[bytes], statuses: Counter[str], *, until: float) -> None:
    for request in waiting:
        status, _ = await connection.ask(request)
        statuses[str(status)] += 1
        if time.perf_counter() > until:
            return


def main() -> None:
    """Read, post, tell."""
    order, *requests = (json.loads(line) for line in sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        posted = runner.run(post(**order, requests=[each.encode() for each in requests]))
    print(json.dumps(asdict(posted)))


if __name__ == "__main__":
    main()
