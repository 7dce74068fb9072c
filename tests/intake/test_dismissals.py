"""Whoever may command the bot no more hears nothing more of it, not even what was on its way; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.domain.buttons import Button, Buttons
from bot.domain.delivery import Action, DeliveryState
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.store.engine import Store
from bot.store.schema import deliveries
from tests.worlds import StillClock, World, signal, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.ADMIN, language="en")
DARIO = Operator(telegram_id=1005, name="Dario", role=Role.PUBLISHER, language="en")
SETTINGS = "settings"


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Dario is an operator, has the card of a draft, and one for subscribers."""
    staff = [{"telegram_id": 1001, "name": "Anna", "role": "admin", "language": "en"}]
    async with world(store, clock, operators=staff) as opened:
        await opened.intake.transact(lambda desk: desk.staff.appoint(DARIO, by=ANNA))
        await opened.report(signal(service="whatsapp"))
        buttons = Buttons(((Button("Stop", "sub:0:stop"),),))
        await opened.intake.transact(lambda desk: desk.cards.show(SETTINGS, 1005, "What you get", buttons))
        yield opened


async def dismiss(here: World) -> None:
    await here.intake.transact(lambda desk: desk.staff.dismiss(1005, by=ANNA))


async def on_their_way(here: World) -> list[tuple[Action, str]]:
    owed = [row for row in await here.owed(to_operators=True) if row["address"] == "1005"]
    return [(row["action"], row["text"]) for row in owed if row["state"] is DeliveryState.PENDING]


async def test_what_was_on_its_way_to_them_is_not_sent(here: World) -> None:
    await here.intake.transact(lambda desk: desk.tell(1005, "An answer."))
    await dismiss(here)
    assert await on_their_way(here) == [(Action.POST, "What you get")]


async def test_the_cards_that_stand_in_their_chat_lose_their_words_and_buttons(here: World, clock: StillClock) -> None:
    async with here.store.write() as connection:
        await connection.execute(sa.update(deliveries).values(state="sent", receipt="7", settled_at=clock()))
    await dismiss(here)
    assert await on_their_way(here) == [(Action.EDIT, "↓")]
    assert [row["subject"] for row in await here.rows("cards") if row["chat_id"] == 1005] == [SETTINGS]


async def test_what_happens_afterwards_is_told_to_the_others_only(here: World) -> None:
    await dismiss(here)
    await here.intake.transact(lambda desk: desk.drafts.drop(1, by="Anna"))
    assert await on_their_way(here) == [(Action.POST, "What you get")]
    last = (await here.owed(to_operators=True))[-1]
    assert (last["address"], "Dropped" in last["text"]) == ("1001", True)
