"""``python -m bot`` as a process of its own, and the shell beside it. Not what they say: that is for the tests."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config.yaml"
"""The configuration that comes with the project."""
_TO_START = 60.0
"""Seconds; it takes about one, on a machine that has time for it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a command. problems: the lines of standard error."""

    code: int
    out: str
    problems: list[str]

    @property
    def problem(self) -> str:
        """The only line of standard error."""
        assert len(self.problems) == 1, "\n".join(self.problems)
        return self.problems[0]


@dataclass(slots=True)
class Running:
    """The service, started. said: what it has printed on standard output."""

    process: asyncio.subprocess.Process
    said: str

    def line(self, beginning: str) -> str:
        """The one printed line that begins so."""
        [line] = [line.strip() for line in self.said.splitlines() if line.strip().startswith(beginning)]
        return line

    @property
    def url(self) -> str:
        """Where the page is, as printed."""
        return self.line("Page").split()[1].rstrip("/")

    async def stop(self) -> Said:
        """SIGTERM, and what it said from then on."""
        self.process.terminate()
        async with asyncio.timeout(15):
            out, err = await self.process.communicate()
        return Said(self.process.returncode or 0, self.said + out.decode(), err.decode().splitlines())


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Nothing of ours but what is needed to be found: a token of somebody who runs the tests must not be used."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}


async def bot(folder: Path, *arguments: str, **environ: str) -> Said:
    """Run ``python -m bot`` in a folder to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=environment(environ), stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(_TO_START):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Said(process.returncode or 0, out.decode(), err.decode().splitlines())


@asynccontextmanager
async def started(folder: Path, config: Path = SHIPPED, /, **environ: str) -> AsyncIterator[Running]:
    """``python -m bot run`` on a config.yaml, the shipped one unless told, in a folder, from its first steps on."""
    environ = {"LISTEN": "127.0.0.1:0", **environ}
    arguments = ("run", "--config", str(config))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=environment(environ), stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_TO_START):
            said = (await process.stdout.readuntil(b"Nothing is lost.\n")).decode()
        yield Running(process, said)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def bash(line: str, *, folder: Path) -> Any:
    """What a line prints when it is pasted into a shell, as JSON."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=folder, env=environment({}), stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    return json.loads(out)
