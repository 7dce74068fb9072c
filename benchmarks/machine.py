"""What the figures were measured on. They mean nothing without it."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks import alertmanager
from bot import __version__, clock

_LIBRARIES = ("aiohttp", "uvloop", "SQLAlchemy", "python-telegram-bot")


async def facts(folder: Path) -> list[tuple[str, str]]:
    """Names and values, for a table. folder: where the databases are made."""
    load = os.getloadavg()[0]
    return [
        ("date", clock.now().strftime("%Y-%m-%d %H:%M UTC")),
        ("service", __version__),
        ("cores", f"{len(os.sched_getaffinity(0))} x {_processor()}"),
        ("busy with other things before", f"{load:.1f} processes (load average of the last minute)"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("libraries", ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)),
        ("SQLite", f"{sqlite3.sqlite_version}, WAL, synchronous=FULL"),
        ("one fsync of 4 kB", f"{_fsync(folder) * 1000:.2f} ms (median)"),
        ("Alertmanager", await alertmanager.version() if alertmanager.present() else "not installed"),
    ]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync(folder: Path, times: int = 50) -> float:
    """Seconds until 4 kB are on the disk, the median."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return sorted(taken)[times // 2]
