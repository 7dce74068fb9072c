"""A shop with three Telegram chats, its service, and what must be true of them once all is said.

The chats are of the kinds that differ in how an uncertain post is looked for: a channel where the bot may edit nobody
else's posts, one where it may, and a supergroup.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.crash.process import Doom, Running, start
from tests.fakes.telegram import Call, Post, RemoteFake, spawned

OPERATOR = 1001
SECRET = "open-sesame"
EN, IT, ES = "@bottega_en", "@bottega_it", "@bottega_es"
LANGUAGE = {EN: "en", IT: "it", ES: "es"}
ALL = (EN, IT, ES)

PEOPLE: dict[str, list[dict[str, Any]]] = {
    "channels": [
        {"name": EN, "id": -1001, "rights": {"can_edit_messages": False}},
        {"name": IT, "id": -1002, "rights": {"can_edit_messages": True}},
    ],
    "supergroups": [{"name": ES, "id": -1003}],
    "users": [{"id": OPERATOR, "started": True, "language_code": "en", "first_name": "Ada"}],
}
IDS = {EN: -1001, IT: -1002, ES: -1003}

_RULES: list[dict[str, Any]] = [
    {"match": {"labels": {"service": "till"}}, "component": "till", "publish": "automatically"},
    {"match": {"labels": {"service": "shop"}}, "component": "shop", "publish": "automatically"},
    {"match": {"labels": {"service": "whatsapp"}}, "component": "whatsapp", "deadline": "3s"},
]


def config_of(folder: Path, *, base_url: str, chats: Sequence[str] = ALL, **changes: Any) -> dict[str, Any]:
    """The settings of a scene. changes: top-level keys, ``uncertain``, and ``pinned``: chats that pin first posts."""
    uncertain, pinned = changes.pop("uncertain", "resend"), changes.pop("pinned", ())
    telegram = {
        "token": "12345:fake",
        "base_url": base_url,
        "operators_chat": OPERATOR,
        "uncertain": uncertain,
        "chats": [{"chat": chat, "language": LANGUAGE[chat], "pin": chat in pinned} for chat in chats],
    }
    return {
        "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
        "public_url": "https://status.shop.example",
        "languages": ["en", "it", "es"],
        "timezone": "Europe/Rome",
        "listen": "127.0.0.1:0",
        "database": f"sqlite:///{folder}/notices.db",
        "components": {
            "till": {"name": "Till"},
            "shop": {"name": {"en": "Online shop", "it": "Negozio online", "es": "Tienda en línea"}},
            "whatsapp": {"name": "WhatsApp"},
        },
        "sources": {"alertmanager": {"type": "alertmanager", "secret": SECRET}},
        "rules": _RULES,
        "channels": {"telegram": telegram, "feed": {}, "website": {}},
        "operators": [{"telegram_id": OPERATOR, "name": "Ada", "role": "publisher", "language": "en"}],
        **changes,
    }


def write_config(folder: Path, settings: dict[str, Any]) -> Path:
    """The file that holds these settings."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def payload(service: str, status: str) -> dict[str, Any]:
    """What Alertmanager posts about the one problem of a service; the same again, whenever it is asked."""
    minute = {"till": 1, "shop": 2, "whatsapp": 3}[service]
    ended = f"2026-03-02T09:{minute + 30:02}:00Z" if status == "resolved" else "0001-01-01T00:00:00Z"
    alert = {
        "status": status,
        "labels": {"alertname": "Down", "service": service},
        "annotations": {"summary": f"{service} answers nothing"},
        "startsAt": f"2026-03-02T09:{minute:02}:00Z",
        "endsAt": ended,
        "fingerprint": f"{minute:016x}",
    }
    return {"version": "4", "status": status, "receiver": "notices", "groupKey": "{}:{}", "alerts": [alert]}


