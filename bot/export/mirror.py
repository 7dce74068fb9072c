"""Keeps a folder equal to what the service answers. Makes nothing itself: it asks page after page, as a reader does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from bot.config.settings import Settings
from bot.export.folder import Folder
from bot.export.site import always
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

_TIMEOUT = ClientTimeout(total=60)


def keeping(
    settings: Settings, url: str, *, tells: Callable[[Callable[[], object]], object]
) -> list[Callable[[], Awaitable[None]]]:
    """What has to run to keep the configured folder equal to the site; nothing when none is configured.

    url: where the service answers; tells: takes what is to be called after each change. Raises OSError when the folder
    cannot be had.
    """
    website = settings.channels.website
    if website is None or website.export is None:
        return []
    mirror = Mirror(url, settings, Folder(website.export))
    tells(mirror.wake)
    return [mirror.run]


class Mirror:
    """Mirrors the site at a base URL into a folder."""

    def __init__(self, url: str, settings: Settings, folder: Folder) -> None:
        """url: where the service answers, without a slash at the end."""
        self._url, self._settings, self._folder = url, settings, folder
        self._wake = asyncio.Event()
        self._led_to: set[str] = set()

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
            except (ClientError, OSError, TimeoutError) as error:
                log.warning("the site could not be exported, trying again", error=str(error))
                await asyncio.sleep(AGAIN.total_seconds())
                continue
            took = timedelta(seconds=loop.time() - began)
            log.debug("exported", pages=swept.pages, written=swept.written, removed=swept.removed, took=str(took))
            whole_at = began + WHOLE_EVERY.total_seconds() if whole else whole_at
            await self._rest(max(GATHER, REST * took))

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
        already are taken for unchanged. Raises ClientError, TimeoutError, OSError.
        """
        addresses = list(always(self._settings))
        async with ClientSession(cookie_jar=DummyCookieJar(), timeout=_TIMEOUT) as session:
            sweep = Sweep(session, self._url, self._settings, self._folder, whole=whole)
            asked = {path: await sweep.ask(path) for path in addresses if path.endswith("/")}
            fronts = {path: body for path, body in asked.items() if body is not None}
            led_to = set[str]().union(*map(sweep.leads_to, fronts.values()))
            # What a front page no longer leads to has just changed: it is over.
            await sweep.follow(sorted(led_to | self._led_to), leave=addresses)
            for path, body in fronts.items():
                await sweep.keep(path, body)
            await sweep.follow(addresses, leave=fronts)
        self._led_to = led_to
        removed = await asyncio.to_thread(self._folder.keep_only, sweep.there) if whole else 0
        return Swept(pages=len(sweep.there), written=sweep.written, removed=removed)
