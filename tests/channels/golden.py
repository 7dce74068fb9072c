"""Files that hold what customers read, byte for byte. ``UPDATE_GOLDEN=1 pytest`` writes them anew; read the diff."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "golden"


def assert_golden(name: str, actual: str) -> None:
    """The text is what stands in ``tests/golden/<name>``."""
    file = _FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(actual, encoding="utf-8", newline="\n")
    assert actual == file.read_text(encoding="utf-8"), f"{file} differs; UPDATE_GOLDEN=1 writes it anew"
