"""The configured provider, ready to be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config.settings import TranslateSettings
from bot.translators.asking import open_session
from bot.translators.base import Translator
from bot.translators.deepl import open_deepl
from bot.translators.libretranslate import LibreTranslate
from bot.translators.openai import OpenAI


@asynccontextmanager
async def open_translator(settings: TranslateSettings) -> AsyncIterator[Translator]:
    """The provider with a client of its own, until it is left."""
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    async with open_session() as session:
        match settings.provider:
            case "deepl":
                async with open_deepl(session, key=key, url=settings.url, formality=settings.formality) as deepl:
                    yield deepl
            case "libretranslate":
                yield LibreTranslate(session, key=key, url=settings.url or "")
            case "openai":
                yield OpenAI(
                    session, key=key, url=settings.url, model=settings.model or "", formality=settings.formality
                )
