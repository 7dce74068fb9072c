"""How long a process has computed, as Linux tells it; elsewhere nobody knows."""

from __future__ import annotations

import os
from pathlib import Path


def computed(pid: int) -> float | None:
    """Seconds of processor time so far, in all its threads; None where that cannot be learnt.

    https://www.kernel.org/doc/html/latest/filesystems/proc.html#proc-pid-stat
    """
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    user, system = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
