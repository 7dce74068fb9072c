"""How many posts a second leave, and what one costs, over TLS to a far side that answers 50 ms late; beside aiohttp."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import Table, ratio, written
from benchmarks.processes import ROOT, TO_START, far_side
from benchmarks.sending import FREE, PAID, Order, Took
from benchmarks.standin import CERTIFICATE

DELAY = 0.05
AT_ONCE = 5000
"""Posts a second asked for to see how many there can be."""
LONGEST = 120.0
"""Seconds that one run may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """At one pace: what the service took and what bare aiohttp took for the same number of posts."""

    pace: int
    posts: int
    ours: Took
    bare: Took


async def measure(folder: Path, *, seconds: int) -> list[Posted]:
    """At Telegram's usual pace, at the one that is paid for, and as fast as it goes; each about so many seconds."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    measured = []
    async with far_side(folder, DELAY) as url:
        for pace, posts in ((FREE, FREE * seconds), (PAID, PAID * seconds), (AT_ONCE, PAID * seconds)):
            runs = {}
            for way in ("bare", "service"):
                at = folder / f"{way}-{pace}"
                await asyncio.to_thread(at.mkdir)
                order = Order(way=way, url=url, folder=str(at), posts=posts, pace=pace)
                runs[way] = await _carried_out(order, trusting=folder / CERTIFICATE)
            measured.append(Posted(pace=pace, posts=posts, ours=runs["service"], bare=runs["bare"]))
    return measured


async def _carried_out(order: Order, *, trusting: Path) -> Took:
    """In a process of its own. Raises RuntimeError when it fails."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.sending", cwd=ROOT, stdin=pipe, stdout=pipe, env=_trusting(trusting)
    )
    try:
        async with asyncio.timeout(LONGEST + TO_START):
            out, _ = await process.communicate(json.dumps(asdict(order)).encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"{order.way} at {order.pace} a second ended with {process.returncode}")
    return Took(**json.loads(out))


def _trusting(certificate: Path) -> Mapping[str, str]:
    return {**os.environ, "SSL_CERT_FILE": str(certificate), "PTB_TIMEDELTA": "1"}


def table(measured: Sequence[Posted]) -> Table:
    """Two rows per pace."""
    rows = []
    for at in measured:
        asked = f"{at.pace:,} a second allowed" if at.pace != AT_ONCE else "as fast as it goes"
        rates = at.posts / at.ours.seconds, at.posts / at.bare.seconds
        costs = at.ours.cpu / at.posts * 1000, at.bare.cpu / at.posts * 1000
        rows.append((f"{asked}: posts a second", *map(written, rates), ratio(*rates)))
        rows.append((f"{asked}: CPU per post, ms", *map(written, costs), ratio(*costs)))
    return Table(head=("", "this service", "bare aiohttp", "ratio"), rows=rows, texts=1)
