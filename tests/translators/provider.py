"""A provider on loopback that speaks all three languages, answers as it is told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config.settings import TranslateSettings
from bot.translators.base import Translator
from bot.translators.registry import open_translator

KEY = "the-providers-key"

Translate = Callable[[str, str], str]
"""A line and the provider's name of the target language -> the line in it."""


def upside_down(line: str, target: str) -> str:
    """Other words, tags untouched: good enough for a translation into a language in Latin letters."""
    return f"{target.lower()[:2]} {line}"


@dataclass
class Provider:
    """translate: how it answers; troubles: answers given first, one a question; held: questions wait for it,
    those that ask for a certain language when ``held_for`` names it.

    no_glossaries: it refuses to make any; glossaries: those made there; glossaries_held: whoever asks for them waits;
    glossary_troubles: answers given to them first;
    asked: paths, headers and bodies of all questions; arrived: set by each of them.
    """

    translate: Translate = upside_down
    troubles: list[web.Response] = field(default_factory=list)
    held: asyncio.Event | None = None
    held_for: str = ""
    no_glossaries: bool = False
    glossaries_held: asyncio.Event | None = None
    glossary_troubles: list[web.Response] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    glossaries: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def questions(self) -> list[Any]:
        """What it was asked to translate, as sent."""
        return [body for path, _, body in self.asked if not path.endswith("/glossaries")]

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.path, dict(request.headers), body))
        self.arrived.set()
        if request.path.endswith("/glossaries"):
            if self.glossaries_held is not None:
                await self.glossaries_held.wait()
            if self.glossary_troubles:
                return self.glossary_troubles.pop(0)
            return self._glossary(request.method, body)
        if self.held is not None and self.held_for in str(body):
            await self.held.wait()
        if self.troubles:
            return self.troubles.pop(0)
        return web.json_response(self._say(request.path, body))

    def _glossary(self, method: str, body: Any) -> web.Response:
        if method == "GET":
            return web.json_response({"glossaries": self.glossaries})
        if self.no_glossaries:
            return web.json_response({"message": "Unsupported pair"}, status=400)
        made = {"glossary_id": f"g-{len(self.glossaries) + 1}", "ready": True, **body}
        self.glossaries.append(made)
        return web.json_response(made, status=201)

    def _say(self, path: str, body: Any) -> Any:
        if path == "/v2/translate":
            said = [{"text": self.translate(line, body["target_lang"])} for line in body["text"]]
            return {"translations": said}
        if path == "/translate":
            return {"translatedText": [self.translate(line, body["target"]) for line in body["q"]]}
        lines = json.loads(body["messages"][1]["content"])
        return completion(json.dumps([self.translate(line, "it") for line in lines], ensure_ascii=False))


def completion(content: str | None, *, finish: str = "stop") -> dict[str, Any]:
    """What a model says, as the server wraps it."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c-1", "object": "chat.completion", "choices": [choice]}


@asynccontextmanager
async def a_provider(**how: Any) -> AsyncIterator[Provider]:
    """It listens on a port of its own, until it is left."""
    provider = Provider(**how)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", provider.answer)
    server = TestServer(application)
    async with server:
        provider.url = str(server.make_url("")).rstrip("/")
        try:
            yield provider
        finally:
            for held in (provider.held, provider.glossaries_held):
                if held is not None:
                    held.set()  # else the server would wait for whom it keeps waiting


SETTINGS: dict[str, dict[str, Any]] = {
    "deepl": {"api_key": KEY},
    "libretranslate": {"api_key": KEY},
    "openai": {"api_key": KEY, "model": "a-model"},
}
"""What each provider needs besides its address."""


@asynccontextmanager
async def asking(name: str, provider: Provider, **more: Any) -> AsyncIterator[Translator]:
    """The adapter of this name, pointed at the provider."""
    settings = TranslateSettings.model_validate({"provider": name, "url": provider.url, **SETTINGS[name], **more})
    async with open_translator(settings) as translator:
        yield translator
