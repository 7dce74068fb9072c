"""Ready bytes for whatever is drawn from the store: rendered at most once per change and document, on demand.

Every full hour counts as a change too, because a page tells of today. Knows neither pages nor feeds, only keys and how
to make what belongs to them. In memory, and bounded.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot import clock
from bot.domain.model import Board, Story
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Span
from bot.errors import StoreBusy
from bot.web.document import Document

T = TypeVar("T")

AT_ONCE = 2
"""Long documents made at the same time, in threads. More would only keep others waiting."""


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
class Shown:
    """A document, and since when nobody can say whether it still holds: None while it does."""

    document: Document
    as_of: datetime | None = None


State = tuple[int, datetime]
"""What documents depend on: the revision, and the hour that has begun."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    state: State
    made_at: datetime
    document: Document


Render = Callable[[], bytes]
"""Makes the bytes from what was loaded; pure."""


@dataclass(frozen=True, slots=True)
class Short:
    """A Render that takes a millisecond, or two. To hand it to a thread and back would take as long again."""

    render: Render

    def __call__(self) -> bytes:
        """The bytes."""
        return self.render()


Load = Callable[[Reader], Awaitable[Render | None]]
"""Reads what one document needs; None when there is no such document."""


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
        self._hour = datetime.min.replace(tzinfo=UTC)
        self._lost = lost
        self._most_bytes = most_bytes
        self._ready: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[str, State], asyncio.Task[Document | None]] = {}
        self._common: dict[str, tuple[State, asyncio.Future[Any]]] = {}
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

    def _state(self) -> State:
        now = self._clock()
        if not self._hour <= now < self._hour + _HOUR:
            self._hour = now.replace(minute=0, second=0, microsecond=0)
        return self._revision(), self._hour

    def _task(self, key: str, state: State, content_type: str, load: Load) -> asyncio.Task[Document | None]:
        task = self._making.get((key, state))
        if task is None:
            task = asyncio.create_task(self._make(key, state, content_type, load), name=f"document {key}")
            self._making[key, state] = task
            task.add_done_callback(lambda done: self._made(key, state, done))
        return task

    def _made(self, key: str, state: State, task: asyncio.Task[Document | None]) -> None:
        del self._making[key, state]
        if not task.cancelled():
            task.exception()  # whoever asked has it; when nobody waits any more it is no news

    async def _make(self, key: str, state: State, content_type: str, load: Load) -> Document | None:
        now = self._clock()
        render = await load(self._reader)
        if render is None:
            return None
        if isinstance(render, Short):
            made = Document(render(), content_type)
        else:  # a page of hundreds of updates must not hold up the posts of everybody else
            async with self._turns:
                made = await asyncio.to_thread(lambda: Document(render(), content_type))
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
