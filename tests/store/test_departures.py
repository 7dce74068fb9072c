"""Who leaves is counted once, however many ways Telegram tells it at the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.domain.following import Departure, Subscriber
from bot.store import subscribers
from bot.store.engine import Store
from bot.store.schema_subscribers import departures

NOW = datetime(2026, 7, 9, 8, 15, tzinfo=UTC)
ZOE = Subscriber(chat_id=4004, language="es", components=None, quiet=None, stopped=False)


async def test_an_update_and_a_refusal_at_once_are_one_departure(store: Store) -> None:
    async with store.write() as connection:
        await subscribers.save(connection, ZOE, now=NOW)
    everybody_knows = asyncio.Barrier(2)

    async def leaves() -> None:
        async with store.write() as connection:
            if store.shared:  # there two transactions may see the subscriber at the same time
                await subscribers.load(connection, ZOE.chat_id)
                await everybody_knows.wait()
            await subscribers.leave(connection, ZOE.chat_id, Departure.BLOCKED, now=NOW)

    await asyncio.gather(leaves(), leaves())

    async with store.read() as connection:
        counts = [row.count_ for row in await connection.execute(sa.select(departures.c.count.label("count_")))]
    assert counts == [1]
