"""A folder of files that a web server serves meanwhile: each is replaced as a whole, and only when it changes."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from tempfile import NamedTemporaryFile

_LIST = ".notice-bot.json"
_KEPT = "assets/"
"""Pages that somebody has kept still refer to them; there are few, and their names change with their content."""


class Folder:
    """The files we have written into a folder; others in it are none of our business."""

    def __init__(self, root: Path) -> None:
        """Raises OSError when it cannot be written, or holds files of somebody else's."""
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._list = root / _LIST
        if self._list.exists():
            self._ours = set(json.loads(self._list.read_text("utf-8"))["files"])
        elif any(root.iterdir()):
            raise FileExistsError(f"{root} holds files that this service has not written; name an empty folder")
        else:
            self._ours = set[str]()
            self._remember()

    def put(self, name: str, body: bytes) -> bool:
        """Write a file unless it is the same already; whether it was not. name: relative, with slashes."""
        file = self.root / name
        if name not in self._ours:
            self._ours.add(name)
            self._remember()
        try:
            if file.read_bytes() == body:
                return False
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, body)
        return True

    def holds(self, name: str) -> bool:
        """Whether we have written a file of this name."""
        return name in self._ours

    def keep_only(self, names: Collection[str]) -> int:
        """Remove those of our files that are not among these; how many."""
        gone = {name for name in self._ours.difference(names) if not name.startswith(_KEPT)}
        for name in sorted(gone):
            (self.root / name).unlink(missing_ok=True)
        self._ours -= gone
        if gone:
            self._remember()
        return len(gone)

    def _remember(self) -> None:
        _replace(self._list, json.dumps({"files": sorted(self._ours)}, indent=0).encode())


def _replace(file: Path, body: bytes) -> None:
    """Nobody ever reads half of it."""
    with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as fresh:
        try:
            fresh.write(body)
            fresh.flush()
            os.fchmod(fresh.fileno(), 0o644)
            os.replace(fresh.name, file)
        except OSError:
            os.unlink(fresh.name)
            raise
