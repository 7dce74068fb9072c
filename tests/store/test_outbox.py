"""Claims, leases, lanes and settling, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.dispatcher.dispatcher import LEASE
from bot.domain.delivery import Action, Delivery, DeliveryState, Receipt
from bot.domain.model import Status
from bot.intake.desk import IntakeDesk
from bot.store import claims, outbox
from bot.store.engine import Store, open_store
from tests.conftest import fresh_postgres
from tests.worlds import StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Without operators, so that only notices are owed."""
    async with world(store, clock, operators=()) as opened:
        yield opened


async def claim(here: World, *, limit: int = 50, lease: str = "mine") -> list[Delivery]:
    async with here.store.write() as connection:
        return await claims.claim(
            connection,
            lease=lease,
            until=here.clock() + LEASE,
            now=here.clock(),
            limit=limit,
            channels=["telegram"],
            node=here.store.node,
        )


async def settle(here: World, delivery: Delivery, values: dict[str, Any]) -> bool:
    async with here.store.write() as connection:
        return await outbox.settle(connection, delivery, values)


async def sent(here: World, delivery: Delivery, receipt: str) -> None:
    assert await settle(here, delivery, outbox.sent(Receipt(id=receipt), now=here.clock()))


def said(claimed: list[Delivery]) -> list[tuple[str, Action]]:
    return [(delivery.address, delivery.action) for delivery in claimed]


async def test_a_lane_goes_out_strictly_in_order(here: World) -> None:
    await here.report(signal())
    await here.report(signal(state="resolved"))
    order = []
    while claimed := [each for each in await claim(here) if each.address == "@bottega_en"]:
        order += [delivery.action for delivery in claimed]
        for delivery in claimed:
            await sent(here, delivery, str(100 + len(order)))
    assert order == [Action.POST, Action.PIN, Action.POST, Action.EDIT, Action.UNPIN]


async def test_later_deliveries_know_the_first_post_and_its_words(here: World) -> None:
    await here.report(signal())
    first = (await claim(here))[0]
    assert (first.anchor, first.opening) == (None, None)
    await sent(here, first, "101")
    pin = (await claim(here))[0]
    assert (pin.action, pin.anchor, pin.opening) == (Action.PIN, "101", None)
    await sent(here, pin, "101")
    await here.report(signal(state="resolved"))
    (reply,) = [each for each in await claim(here) if each.address == "@bottega_en"]
    assert (reply.action, reply.anchor, reply.opening) == (Action.POST, "101", None)
    await sent(here, reply, "102")
    (edit,) = [each for each in await claim(here) if each.address == "@bottega_en"]
    assert (edit.action, edit.anchor, edit.opening) == (Action.EDIT, "101", first.notice)


async def test_nothing_else_goes_to_an_address_while_one_is_in_flight_there(here: World) -> None:
    await here.report(signal())
    await here.report(signal("w", service="shop-worst"))
    assert said(await claim(here)) == [("@bottega_en", Action.POST), ("@bottega_it", Action.POST)]
    assert await claim(here, lease="another") == []


async def test_answers_to_operators_are_claimed_first(store: Store, clock: StillClock) -> None:
    async with world(store, clock) as here:
        await here.report(signal())

        async def work(desk: IntakeDesk) -> None:
            await desk.tell(1001, "An answer.")

        await here.intake.transact(work)
        claimed = await claim(here, limit=1)
    assert [(delivery.address, delivery.text) for delivery in claimed] == [("1001", "An answer.")]
    assert all(delivery.text and delivery.notice is None for delivery in claimed)


async def test_a_delivery_is_not_claimed_before_it_is_due(here: World) -> None:
    await here.report(signal())
    post = (await claim(here, limit=1))[0]
    due_at = here.clock() + timedelta(seconds=30)
    await settle(here, post, outbox.again(due_at=due_at, error="busy", uncertain=False))
    assert [each.address for each in await claim(here)] == ["@bottega_it"]
    async with here.store.read() as connection:
        assert await outbox.next_due(connection, after=here.clock()) == due_at
    here.clock.go(seconds=30)
    (again,) = [each for each in await claim(here) if each.address == "@bottega_en"]
    assert (again.id, again.attempts) == (post.id, 2)


async def test_only_the_holder_of_the_lease_may_settle(here: World) -> None:
    await here.report(signal())
    lost = (await claim(here))[0]
    here.clock.go(minutes=5)
    async with here.store.write() as connection:
        await outbox.reap(connection, now=here.clock())
    taken = next(each for each in await claim(here, lease="another") if each.id == lost.id)
    assert not await settle(here, lost, outbox.sent(Receipt(id="1"), now=here.clock()))
    assert await settle(here, taken, outbox.sent(Receipt(id="2"), now=here.clock()))


async def test_a_lease_that_ended_leaves_posts_in_doubt_and_repeatable_actions_not(here: World) -> None:
    await here.report(signal())
    await sent(here, (await claim(here, limit=1))[0], "101")
    await claim(here)  # the pin in English, the post in Italian
    here.clock.go(minutes=5)
    async with here.store.write() as connection:
        assert await outbox.reap(connection, now=here.clock()) == 2
    doubts = {(row["address"], row["action"]): row["uncertain"] for row in await here.owed()}
    assert doubts["@bottega_en", Action.PIN] is False
    assert doubts["@bottega_it", Action.POST] is True


