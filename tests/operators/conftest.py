"""A shop with four operators, a fake Telegram, and the loops between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Never

import pytest
import structlog
from pydantic import SecretStr

from bot.channels.telegram.request import open_bot
from bot.config.settings import Settings
from bot.operators.handler import Handler
from bot.operators.inbox import Inbox
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.waiting import Changes
from tests.operators.memory import NOW, MemoryStore

ANNA, BRUNO, CARLA, DUTY, STRANGER = 1001, 1002, 1003, 1004, 2001
TOKEN = "12345:fake"
AT_ONCE = (timedelta(),)

SETTINGS = Settings.model_validate(
    {
        "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
        "public_url": "https://status.shop.example",
        "languages": ("en", "it", "es"),
        "timezone": "Europe/Rome",
        "components": {
            "shop": {"name": {"en": "Online shop", "it": "Negozio online"}},
            "whatsapp": {"name": "WhatsApp"},
        },
        "channels": {"feed": {}, "website": {}},
        "operators": (
            {"telegram_id": ANNA, "name": "Anna", "role": "publisher", "language": "it"},
            {"telegram_id": BRUNO, "name": "Bruno", "role": "drafter", "language": "es"},
            {"telegram_id": CARLA, "name": "Carla", "role": "viewer", "language": "en"},
            {"telegram_id": DUTY, "name": "Duty_phone", "role": "admin", "language": "en"},
        ),
    },
    strict=False,
)


class Operations:
    """Inbox and handler over one store, as the service wires them."""

    def __init__(self, telegram: FakeTelegram, store: MemoryStore, *, token: str = TOKEN) -> None:
        self.telegram, self.store, self.token = telegram, store, token
        self.now = NOW
        self._wake = asyncio.Event()

    @asynccontextmanager
    async def inbox(self) -> AsyncIterator[asyncio.Task[None]]:
        """Only fetching runs; its task."""
        async with open_bot(SecretStr(self.token), self.telegram.base_url) as bot:
            self.fetching = Inbox(bot, self.store, wake=self._wake, poll=timedelta(seconds=30), pauses=AT_ONCE)
            async with running(self.fetching.run()) as task:
                yield task

    @asynccontextmanager
    async def handler(self) -> AsyncIterator[asyncio.Task[None]]:
        """Only handling runs; its task."""
        handler = Handler(
            SETTINGS,
            self.store,
            wake=self._wake,
            username=lambda: "notice_bot",
            clock=lambda: self.now,
            pauses=AT_ONCE,
        )
        async with running(handler.run()) as task:
            yield task

    @asynccontextmanager
    async def both(self) -> AsyncIterator[None]:
        """The whole of it."""
        async with self.inbox(), self.handler():
            yield

    async def say(self, telegram_id: int, text: str, **where: Any) -> list[str]:
        """Type something; what came back in that chat, once it is handled."""
        chat = where.get("chat", telegram_id)
        before = len(self.store.told(chat))
        done = len(self.store.state.handled)
        self.telegram.say(telegram_id, text, **where)
        await self.store.until(lambda: len(self.store.state.handled) > done)
        return self.store.told(chat)[before:]

    async def settled(self, count: int) -> None:
        """Wait until this many updates are handled."""
        await self.store.until(lambda: len(self.store.state.handled) >= count)


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    """Run work beside the block, and end it with it."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN, username="notice_bot") as fake:
        for person in (ANNA, BRUNO, CARLA, DUTY, STRANGER):
            fake.add_user(person)
        yield fake


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def operations(telegram: FakeTelegram, store: MemoryStore) -> Operations:
    return Operations(telegram, store)


class Logged:
    """What was logged, instead of any output."""

    def __init__(self) -> None:
        self.lines: list[MutableMapping[str, Any]] = []
        self._changes = Changes()

    def __call__(self, logger: object, level: str, line: MutableMapping[str, Any]) -> Never:
        self.lines.append({**line, "level": level})
        self._changes.announce()
        raise structlog.DropEvent

    def at(self, level: str) -> list[MutableMapping[str, Any]]:
        """The lines of one level: warning, error ..."""
        return [line for line in self.lines if line["level"] == level]

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait until something logged makes the predicate true."""
        await self._changes.until(predicate, seconds=10, describe=lambda: f"{self.lines}")


@pytest.fixture
def logged() -> Iterator[Logged]:
    processors = structlog.get_config()["processors"]
    before, lines = list(processors), Logged()
    processors[:] = [lines]  # in place, for the loggers that are bound already
    yield lines
    processors[:] = before


def an_update(update_id: int, sender: int, **content: Any) -> dict[str, Any]:
    """An update about a private message, as Telegram sends it."""
    person = {"id": sender, "first_name": "Anna"}
    message = {
        "message_id": 5,
        "date": 1733939400,
        "chat": {**person, "type": "private"},
        "from": {**person, "is_bot": False},
    }
    return {"update_id": update_id, "message": {**message, **content}}
