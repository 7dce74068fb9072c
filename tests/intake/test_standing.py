"""How things stand, as /status and /reach tell it, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.changes import Overview
from bot.domain.following import Departure
from bot.domain.model import Impact
from bot.store import subscribers
from bot.store.engine import Store, open_store
from bot.store.schema import deliveries
from tests.worlds import START, StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


async def overview(here: World) -> Overview:
    return await here.intake.transact(lambda desk: desk.insight.overview())


async def test_what_waits_is_told_with_since_when(here: World) -> None:
    await here.report(signal())
    here.clock.go(minutes=5)
    await here.report(signal("p2", service="shop-worst"))
    found = await overview(here)
    assert found.waiting == {"telegram": len(await here.owed())}
    assert found.oldest == {"telegram": START}


async def test_what_was_lost_names_its_incident_for_a_day(here: World) -> None:
    await here.report(signal())
    async with here.store.write() as connection:
        values = {"state": "dead", "error": "gone", "settled_at": START}
        await connection.execute(deliveries.update().where(deliveries.c.incident_id == 1).values(values))
    assert (await overview(here)).failed_in == (1,)
    here.clock.go(hours=25)
    assert (await overview(here)).failed_in == ()


async def test_what_is_quiet_is_told(here: World) -> None:
    await here.intake.transact(lambda desk: desk.silences.silence(["shop"], length=timedelta(hours=1), by="Ada"))
    await here.report(signal())
    found = await overview(here)
    assert [(each.component, each.by) for each in found.silences] == [("shop", "Ada")]
    assert found.unspoken == 1
    assert found.open == ()


async def test_who_left_counts_for_thirty_days(here: World) -> None:
    async with here.store.write() as connection:
        for days, reason in ((0, Departure.BLOCKED), (29, Departure.BLOCKED), (31, Departure.STOPPED)):
            await subscribers.count_departure(connection, "en", reason, now=START - timedelta(days=days))
    _, left = await here.intake.transact(lambda desk: desk.insight.reach())
    assert left == {Departure.BLOCKED: 2}


async def test_several_nodes_are_counted(here: World, database: str) -> None:
    assert (await overview(here)).nodes == 1
    if not here.store.shared:
        return
    async with open_store(database):
        assert (await overview(here)).nodes == 2
    assert (await overview(here)).nodes == 1


async def test_an_operators_incident_is_in_the_overview_at_once(here: World) -> None:
    await here.intake.transact(
        lambda desk: desk.stories.open(components=["shop"], impact=Impact.MINOR, texts={}, by="Ada", draft=False)
    )
    assert [incident.id for incident in (await overview(here)).open] == [1]
