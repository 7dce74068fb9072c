"""What goes first, what is superseded in time, and what a node knows of the calls made before it. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.dispatcher.flights import AHEAD, GUESTS, URGENT
from bot.domain.delivery import Action, Delivery, DeliveryState, Priority, Receipt
from bot.domain.rates import Limits, Window
from bot.store import outbox
from bot.store.engine import Store, open_store
from tests.conftest import fresh_postgres
from tests.dispatcher.far_side import NO_LIMITS, FarSide, dispatching
from tests.worlds import StillClock, World, world

SLOW = Limits(
    overall=Window(count=10**6, seconds=1), chat=Window(count=1, seconds=3600), group=Window(count=20, seconds=3600)
)
"""One call an hour to each chat."""
PACE = Limits(overall=Window(count=30, seconds=1), chat=NO_LIMITS.chat, group=NO_LIMITS.group)
OPERATOR = "1001"


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, destinations=(), operators=()) as opened:
        yield opened


def text(address: str, priority: Priority, words: str = "words", action: Action = Action.POST) -> dict[str, Any]:
    """A row of the outbox."""
    return {
        "channel": "telegram",
        "address": address,
        "lane": f"telegram:{address}:card",
        "priority": priority,
        "action": action,
        "text": words,
        "broadcast_id": 1 if priority is Priority.SUBSCRIBER else None,
    }


async def owe(here: World, *rows: dict[str, Any]) -> None:
    async with here.store.write() as connection:
        await outbox.enqueue(connection, rows, now=here.clock())


async def states(here: World) -> list[str]:
    return [row["state"].value for row in await here.owed(to_operators=True)]


def subscribers(count: int) -> list[dict[str, Any]]:
    return [text(str(number), Priority.SUBSCRIBER) for number in range(100_000, 100_000 + count)]


class SlowForSubscribers(FarSide):
    """Gives no answer to what goes to a subscriber."""

    slow = Priority.SUBSCRIBER

    async def send(self, delivery: Delivery) -> Receipt:
        if delivery.priority is self.slow:
            self.asked.set()
            await asyncio.Event().wait()
        return await super().send(delivery)


class SlowForGuests(SlowForSubscribers):
    """Gives no answer to what is said to a guest."""

    slow = Priority.GUEST


async def test_an_operator_is_answered_while_a_broadcast_hangs(here: World) -> None:
    far = SlowForSubscribers()
    await owe(here, *subscribers(400))
    async with dispatching(here, far, limits=PACE) as running:
        async with asyncio.timeout(10):
            await far.asked.wait()
        await owe(here, text(OPERATOR, Priority.OPERATOR))
        running.dispatcher.wake()
        assert await running.settler.seen(1) == ["done"]
    assert [address for address, _, _ in far.published] == [OPERATOR]


async def test_no_more_of_a_broadcast_is_claimed_than_can_leave_in_a_moment(here: World) -> None:
    far = SlowForSubscribers()
    await owe(here, *subscribers(400))
    async with dispatching(here, far, limits=PACE):
        async with asyncio.timeout(10):
            await far.asked.wait()
        leased = (await states(here)).count("leased")
        assert 0 < leased <= 30 * AHEAD + 30 * 0.1 + 2


async def test_urgent_ones_have_places_of_their_own(here: World) -> None:
    far = FarSide(held=asyncio.Event())
    await owe(here, *(text(f"-{number}", Priority.CHANNEL) for number in range(1, URGENT + 11)))
    async with dispatching(here, far):
        async with asyncio.timeout(10):
            await far.asked.wait()
        assert (await states(here)).count("leased") == URGENT


async def test_an_operator_is_answered_while_however_many_guests_wait_for_answers(here: World) -> None:
    far = SlowForGuests()
    await owe(here, *(text(str(number), Priority.GUEST) for number in range(1, URGENT + GUESTS)))
    async with dispatching(here, far) as running:
        async with asyncio.timeout(10):
            await far.asked.wait()
        assert (await states(here)).count("leased") == GUESTS
        await owe(here, text(OPERATOR, Priority.OPERATOR))
        running.dispatcher.wake()
        assert await running.settler.seen(1) == ["done"]
    assert [address for address, _, _ in far.published] == [OPERATOR]


async def test_an_edit_that_waits_for_its_chats_turn_is_superseded_by_a_newer_one(here: World) -> None:
    far = FarSide()
    async with dispatching(here, far, limits=SLOW) as running:
        for number in range(4):
            await owe(here, text(OPERATOR, Priority.OPERATOR, f"card {number}", Action.EDIT if number else Action.POST))
            running.dispatcher.wake()
            await running.settler.seen(number + 1)
        assert await states(here) == ["sent", "superseded", "superseded", "pending"]
    assert far.posts(OPERATOR) == 1
    assert [row["attempts"] for row in await here.owed(to_operators=True) if row["state"] is DeliveryState.PENDING] == [
        0
    ]


async def test_a_process_that_starts_anew_keeps_to_what_the_last_one_has_used(here: World) -> None:
    pace = Limits(overall=NO_LIMITS.overall, chat=NO_LIMITS.chat, group=Window(count=3, seconds=60.0))
    rows = [text("-1001", Priority.CHANNEL) | {"lane": f"lane {number}"} for number in range(5)]
    await owe(here, *rows)
    for settled in (3, 1):
        far = FarSide()
        async with dispatching(here, far, limits=pace) as running:
            await running.settler.seen(settled + (settled == 3))
        if settled == 3:
            assert len(far.published) == 3
            here.clock.go(seconds=10)
    assert far.published == [], "the minute is not over"


async def test_what_was_in_flight_when_a_process_died_counts_as_sent(here: World) -> None:
    far = FarSide(held=asyncio.Event())
    await owe(here, text("-1001", Priority.CHANNEL), text("-1001", Priority.CHANNEL) | {"lane": "another"})
    async with dispatching(here, far, limits=SLOW):
        async with asyncio.timeout(10):
            await far.asked.wait()
    here.clock.go(minutes=2)
    async with here.store.read() as connection:
        calls = await outbox.calls_since(
            connection,
            channel="telegram",
            since=here.clock() - timedelta(minutes=3),
            broadcasts_since=here.clock(),
        )
    assert calls == []
    async with dispatching(here, FarSide(), limits=SLOW) as running:
        assert (await running.settler.seen(1))[0] == "giveback"


async def test_calls_that_still_count_are_found_with_their_times(here: World) -> None:
    far = FarSide()
    await owe(here, text("-1001", Priority.CHANNEL), *subscribers(1))
    async with dispatching(here, far) as running:
        await running.settler.seen(2)
    sent = here.clock()
    here.clock.go(seconds=10)

    async def since(seconds: float) -> Sequence[object]:
        async with here.store.read() as connection:
            return await outbox.calls_since(
                connection,
                channel="telegram",
                since=here.clock() - timedelta(seconds=60),
                broadcasts_since=here.clock() - timedelta(seconds=seconds),
            )

    assert await since(3) == [("-1001", Priority.CHANNEL, sent)]
    assert len(await since(11)) == 2


async def test_a_channel_that_another_node_holds_is_left_alone_until_it_is_ours(here: World) -> None:
    far = FarSide()
    await owe(here, text("-1001", Priority.CHANNEL))
    async with dispatching(here, far, held=()) as running:
        running.dispatcher.wake()
        assert await states(here) == ["pending"]
        running.dispatcher.hold("telegram")
        await running.settler.seen(1)
        running.dispatcher.release("telegram")
        await owe(here, text("-1002", Priority.CHANNEL))
        running.dispatcher.wake()
        running.dispatcher.hold("telegram")
        await running.settler.seen(2)
    assert [address for address, _, _ in far.published] == ["-1001", "-1002"]


async def test_the_next_leader_goes_on_at_the_pace_of_the_last(postgres: str, clock: StillClock) -> None:
    far, url = FarSide(), await fresh_postgres(postgres)
    async with (
        open_store(url) as one,
        open_store(url) as two,
        world(one, clock, destinations=(), operators=()) as here,
        world(two, clock, destinations=(), operators=()) as there,
        dispatching(here, far, limits=SLOW) as first,
        dispatching(there, far, limits=SLOW, held=()) as second,
    ):
        await owe(here, text("-1001", Priority.CHANNEL))
        first.dispatcher.wake()
        assert await first.settler.seen(1) == ["done"]
        first.dispatcher.release("telegram")
        await owe(there, text("-1001", Priority.CHANNEL), text("-1002", Priority.CHANNEL))
        second.dispatcher.hold("telegram")
        assert sorted(await second.settler.seen(2)) == ["done", "giveback"]
    assert [address for address, _, _ in far.published] == ["-1001", "-1002"]
