"""Somebody stops, or is forgotten, while something is on its way to them: on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.dispatcher.verdict import Again, GiveBack, Verdict
from bot.domain.delivery import Delivery
from bot.domain.following import Departure
from bot.domain.pacing import Pacer
from bot.metrics import Metrics
from bot.store import erasing, outbox
from bot.store import subscribers as subscriber_rows
from tests.subscribers.house import CARLA, DARIO, House
from tests.worlds import START

NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # 02:00 in Rome
LATER = START + timedelta(seconds=30)
COMING_BACK: dict[str, Verdict] = {
    "refused for now": Again(due_at=LATER, error="Too Many Requests", uncertain=False),
    "no turn": GiveBack(due_at=LATER),
}


_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def come_back(here: House, flying: list[Delivery], verdict: Verdict) -> None:
    settler = Settler(here.world.store, here.world.clock, here.world.teller, Metrics())
    turns = Turns(Pacer(), lambda: 0.0)
    await asyncio.gather(*(settler.settle(delivery, verdict, turns) for delivery in flying))


async def in_flight(here: House) -> list[Delivery]:
    """A broadcast on its way to Carla and Dario."""
    for chat in (CARLA, DARIO):
        await here.says("/start", chat=chat)
    await here.sends()
    await here.opens("shop")
    await here.broadcaster.work()
    return await here.claims()


@pytest.mark.parametrize("verdict", COMING_BACK.values(), ids=COMING_BACK)
async def test_what_comes_back_after_somebody_has_stopped_goes_no_more(here: House, verdict: Verdict) -> None:
    flying = await in_flight(here)
    await here.says("/stop")
    await come_back(here, flying, verdict)
    assert [post["state"] for post in await here.posts(CARLA)] == ["superseded"]
    assert [post["state"] for post in await here.posts(DARIO)] == ["pending"]


async def test_what_comes_back_after_somebody_was_forgotten_goes_no_more_and_is_erased(here: House) -> None:
    flying = await in_flight(here)
    await here.presses("sub:0:erase")
    await come_back(here, flying, COMING_BACK["no turn"])
    here.world.clock.go(minutes=1)
    assert CARLA not in [int(each.address) for each in await here.sends() if each.notice is not None]
    await here.broadcaster.work()
    assert await here.rows(CARLA) == []


async def test_what_a_dead_process_had_in_hand_goes_no_more_either(here: House) -> None:
    await in_flight(here)
    await here.says("/stop")
    async with here.world.store.write() as connection:
        assert await outbox.reap(connection, now=here.world.clock.go(minutes=5), orphans=True) == 2
    assert [post["state"] for post in await here.posts(CARLA)] == ["superseded"]
    assert [post["state"] for post in await here.posts(DARIO)] == ["pending"]


async def test_who_has_stopped_still_gets_new_words_for_what_they_have(here: House) -> None:
    await here.lands(await in_flight(here))
    await here.corrects(1, it="Parole nuove.")
    await here.broadcaster.work()
    await here.says("/stop")
    assert [post["state"] for post in await here.posts(CARLA)] == ["sent", "pending"]
    await come_back(here, await here.claims(), COMING_BACK["no turn"])
    assert [post["state"] for post in await here.posts(CARLA)] == ["sent", "pending"]


async def test_who_has_stopped_is_not_told_what_they_missed(here: House) -> None:
    here.world.clock.time = NIGHT
    await here.says("/start")
    await here.presses("sub:0:until:22-7")
    await here.sends()
    await here.opens("shop")
    await here.broadcaster.work()
    here.world.clock.go(hours=6)
    await here.broadcaster.work()
    await here.says("/stop")
    states = {row["lane"].rpartition(":")[2]: row["state"] for row in await here.rows() if row["text"]}
    assert states["digest"] == "superseded"


# --- at the same time ---


async def meanwhile(here: House, work: Awaitable[None]) -> asyncio.Future[None]:
    """Begun within a transaction of ours: goes on until it is done, or waits for us. SQLite lets in one at a time."""
    task = asyncio.ensure_future(work)
    if not here.world.store.shared:
        return task
    async with asyncio.timeout(10):
        while not task.done():
            async with here.world.store.read() as connection:
                if (await connection.execute(_WAITING)).scalar_one():
                    break
    return task


async def forget(here: House, before: Callable[[], Awaitable[None]]) -> None:
    """Carla is forgotten while this goes on."""
    async with here.world.store.write() as connection:
        now = here.world.clock()
        await subscriber_rows.leave(connection, CARLA, Departure.FORGOTTEN, now=now)
        await erasing.erase(connection, CARLA)
        task = await meanwhile(here, before())
    await task


async def test_who_is_forgotten_while_a_broadcast_spreads_gets_nothing_of_it(here: House) -> None:
    await here.says("/start")
    await here.says("/start", chat=DARIO)
    await here.sends()
    await here.opens("shop")
    await forget(here, here.broadcaster.work)
    assert await here.rows(CARLA) == []
    assert len(await here.posts(DARIO)) == 1


async def test_who_is_forgotten_while_words_change_gets_no_new_ones(here: House) -> None:
    await here.lands(await in_flight(here))
    await here.corrects(1, it="Parole nuove.")
    await forget(here, here.broadcaster.work)
    assert await here.rows(CARLA) == []
    assert len(await here.posts(DARIO)) == 2


async def test_who_stops_while_their_quiet_time_begins_misses_nothing(here: House) -> None:
    here.world.clock.time = NIGHT.replace(hour=20, minute=59, second=30) - timedelta(days=1)  # 21:59:30 in Rome
    await here.says("/start")
    await here.presses("sub:0:until:22-7")
    await here.sends()
    await here.opens("shop")
    await here.broadcaster.work()
    here.world.clock.go(minutes=2)
    async with here.world.store.write() as connection:
        carla = await subscriber_rows.load(connection, CARLA)
        assert carla is not None
        await subscriber_rows.stop(connection, carla, now=here.world.clock())
        task = await meanwhile(here, here.broadcaster.work())
    await task
    assert await here.world.rows("missed") == []


async def test_who_wakes_is_told_once_by_however_many_nodes(here: House) -> None:
    here.world.clock.time = NIGHT
    await here.says("/start")
    await here.presses("sub:0:until:22-7")
    await here.sends()
    await here.opens("shop")
    await here.broadcaster.work()
    here.world.clock.go(hours=6)
    await asyncio.gather(*(here.broadcaster.work() for _ in range(4)))
    assert sum(row["lane"].endswith(":digest") for row in await here.rows()) == 1


async def test_who_is_forgotten_on_waking_is_told_nothing(here: House) -> None:
    here.world.clock.time = NIGHT
    await here.says("/start")
    await here.presses("sub:0:until:22-7")
    await here.sends()
    await here.opens("shop")
    await here.broadcaster.work()
    here.world.clock.go(hours=6)
    await forget(here, here.broadcaster.work)
    assert await here.rows() == []
