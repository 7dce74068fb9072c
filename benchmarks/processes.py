"""Processes that the benchmark starts, and that end with it however it ends. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.client import Posted

ROOT = Path(__file__).parents[1]
TO_START, TO_END = 30.0, 20.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. url: where it answers; process: for those who want to kill it."""

    url: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """SIGKILL: what is not in its database then is lost."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def service(config: Path) -> AsyncIterator[Service]:
    """The service on this configuration; its log goes beside it.

    Raises RuntimeError, with the end of the log, when it does not start.
    """
    async with _up("benchmarks.service", config) as running:
        yield running


@asynccontextmanager
async def plain(answers: Path) -> AsyncIterator[Service]:
    """Bare aiohttp with these answers; otherwise as ``service``."""
    async with _up("benchmarks.bare", answers) as running:
        yield running


@asynccontextmanager
async def far_side(folder: Path, delay: float) -> AsyncIterator[str]:
    """The address of a Bot API over TLS that answers so many seconds late; its certificate goes into the folder."""
    async with _up("benchmarks.standin", folder, str(delay)) as running:
        yield running.url


@asynccontextmanager
async def _up(module: str, file: Path, *arguments: str) -> AsyncIterator[Service]:
    log = file.with_suffix(".log")
    with log.open("wb") as out:
        process = await _python(module, str(file), *arguments, stderr=out)
    try:
        async with asyncio.timeout(TO_START):
            line = await _out(process).readline()
        if not line:
            raise RuntimeError(f"{module} did not start: {log.read_text(encoding='utf-8')[-2000:]}")
        yield Service(url=json.loads(line)["url"], process=process)
    finally:
        await _end(process)


async def post_all(url: str, requests: list[bytes], *, connections: int, seconds: float) -> Posted:
    """Post them from a process of their own. Raises RuntimeError when that fails."""
    order = {"url": url, "connections": connections, "seconds": seconds}
    lines = [json.dumps(order), *(json.dumps(each.decode()) for each in requests)]
    process = await _python("benchmarks.client", stderr=None)
    try:
        async with asyncio.timeout(seconds + TO_START):
            out, _ = await process.communicate("\n".join(lines).encode())
        if process.returncode:
            raise RuntimeError(f"the client ended with {process.returncode}")
        return Posted(**json.loads(out))
    finally:
        await _end(process)


async def _python(module: str, *arguments: str, stderr: Any) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=stderr
    )


def _out(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise RuntimeError("a process started with pipes has pipes")
    return process.stdout


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(TO_END):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
