"""``python -m benchmarks.broadcast``: an update to a hundred thousand subscribers, from its commit until all is owed.

Nothing is sent. --subscribers: how many; --database: another one than a new SQLite file, which must be empty.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from benchmarks.figures import Table, aligned, quantile, written
from bot import clock
from bot.config.settings import Settings
from bot.domain.delivery import DeliveryState, Receipt
from bot.domain.model import Impact, Status
from bot.intake.broadcasting import Broadcaster
from bot.intake.desk import IntakeDesk
from bot.intake.publishing import Publisher
from bot.intake.service import Intake
from bot.intake.telling import Teller
from bot.intake.transaction import Effects
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.operators.told import Told
from bot.resources import NOTICES, OPERATORS
from bot.store import broadcasts, claims, outbox
from bot.store.connection import Connection
from bot.store.engine import Store, open_store
from bot.store.schema import deliveries
from bot.store.schema_subscribers import subscriber_components, subscribers

LANGUAGES = ("en", "it", "es", "de", "fr", "ar")
CLAIMS = 50
EVERY = 0.001
"""Seconds between looks at how long the loop was held."""


@dataclass(slots=True)
class Figures:
    """What was measured: name, unit, value."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, seconds: float) -> None:
        """One figure, in milliseconds."""
        self.rows.append((what, "ms", written(seconds * 1000)))


