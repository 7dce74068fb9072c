"""LibreTranslate: https://docs.libretranslate.com. Untested against a live server.

It knows no glossary and no formality.
"""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp

from bot.translators.asking import ask, inside, strings
from bot.translators.base import Task

_CODES = {"zh": "zh-Hans", "no": "nb", "pt-PT": "pt"}
_KEPT = frozenset({"zh-Hans", "zh-Hant", "pt-BR"})


def code(tag: str) -> str:
    """What LibreTranslate calls a language: ``de`` for de-AT, ``zh-Hans`` for zh."""
    if tag in _KEPT:
        return tag
    if tag in {"zh-TW", "zh-HK", "zh-MO"} or tag.startswith("zh-Hant"):
        return "zh-Hant"
    base = tag.split("-", maxsplit=1)[0]
    return _CODES.get(base, base)


class LibreTranslate:
    """Translates all lines in one request."""

    name = "libretranslate"

    def __init__(self, session: aiohttp.ClientSession, *, key: str, url: str) -> None:
        """key: "" where the server asks for none."""
        self._session, self._key, self._url = session, key, url

    async def translate(self, task: Task) -> Sequence[str]:
        """See ``Translator.translate``."""
        question: dict[str, object] = {
            "q": list(task.lines),
            "source": code(task.source),
            "target": code(task.target),
            "format": "html",
        }
        if self._key:
            question["api_key"] = self._key
        answer = await ask(self._session, f"{self._url}/translate", question, headers={})
        return strings(inside(answer, "translatedText"), of="translatedText")
