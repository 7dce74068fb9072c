"""What a process holds of the machine's memory, as Linux tells it; elsewhere nobody knows."""

from __future__ import annotations

import re
from pathlib import Path


def resident(pid: int) -> float | None:
    """Megabytes it holds now; None where that cannot be learnt."""
    return _megabytes(pid, "VmRSS")


def peak(pid: int) -> float | None:
    """The most megabytes it has held since ``forget_peak``."""
    return _megabytes(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """From now on ``peak`` is of what comes. https://www.kernel.org/doc/html/latest/filesystems/proc.html"""
    if (switch := Path(f"/proc/{pid}/clear_refs")).exists():
        switch.write_text("5", encoding="ascii")


def _megabytes(pid: int, name: str) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    found = re.search(rf"^{name}:\s*(\d+) kB$", status.read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else None
