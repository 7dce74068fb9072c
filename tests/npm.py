"""Programs from npm, installed from a lock file on the fly into a folder of the test's own."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

QUIETLY = ("--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000")


async def output(*command: str, folder: Path, **environment: str) -> str:
    """What a program prints; fails with its complaints when it fails."""
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await running.communicate()
    assert running.returncode == 0, complaints.decode()
    return printed.decode()


async def installed(packages: Path, folder: Path) -> Path:
    """The packages of ``packages``, in ``folder``; where npm or its registry cannot be had, the test is skipped."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no npm here: apt-get install npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(packages / name, folder)
    try:
        await output(npm, "ci", *QUIETLY, folder=folder)
    except AssertionError as refusal:
        pytest.skip(f"the npm registry cannot be had: {refusal}")
    return folder
