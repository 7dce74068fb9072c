"""Keeps a folder equal to what the service answers. Makes nothing itself: it asks page after page, as a reader does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Container, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from bot.config.settings import Settings
from bot.export.folder import Folder
from bot.export.site import NOT_FOUND, always, file_of, links, lists_the_past

log = structlog.get_logger(__name__)

GATHER = timedelta(seconds=1)
"""Changes that come this soon after one another are written together."""
AT_LEAST = timedelta(hours=1)
"""Pages tell of today, so they grow old by themselves."""
WHOLE_EVERY = timedelta(days=1)
"""How often even the pages of long ago are looked at again."""
AGAIN = timedelta(seconds=10)
"""How long to wait after a failure."""

_TIMEOUT = ClientTimeout(total=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one look at the site came to. pages: addresses looked at; written: files that differed; removed: files."""

    pages: int
    written: int
    removed: int


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
            await self._rest(max(GATHER, SHARE * took))

    async def _rest(self, least: timedelta) -> None:
        try:
            async with asyncio.timeout(AT_LEAST.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(least.total_seconds())

    async def sweep(self, *, whole: bool) -> Swept:
        """Write what has changed: open stories, then the front pages that lead to them, then all the rest.

        whole: every page there is, and remove files of pages that are gone. Otherwise pages of the past that are there
        already are taken for unchanged. Raises ClientError, TimeoutError, OSError.
        """
        addresses = list(always(self._settings))
        async with ClientSession(cookie_jar=DummyCookieJar(), timeout=_TIMEOUT) as session:
            fronts = {path: await self._ask(session, path) for path in addresses if path.endswith("/")}
            led_to = {link for body in fronts.values() for link in self._leads_to(body)}
            # What a front page no longer leads to has just changed: it is over.
            first = sorted((led_to | self._led_to).difference(addresses))
            visit = _Visit(self, session, passed={*addresses}, whole=whole)
            await visit.follow(first)
            for path, body in fronts.items():
                await visit.keep(path, body)
            visit.passed = {*fronts, *visit.seen}
            await visit.follow([path for path in addresses if path not in fronts])
        self._led_to = led_to
        removed = await asyncio.to_thread(self._folder.keep_only, visit.there) if whole else 0
        return Swept(pages=len(visit.there), written=visit.written, removed=removed)

    def _leads_to(self, body: bytes | None) -> Iterable[str]:
        if body is None or not body.startswith(b"<!DOCTYPE html>"):
            return ()
        return links(body.decode(), self._settings)

    async def _ask(self, session: ClientSession, path: str) -> bytes | None:
        """What the service answers there, None where there is nothing."""
        headers = {"Accept-Language": self._settings.default_language}
        async with session.get(self._url + path, headers=headers, allow_redirects=False) as answer:
            if answer.status == 200 or path == NOT_FOUND:
                return await answer.read()
            if answer.status == 404:
                return None
            answer.raise_for_status()
            return None  # a redirection: the page it leads to is found by itself
