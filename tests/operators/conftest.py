"""A shop with four operators, its intake on a SQLite file, a fake Telegram, and the loops between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Never

import pytest
import structlog
from pydantic import SecretStr

from bot.channels.telegram.request import open_bot
from bot.domain.delivery import Destination
from bot.hearing.handler import Handler
from bot.hearing.inbox import Inbox
from bot.hearing.responding import Responder
from bot.operators.reception import Reception
from bot.store.engine import Store, open_store
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.waiting import Changes
from tests.operators.interruptions import Interrupted, Moments
from tests.worlds import StillClock, World, world

NOW = datetime(2024, 12, 11, 17, 50, tzinfo=UTC)
ANNA, BRUNO, CARLA, DUTY, STRANGER = 1001, 1002, 1003, 1004, 2001
TOKEN = "12345:fake"
AT_ONCE = (timedelta(),)

CONFIG: Mapping[str, Any] = {
    "languages": ["en", "it", "es"],
    "components": {
        "shop": {"name": {"en": "Online shop", "it": "Negozio online", "es": "Tienda en línea"}},
        "whatsapp": {"name": "WhatsApp"},
    },
    "rules": [],
    "operators": [
        {"telegram_id": ANNA, "name": "Anna", "role": "publisher", "language": "it"},
        {"telegram_id": BRUNO, "name": "Bruno", "role": "drafter", "language": "es"},
        {"telegram_id": CARLA, "name": "Carla", "role": "viewer", "language": "en"},
        {"telegram_id": DUTY, "name": "Duty_phone", "role": "admin", "language": "en"},
    ],
}
CHATS = tuple(
    Destination(channel="telegram", address=f"@bottega_{language}", language=language)
    for language in CONFIG["languages"]
)


@asynccontextmanager
async def shop(store: Store, moments: Moments) -> AsyncIterator[World]:
    """The shop's intake at work on this store; a second one after the first is the same service, started again."""
    build = partial(Interrupted, moments=moments)
    async with world(store, StillClock(NOW), destinations=CHATS, build=build, **CONFIG) as opened:
        yield opened


class Operations:
    """Inbox and handler over one intake, as the service wires them."""

    def __init__(self, telegram: FakeTelegram, here: World, *, token: str = TOKEN) -> None:
        self.telegram, self.here, self.token = telegram, here, token
        self._wake = asyncio.Event()

    @asynccontextmanager
    async def inbox(self) -> AsyncIterator[asyncio.Task[None]]:
        """Only fetching runs; its task."""
        async with open_bot(SecretStr(self.token), self.telegram.base_url) as bot:
            self.fetching = Inbox(
                bot,
                self.here.intake,
                clock=self.here.clock,
                wake=self._wake,
                poll=timedelta(seconds=30),
                pauses=AT_ONCE,
            )
            async with running(self.fetching.run()) as task:
                yield task

    @asynccontextmanager
    async def handler(self) -> AsyncIterator[asyncio.Task[None]]:
        """Only handling runs; its task."""
        async with open_bot(SecretStr(self.token), self.telegram.base_url) as bot:
            handler = Handler(
                self.here.intake,
                operators=Reception(self.here.settings, self.here.clock, username=lambda: "notice_bot"),
                guests=None,
                respond=Responder(bot),
                wake=self._wake,
                username=lambda: "notice_bot",
                clock=self.here.clock,
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
        """Type something; what that chat is owed for an answer, as Markdown, once it is handled."""
        chat = where.get("chat", telegram_id)
        before, done = len(await self.told(chat)), len(await self.handled())
        self.telegram.say(telegram_id, text, **where)
        await self.settled(done + 1)
        return (await self.told(chat))[before:]

    async def told(self, chat_id: int) -> list[str]:
        """All a chat is owed for an answer, oldest first; not what operators are told unasked."""
        return [text for chat, text in await self.answers() if chat == chat_id]

    async def answers(self) -> list[tuple[int, str]]:
        """All answers that are owed, to whom and as Markdown, oldest first."""
        owed = await self.here.owed(to_operators=True)
        return [(int(row["address"]), row["text"]) for row in owed if row["lane"].endswith(":answers")]

    async def kept(self) -> list[int]:
        """The ids of all Telegram updates that are kept, lowest first."""
        return [row["update_id"] for row in await self.here.rows("telegram_updates")]

    async def handled(self) -> list[int]:
        """Those of them that are handled."""
        return [row["update_id"] for row in await self.here.rows("telegram_updates") if row["handled_at"] is not None]

    async def settled(self, count: int) -> None:
        """Wait until this many updates are handled."""

        async def enough() -> bool:
            return len(await self.handled()) >= count

        await self.here.until(enough)

    async def something_is_kept(self) -> None:
        """Wait until an update is kept."""

        async def some() -> bool:
            return bool(await self.kept())

        await self.here.until(some)


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
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/notices.db") as opened:
        yield opened


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
async def here(store: Store, moments: Moments) -> AsyncIterator[World]:
    async with shop(store, moments) as opened:
        yield opened


@pytest.fixture
def operations(telegram: FakeTelegram, here: World) -> Operations:
    return Operations(telegram, here)


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
