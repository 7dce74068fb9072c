"""How many pages and feeds a second the service gives out, beside aiohttp that gives the same bytes from a dictionary.

Once a page is made; what it costs to make it anew in forty languages is ``changes``.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks import bare
from benchmarks.bodies import webhook
from benchmarks.computing import computed
from benchmarks.figures import NOT_MEASURED, Table, quantile, written
from benchmarks.processes import Service, plain, post_all
from benchmarks.scene import HOOK, SECRET, Scene
from benchmarks.storm import rest
from benchmarks.wire import connect, get, request
from bot import clock

AT_LEAST = 0.6
"""The aim: our requests per second, as a share of the bare handler's."""
CONNECTIONS, SECONDS, MOST = 16, 1.0, 60_000
"""Kept open; seconds of one turn, and the requests it has at most."""
CODINGS = ("identity", "gzip")
_ITS_OWN = frozenset({"content-length", "date", "server"})
"""Headers that aiohttp writes whoever answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Ours or theirs. rates: requests a second, one value a turn; work: seconds computed for one request, None where
    nobody knows.
    """

    rates: Sequence[float]
    work: float | None

    @property
    def rate(self) -> float:
        """The median of the turns."""
        return statistics.median(self.rates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page in one coding. size: bytes of its body; busy: the largest share of a turn in which the client computed:
    near 1 it is the client that was measured.
    """

    path: str
    coding: str
    size: int
    ours: Side
    theirs: Side
    busy: float

    @property
    def share(self) -> float:
        """Our rate as a share of theirs."""
        return self.ours.rate / self.theirs.rate


async def measure(at: Scene, folder: Path, *, turns: int) -> list[Page]:
    """One incident opens; then both sides by turns, one second each. folder: exists.

    Raises RuntimeError when the sides differ in what they answer, or one refuses.
    """
    incident = await _opened(at)
    paths = ("/en/", f"/en/incidents/{incident}", "/en/feed.rss")
    ready = [await asyncio.to_thread(_answer, at.service.url, path, coding) for path in paths for coding in CODINGS]
    bare.save(ready, folder / "answers.json")
    async with plain(folder / "answers.json") as other:
        for each in ready:
            if await asyncio.to_thread(_answer, other.url, each.path, each.coding) != each:
                raise RuntimeError(f"not the same answer: {each.path} in {each.coding}")
        return [await _page(at.service, other, each, turns=turns) for each in ready]


async def _opened(at: Scene) -> int:
    """The number of the one incident, once it is posted everywhere."""
    connection = await connect(at.service.url)
    body = webhook([0], firing=True, at=clock.now(), run="50")
    status, answer = await connection.ask(request(HOOK, body, bearer=SECRET))
    connection.close()
    if status != 202:
        raise RuntimeError(f"answered {status}: {answer.decode()}")
    await asyncio.to_thread(rest, at, 30.0)
    with closing(sqlite3.connect(at.database)) as database:
        return int(database.execute("SELECT id FROM incidents").fetchone()[0])


def _answer(url: str, path: str, coding: str) -> bare.Ready:
    with urlopen(Request(url + path, headers={"Accept-Encoding": coding}), timeout=10) as answer:
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in _ITS_OWN}
        return bare.Ready(path=path, coding=coding, headers=headers, body=answer.read().hex())


async def _page(ours: Service, theirs: Service, ready: bare.Ready, *, turns: int) -> Page:
    rates: dict[str, list[float]] = {ours.url: [], theirs.url: []}
    work, answered, busy = Counter[str](), Counter[str](), 0.0
    for _ in range(turns):
        for side in (ours, theirs):
            asked = [get(ready.path, coding=ready.coding)] * MOST
            before = computed(side.process.pid)
            posted = await post_all(side.url, asked, connections=CONNECTIONS, seconds=SECONDS)
            after = computed(side.process.pid)
            if set(posted.statuses) != {"200"}:
                raise RuntimeError(f"{ready.path}: answers by status: {posted.statuses}")
            rates[side.url].append(posted.accepted / posted.seconds)
            work[side.url] += (after or 0.0) - (before or 0.0)
            answered[side.url] += posted.accepted
            busy = max(busy, posted.busy)
    size = len(ready.body) // 2
    known = computed(ours.process.pid) is not None
    sides = {url: Side(rates=rates[url], work=work[url] / answered[url] if known else None) for url in rates}
    return Page(
        path=ready.path, coding=ready.coding, size=size, ours=sides[ours.url], theirs=sides[theirs.url], busy=busy
    )


def table(pages: Sequence[Page]) -> Table:
    """One row per page and coding, and what was aimed at."""
    head = ("page", "coding", "bytes", "requests/s", "bare", "share", "aim", "computed, µs", "bare")
    return Table(head=head, rows=[_cells(page) for page in pages], texts=2)


def _cells(page: Page) -> tuple[str, ...]:
    return (
        page.path,
        page.coding,
        f"{page.size:,}",
        written(page.ours.rate),
        written(page.theirs.rate),
        f"{page.share:.0%}",
        f"{AT_LEAST:.0%}: {'met' if page.share >= AT_LEAST else 'missed'}",
        *(NOT_MEASURED if side.work is None else written(side.work * 1e6) for side in (page.ours, page.theirs)),
    )


def notes(pages: Sequence[Page]) -> list[str]:
    """How much the figures are worth."""
    turns = len(pages[0].ours.rates)
    shares = [min(side.rates) / quantile(side.rates, 1.0) for page in pages for side in (page.ours, page.theirs)]
    return [
        f"{CONNECTIONS} connections; the median of {turns} turns of {SECONDS:g} s, ours and theirs one after the other."
        f" The slowest turn of a side had at least {min(shares):.0%} of the rate of its fastest; the client computed"
        f" for at most {max(page.busy for page in pages):.0%} of a turn. Computed: the processor time of one request on"
        " either side, which hardly depends on what else the machine does.",
    ]