@dataclass(slots=True)
class Scene:
    """Everybody on it. ``service`` is the process that runs, or ran last."""

    telegram: RemoteFake
    config: Path
    engine: AsyncEngine
    chats: tuple[str, ...]
    session: aiohttp.ClientSession
    pinned: frozenset[str]
    running: list[Running] = field(default_factory=list)

    @property
    def service(self) -> Running:
        return self.running[-1]

    async def up(self, doom: Doom | None = None) -> Running:
        """Start the service (again), doomed or not."""
        self.running.append(await start(self.config, doom=doom))
        return self.service

    async def signal(self, service: str, status: str = "firing") -> bool:
        """Post as Alertmanager does; False when no answer came, after which Alertmanager would post the same again."""
        headers = {"Authorization": f"Bearer {SECRET}"}
        address = f"{self.service.url}/hooks/alertmanager"
        try:
            async with self.session.post(address, json=payload(service, status), headers=headers) as answer:
                assert answer.status == 202, await answer.text()
                return True
        except (aiohttp.ClientError, ConnectionError):
            return False

    async def seed(self, doom: Doom | None = None) -> None:
        """Start, and tell of an earlier incident, so that each chat has a receipt to look from."""
        await self.up(doom)
        assert await self.signal("till")
        await self.quiet(published=1)

    async def strike(self, kind: str, method: str, *, chats: Sequence[str | int] | None = None, **options: Any) -> None:
        """Arrange a fault for the next such call to each of the chats; each strikes once."""
        for chat in self.chats if chats is None else chats:
            await self.telegram.fault(kind, method=method, chat=chat, **options)

    async def struck(self, method: str, *, number: int | None = None, seconds: float = 60.0) -> None:
        """Wait until so many calls (as many as there are chats) have been struck by a fault."""
        wanted = len(self.chats) if number is None else number

        async def enough() -> bool:
            return len(await self.calls(lambda call: call.method == method and call.fault is not None)) >= wanted

        await self.telegram.wait_for(enough, seconds=seconds)

    async def calls(self, wanted: Callable[[Call], object]) -> list[Call]:
        """The bot's calls that ``wanted`` is true of."""
        return [call for call in await self.telegram.calls() if wanted(call)]

    async def kill(self) -> None:
        """SIGKILL; afterwards Telegram works again."""
        await self.service.kill()
        await self.telegram.clear_faults()

    async def told(self, part: str, *, seconds: float = 60.0) -> None:
        """Wait until the operator reads this."""

        async def read() -> bool:
            return any(part in post.text for post in await self.telegram.bot_posts(OPERATOR))

        await self.telegram.wait_for(read, seconds=seconds)

    async def posted(self, number: int) -> None:
        """Wait until each chat holds so many posts of the bot."""

        async def enough() -> bool:
            return all([len(await self.telegram.bot_posts(chat)) >= number for chat in self.chats])

        await self.telegram.wait_for(enough)

    async def log_says(self, event: str) -> None:
        """Wait until the service's log has this event."""

        async def said() -> bool:
            return any(line["event"] == event for line in self.service.events())

        await self.until(said)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds in the service's database."""
        async with self.engine.begin() as connection:
            result = await connection.execute(sa.text(query), values)
            return list(result) if result.returns_rows else []

    async def until(self, done: Callable[[], Awaitable[object]], *, seconds: float = 60.0) -> None:
        """Wait for something to become true that only the database tells. Raises TimeoutError, with the log."""
        try:
            async with asyncio.timeout(seconds):
                while not await done():  # noqa: ASYNC110 - another process commits, nothing here could wake us
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            owed = await self.rows("SELECT id, address, action, state, uncertain, due_at FROM deliveries ORDER BY id")
            log = "\n".join(self.service.log[-20:])
            raise TimeoutError(f"not within {seconds} s; deliveries: {owed}\nlog:\n{log}") from error

    async def quiet(self, *, published: int, seconds: float = 60.0) -> None:
        """Wait until ``is_quiet``."""
        await self.until(lambda: self.is_quiet(published=published), seconds=seconds)

    async def is_quiet(self, *, published: int) -> bool:
        """Whether so many updates are published, all incidents together, and nothing is owed any more."""
        [[made, owed]] = await self.rows(
            "SELECT (SELECT count(*) FROM updates WHERE state = 'published'),"
            " (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'leased'))"
        )
        return bool(made >= published and not owed)

    async def all_once(self, *stories: Sequence[str]) -> None:
        """Each chat holds the given stories: every update once, in order, as a reply to the first, which shows how it
        stands. stories: the statuses of each incident's updates, in order of incidents.
        """
        for chat in self.chats:
            await self._tells(chat, stories)

    async def _tells(self, chat: str, stories: Sequence[Sequence[str]]) -> None:
        told = await self.rows(
            "SELECT u.incident_id, u.status, n.state, n.title FROM updates u JOIN notices n ON n.update_id = u.id"
            " WHERE u.state = 'published' AND n.language = :language ORDER BY u.incident_id, u.number",
            language=LANGUAGE[chat],
        )
        threads = [list(notices) for _, notices in groupby(told, key=lambda row: row.incident_id)]
        assert [[notice.status for notice in thread] for thread in threads] == [list(story) for story in stories]
        posts = await self.telegram.bot_posts(chat)
        openings = [post for post in posts if post.reply_to is None]
        seen = [[opening, *(post for post in posts if post.reply_to == opening.id)] for opening in openings]
        assert [[_title(post) for post in posts] for posts in seen] == [
            [notice.title for notice in thread] for thread in threads
        ], chat
        for (opening, *replies), thread in zip(seen, threads, strict=True):
            assert _state(opening) == _plain(thread[-1].state)
            assert [_state(reply) for reply in replies] == [_plain(notice.state) for notice in thread[1:]]
            assert opening.pinned == (chat in self.pinned and thread[-1].status != "resolved")


def _state(post: Post) -> str:
    return _plain(post.text.splitlines()[0])


def _title(post: Post) -> str:
    return post.text.splitlines()[2]


def _plain(text: str) -> str:
    """With single plain spaces, as Telegram stores them."""
    return " ".join(text.split())


@asynccontextmanager
async def scene(
    folder: Path, *, chats: Sequence[str] = ALL, first_message_id: int = 100, **changes: Any
) -> AsyncIterator[Scene]:
    """Telegram up, the settings written, the service not yet started; ends whatever still runs."""
    people = folder / "people.json"
    people.write_text(json.dumps(PEOPLE), encoding="utf-8")
    options = ("--first-message-id", str(first_message_id))
    async with spawned(chats=people, options=options) as telegram, aiohttp.ClientSession() as session:
        settings = config_of(folder, base_url=telegram.base_url, chats=chats, **changes)
        config = write_config(folder, settings)
        engine = _engine(settings["database"])
        here = Scene(telegram, config, engine, tuple(chats), session, frozenset(changes.get("pinned", ())))
        try:
            yield here
        finally:
            for each in here.running:
                await each.kill()
            await engine.dispose()


def _engine(database: str) -> AsyncEngine:
    url = sa.make_url(database)
    driver = "sqlite+aiosqlite" if url.drivername == "sqlite" else "postgresql+asyncpg"
    return create_async_engine(url.set(drivername=driver))
