"""DeepL's glossaries: kept on its side, made once per pair of languages, found again by their names.

https://developers.deepl.com/api-reference/glossaries. A translation goes without rather than wait for one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

import aiohttp
import structlog

from bot.errors import TranslationError, TranslatorBusy
from bot.translators.asking import ask, inside

log = structlog.get_logger(__name__)


class Glossaries:
    """Knows the ids of glossaries for as long as it lives; None stands for a pair that has none."""

    def __init__(self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self._session, self._address, self._headers = session, f"{url}/v2/glossaries", headers
        self._known: dict[str, str | None] = {}
        self._one_at_a_time = asyncio.Lock()

    async def find(self, source: str, target: str, terms: Mapping[str, str]) -> str | None:
        """The id of the glossary with these terms, made now if need be; None when there can be none."""
        entries = "\n".join(f"{term}\t{meaning}" for term, meaning in sorted(terms.items()))
        if not entries or source == target:
            return None
        name = f"incident-notice-bot {source} {target} {hashlib.sha256(entries.encode()).hexdigest()[:16]}"
        async with self._one_at_a_time:  # several languages are asked for at once; each glossary is made once
            if name not in self._known:
                try:
                    self._known[name] = await self._listed(name) or await self._made(name, source, target, entries)
                except TranslatorBusy as error:  # perhaps next time
                    log.warning("no glossary", source=source, target=target, error=str(error))
                    return None
                except TranslationError as error:
                    log.warning("no glossary for this pair", source=source, target=target, error=str(error))
                    self._known[name] = None
            return self._known[name]

    async def _listed(self, name: str) -> str | None:
        """An earlier process, or another node, may have made it."""
        listed = inside(await ask(self._session, self._address, None, headers=self._headers), "glossaries")
        found = [inside(each, "glossary_id") for each in listed or [] if inside(each, "name") == name]
        return str(found[0]) if found else None

    async def _made(self, name: str, source: str, target: str, entries: str) -> str | None:
        question = {
            "name": name,
            "source_lang": source.lower(),
            "target_lang": target.lower(),
            "entries": entries,
            "entries_format": "tsv",
        }
        made = await ask(self._session, self._address, question, headers=self._headers)
        id = inside(made, "glossary_id")
        return id if isinstance(id, str) else None
