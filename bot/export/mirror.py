"""Keeps a folder equal to what the service answers. Makes nothing itself: it asks page after page, as a reader does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from bot import clock
from bot.config.settings import Settings
from bot.errors import StoreBusy
from bot.export.folder import Folder
from bot.export.push import Pusher, bucket
from bot.export.site import always, of_incident
from bot.export.sweep import Sweep, Swept

log = structlog.get_logger(__name__)

GATHER = timedelta(seconds=1)
"""Changes that come this soon after one another are written together."""
REST = 3
"""How many times as long as the last look took to rest after it, so that a large site takes no more than its share."""
AT_LEAST = timedelta(hours=1)
"""Pages tell of today, so they grow old by themselves."""
WHOLE_EVERY = timedelta(days=1)
"""How often even the pages of long ago are looked at again."""
AGAIN = timedelta(seconds=10)
"""How long to wait after a failure."""

_OVERLAP = timedelta(minutes=1)
"""How much earlier than the last look words may have been replaced: clocks differ, and a commit takes a while."""
_TIMEOUT = ClientTimeout(total=60)

Amended = Callable[[datetime], Awaitable[Sequence[tuple[int, datetime | None]]]]
"""Reads the incidents whose words were replaced since, each with the instant it ended. May raise StoreBusy."""


async def nothing_amended(since: datetime) -> Sequence[tuple[int, datetime | None]]:
    """For looks at everything, which need not be told."""
    return ()


def keeping(
    settings: Settings, url: str, *, tells: Callable[[Callable[[], object]], object], amended: Amended
) -> list[Callable[[], Awaitable[None]]]:
    """What has to run to keep the configured folder equal to the site; nothing when none is configured.

    url: where the service answers; tells: takes what is to be called after each change. That the folder cannot be had
    is said in the log, and tried again: nobody should be told of an outage later because of it.
    """
    website = settings.channels.website
    if website is None or website.export is None:
        return []
    if website.push is None:
        mirror = Mirror(url, settings, website.export, amended=amended)
        tells(mirror.wake)
        return [mirror.run]
    pusher = Pusher(bucket(website.push), website.export, place=f"{website.push.endpoint or ''}/{website.push.bucket}")
    mirror = Mirror(url, settings, website.export, amended=amended, swept=pusher.wake)
    tells(mirror.wake)
    return [mirror.run, pusher.run]


class Mirror:
    """Mirrors the site at a base URL into a folder."""

    def __init__(
        self,
        url: str,
        settings: Settings,
        root: Path,
        *,
        amended: Amended = nothing_amended,
        swept: Callable[[], object] = lambda: None,
    ) -> None:
        """url: where the service answers, without a slash at the end; root: the folder, opened by the first look;

        swept: called after each look.
        """
        self._swept = swept
        self._url, self._settings, self._root, self._amended = url, settings, root, amended
        self._folder: Folder | None = None
        self._wake = asyncio.Event()
        self._led_to: set[str] = set()
        self._looked_at = clock.now()
        self._trouble = ""

    def wake(self) -> None:
        """Something has changed."""
        self._wake.set()

    async def run(self) -> None:
        """Keep the folder current, for ever. What cannot be written is tried again."""
        loop = asyncio.get_running_loop()
        whole_at = loop.time()
        while True:
            self._wake.clear()
            began = loop.time()
            whole = began >= whole_at
            try:
                swept = await self.sweep(whole=whole)
            except (ClientError, OSError, StoreBusy, TimeoutError) as error:
                self._say(f"{type(error).__name__}: {error}")
                await asyncio.sleep(AGAIN.total_seconds())
                continue
            self._say("")
            self._swept()
            took = timedelta(seconds=loop.time() - began)
            log.debug("exported", pages=swept.pages, written=swept.written, removed=swept.removed, took=str(took))
            whole_at = began + WHOLE_EVERY.total_seconds() if whole else whole_at
            await self._rest(max(GATHER, REST * took))

    def _say(self, trouble: str) -> None:
        """Once, however often it is tried. trouble: what is wrong, "" when nothing is."""
        if trouble and trouble != self._trouble:
            log.warning("the site cannot be exported, trying again until it can", error=trouble)
        elif self._trouble and not trouble:
            log.info("the site is exported again")
        self._trouble = trouble

    async def _rest(self, least: timedelta) -> None:
        """Until there is something to do."""
        await asyncio.sleep(least.total_seconds())
        try:
            async with asyncio.timeout(AT_LEAST.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            return

    async def sweep(self, *, whole: bool) -> Swept:
        """Write what has changed: open stories, then the front pages that lead to them, then all the rest.

        whole: every page there is, and remove files of pages that are gone. Otherwise pages of the past that are there
        already are taken for unchanged, unless their words were replaced. Raises ClientError, TimeoutError, OSError,
        and StoreBusy while the service shows what it last knew.
        """
        began = clock.now()
        if self._folder is None:
            self._folder = await asyncio.to_thread(Folder, self._root)
        folder, since = self._folder, self._looked_at - _OVERLAP
        amended = [] if whole else [path for each in await self._amended(since) for path in self._pages_of(*each)]
        try:
            swept = await self._look(folder, amended, whole=whole)
        finally:
            await asyncio.to_thread(folder.save)
        self._looked_at = began
        return swept

    def _pages_of(self, number: int, ended_at: datetime | None) -> list[str]:
        return list(of_incident(number, ended_at, self._settings))

    async def _look(self, folder: Folder, amended: Sequence[str], *, whole: bool) -> Swept:
        addresses = list(always(self._settings))
        async with ClientSession(cookie_jar=DummyCookieJar(), timeout=_TIMEOUT) as session:
            sweep = Sweep(session, self._url, self._settings, folder, whole=whole)
            asked = {path: await sweep.ask(path) for path in addresses if path.endswith("/")}
            fronts = {path: body for path, body in asked.items() if body is not None}
            led_to = set[str]().union(*map(sweep.leads_to, fronts.values()))
            # What a front page no longer leads to has just changed: it is over.
            await sweep.follow(sorted(led_to | self._led_to), leave=addresses)
            for path, body in fronts.items():
                await sweep.keep(path, body)
            await sweep.follow([*amended, *addresses], leave=fronts)
        self._led_to = led_to
        removed = await asyncio.to_thread(folder.keep_only, sweep.there) if whole else 0
        return Swept(pages=len(sweep.there), written=sweep.written, removed=removed)
