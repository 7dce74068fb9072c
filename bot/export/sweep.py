"""One look at the whole site: asks address after address, writes what differs, follows what it leads to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aiohttp import ClientSession, hdrs

from bot.config.settings import Settings
from bot.errors import StoreBusy
from bot.export.folder import Folder
from bot.export.site import NOT_FOUND, file_of, links, lists_the_past


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one look at the site came to. pages: addresses looked at; written: files that differed; removed: files."""

    pages: int
    written: int
    removed: int


class Sweep:
    """Remembers what was seen. Its coroutines raise aiohttp's ClientError, TimeoutError, OSError and StoreBusy.

    there: the files that belong into the folder; written: how many of them differed.
    """

    def __init__(self, session: ClientSession, url: str, settings: Settings, folder: Folder, *, whole: bool) -> None:
        """url: where the service answers; whole: also follow what has hardly changed since it was written."""
        self._session, self._url, self._settings, self._folder = session, url, settings, folder
        self._whole = whole
        self._seen: set[str] = set()
        self.there: set[str] = set()
        self.written = 0

    async def ask(self, path: str) -> bytes | None:
        """What the service answers there, None where there is nothing.

        Raises StoreBusy for what nobody is to keep: it is what the service last knew, and says so.
        """
        headers = {"Accept-Language": self._settings.default_language}
        async with self._session.get(self._url + path, headers=headers, allow_redirects=False) as answer:
            if answer.status == 200 and answer.headers.get(hdrs.CACHE_CONTROL) == "no-store":
                raise StoreBusy("the store cannot be reached, and pages show what was last known")
            if answer.status == 200 or path == NOT_FOUND:
                return await answer.read()
            if answer.status != 404:
                answer.raise_for_status()
            return None

    async def keep(self, path: str, body: bytes) -> None:
        """Write what an address answers."""
        self.there.add(file_of(path))
        self.written += await asyncio.to_thread(self._folder.put, file_of(path), body)

    async def follow(self, paths: Iterable[str], *, leave: Collection[str] = ()) -> None:
        """Keep these addresses and all that their pages lead to, each once; those to ``leave`` are somebody else's."""
        waiting = deque(paths)
        while waiting:
            path = waiting.popleft()
            if path in self._seen or path in leave:
                continue
            self._seen.add(path)
            if (body := await self.ask(path)) is not None:
                await self.keep(path, body)
                waiting.extend(sorted(self._worth_following(path, body)))

    def leads_to(self, body: bytes) -> set[str]:
        """The addresses of the site that a document links to; none unless it is a page."""
        return set(links(body.decode(), self._settings)) if body.startswith(b"<!DOCTYPE html>") else set()

    def _worth_following(self, path: str, body: bytes) -> set[str]:
        found = self.leads_to(body)
        if self._whole or not lists_the_past(path):
            return found
        return {link for link in found if not self._folder.holds(file_of(link))}
