"""Where a story went, as operators look at it, and what they settle by hand; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState
from bot.domain.model import Impact, Status
from bot.domain.places import Place
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from bot.store.schema import deliveries
from tests.worlds import StillClock, World, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where one incident was published, in two chats."""
    async with world(store, clock) as opened:

        async def work(desk: IntakeDesk) -> None:
            await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)

        await opened.intake.transact(work)
        yield opened


async def becomes(here: World, address: str, state: DeliveryState, **values: Any) -> int:
    """Let the first delivery to an address end in a state; its id."""
    first: int = min(row["id"] for row in await here.owed() if row["address"] == address)
    settled = {"state": state, "settled_at": here.clock(), **values}
    async with here.store.write() as connection:
        await connection.execute(sa.update(deliveries).where(deliveries.c.id == first).values(settled))
    return first


async def places(here: World) -> dict[str, Place]:
    found = await here.intake.transact(lambda desk: desk.deliveries.of(1))
    return {place.address: place for place in found.places}


async def row_of(here: World, delivery_id: int) -> dict[str, Any]:
    [row] = [row for row in await here.owed() if row["id"] == delivery_id]
    return row


async def test_a_pinned_post_is_one_post(here: World) -> None:
    async with here.store.write() as connection:
        settled = {"state": DeliveryState.SENT, "settled_at": here.clock(), "receipt": "7"}
        await connection.execute(sa.update(deliveries).values(settled))
    assert {row["action"] for row in await here.owed()} == {Action.POST, Action.PIN}
    assert [(each.sent, each.waiting) for each in (await places(here)).values()] == [(1, 0), (1, 0)]


async def test_each_place_tells_what_was_sent_and_what_waits_since_when(here: World) -> None:
    await becomes(here, "@bottega_it", DeliveryState.SENT, receipt="7")
    there = await places(here)
    assert (there["@bottega_it"].sent, there["@bottega_it"].waiting) == (1, 0)
    assert (there["@bottega_en"].sent, there["@bottega_en"].waiting) == (0, 2)
    assert there["@bottega_en"].since == here.clock()
    assert [each.language for each in there.values()] == ["en", "it"]


async def test_what_somebody_has_seen_counts_as_sent(here: World) -> None:
    doubtful = await becomes(here, "@bottega_en", DeliveryState.UNKNOWN, error="no answer")
    [lost] = (await places(here))["@bottega_en"].lost
    assert (lost.id, lost.error, lost.state) == (doubtful, "no answer", DeliveryState.UNKNOWN)
    await here.intake.transact(lambda desk: desk.deliveries.confirm(doubtful))
    assert (await places(here))["@bottega_en"].lost == ()
    row = await row_of(here, doubtful)
    assert (row["state"], row["receipt"]) == (DeliveryState.SENT, "")


async def test_what_is_not_there_is_sent_again_as_if_for_the_first_time(here: World) -> None:
    doubtful = await becomes(here, "@bottega_en", DeliveryState.UNKNOWN, error="no answer", attempts=9, uncertain=True)
    await here.intake.transact(lambda desk: desk.deliveries.send_again(doubtful))
    row = await row_of(here, doubtful)
    assert (row["state"], row["attempts"], row["uncertain"]) == (DeliveryState.PENDING, 0, False)


async def test_what_was_given_up_is_tried_again(here: World) -> None:
    dead = await becomes(here, "@bottega_en", DeliveryState.DEAD, error="not enough rights")
    await here.intake.transact(lambda desk: desk.deliveries.try_again(dead))
    assert (await row_of(here, dead))["state"] is DeliveryState.PENDING


@pytest.mark.parametrize("deed", ["confirm", "send_again", "try_again"])
async def test_what_is_settled_already_is_not_settled_once_more(here: World, deed: str) -> None:
    sent = await becomes(here, "@bottega_en", DeliveryState.SENT, receipt="7")
    before = await here.everything()
    with pytest.raises(CommandError, match="settled already"):
        await here.intake.transact(lambda desk: getattr(desk.deliveries, deed)(sent))
    assert await here.everything() == before


async def test_an_unknown_story_or_delivery_is_refused(here: World) -> None:
    with pytest.raises(CommandError, match="no incident 99"):
        await here.intake.transact(lambda desk: desk.deliveries.of(99))
    with pytest.raises(CommandError, match="no such delivery"):
        await here.intake.transact(lambda desk: desk.deliveries.whose(9999))


async def test_what_was_given_up_long_ago_is_owed_from_now_on_so_that_it_is_tried(here: World) -> None:
    dead = await becomes(here, "@bottega_en", DeliveryState.DEAD, error="too old")
    here.clock.go(hours=25)
    await here.intake.transact(lambda desk: desk.deliveries.try_again(dead))
    row = await row_of(here, dead)
    assert (row["owed_at"], row["due_at"]) == (here.clock(), here.clock())


@pytest.mark.parametrize(
    ("state", "deed"),
    [(DeliveryState.DEAD, "try_again"), (DeliveryState.UNKNOWN, "send_again")],
    ids=["dead", "unknown"],
)
async def test_words_that_newer_ones_have_overtaken_are_not_sent_after_them(
    here: World, state: DeliveryState, deed: str
) -> None:
    lost = await becomes(here, "@bottega_en", state, error="blocked")
    assert [each.overtaken for each in (await places(here))["@bottega_en"].lost] == [False]

    async def go_on(desk: IntakeDesk) -> None:
        await desk.stories.add_update(1, status=Status.IDENTIFIED, texts={}, by="Ada", draft=False)

    await here.intake.transact(go_on)
    assert [each.overtaken for each in (await places(here))["@bottega_en"].lost] == [True]
    with pytest.raises(CommandError, match="newer words"):
        await here.intake.transact(lambda desk: getattr(desk.deliveries, deed)(lost))
    assert (await row_of(here, lost))["state"] is state


async def test_a_pin_that_failed_is_not_made_up_for_once_the_story_is_over(here: World) -> None:
    resolved: dict[str, Any] = {"status": Status.RESOLVED, "texts": {}, "by": "Ada", "draft": False}
    await here.intake.transact(lambda desk: desk.stories.add_update(1, **resolved))
    [pin] = [row["id"] for row in await here.owed() if row["action"] is Action.PIN]
    async with here.store.write() as connection:
        dead = {"state": DeliveryState.DEAD, "settled_at": here.clock()}
        await connection.execute(sa.update(deliveries).where(deliveries.c.id == pin).values(dead))
    with pytest.raises(CommandError, match="newer words"):
        await here.intake.transact(lambda desk: desk.deliveries.try_again(pin))
