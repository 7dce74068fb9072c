"""What becomes of deliveries when the far side answers well, badly, late or not at all. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.delivery import Action, DeliveryState
from bot.errors import Moved, Permanent, Reason, Throttled, Transient, Uncertain
from bot.store.engine import Store
from tests.dispatcher.far_side import FarSide, Lost, Running, dispatching
from tests.worlds import CHATS, StillClock, World, signal, world

ONE = (CHATS[1],)  # a chat without a pin: one delivery per opening


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, destinations=ONE, operators=()) as opened:
        yield opened


async def states(here: World) -> list[str]:
    return [row["state"].value for row in await here.owed()]


async def test_what_is_owed_is_sent_at_once_and_in_order(store: Store, clock: StillClock) -> None:
    far = FarSide()
    async with world(store, clock, operators=()) as here, dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(3)
        await here.report(signal(state="resolved"))
        running.dispatcher.wake()
        await running.settler.seen(8)
    english = [action for address, action, _ in far.published if address == "@bottega_en"]
    assert english == [Action.POST, Action.PIN, Action.POST, Action.EDIT, Action.UNPIN]
    assert set(await states(here)) == {"sent"}


async def test_a_hiccup_is_tried_again_later(here: World) -> None:
    far = FarSide(answers=[Transient("connection refused")])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        (row,) = await here.owed()
        assert (row["state"], row["attempts"], row["error"]) == (DeliveryState.PENDING, 1, "connection refused")
        assert timedelta(seconds=0.5) <= row["due_at"] - here.clock() <= timedelta(seconds=1)
        here.clock.go(seconds=1)
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["again", "done"]
    assert far.posts("@bottega_it") == 1


async def test_a_pause_that_is_asked_for_is_kept(here: World) -> None:
    far = FarSide(answers=[Throttled("flood", retry_after=timedelta(seconds=17))])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
    assert (await here.owed())[0]["due_at"] == here.clock() + timedelta(seconds=17)


async def test_a_post_whose_answer_was_lost_is_found_and_not_sent_again(here: World) -> None:
    far = FarSide(answers=[Lost()])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        assert (await here.owed())[0]["uncertain"] is True
        here.clock.go(seconds=2)
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["again", "done"]
    assert far.posts("@bottega_it") == 1
    assert (await here.owed())[0]["receipt"] == "1"


async def test_a_post_that_was_not_published_after_all_is_sent(here: World) -> None:
    far = FarSide(answers=[Uncertain("cut off")])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        here.clock.go(seconds=2)
        running.dispatcher.wake()
        await running.settler.seen(2)
    assert far.posts("@bottega_it") == 1


@pytest.mark.parametrize(("resend", "posts", "state"), [(True, 2, "sent"), (False, 1, "unknown")])
async def test_where_nobody_can_tell_the_policy_decides(here: World, resend: bool, posts: int, state: str) -> None:
    far = FarSide(answers=[Lost()], can_tell=False)
    async with dispatching(here, far, resend=resend) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        here.clock.go(seconds=2)
        running.dispatcher.wake()
        await running.settler.seen(2)
    assert far.posts("@bottega_it") == posts
    assert await states(here) == [state]


async def test_a_refusal_is_a_dead_letter_that_operators_hear_of(store: Store, clock: StillClock) -> None:
    far = FarSide(answers=[Permanent("chat not found", reason=Reason.REFUSED)])
    async with (
        world(store, clock, destinations=ONE, operators=()) as here,
        dispatching(here, far, teller=here.teller_to(1001)) as running,
    ):
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        running.dispatcher.wake()
        await running.settler.seen(2)
        (told,) = await here.owed(to_operators=True)
        assert "chat not found" in told["text"]
        assert told["state"] is DeliveryState.SENT
    assert await states(here) == ["dead"]


async def all_told(here: World) -> list[str]:
    return [row["text"] for row in await here.owed(to_operators=True)]


@asynccontextmanager
async def refusing(store: Store, clock: StillClock, *answers: Exception | None) -> AsyncIterator[tuple[World, Running]]:
    """A far side that answers so, in a world where one operator is told what becomes of deliveries."""
    async with (
        world(store, clock, destinations=ONE, operators=()) as here,
        dispatching(here, FarSide(answers=list(answers)), teller=here.teller_to(1001)) as running,
    ):
        yield here, running


GONE = Permanent("message to edit not found", reason=Reason.GONE)
KICKED = Permanent("bot was kicked", reason=Reason.BLOCKED)


async def tell_all(here: World, running: Running, *states: str, settled: int) -> None:
    for state in states:
        await here.report(signal(state=state))
    running.dispatcher.wake()
    await running.settler.seen(settled)


async def test_a_post_that_was_deleted_on_purpose_is_no_failure(store: Store, clock: StillClock) -> None:
    async with refusing(store, clock, None, None, GONE) as (here, running):
        await tell_all(here, running, "firing", "resolved", settled=3)
        running.dispatcher.wake()
        await running.settler.seen(4)
        (card,) = await all_told(here)
        assert card.startswith("**A post is gone from @bottega\\_it**")
        assert "Not published" not in card
    assert await states(here) == ["superseded", "sent", "superseded"]


async def test_operators_hear_once_of_an_incident_that_the_bot_was_kicked(store: Store, clock: StillClock) -> None:
    async with refusing(store, clock, KICKED, None, KICKED) as (here, running):
        await tell_all(here, running, "firing", settled=2)  # the post, and the card about it
        await tell_all(here, running, "resolved", settled=4)
        assert await states(here) == ["dead", "dead", "sent"]
        (card,) = await all_told(here)
        assert "Not published" in card
        assert "bot was kicked" in card


async def test_each_refused_post_is_told_of(store: Store, clock: StillClock) -> None:
    refused = Permanent("too long", reason=Reason.REFUSED)
    async with refusing(store, clock, refused, None, refused) as (here, running):
        await tell_all(here, running, "firing", settled=2)
        await tell_all(here, running, "resolved", settled=4)
        assert [text.splitlines()[-1] for text in await all_told(here)] == ["too long"] * 2


async def test_of_an_edit_that_is_refused_the_former_words_are_told(store: Store, clock: StillClock) -> None:
    async with refusing(store, clock, None, None, Permanent("no", reason=Reason.REFUSED)) as (here, running):
        await tell_all(here, running, "firing", "resolved", settled=3)
        (card,) = await all_told(here)
        assert card.startswith("**Not changed at @bottega\\_it**")
        assert "the post there keeps its former words" in card


async def test_a_refused_answer_to_an_operator_makes_no_further_answer(store: Store, clock: StillClock) -> None:
    far = FarSide(answers=[Permanent("blocked", reason=Reason.BLOCKED)] * 2)
    async with world(store, clock, destinations=()) as here, dispatching(here, far) as running:
        await here.report(signal(service="unheard-of"))
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["bury", "bury"]
    assert [row["state"].value for row in await here.owed(to_operators=True)] == ["dead", "dead"]


async def test_a_wrong_token_gives_nothing_up(here: World) -> None:
    far = FarSide(answers=[Permanent("unauthorized", reason=Reason.MISCONFIGURED)])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
    (row,) = await here.owed()
    assert (row["state"], row["due_at"]) == (DeliveryState.PENDING, here.clock() + timedelta(seconds=60))


async def test_a_chat_that_has_moved_is_followed_at_once(here: World) -> None:
    far = FarSide(answers=[Moved("upgraded", new_address="-1009")])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["relocate", "done"]
        await here.report(signal(state="resolved"))
        running.dispatcher.wake()
        await running.settler.seen(4)
    assert [address for address, _, _ in far.published] == ["-1009"] * 3


async def test_trying_ends_after_a_day(here: World) -> None:
    far = FarSide(answers=[Transient("down"), Transient("down")])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        here.clock.go(hours=24)
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["again", "bury"]


async def test_a_defect_in_a_channel_loses_nothing_and_stops_nobody(here: World) -> None:
    far = FarSide(answers=[ZeroDivisionError("a defect")])
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        await running.settler.seen(1)
        here.clock.go(seconds=2)
        running.dispatcher.wake()
        assert await running.settler.seen(2) == ["again", "done"]
    assert far.posts("@bottega_it") == 1


async def test_what_a_dead_process_had_in_flight_is_looked_for_before_it_is_sent_again(
    here: World,
) -> None:
    far = FarSide(held=asyncio.Event())
    async with dispatching(here, far) as running:
        await here.report(signal())
        running.dispatcher.wake()
        async with asyncio.timeout(10):
            await far.asked.wait()
    assert await states(here) == ["leased"], "it was left in doubt, not given back: it may be out"
    here.clock.go(minutes=2)  # on PostgreSQL another node waits for the lease to end
    far.held.set()
    async with dispatching(here, far) as running:
        assert await running.settler.seen(1) == ["done"]
    assert far.posts("@bottega_it") == 1
