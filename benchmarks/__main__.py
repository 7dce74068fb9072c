"""``python -m benchmarks``: measure, print the tables, write docs/benchmarks.md. A quarter of an hour.

--quick: a tenth of everything, and nothing is written; to see whether it works.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    alertmanager,
    changes,
    latency,
    machine,
    pages,
    parsing,
    posts,
    report,
    simulation,
    storm,
    throughput,
)
from benchmarks.figures import Row, aligned, compared, milliseconds
from benchmarks.processes import ROOT
from benchmarks.report import Section
from benchmarks.scene import scene, shipped, unhesitating
from benchmarks.throughput import Throughput

CONNECTIONS = 64
BATCH = 10
LONGEST = 60.0
"""Seconds any one flood of requests may take."""
DOCUMENT = ROOT / "docs" / "benchmarks.md"
AIMS = "Aims: p50 of signal to last post under 10 ms, 3,000 durable signals a second."


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much is measured: rounds of latency; signals of one component, one a request and in batches; times each
    sender's request is read; problems in each storm; seconds of each page; changes in forty languages; seconds of
    posts at each pace; subscribers in the simulated hour.
    """

    rounds: int
    signals: int
    signals_in_batches: int
    readings: int
    problems: int
    turns: int
    changes: int
    sending: int
    subscribers: int


FULL = Amount(
    rounds=200,
    signals=10_000,
    signals_in_batches=20_000,
    readings=2_000,
    problems=10_000,
    turns=3,
    changes=20,
    sending=10,
    subscribers=100_000,
)
QUICK = Amount(
    rounds=20,
    signals=1_000,
    signals_in_batches=2_000,
    readings=200,
    problems=1_000,
    turns=1,
    changes=4,
    sending=1,
    subscribers=2_000,
)


async def _latencies(folder: Path, amount: Amount) -> list[Row]:
    async with scene(folder / "latency", unhesitating()) as at:
        ours = await latency.measure(at, rounds=amount.rounds)
    beside = alertmanager.present()
    theirs = await alertmanager.latency(folder / "latency-alertmanager", rounds=amount.rounds) if beside else None
    posted, accepted = (theirs.posted, theirs.accepted) if theirs else (None, None)
    return [
        milliseconds("signal to last post, p50 (6 posts; Alertmanager: 1 webhook)", 0.5, ours.posted, posted),
        milliseconds("signal to last post, p99", 0.99, ours.posted, posted),
        milliseconds("signal to last post, longest", 1.0, ours.posted, posted),
        milliseconds("an incident opens, p50", 0.5, ours.opened, None),
        milliseconds("an incident ends, p50", 0.5, ours.resolved, None),
        milliseconds("signal to 202 (200), p50", 0.5, ours.accepted, accepted),
        milliseconds("signal to 202 (200), p99", 0.99, ours.accepted, accepted),
    ]


async def _durable(folder: Path, what: str, *, signals: int, batch: int) -> tuple[Row, Throughput]:
    async with scene(folder / f"durable-{batch}", unhesitating()) as at:
        ours = await throughput.measure(at, signals=signals, batch=batch, connections=CONNECTIONS, seconds=LONGEST)
    theirs = None
    if alertmanager.present():
        theirs = await alertmanager.throughput(
            folder / f"durable-{batch}-alertmanager",
            signals=signals,
            batch=batch,
            connections=CONNECTIONS,
            seconds=LONGEST,
        )
    return Row(what=what, unit="signals/s", ours=ours.rate, theirs=theirs.rate if theirs else None), ours


async def _speed(folder: Path, amount: Amount) -> Section:
    rows = await _latencies(folder, amount)
    row, one = await _durable(folder, "durable, one a request", signals=amount.signals, batch=1)
    rows.append(row)
    row, many = await _durable(folder, f"durable, {BATCH} a request", signals=amount.signals_in_batches, batch=BATCH)
    rows.append(row)
    notes = [
        AIMS,
        f"{amount.rounds} rounds; {CONNECTIONS} connections; {one.signals:,} and {many.signals:,} signals, all of them"
        " found in the database after SIGKILL.",
        *([] if alertmanager.present() else [f"Alertmanager is not here: {alertmanager.INSTALL}"]),
    ]
    return Section(table=compared(rows), notes=notes)


def _reading(amount: Amount) -> Section:
    measured = parsing.measure(amount.readings)
    large = parsing.measure_large(max(5, amount.readings // 100))
    return Section(table=parsing.table(measured), notes=[large.sentence])


async def _storms(folder: Path, amount: Amount) -> Section:
    storms = []
    for batch, connections in ((1, CONNECTIONS), (amount.problems, 1)):
        settings = storm.twelve()
        async with scene(folder / f"storm-{batch}", settings) as at:
            storms.append(
                await storm.measure(at, problems=amount.problems, batch=batch, connections=connections, seconds=LONGEST)
            )
    return Section(table=storm.table(storms, languages=len(settings["languages"])), notes=[])


async def _pages(folder: Path, amount: Amount) -> Section:
    async with scene(folder / "pages", shipped()) as at:
        measured = await pages.measure(at, folder / "pages", turns=amount.turns)
    return Section(table=pages.table(measured), notes=pages.notes(measured))


async def _changes(folder: Path, amount: Amount) -> Section:
    measured = []
    for channels in (True, False):
        settings = changes.forty(channels=channels)
        async with scene(folder / f"changes-{channels}", settings) as at:
            measured.append(await changes.measure(at, settings["languages"], changes=amount.changes))
    return Section(table=changes.table(measured), notes=changes.notes(measured))


async def _posts(folder: Path, amount: Amount) -> Section:
    measured = await posts.measure(folder / "posts", seconds=amount.sending)
    return Section(table=posts.table(measured), notes=[])


async def _hour(folder: Path, amount: Amount) -> Section:
    """Beside this loop, for it has one of its own."""
    lived = await asyncio.to_thread(simulation.measure, folder / "hour", subscribers=amount.subscribers)
    return Section(table=simulation.table(lived), notes=[])


async def _measure(amount: Amount, *, write: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        facts = await machine.facts(folder)
        reading = _reading(amount)
        speed = await _speed(folder, amount)
        storms = await _storms(folder, amount)
        viewed = await _pages(folder, amount)
        changed = await _changes(folder, amount)
        sent = await _posts(folder, amount)
        hour = await _hour(folder, amount)
    for section in (speed, reading, storms, viewed, changed, sent, hour):
        print(aligned(section.table), "", *section.notes, "", sep="\n")
    print(*(f"{name}: {value}" for name, value in facts), sep="\n")
    if write:
        report.write(
            DOCUMENT,
            speed=speed,
            reading=reading,
            storms=storms,
            pages=viewed,
            changes=changed,
            posts=sent,
            hour=hour,
            machine=facts,
            connections=CONNECTIONS,
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, nothing is written")
    quick = parser.parse_args().quick
    asyncio.run(_measure(QUICK if quick else FULL, write=not quick))


if __name__ == "__main__":
    main()
