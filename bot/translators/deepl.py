"""DeepL: https://developers.deepl.com/docs/api-reference/translate. Untested against the live service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp

from bot.errors import Untranslated
from bot.translators.asking import ask, inside
from bot.translators.base import Task
from bot.translators.deepl_glossaries import Glossaries, open_glossaries

_FREE, _PAID = "https://api-free.deepl.com", "https://api.deepl.com"
_MOST_TEXTS = 50
# https://developers.deepl.com/docs/getting-started/supported-languages: what a bare tag of ours means there
_TARGETS: Mapping[str, str] = {
    "en": "EN-GB",
    "pt": "PT-PT",
    "zh": "ZH-HANS",
    "no": "NB",
}
_VARIANTS = frozenset({"EN-GB", "EN-US", "PT-PT", "PT-BR", "ZH-HANS", "ZH-HANT", "ES-419"})


def source_code(tag: str) -> str:
    """What DeepL calls a language to translate from: ``PT`` for pt-BR."""
    base = tag.split("-", maxsplit=1)[0].lower()
    return {"no": "NB"}.get(base, base.upper())


def target_code(tag: str) -> str:
    """What DeepL calls a language to translate into: ``EN-GB`` for en, ``DE`` for de-AT."""
    if tag.upper() in _VARIANTS:
        return tag.upper()
    if tag.upper().startswith("ZH-HANT") or tag.upper() in {"ZH-TW", "ZH-HK", "ZH-MO"}:
        return "ZH-HANT"
    base = tag.split("-", maxsplit=1)[0].lower()
    return _TARGETS.get(base, base.upper())


class DeepL:
    """Translates line by line, with the whole text as the context of each, and a glossary kept there."""

    name = "deepl"

    def __init__(
        self,
        session: aiohttp.ClientSession,
        glossaries: Glossaries,
        *,
        url: str,
        headers: Mapping[str, str],
        formality: str,
    ) -> None:
        """headers: of every question, with the key; formality: more, less or default."""
        self._session, self._glossaries, self._formality = session, glossaries, formality
        self._url, self._headers = url, headers

    async def translate(self, task: Task) -> Sequence[str]:
        """See ``Translator.translate``."""
        if len(task.lines) > _MOST_TEXTS:
            raise Untranslated(f"the text has more than {_MOST_TEXTS} lines")
        question: dict[str, object] = {
            "text": list(task.lines),
            "source_lang": source_code(task.source),
            "target_lang": target_code(task.target),
            "tag_handling": "xml",
            "preserve_formatting": True,
            "context": "\n".join([task.company, *task.lines]),
        }
        if self._formality != "default":
            question["formality"] = f"prefer_{self._formality}"
        glossary = self._glossaries.find(source_code(task.source), source_code(task.target), task.terms)
        if glossary is not None:
            question["glossary_id"] = glossary
        answer = await ask(self._session, f"{self._url}/v2/translate", question, headers=self._headers)
        found = inside(answer, "translations")
        texts = [inside(each, "text") for each in found] if isinstance(found, list) else []
        if not texts or not all(isinstance(text, str) for text in texts):
            raise Untranslated("its answer has no texts in translations")
        return [str(text) for text in texts]


@asynccontextmanager
async def open_deepl(
    session: aiohttp.ClientSession, *, key: str, url: str | None, formality: str
) -> AsyncIterator[DeepL]:
    """It, with its glossaries, until it is left.

    url: None for DeepL's own, the free one for a key that ends in ``:fx``; formality: more, less or default.
    """
    address = url or (_FREE if key.endswith(":fx") else _PAID)
    headers = {"Authorization": f"DeepL-Auth-Key {key}"}
    async with open_glossaries(session, address, headers) as glossaries:
        yield DeepL(session, glossaries, url=address, headers=headers, formality=formality)
