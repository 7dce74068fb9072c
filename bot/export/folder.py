"""A folder of files that a web server serves meanwhile: each is replaced as a whole, and only when it changes."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

log = structlog.get_logger(__name__)

_LIST = ".notice-bot.json"
_FRESH, _UNFINISHED = ".notice-bot-", ".tmp"
KEPT = "assets/"
"""Pages that somebody has kept still refer to them; there are few, and their names change with their content."""


def examine(root: Path) -> None:
    """Whether a site may be kept here; writes nothing. Raises OSError when it may not, or cannot."""
    if not root.exists():
        there = next(parent for parent in root.absolute().parents if parent.exists())
    elif (root / _LIST).exists() or not any(_somebodys(file) for file in root.iterdir()):
        there = root
    else:
        raise FileExistsError(f"{root} holds files that this service has not written; name an empty folder")
    if not there.is_dir():
        raise NotADirectoryError(f"{there} is not a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(f"{there} may not be written to")


class Folder:
    """The files we have written into a folder; others in it are none of our business."""

    def __init__(self, root: Path) -> None:
        """Raises OSError when it cannot be written, or holds files of somebody else's."""
        examine(root)
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._list = root / _LIST
        self._ours = listed(root)
        self._unsaved = not self._list.exists()
        self.save()  # from now on the folder is known to be ours, whatever happens
        for unfinished in root.rglob(f"{_FRESH}*{_UNFINISHED}"):
            unfinished.unlink(missing_ok=True)

    def put(self, name: str, body: bytes) -> bool:
        """Write a file unless it is the same already; whether it was not. name: relative, with slashes."""
        file = self.root / name
        try:
            same = file.read_bytes() == body
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            same = False
        if not same:
            replace_file(file, body)
        if name not in self._ours:
            self._ours.add(name)
            self._unsaved = True
        return not same

    def holds(self, name: str) -> bool:
        """Whether we have written a file of this name."""
        return name in self._ours

    def keep_only(self, names: Collection[str]) -> int:
        """Remove those of our files that are not among these; how many."""
        gone = {name for name in self._ours.difference(names) if not name.startswith(KEPT)}
        for name in sorted(gone):
            (self.root / name).unlink(missing_ok=True)
        self._ours -= gone
        self._unsaved = self._unsaved or bool(gone)
        return len(gone)

    def save(self) -> None:
        """Remember which files are ours. Once per look: the list is as long as the site. Raises OSError."""
        if self._unsaved:
            replace_file(self._list, json.dumps({"files": sorted(self._ours)}, indent=0).encode())
            self._unsaved = False


def _somebodys(file: Path) -> bool:
    """What file systems, desktops and versions of ours leave behind is no site of somebody else's."""
    return not file.name.startswith(".") and file.name != "lost+found"


def listed(root: Path) -> set[str]:
    """The files of a folder that are ours, by their names with slashes.

    None when the list cannot be read: the next look finds all that there still is.
    """
    file = root / _LIST
    try:
        return {str(name) for name in json.loads(file.read_bytes())["files"]}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the list of exported files cannot be read, beginning anew", file=str(file), error=str(error))
        return set()


def replace_file(file: Path, body: bytes) -> None:
    """Write a whole file: nobody ever reads half of it, not even after a power failure. Raises OSError."""
    with NamedTemporaryFile(dir=file.parent, prefix=_FRESH, suffix=_UNFINISHED, delete=False) as fresh:
        try:
            fresh.write(body)
            fresh.flush()
            os.fchmod(fresh.fileno(), 0o644)
            os.fsync(fresh.fileno())
            os.replace(fresh.name, file)
        except OSError:
            Path(fresh.name).unlink(missing_ok=True)
            raise
