"""Ready bytes for whatever is drawn from the store: rendered at most once per change and document, on demand.

Every full hour counts as a change too, because a page tells of today. Knows neither pages nor feeds, only keys and how
to make what belongs to them. In memory, and bounded.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import brotli

from bot import clock
from bot.domain.model import Board, Story
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Span
from bot.errors import StoreBusy

T = TypeVar("T")

AT_ONCE = 2
"""Documents made at the same time: one is read while another is written. More would only keep others waiting."""

_WORTH_ZIPPING = 600
_QUICK, _SMALL = 5, 11
"""Brotli's effort: for what changes, and for what is made once."""


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

    async def load_chapter(self, language: str, month: Month | None, *, zone: ZoneInfo) -> Chapter | None:
        """What ended in a month, None when nothing did. month: None is the newest in which anything did."""
        ...

    async def load_record(self, *, since: datetime, now: datetime) -> tuple[Sequence[Span], datetime | None]:
        """What was disrupted between two instants, and the first instant on record, None when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes ready to be sent.

    zipped, pressed: the same by gzip and by Brotli, None where that gains nothing; etag: of ``body``, unquoted.
    """

    content_type: str
    body: bytes = field(repr=False)
    zipped: bytes | None = field(repr=False)
    pressed: bytes | None = field(repr=False)
    etag: str

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, nearly."""
        return len(self.body) + len(self.zipped or b"") + len(self.pressed or b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A document, and since when nobody can say whether it still holds: None while it does."""

    document: Document
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    state: tuple[int, int]
    made_at: datetime
    document: Document


Render = Callable[[], bytes]
"""Makes the bytes from what was loaded; pure, and run in a thread."""

Load = Callable[[Reader], Awaitable[Render | None]]
"""Reads what one document needs; None when there is no such document."""


def document(body: bytes, content_type: str, *, once: bool = False) -> Document:
    """A document of these bytes. once: it never changes, so that no effort to make it small is too much."""
    worth = len(body) > _WORTH_ZIPPING
    return Document(
        content_type=content_type,
        body=body,
        zipped=gzip.compress(body, 9 if once else 6, mtime=0) if worth else None,
        pressed=brotli.compress(body, quality=_SMALL if once else _QUICK) if worth else None,
        etag=sha256(content_type.encode() + b"\n" + body).hexdigest()[:24],
    )


class Documents:
    """Documents by key. A change of what customers see makes every one of them old at once."""

    def __init__(
        self,
        reader: Reader,
        *,
        revision: Callable[[], int],
        clock: clock.Clock = clock.now,
        lost: Callable[[], datetime | None] = lambda: None,
        most_bytes: int = 32 * 1024 * 1024,
    ) -> None:
        """revision: grows, in this very process, with each commit that changes what customers see, before its answer;

        lost: when the store was last seen, None while it answers: till it does again nothing new can be known;
        most_bytes: what all documents together may take; those not asked for longest go first.
        """
        self._reader = reader
        self._revision = revision
        self._clock = clock
        self._lost = lost
        self._most_bytes = most_bytes
        self._ready: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[str, tuple[int, int]], asyncio.Task[Document | None]] = {}
        self._common: dict[str, tuple[tuple[int, int], asyncio.Future[Any]]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def get(self, key: str, *, content_type: str, load: Load) -> Document | None:
        """The document as of now, or as it was last known while the store is busy; None when there is none.

        As ``show`` has it, for those that cannot say of themselves how old they are.
        """
        shown = await self.show(key, content_type=content_type, load=load)
        return shown.document if shown else None

    async def show(self, key: str, *, content_type: str, load: Load) -> Shown | None:
        """The document as of now; None when there is none. However many ask at once, it is made once.

        key: names the document, and with it ``load`` and ``content_type``. While the store is busy or gone, what was
        last known is shown, and says since when. Raises StoreBusy when nothing is known.
        """
        state, lost = self._state(), self._lost()
        known = self._ready.get(key)
        if known is not None:
            self._ready.move_to_end(key)
            if known.state == state:
                return Shown(document=known.document, as_of=lost)
            if lost is not None:
                return Shown(document=known.document, as_of=known.made_at)
        try:
            made = await asyncio.shield(self._task(key, state, content_type, load))
        except StoreBusy:
            if known is None:
                raise
            return Shown(document=known.document, as_of=known.made_at)
        return Shown(document=made) if made else None

    async def common(self, key: str, load: Callable[[Reader], Awaitable[T]]) -> T:
        """What many documents are made from, read once per change. Raises StoreBusy.

        key: names it, and with it ``load``.
        """
        state, held = self._state(), self._common.get(key)
        if held is None or held[0] != state or (held[1].done() and held[1].exception()):
            held = self._common[key] = state, asyncio.ensure_future(load(self._reader))
        found: T = await asyncio.shield(held[1])
        return found

    def _state(self) -> tuple[int, int]:
        return self._revision(), int(self._clock().timestamp() // 3600)

    def _task(self, key: str, state: tuple[int, int], content_type: str, load: Load) -> asyncio.Task[Document | None]:
        task = self._making.get((key, state))
        if task is None:
            task = asyncio.create_task(self._make(key, state, content_type, load), name=f"document {key}")
            self._making[key, state] = task
            task.add_done_callback(lambda done: self._made(key, state, done))
        return task

    def _made(self, key: str, state: tuple[int, int], task: asyncio.Task[Document | None]) -> None:
        del self._making[key, state]
        if not task.cancelled():
            task.exception()  # whoever asked has it; when nobody waits any more it is no news

    async def _make(self, key: str, state: tuple[int, int], content_type: str, load: Load) -> Document | None:
        async with self._turns:
            now = self._clock()
            render = await load(self._reader)
            if render is None:
                return None
            # In a thread: a page of hundreds of updates must not hold up the posts of everybody else.
            made = await asyncio.to_thread(lambda: document(render(), content_type))
        self._keep(key, _Kept(state=state, made_at=now, document=made))
        return made

    def _keep(self, key: str, made: _Kept) -> None:
        known = self._ready.get(key)
        if known is not None:
            if known.state > made.state:
                return
            self._bytes -= known.document.size
        self._ready[key] = made
        self._ready.move_to_end(key)
        self._bytes += made.document.size
        while self._bytes > self._most_bytes and len(self._ready) > 1:
            _, oldest = self._ready.popitem(last=False)
            self._bytes -= oldest.document.size
