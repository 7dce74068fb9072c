"""Copies the exported folder to a bucket: what differs from what was copied before, and nothing else.

Runs beside the service and waits for nobody; nobody waits for it. What is in the files is not known here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.config.website import PushSettings
from bot.export.folder import KEPT, listed, replace_file
from bot.export.types import content_type

if TYPE_CHECKING:
    from obstore import Attribute
    from obstore.store import S3Store

log = structlog.get_logger(__name__)

AGAIN = timedelta(seconds=30)
"""How long to wait after a failure."""
AT_ONCE = 8
"""Files on their way at the same time."""

_DONE = ".notice-bot-pushed.json"
_TIMEOUT, _RETRIES = timedelta(seconds=30), 2
_CACHE = {True: "public, max-age=31536000, immutable", False: "public, max-age=15, stale-if-error=86400"}
"""Cache-Control, by whether a file has its content in its name."""

Mark = tuple[int, int]
"""A file as it was: bytes, and when it was written, in nanoseconds. Files are replaced only when they change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What one look came to: files copied, and files removed from the bucket."""

    copied: int
    removed: int


@dataclass(slots=True, kw_only=True)
class _Done:
    """What the bucket holds of ours. place: which bucket; files: by name, as they were when they were copied."""

    place: str
    files: dict[str, Mark] = field(default_factory=dict)


def bucket(settings: PushSettings) -> S3Store:
    """The bucket, as the settings name it. Speaks to nobody yet."""
    from obstore.store import S3Store  # an extra: who has no bucket need not have it

    timeout = f"{_TIMEOUT.total_seconds():g}s"
    allow_http = settings.endpoint is not None and settings.endpoint.startswith("http://")
    return S3Store(
        settings.bucket,
        endpoint=settings.endpoint,
        region=settings.region,
        access_key_id=settings.access_key,
        secret_access_key=settings.secret_key.get_secret_value(),
        client_options={"timeout": timeout, "connect_timeout": timeout, "allow_http": allow_http},
        retry_config={"max_retries": _RETRIES, "retry_timeout": _TIMEOUT},
    )


class Pusher:
    """Keeps a bucket equal to our files in a folder. ``wake`` is to be called after each look at the site."""

    def __init__(self, store: S3Store, root: Path, *, place: str) -> None:
        """root: the folder of the export; place: names the bucket, for another one holds nothing yet."""
        self._store, self._root, self._place = store, root, place
        self._wake = asyncio.Event()
        self._trouble = ""

    def wake(self) -> None:
        """Files may have changed."""
        self._wake.set()

    async def run(self) -> None:
        """Push after each change, for ever. What cannot be pushed is tried again, and said once."""
        from obstore.exceptions import BaseError

        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                pushed = await self.push()
            except (BaseError, OSError) as error:
                self._say(f"{type(error).__name__}: {error}")
                self._wake.set()
                await asyncio.sleep(AGAIN.total_seconds())
                continue
            self._say("")
            log.debug("pushed", copied=pushed.copied, removed=pushed.removed)

    async def push(self) -> Pushed:
        """Copy what has changed, in the order it was written, then remove what is gone. Raises BaseError, OSError."""
        done, there = await asyncio.to_thread(self._read)
        changed = [name for name in there if done.files.get(name) != there[name]]
        gone = sorted(done.files.keys() - there.keys())
        try:
            for names in _some(changed):
                copied = await asyncio.gather(*map(self._copy, names), return_exceptions=True)
                done.files |= {name: there[name] for name, failed in zip(names, copied, strict=True) if not failed}
                if failure := next(filter(None, copied), None):
                    raise failure
            for names in _some(gone):
                await self._store.delete_async(names)
                for name in names:
                    del done.files[name]
        finally:
            if changed or gone:
                await asyncio.to_thread(self._save, done)
        return Pushed(copied=len(changed), removed=len(gone))

    async def _copy(self, name: str) -> None:
        attributes: dict[Attribute, str] = {
            "Content-Type": content_type(name),
            "Cache-Control": _CACHE[name.startswith(KEPT)],
        }
        body = await asyncio.to_thread((self._root / name).read_bytes)
        await self._store.put_async(name, body, attributes=attributes, use_multipart=False)

    def _say(self, trouble: str) -> None:
        """Once, however often it is tried. trouble: what is wrong, "" when nothing is."""
        trouble = trouble.partition("\n")[0]
        if trouble and trouble != self._trouble:
            log.warning("the site cannot be copied to the bucket, trying again until it can", error=trouble)
        elif self._trouble and not trouble:
            log.info("the site is copied to the bucket again")
        self._trouble = trouble

    def _read(self) -> tuple[_Done, Mapping[str, Mark]]:
        """What was copied, and what is there: what pages refer to first, then in the order it was written."""
        marks: dict[str, Mark] = {}
        for name in listed(self._root):
            state = (self._root / name).stat()
            marks[name] = (state.st_size, state.st_mtime_ns)
        ordered = sorted(marks, key=lambda name: (not name.startswith(KEPT), marks[name][1], name))
        return self._done(), {name: marks[name] for name in ordered}

    def _done(self) -> _Done:
        try:
            known = json.loads((self._root / _DONE).read_bytes())
            files = {str(name): (int(size), int(at)) for name, (size, at) in known["files"].items()}
        except FileNotFoundError:
            return _Done(place=self._place)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the list of copied files cannot be read, copying all of them", error=str(error))
            return _Done(place=self._place)
        return _Done(place=self._place, files=files if known.get("place") == self._place else {})

    def _save(self, done: _Done) -> None:
        text = json.dumps({"place": done.place, "files": dict(sorted(done.files.items()))}, indent=0)
        replace_file(self._root / _DONE, text.encode())


def _some(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
