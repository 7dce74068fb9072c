"""Tells a WebSub hub which feeds have changed (https://www.w3.org/TR/websub/), so that it can tell its subscribers.

Beside everything else and never in its way: what customers read is in the feeds already. What a crash keeps the hub
from hearing, it hears after the next start, when everything counts as new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Protocol

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.feed import addresses
from bot.config.settings import Settings
from bot.domain.model import Board, Story
from bot.domain.retry import FIRST_WAIT, LONGEST_WAIT
from bot.errors import StoreBusy

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=1)
"""How often to look whether there is something new, here or on another node; it costs no more than a comparison."""
_TIMEOUT = ClientTimeout(total=10)
_SLOWER = 429
_REFUSALS = frozenset(range(400, 500)) - {408, _SLOWER}
"""What no later try of the same feed would change."""


class LoadBoard(Protocol):
    """Reads a board; may raise StoreBusy."""

    async def __call__(self, language: str, *, past: int) -> Board:
        """All open stories, and at most ``past`` closed ones."""
        ...


async def informing(
    stack: AsyncExitStack, settings: Settings, *, revision: Callable[[], int], load: LoadBoard
) -> list[Callable[[], Awaitable[None]]]:
    """What has to run to keep the configured hub informed; nothing when there is none.

    stack: closes the connections to the hub; revision: grows with every change of what customers see.
    """
    feed = settings.channels.feed
    if feed is None or feed.hub is None:
        return []
    session = await stack.enter_async_context(ClientSession())
    return [WebSub(session, feed.hub, settings, revision=revision, load=load, past=feed.items).run]


class WebSub:
    """Keeps one hub informed while ``run`` does."""

    def __init__(
        self,
        session: ClientSession,
        hub: str,
        settings: Settings,
        *,
        revision: Callable[[], int],
        load: LoadBoard,
        past: int,
    ) -> None:
        """hub: its address; revision: grows with every change of what customers see; past: what feeds hold."""
        self._session, self._hub, self._settings = session, hub, settings
        self._revision, self._load, self._past = revision, load, past
        self._seen: int | None = None
        self._known: dict[int, Story] = {}
        self._owed: dict[str, None] = {}
        self._failures = 0

    async def run(self) -> None:
        """Work, for ever."""
        while True:
            wait = await self.tick()
            await asyncio.sleep(wait.total_seconds())

    async def tick(self) -> timedelta:
        """Tell the hub what it does not know yet; returns how long to wait before the next look."""
        revision = self._revision()
        if revision != self._seen:
            try:
                self._owed.update(dict.fromkeys(await self._changed()))
            except StoreBusy as error:
                log.warning("cannot see which feeds have changed, trying again", error=str(error))
                return EVERY
            self._seen = revision
        if (trouble := await self._pay()) is None:
            self._failures = 0
            return EVERY
        self._failures += 1
        wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 16))
        log.warning("the hub was not told, trying again", error=trouble, feeds=len(self._owed), wait=str(wait))
        return wait

    async def _changed(self) -> list[str]:
        """The feeds whose words may differ from those at the last look: of everything, and of components concerned."""
        board = await self._load(self._settings.default_language, past=self._past)
        stories = {story.incident.id: story for story in (*board.open, *board.past)}
        changed = [story for id, story in stories.items() if self._known.get(id) != story]
        first, self._known = not self._known, stories
        if first and not stories:
            return []
        concerned = {component for story in changed for component in story.incident.components}
        return addresses(self._settings, [id for id in self._settings.components if id in concerned])

    async def _pay(self) -> str | None:
        """Tell of one feed at a time, hubs disagree on how several are written. Returns what went wrong, if anything.

        A feed that the hub refuses is given up, one that it cannot take now stays owed, and neither is in others' way.
        """
        refused: dict[str, int] = {}
        trouble: str | None = None
        for feed in list(self._owed):
            try:
                status = await self._tell(feed)
            except (ClientError, TimeoutError, ValueError) as error:  # ValueError: a host that no name can be
                trouble = type(error).__name__  # never its text: some hubs want a password in their address
                break
            if status < 300 or status in _REFUSALS:
                del self._owed[feed]
            if status in _REFUSALS:
                refused[feed] = status
            elif status >= 300:
                trouble = f"it answered {status}"
            if status == _SLOWER:
                break
        if refused:
            feed, status = next(iter(refused.items()))
            log.warning("the hub refuses feeds", status=status, feeds=len(refused), first=feed)
        return trouble

    async def _tell(self, feed: str) -> int:
        """The status it answers. To follow a redirect would turn the POST into a GET that tells nobody anything."""
        form = {"hub.mode": "publish", "hub.url": feed}
        async with self._session.post(self._hub, data=form, timeout=_TIMEOUT, allow_redirects=False) as answer:
            return answer.status
