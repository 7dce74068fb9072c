"""Ready bytes for whatever is drawn from the store: rendered at most once per change and document, on demand.

Knows neither pages nor feeds, only keys and how to make what belongs to them. In memory, and bounded.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from bot.domain.model import Board, Story
from bot.errors import StoreBusy

_WORTH_ZIPPING = 600


class Reader(Protocol):
    """Where boards and stories come from. Every method may raise StoreBusy."""

    async def load_board(self, language: str, *, past: int) -> Board:
        """All open stories, and at most ``past`` closed ones."""
        ...

    async def load_story(self, language: str, incident_id: int) -> Story | None:
        """One published story; None when there is none."""
        ...

    async def load_history(self, language: str, *, page: int, size: int) -> tuple[Sequence[Story], int]:
        """The stories of one page of the past (1 and up), and how many pages there are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes ready to be sent. zipped: the same, by gzip, None where that gains nothing; etag: of ``body``, unquoted."""

    content_type: str
    body: bytes = field(repr=False)
    zipped: bytes | None = field(repr=False)
    etag: str

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, nearly."""
        return len(self.body) + len(self.zipped or b"")


Render = Callable[[], bytes]
"""Makes the bytes from what was loaded; pure, and run in a thread."""

Load = Callable[[Reader], Awaitable[Render | None]]
"""Reads what one document needs; None when there is no such document."""


def document(body: bytes, content_type: str) -> Document:
    """A document of these bytes."""
    zipped = gzip.compress(body, 6, mtime=0) if len(body) > _WORTH_ZIPPING else None
    etag = sha256(content_type.encode() + b"\n" + body).hexdigest()[:24]
    return Document(content_type=content_type, body=body, zipped=zipped, etag=etag)


class Documents:
    """Documents by key. A change of what customers see makes every one of them old at once."""

    def __init__(self, reader: Reader, *, revision: Callable[[], int], most_bytes: int = 32 * 1024 * 1024) -> None:
        """revision: grows, in this very process, with each commit that changes what customers see, before its answer;

        most_bytes: what all documents together may take; those not asked for longest go first.
        """
        self._reader = reader
        self._revision = revision
        self._most_bytes = most_bytes
        self._ready: OrderedDict[str, tuple[int, Document]] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[str, int], asyncio.Task[Document | None]] = {}

    async def get(self, key: str, *, content_type: str, load: Load) -> Document | None:
        """The document as of now; None when there is none. However many ask at once, it is made once.

        key: names the document, and with it ``load`` and ``content_type``. While the store is busy the last known
        state is given. Raises StoreBusy when there is none.
        """
        revision = self._revision()
        known = self._ready.get(key)
        if known is not None:
            self._ready.move_to_end(key)
            if known[0] == revision:
                return known[1]
        try:
            return await asyncio.shield(self._task(key, revision, content_type, load))
        except StoreBusy:
            if known is None:
                raise
            return known[1]

    def _task(self, key: str, revision: int, content_type: str, load: Load) -> asyncio.Task[Document | None]:
        task = self._making.get((key, revision))
        if task is None:
            task = asyncio.create_task(self._make(key, revision, content_type, load), name=f"document {key}")
            self._making[key, revision] = task
            task.add_done_callback(lambda done: self._made(key, revision, done))
        return task

    def _made(self, key: str, revision: int, task: asyncio.Task[Document | None]) -> None:
        del self._making[key, revision]
        if not task.cancelled():
            task.exception()  # whoever asked has it; when nobody waits any more it is no news

    async def _make(self, key: str, revision: int, content_type: str, load: Load) -> Document | None:
        render = await load(self._reader)
        if render is None:
            return None
        # In a thread: a page of hundreds of updates must not hold up the posts of everybody else.
        made = await asyncio.to_thread(lambda: document(render(), content_type))
        self._keep(key, revision, made)
        return made

    def _keep(self, key: str, revision: int, made: Document) -> None:
        known = self._ready.get(key)
        if known is not None:
            if known[0] > revision:
                return
            self._bytes -= known[1].size
        self._ready[key] = (revision, made)
        self._ready.move_to_end(key)
        self._bytes += made.size
        while self._bytes > self._most_bytes and len(self._ready) > 1:
            _, (_, oldest) = self._ready.popitem(last=False)
            self._bytes -= oldest.size
