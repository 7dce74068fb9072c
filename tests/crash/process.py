"""Starts and ends ``python -m bot run`` as a process of its own. Knows nothing of what the service is for."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TO_START = 60.0
"""Seconds; a start takes about one, on a machine that has time for it."""
_LONGEST_LINE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Doom:
    """Where a process kills itself with SIGKILL: see ``doomed``.

    when: "before" or "after" the commit of a transaction that wrote; nth: which of them, 1 and up, among those that
    had a statement with ``holding`` in it; "" is any.
    """

    when: str
    nth: int = 1
    holding: str = ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What ``doomed`` is told."""
        return (self.when, str(self.nth), self.holding)


@dataclass(slots=True)
class Ended:
    """How a process ended. code: the exit code, negative for a signal; said: lines of standard error."""

    code: int
    said: list[str]

    @property
    def plainly(self) -> list[str]:
        """What was said to whoever started it: all but the log, which is JSON."""
        return [line for line in self.said if not line.startswith("{")]


@dataclass(slots=True)
class Running:
    """The service as a process. url: where it answers; log: what it has said on standard error so far."""

    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)
    url: str = ""
    _reading: asyncio.Task[None] | None = None

    async def kill(self) -> None:
        """SIGKILL, as the kernel does when memory runs out."""
        if self.process.returncode is None:
            self.process.kill()
        await self.died()

    async def died(self, *, seconds: float = 30.0) -> int:
        """Wait for its end; the exit code, negative for a signal. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self.process.wait()
            if self._reading is not None:
                await self._reading
        return int(self.process.returncode or 0)

    async def stop(self, *, seconds: float = 10.0) -> int:
        """SIGTERM; the exit code. Raises TimeoutError when it takes longer than the service promises."""
        self.process.terminate()
        return await self.died(seconds=seconds)

    def events(self) -> list[dict[str, Any]]:
        """The log lines that are JSON."""
        return [json.loads(line) for line in self.log if line.startswith("{")]

    async def read(self) -> None:
        """Read until it has started, and go on reading beside whatever else happens.

        Raises RuntimeError if it ends before, unless by SIGKILL: a doomed one may.
        """
        async with asyncio.timeout(TO_START):
            while not self.url:
                line = await self._line()
                if line is None:
                    if await self.process.wait() == -signal.SIGKILL:
                        return
                    raise RuntimeError(f"ended with {self.process.returncode} before it had started: {self.log}")
                self.url = _started_at(line)
        self._reading = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        while await self._line() is not None:
            pass

    async def _line(self) -> str | None:
        if self.process.stderr is None:
            raise RuntimeError("a process started with pipes has pipes")
        raw = await self.process.stderr.readline()
        if not raw:
            return None
        self.log.append(raw.decode().rstrip("\n"))
        return self.log[-1]


async def start(config: Path, *, doom: Doom | None = None) -> Running:
    """Start the service and wait until it answers. Raises RuntimeError when it ends instead."""
    running = Running(await _spawn(config, doom))
    try:
        await running.read()
    except BaseException:
        await running.kill()
        raise
    return running


async def attempt(config: Path) -> Ended:
    """Start the service where it is expected to refuse; kills it should it start all the same."""
    process = await _spawn(config, None)
    try:
        async with asyncio.timeout(TO_START):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(code=process.returncode or 0, said=said.decode().splitlines())


async def _spawn(config: Path, doom: Doom | None) -> asyncio.subprocess.Process:
    module = ["bot"] if doom is None else ["tests.crash.doomed", *doom.arguments]
    arguments = ["run", "--config", str(config), "--log-format", "json", "--log-level", "info"]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *module,
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )


def _started_at(line: str) -> str:
    """The address in the log line that tells of the start, "" in any other line."""
    if not line.startswith("{"):
        return ""
    said = json.loads(line)
    return str(said["url"]) if said.get("event") == "started" else ""
