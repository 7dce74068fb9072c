"""What is owed once a change finds its post deleted, row by row. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.delivery import Action, Delivery, Receipt
from bot.errors import Permanent, Reason
from bot.store.engine import Store
from tests.dispatcher.far_side import FarSide, Running, dispatching
from tests.worlds import CHATS, StillClock, World, signal, world

GONE = Permanent("message to pin not found", reason=Reason.GONE)
PINNED = (CHATS[0],)


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """One channel where the first post is kept pinned, and nobody who is told anything."""
    async with world(store, clock, destinations=PINNED, operators=()) as opened:
        yield opened


async def carried_out(running: Running, verdicts: int) -> list[str]:
    running.dispatcher.wake()
    return await running.settler.seen(verdicts)


async def fates(here: World) -> list[tuple[str, str]]:
    return [(row["action"].value, row["state"].value) for row in await here.owed()]


async def test_a_post_that_is_deleted_before_it_is_pinned_comes_back_and_is_pinned(here: World) -> None:
    far = FarSide(answers=[None, GONE])
    async with dispatching(here, far) as running:
        await here.report(signal())
        assert await carried_out(running, 4) == ["done", "gone", "done", "done"]
    assert await fates(here) == [
        ("post", "superseded"),
        ("pin", "superseded"),
        ("post", "sent"),
        ("pin", "sent"),
    ]


async def test_it_comes_back_only_once(here: World) -> None:
    far = FarSide(answers=[None, GONE, None, GONE])
    async with dispatching(here, far) as running:
        await here.report(signal())
        assert await carried_out(running, 4) == ["done", "gone", "done", "gone"]
    assert [state for _, state in await fates(here)] == ["superseded"] * 4
    assert far.posts("@bottega_en") == 2


class SlowToEdit(FarSide):
    """One where the first edit takes until it is let go, and then finds nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.editing, self.let_go = asyncio.Event(), asyncio.Event()

    async def send(self, delivery: Delivery) -> Receipt:
        if delivery.action is Action.EDIT and not self.editing.is_set():
            self.editing.set()
            await self.let_go.wait()
            raise Permanent("message to edit not found", reason=Reason.GONE)
        return await super().send(delivery)


async def test_what_a_newer_update_is_about_to_show_is_not_owed_twice(here: World) -> None:
    far = SlowToEdit()
    async with dispatching(here, far) as running:
        await here.report(signal())
        await carried_out(running, 2)
        await here.report(signal(state="resolved"))
        running.dispatcher.wake()
        async with asyncio.timeout(10):
            await far.editing.wait()
        await here.report(signal())
        far.let_go.set()
        await carried_out(running, 8)
    assert await fates(here) == [
        ("post", "superseded"),
        ("pin", "sent"),
        ("post", "sent"),
        ("edit", "superseded"),
        ("unpin", "sent"),
        ("post", "sent"),
        ("edit", "sent"),
        ("pin", "sent"),
    ]