def _settings() -> Settings:
    return Settings.model_validate(
        {
            "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
            "public_url": "https://status.shop.example",
            "languages": list(LANGUAGES),
            "timezone": "Europe/Rome",
            "components": {"shop": {"name": "Shop"}, "app": {"name": "App"}},
            "channels": {"telegram": {"subscribers": {}}},
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A store full of subscribers, intake at work, and a broadcaster that does nothing until told."""

    store: Store
    intake: Intake
    broadcaster: Broadcaster


@asynccontextmanager
async def scene(url: str, people: int) -> AsyncIterator[Scene]:
    """One with so many subscribers: a quarter wants one of two components, a tenth has quiet hours."""
    settings = _settings()
    zone = ZoneInfo(settings.timezone)
    teller = Teller(None, Told(zone, Tongues(OPERATORS)))
    async with open_store(url) as store:
        await _fill(store, people)
        publisher = Publisher(settings, Catalogue.load(NOTICES, LANGUAGES), [], teller)
        intake = Intake(store, clock.now, settings=settings, publisher=publisher, teller=teller, committed=_nothing)
        broadcaster = Broadcaster(
            store,
            clock.now,
            zone=zone,
            silent=(),
            digest=lambda notices, language: "",
            owed=lambda: None,
            show=_nothing_shown,
            wake=asyncio.Event(),
        )
        work = asyncio.create_task(intake.run())
        try:
            yield Scene(store=store, intake=intake, broadcaster=broadcaster)
        finally:
            intake.finish()
            await work


def _nothing(effects: Effects) -> None:
    """Nobody is woken: here everything is done when it is measured."""


async def _nothing_shown(*_: object) -> None:
    """No operator watches."""


async def _fill(store: Store, people: int) -> None:
    chance = random.Random(1)
    chats = sorted(chance.sample(range(10**5, 7 * 10**9), people))
    since = clock.now() - timedelta(days=1)
    minute = clock.now().astimezone(ZoneInfo("Europe/Rome")).hour * 60
    for start in range(0, people, 5000):
        part = chats[start : start + 5000]
        rows = [
            {
                "chat_id": chat,
                "language": chance.choice(LANGUAGES),
                "everything": number % 4 != 0,
                "quiet_from": (minute + 180) % 1440 if number % 10 == 0 else None,
                "quiet_until": (minute + 600) % 1440 if number % 10 == 0 else None,
                "since": since,
            }
            for number, chat in enumerate(part)
        ]
        chosen = [{"chat_id": chat, "component": "shop"} for number, chat in enumerate(part) if number % 4 == 0]
        async with store.write() as connection:
            await connection.execute(subscribers.insert(), rows)
            await connection.execute(subscriber_components.insert(), chosen)


@dataclass(slots=True)
class Held:
    """What something cost, in seconds. longest: for which the loop was held at one stretch; working: the same, counting
    only the time in which a processor worked for it; seconds: from its beginning to its end; processor: its work.
    """

    longest: float = 0.0
    working: float = 0.0
    seconds: float = 0.0
    processor: float = 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[Held]:
    """Looks every millisecond, and notes how much later than that it gets its turn, and how long it was at work."""
    held = Held()

    async def look() -> None:
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(EVERY)
            held.longest = max(held.longest, time.perf_counter() - before - EVERY)
            held.working = max(held.working, time.thread_time() - worked)

    looking = asyncio.create_task(look())
    began, worked = time.perf_counter(), time.process_time()
    try:
        yield held
    finally:
        held.seconds, held.processor = time.perf_counter() - began, time.process_time() - worked
        looking.cancel()
        await asyncio.wait([looking])


async def measure(url: str, people: int) -> Table:
    """All of it, one after the other."""
    figures = Figures()
    async with scene(url, people) as at:
        gc.collect()
        gc.freeze()  # as the service does when it has started
        change = await at.intake.transact(_opens)
        await _spread(at, figures, "all deliveries made")
        await _calls(at, figures)
        await at.intake.transact(lambda desk: _goes_on(desk, change.incident.id))
        await _spread(at, figures, "a newer update: all taken back and made anew")
        await _all_sent(at.store)
        await at.intake.transact(lambda desk: _corrects(desk, change.incident.id))
        await _spread(at, figures, "one language of six corrected: all edits made")
    return Table(head=("", "unit", f"{people:,} subscribers"), rows=figures.rows, texts=2)


async def _opens(desk: IntakeDesk) -> Any:
    return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)


async def _goes_on(desk: IntakeDesk, incident_id: int) -> Any:
    return await desk.stories.add_update(incident_id, status=Status.IDENTIFIED, texts={}, by="Ada", draft=False)


async def _corrects(desk: IntakeDesk, incident_id: int) -> Any:
    return await desk.stories.amend(incident_id, None, texts={"it": "Ora è tutto diverso."}, by="Ada")


async def _spread(at: Scene, figures: Figures, what: str) -> None:
    async with watched() as held:
        await at.broadcaster.work()
    figures.add(what, held.seconds)
    figures.add("  of that, processor time of this process", held.processor)
    figures.add("  the loop was held for, at most", held.longest)
    figures.add("  by work of ours, at most", held.working)


async def _calls(at: Scene, figures: Figures) -> None:
    """What the dispatcher does while all of it waits."""
    taken: list[float] = []
    settled: list[float] = []
    for number in range(CLAIMS):
        now = clock.now()
        async with at.store.write() as connection:
            began = time.perf_counter()
            claimed = await claims.claim(
                connection,
                lease=f"lease-{number}",
                until=now + timedelta(minutes=1),
                now=now,
                limit=64,
                channels=["telegram"],
            )
            taken.append(time.perf_counter() - began)
        async with at.store.write() as connection:
            began = time.perf_counter()
            for delivery in claimed:
                await outbox.settle(connection, delivery, outbox.sent(Receipt(id="1"), now=now))
            settled.append(time.perf_counter() - began)
    figures.add("64 claimed, p50", quantile(taken, 0.5))
    figures.add("64 claimed, longest", max(taken))
    figures.add("64 settled, p50", quantile(settled, 0.5))
    now = clock.now()
    asked: Sequence[tuple[str, Callable[[Connection], Awaitable[Any]]]] = (
        ("when the next is due", lambda connection: outbox.next_due(connection, after=now)),
        ("what is owed, by channel", outbox.waiting),
        ("leases taken back", lambda connection: outbox.reap(connection, now=now)),
        ("how far the broadcast is", lambda connection: broadcasts.counts(connection, 1)),
    )
    for what, ask in asked:
        async with at.store.write() as connection:
            began = time.perf_counter()
            await ask(connection)
            figures.add(what, time.perf_counter() - began)


async def _all_sent(store: Store) -> None:
    """As if Telegram had taken all of it."""
    async with store.write() as connection:
        await connection.execute(
            deliveries.update()
            .where(deliveries.c.state == DeliveryState.PENDING)
            .values(state=DeliveryState.SENT, receipt=sa.cast(deliveries.c.id, sa.Text), settled_at=clock.now())
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broadcast", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=100_000)
    parser.add_argument("--database", default=None, help="an empty one; default: a new SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        url = arguments.database or f"sqlite:///{folder}/notices.db"
        print(aligned(asyncio.run(measure(url, arguments.subscribers))))


if __name__ == "__main__":
    main()