async def test_what_a_process_has_in_hand_it_does_not_take_from_itself_whatever_the_clock_says(here: World) -> None:
    await here.report(signal())
    claimed = await claim(here)
    here.clock.go(hours=1)
    async with here.store.write() as connection:
        in_hand = [delivery.id for delivery in claimed]
        assert await outbox.reap(connection, now=here.clock(), in_hand=in_hand) == 0
        assert await outbox.reap(connection, now=here.clock()) == len(claimed)


async def test_while_a_post_is_in_doubt_nothing_else_goes_to_its_address(here: World) -> None:
    await here.report(signal())
    post = (await claim(here, limit=1))[0]
    due_at = here.clock() + timedelta(seconds=10)
    await settle(here, post, outbox.again(due_at=due_at, error="no answer", uncertain=True))

    async def another(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["checkout"], impact=post.notice.impact, texts={}, by="Ada", draft=False)

    await here.intake.transact(another)
    assert {each.address for each in await claim(here)} == {"@bottega_it"}
    here.clock.go(seconds=10)
    (doubtful,) = await claim(here)
    assert (doubtful.id, doubtful.uncertain) == (post.id, True)


async def test_a_dead_letter_does_not_hold_up_its_lane(here: World) -> None:
    await here.report(signal())
    post = (await claim(here, limit=1))[0]
    await settle(here, post, outbox.ended(DeliveryState.DEAD, error="kicked", now=here.clock()))
    (pin,) = [each for each in await claim(here) if each.address == "@bottega_en"]
    assert (pin.action, pin.anchor) == (Action.PIN, None)


async def test_what_was_given_back_untried_counts_no_attempt(here: World) -> None:
    await here.report(signal())
    post = (await claim(here, limit=1))[0]
    await settle(here, post, outbox.released(post, due_at=here.clock()))
    assert (await claim(here, limit=1))[0].attempts == 1


async def test_a_moved_chat_is_followed_by_what_waits_and_by_what_comes(here: World) -> None:
    await here.report(signal())
    async with here.store.write() as connection:
        await outbox.move(connection, channel="telegram", old="@bottega_en", new="-100500")
        await outbox.move(connection, channel="telegram", old="-100500", new="-100600")
    await here.report(signal(state="resolved"))
    assert {row["address"] for row in await here.owed()} == {"-100600", "@bottega_it"}


async def test_what_a_dead_node_held_is_taken_back_at_once_and_a_living_ones_is_not(
    postgres: str, clock: StillClock
) -> None:
    url = await fresh_postgres(postgres)
    async with open_store(url) as survivor:
        async with open_store(url) as doomed, world(doomed, clock, operators=()) as here:
            await here.report(signal())
            assert len(await claim(here)) == 2
            async with survivor.write() as connection:
                assert await outbox.reap(connection, now=clock()) == 0
        async with survivor.write() as connection:
            assert await outbox.reap(connection, now=clock()) == 2


async def test_a_node_that_lost_its_connection_counts_as_alive_again(postgres: str, clock: StillClock) -> None:
    url = await fresh_postgres(postgres)
    async with open_store(url) as store, world(store, clock, operators=()) as here:
        before = store.node
        cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"
        async with store.write() as connection:
            await connection.execute(text(cut), {"number": before})
        await store.stay_alive()
        assert store.node == before
        await here.report(signal())
        await claim(here)
        async with store.write() as connection:
            assert await outbox.reap(connection, now=clock()) == 0


async def test_two_nodes_never_claim_the_same(postgres: str, clock: StillClock) -> None:
    url = await fresh_postgres(postgres)
    async with open_store(url) as one, open_store(url) as two, world(one, clock) as here:
        await here.report(*(signal(f"s{number}", service="unheard-of") for number in range(3)), signal())
        nodes = [World(here.intake, store, clock, here.settings, here.teller) for store in (one, two)] * 4
        rounds = await asyncio.gather(*(claim(node, limit=1, lease=f"n{i}") for i, node in enumerate(nodes)))
        claimed = [delivery.id for some in rounds for delivery in some]
        assert len(claimed) == len(set(claimed))
        assert len(claimed) == len({delivery.address for some in rounds for delivery in some})


async def test_what_is_owed_to_a_channel_that_is_off_waits(here: World) -> None:
    await here.report(signal())
    async with here.store.write() as connection:
        assert not await claims.claim(
            connection, lease="mine", until=here.clock() + LEASE, now=here.clock(), limit=9, channels=["mail"]
        )


async def test_what_is_owed_to_a_chat_that_is_no_longer_configured_is_given_up(here: World) -> None:
    await here.report(signal())
    async with here.store.write() as connection:
        await outbox.move(connection, channel="telegram", old="@bottega_en", new="-100500")
        buried = await outbox.bury_unwanted(
            connection, channel="telegram", wanted=[("@bottega_en", None)], now=here.clock()
        )
    assert buried == 1
    assert {row["address"]: row["state"].value for row in await here.owed()} == {
        "-100500": "pending",
        "@bottega_it": "dead",
    }


async def test_statuses_survive_the_round_trip(here: World) -> None:
    await here.report(signal())
    (post, *_) = await claim(here)
    assert post.notice is not None
    assert (post.notice.status, post.notice.language, post.notice.direction) == (Status.INVESTIGATING, "en", "ltr")
    assert post.notice.url == "https://status.shop.example/en/incidents/1"
    assert post.owed_at == here.clock()
