"""Alertmanager at its own job, to compare with: an alert in, one webhook out. Nothing of ours is in it.

It keeps alerts in memory and words nothing; the figures say what a mature program in Go needs for that much less.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.bodies import api_v2
from benchmarks.processes import post_all
from benchmarks.throughput import Throughput, proven
from benchmarks.wire import connect, request
from bot import clock

PROGRAM = "prometheus-alertmanager"
INSTALL = f"apt-get install {PROGRAM}"
ALERTS = "/api/v2/alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds, one value a round. posted: to the webhook's last byte; accepted: to the answer."""

    posted: list[float]
    accepted: list[float]


def present() -> bool:
    """Whether it is installed."""
    return shutil.which(PROGRAM) is not None


async def version() -> str:
    """What it says it is."""
    process = await asyncio.create_subprocess_exec(PROGRAM, "--version", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = re.search(r"version (\S+)", out.decode())
    return found[1] if found else "unknown"


async def latency(folder: Path, *, rounds: int) -> Latency:
    """One alert at a time, each a group of its own, so that each is told of at once. Raises TimeoutError."""
    posted, accepted = [], []
    async with _sink() as (address, arrivals), _running(folder, address) as url:
        connection = await connect(url)
        for number in range(rounds):
            ready = request(ALERTS, api_v2([number], at=clock.now(), group=f"Round{number}"))
            left = time.time()
            status, answer = await connection.ask(ready)
            accepted.append(time.time() - left)
            if status != 200:
                raise RuntimeError(f"answered {status}: {answer.decode()}")
            async with asyncio.timeout(30):
                posted.append(await arrivals.get() - left)
        connection.close()
    return Latency(posted=posted, accepted=accepted)


async def throughput(folder: Path, *, signals: int, batch: int, connections: int, seconds: float) -> Throughput:
    """Post distinct alerts of one group, so many a body. It tells of the first at once, of the rest minutes later."""
    now = clock.now()
    bodies = (api_v2(range(first, first + batch), at=now, group="Storm") for first in range(0, signals, batch))
    async with _sink() as (address, _), _running(folder, address) as url:
        requests = [request(ALERTS, body) for body in bodies]
        posted = await post_all(url, requests, connections=connections, seconds=seconds)
    return proven(posted, batch=batch, stored=None)


@asynccontextmanager
async def _sink() -> AsyncIterator[tuple[str, asyncio.Queue[float]]]:
    """A receiver of webhooks: its address, and when each one was there in unix seconds."""
    arrivals: asyncio.Queue[float] = asyncio.Queue()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                await reader.readexactly(int(length[1]) if length else 0)
                arrivals.put_nowait(time.time())
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", arrivals
    finally:
        server.close()


@asynccontextmanager
async def _running(folder: Path, sends_to: str) -> AsyncIterator[str]:
    """One with a memory of its own, in an empty folder; its address. Raises RuntimeError when it does not start."""
    config = _configured(folder, sends_to)
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        f"--config.file={config}",
        f"--storage.path={folder}/data",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
        stderr=asyncio.subprocess.PIPE,
    )
    if process.stderr is None:
        raise RuntimeError("a process started with pipes has pipes")
    drained = None
    try:
        async with asyncio.timeout(30):
            url = await _listening(process.stderr)
        drained = asyncio.create_task(process.stderr.read())  # else it would stand still once the pipe is full
        yield url
    finally:
        process.terminate()
        await process.wait()
        if drained is not None:
            await drained


def _configured(folder: Path, sends_to: str) -> Path:
    """Its configuration, in a new folder."""
    folder.mkdir(parents=True)
    route = {"receiver": "sink", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "5m"}
    receiver = {"name": "sink", "webhook_configs": [{"url": sends_to}]}
    config = folder / "alertmanager.yml"
    config.write_text(yaml.safe_dump({"route": route, "receivers": [receiver]}), encoding="utf-8")
    return config


async def _listening(log: asyncio.StreamReader) -> str:
    """Read its log until it says where it listens."""
    said = []
    while line := await log.readline():
        said.append(line.decode())
        if found := re.search(r'msg="Listening on" address=(\S+)', said[-1]):
            return f"http://{found[1]}"
    raise RuntimeError("".join(said))
