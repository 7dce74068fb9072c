"""What tests of the middle are made from: settings, a clock that stands still, intake on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.config.settings import Settings
from bot.domain.delivery import Destination
from bot.domain.model import Role, Signal, SignalState
from bot.domain.staff import Operator
from bot.intake.publishing import Publisher
from bot.intake.rules import operators_of, room_of
from bot.intake.service import Intake
from bot.intake.telling import Teller
from bot.intake.transaction import Effects
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.operators.told import Told
from bot.resources import NOTICES, OPERATORS
from bot.store.columns import metadata
from bot.store.engine import Store
from bot.store.schema import deliveries, incidents, notices, updates
from tests.fakes.telegram.waiting import Changes

START = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)

BASE: Mapping[str, Any] = {
    "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
    "public_url": "https://status.shop.example",
    "languages": ["en", "it"],
    "timezone": "Europe/Rome",
    "components": {
        "shop": {
            "name": {"en": "Online shop", "it": "Negozio online"},
            "instead": {"en": "Call us on 081 555 0100.", "it": "Chiamateci allo 081 555 0100."},
        },
        "whatsapp": {"name": "WhatsApp"},
        "checkout": {"name": {"en": "Checkout", "it": "Cassa"}},
    },
    "sources": {"probe": {"type": "generic", "insecure": "true"}},
    "rules": [
        {"match": {"labels": {"service": "shop"}}, "component": "shop", "publish": "automatically"},
        {
            "match": {"labels": {"service": "shop-worst"}},
            "component": "shop",
            "impact": "critical",
            "publish": "automatically",
        },
        {"match": {"labels": {"service": "whatsapp"}}, "component": "whatsapp", "deadline": "10m"},
        {
            "match": {"labels": {"service": "checkout"}},
            "component": "checkout",
            "deadline": "10m",
            "on_deadline": "drop",
        },
        {"match": {"labels": {"service": "backup"}}, "publish": "never"},
    ],
    "channels": {"feed": {}, "website": {}},
    "operators": [
        {"telegram_id": 1001, "name": "Duty phone", "role": "publisher", "language": "en"},
        {"telegram_id": 1002, "name": "Ada", "role": "drafter", "language": "en"},
    ],
}

CHATS = (
    Destination(channel="telegram", address="@bottega_en", language="en", pin=True),
    Destination(channel="telegram", address="@bottega_it", language="it"),
)


@cache
def catalogue(*languages: str) -> Catalogue:
    """The shipped sentences of these languages; proving them takes a moment, so once is enough."""
    return Catalogue.load(NOTICES, languages)


def settings(**changes: Any) -> Settings:
    """The usual settings with some keys changed."""
    return Settings.model_validate({**BASE, **changes})


@dataclass
class StillClock:
    """A clock that stands until it is told to go on."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def go(self, **by: float) -> datetime:
        """Go on by so many minutes, seconds ... as ``timedelta`` takes them; the new time."""
        self.time += timedelta(**by)
        return self.time


def signal(key: str = "p1", state: str = "firing", *, service: str = "shop", at: datetime | None = None) -> Signal:
    """What a probe says about one problem."""
    return Signal(
        source="probe", key=key, state=SignalState(state), labels={"service": service}, summary=f"{key} is bad", at=at
    )


@dataclass
class World:
    """Intake at work on a store, with everything it has caused in reach."""

    intake: Intake
    store: Store
    clock: StillClock
    settings: Settings
    teller: Teller
    effects: list[Effects] = field(default_factory=list)
    commits: Changes = field(default_factory=Changes)
    work: asyncio.Task[None] | None = None
    grace: timedelta = timedelta(seconds=0.05)

    def teller_to(self, *chats: int) -> Teller:
        """One that tells these chats."""
        operators = [Operator(telegram_id=chat, name=str(chat), role=Role.VIEWER, language="en") for chat in chats]
        return Teller(operators, self.teller.cards)

    async def report(self, *signals: Signal) -> list[str]:
        """Report signals; the kind of each decision, in lower case."""
        return [type(decision).__name__.lower() for decision in await self.intake.report(signals)]

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Return once what is asked holds; asked again after every commit. Raises TimeoutError."""
        async with asyncio.timeout(10):
            while True:
                asked_at = self.commits.version
                if await holds():
                    return
                if self.commits.version == asked_at:
                    await self.commits.next()

    async def crash(self) -> None:
        """Stop intake where it is, as when its process is killed: what was not committed has never happened."""
        assert self.work is not None, "this world only looks at an intake that another one runs"
        self.work.cancel()
        await asyncio.wait([self.work])

    async def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table, by primary key."""
        table = metadata.tables[name]
        async with self.store.read() as connection:
            found = await connection.execute(select(table).order_by(*table.primary_key))
            return [dict(row) for row in found.mappings()]

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """The whole database."""
        return {name: await self.rows(name) for name in metadata.tables}

    async def incidents(self) -> list[dict[str, Any]]:
        return await self.rows(incidents.name)

    async def updates(self) -> list[dict[str, Any]]:
        return await self.rows(updates.name)

    async def notices(self) -> list[dict[str, Any]]:
        return await self.rows(notices.name)

    async def owed(self, *, to_operators: bool = False) -> list[dict[str, Any]]:
        """Deliveries of notices, or of texts to operators."""
        return [row for row in await self.rows(deliveries.name) if (row["text"] is not None) is to_operators]


@asynccontextmanager
async def world(
    store: Store,
    clock: StillClock,
    *,
    destinations: tuple[Destination, ...] = CHATS,
    build: Callable[..., Intake] = Intake,
    **changes: Any,
) -> AsyncIterator[World]:
    """Intake on this store with the usual settings, some keys changed. build: takes what ``Intake`` takes."""
    configured = settings(**changes)
    effects: list[Effects] = []
    commits = Changes()

    def committed(what: Effects) -> None:
        effects.append(what)
        commits.announce()

    told = Told(ZoneInfo(configured.timezone), Tongues(OPERATORS))
    teller = Teller(operators_of(configured), told, room=room_of(configured))
    intake = build(
        store,
        clock,
        settings=configured,
        publisher=Publisher(configured, catalogue(*configured.languages), destinations, teller),
        teller=teller,
        committed=committed,
    )
    task = asyncio.create_task(intake.run())
    try:
        yield World(
            intake=intake,
            store=store,
            clock=clock,
            settings=configured,
            teller=teller,
            effects=effects,
            commits=commits,
            work=task,
        )
    finally:
        intake.finish()
        if not task.cancelled():
            await task
