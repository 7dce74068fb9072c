"""Who takes part in a conversation: the fake Telegram with its people and chats, and the service's settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.config.settings import Settings
from tests.conversations.script import Mode, Script
from tests.fakes.telegram import FakeTelegram, Rights
from tests.worlds import BASE

TOKEN = "31415926:AAconversation-token_of_forty_characters"


@asynccontextmanager
async def stage_of(script: Script) -> AsyncIterator[FakeTelegram]:
    """Telegram with everybody in it."""
    async with FakeTelegram(token=TOKEN) as fake:
        for name, person in script.who.items():
            started = person.get("started", "role" in person)
            language = person.get("speaks", person.get("language"))
            fake.add_user(person["id"], first_name=name.capitalize(), language_code=language, started=started)
        for number, (name, chat) in enumerate(script.chats.items(), start=1):
            _add_chat(fake, name, {"id": -1000 - number, **chat})
        yield fake


def _add_chat(fake: FakeTelegram, name: str, chat: Mapping[str, Any]) -> None:
    public = name if name.startswith("@") else None
    options: dict[str, Any] = {"id": chat["id"], "title": name, "rights": Rights(**chat.get("rights", {}))}
    if chat.get("pin"):
        options["rights"] = Rights(can_edit_messages=True)
    kind = chat.get("kind", "channel")
    fake.add_chat("supergroup" if kind == "forum" else kind, public, forum=kind == "forum", **options)
    for topic in chat.get("topics", ()):
        fake.add_topic(chat["id"], topic)


def settings_of(script: Script, fake: FakeTelegram, database: str, mode: Mode) -> Settings:
    """The usual settings with the script's people, chats and changes."""
    chats = [_configured(name, chat, fake) for name, chat in script.chats.items() if "language" in chat]
    telegram = {"token": fake.token, "base_url": fake.base_url, "chats": chats, "updates": mode}
    operators = [
        {"telegram_id": who["id"], "name": name, "role": who["role"], "language": who["language"]}
        for name, who in script.who.items()
        if "role" in who
    ]
    usual = {
        **BASE,
        "listen": "127.0.0.1:0",
        "database": database,
        "channels": {"telegram": telegram, "feed": {}, "website": {}},
        "operators": operators,
    }
    return Settings.model_validate(merged(usual, script.config))


def merged(usual: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes over the usual, mappings key by key."""
    result = dict(usual)
    for key, value in changes.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result


def _configured(name: str, chat: Mapping[str, Any], fake: FakeTelegram) -> dict[str, Any]:
    """A chat as the configuration names it: by its @name or id, a topic by its number."""
    address = name if name.startswith("@") else str(chat["id"])
    options = {key: chat[key] for key in ("language", "pin", "silent") if key in chat}
    if "topic" in chat:
        numbers = {title: number for number, title in fake.world.find(address).topics.items()}
        options["topic"] = numbers[chat["topic"]]
    return {"chat": address, **options}
