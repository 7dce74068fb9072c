"""DeepL's glossaries: kept on its side, made once per pair of languages, found again by their names.

https://developers.deepl.com/api-reference/glossaries. They are listed and made beside the translations, which use what
is there and wait for nothing: the first text of a new pair goes without.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import structlog

from bot.errors import TranslationError, TranslatorBusy
from bot.translators.asking import ask, inside

log = structlog.get_logger(__name__)

WITHIN = timedelta(seconds=10)
"""How long listing them, or making one, may take before it is left for the next text."""


class Glossaries:
    """Knows the ids of glossaries for as long as it lives; None stands for a pair that has none."""

    def __init__(self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self._session, self._address, self._headers = session, f"{url}/v2/glossaries", headers
        self._known: dict[str, str | None] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._listed = False
        self._one_at_a_time = asyncio.Lock()

    def find(self, source: str, target: str, terms: Mapping[str, str]) -> str | None:
        """The id of the glossary with these terms if it is ready; None when not, and it is made for the next time."""
        entries = "\n".join(f"{term}\t{meaning}" for term, meaning in sorted(terms.items()))
        if not entries or source == target:
            return None
        name = f"incident-notice-bot {source} {target} {hashlib.sha256(entries.encode()).hexdigest()[:16]}"
        if name not in self._known:
            self._begin(name, lambda: self._make(name, source, target, entries))
        return self._known.get(name)

    def look(self) -> None:
        """Begin to list those that an earlier process, or another node, has made."""
        self._begin("", self._look)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name in self._under_way:
            return
        task = asyncio.create_task(self._try(name, work))
        self._under_way[name] = task
        task.add_done_callback(lambda _: self._under_way.pop(name))

    async def _try(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._one_at_a_time, asyncio.timeout(WITHIN.total_seconds()):
                await work()
        except (TranslatorBusy, TimeoutError) as error:  # perhaps next time
            log.warning("no glossary yet", glossary=name, error=str(error) or "it did not answer")
        except TranslationError as error:
            log.warning("no glossary", glossary=name, error=str(error))
            self._known[name] = None

    async def _look(self) -> None:
        if self._listed:
            return
        found = inside(await ask(self._session, self._address, None, headers=self._headers), "glossaries")
        for each in found if isinstance(found, list) else []:
            name, id = inside(each, "name"), inside(each, "glossary_id")
            if isinstance(name, str) and isinstance(id, str):
                self._known.setdefault(name, id)
        self._listed = True

    async def _make(self, name: str, source: str, target: str, entries: str) -> None:
        await self._look()
        if name in self._known:
            return
        question = {
            "name": name,
            "source_lang": source.lower(),
            "target_lang": target.lower(),
            "entries": entries,
            "entries_format": "tsv",
        }
        id = inside(await ask(self._session, self._address, question, headers=self._headers), "glossary_id")
        self._known[name] = id if isinstance(id, str) else None


@asynccontextmanager
async def open_glossaries(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]
) -> AsyncIterator[Glossaries]:
    """They are looked for at once and, until they are left, made when needed. url: the service's, without a path."""
    glossaries = Glossaries(session, url, headers)
    glossaries.look()
    try:
        yield glossaries
    finally:
        await glossaries.close()
