"""Cards that cannot be edited any more are sent anew: nobody is left with a card that does nothing or says the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.buttons import Button, Buttons
from bot.domain.cards import Reader
from bot.domain.delivery import Action
from bot.domain.dialogues import Talk
from bot.domain.model import Impact, Role
from bot.errors import Moved, Permanent, Reason
from bot.intake.service import KEEP
from bot.intake.telling import Teller
from bot.store.engine import Store
from tests.dispatcher.far_side import FarSide, dispatching
from tests.worlds import StillClock, World, world

GROUP, UPGRADED = -55, -1000055
PRESS = Buttons(((Button("Drop", "draft:1:drop"),),))


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


async def show(here: World, text: str, *, chat_id: int = GROUP, subject: str = "draft:1") -> None:
    await here.intake.transact(lambda desk: desk.cards.show(subject, chat_id, text, PRESS))


async def sent(here: World, *answers: Exception) -> list[tuple[str, Action]]:
    """Send what is owed; what was published by that. answers: what the far side says first."""
    far = FarSide(answers=list(answers))
    async with dispatching(here, far) as posting:
        number = 0
        while await owes(here):
            number += 1
            await posting.settler.seen(number)
    return [(address, action) for address, action, _ in far.published]


async def owes(here: World) -> bool:
    """Whether anything is still to be sent to anybody in private or in a group."""
    return any(row["state"] in ("pending", "leased") for row in await here.owed(to_operators=True))


async def test_a_card_that_stands_is_edited(here: World) -> None:
    await show(here, "one")
    assert await sent(here) == [(str(GROUP), Action.POST)]
    await show(here, "two")
    assert await sent(here) == [(str(GROUP), Action.EDIT)]


async def test_when_a_group_has_been_upgraded_its_cards_go_on_in_the_new_one(here: World) -> None:
    await show(here, "one")
    await sent(here)
    await show(here, "two")
    assert await sent(here, moved()) == [(str(UPGRADED), Action.POST)]
    [card] = await here.rows("cards")
    assert card["chat_id"] == UPGRADED
    await show(here, "three", chat_id=UPGRADED)
    assert await sent(here) == [(str(UPGRADED), Action.EDIT)]


async def test_a_card_that_had_not_been_sent_when_its_group_was_upgraded_is_sent_once(here: World) -> None:
    await show(here, "one")
    assert await sent(here, moved()) == [(str(UPGRADED), Action.POST)]
    await show(here, "two", chat_id=UPGRADED)
    assert await sent(here) == [(str(UPGRADED), Action.EDIT)]


async def test_a_card_that_the_upgraded_group_has_already_stays(here: World) -> None:
    await show(here, "there", chat_id=UPGRADED)
    await sent(here)
    await show(here, "one")
    await sent(here, moved())
    [card] = await here.rows("cards")
    assert card["chat_id"] == UPGRADED


async def test_what_somebody_had_begun_in_an_upgraded_group_goes_on_there(here: World) -> None:
    async def begin(chat_id: int) -> None:
        await here.intake.transact(
            lambda desk: desk.dialogues.begin("incident", Talk(), chat_id=chat_id, topic=None, telegram_id=1001)
        )

    await begin(GROUP)
    await show(here, "one")
    await sent(here, moved())
    assert await here.intake.transact(lambda desk: desk.dialogues.current(UPGRADED, 1001)) is not None


async def test_operators_who_read_in_an_upgraded_group_are_told_there(store: Store, clock: StillClock) -> None:
    async with world(store, clock) as here:
        teller = Teller([], here.teller.cards, room=Reader(chat_id=GROUP, language="en", role=Role.ADMIN))
        await show(here, "one")
        await sent(here, moved())
        async with here.store.read() as connection:
            [room] = await teller.readers(connection)
        assert room.chat_id == UPGRADED


async def test_a_card_whose_text_never_arrived_is_sent_with_what_it_says_by_now(here: World) -> None:
    await show(here, "one")
    await sent(here, Permanent("text is too long", reason=Reason.REFUSED))
    await show(here, "two")
    assert await sent(here) == [(str(GROUP), Action.POST)]


async def test_what_was_to_edit_a_text_that_then_does_not_arrive_is_sent_itself(here: World) -> None:
    await show(here, "one")
    await show(here, "two")
    assert await sent(here, Permanent("text is too long", reason=Reason.REFUSED)) == [(str(GROUP), Action.POST)]
    await show(here, "three")
    assert await sent(here) == [(str(GROUP), Action.EDIT)]


async def test_a_card_that_is_edited_now_and_then_can_be_edited_after_months(here: World) -> None:
    for month in range(3):
        await show(here, f"text {month}")
        await sent(here)
        here.clock.time += KEEP - timedelta(days=1)
        await here.intake.tidy()
    await show(here, "at last")
    assert await sent(here) == [(str(GROUP), Action.EDIT)]


async def test_a_card_nobody_has_touched_for_long_is_forgotten_with_its_texts(here: World) -> None:
    await show(here, "one", subject="log:0")
    await sent(here)
    here.clock.time += KEEP + timedelta(days=1)
    await here.intake.tidy()
    assert (await here.rows("cards"), await here.owed(to_operators=True)) == ([], [])


async def test_the_card_of_a_draft_that_waits_for_a_yes_is_never_forgotten(here: World) -> None:
    opening: dict[str, Any] = {
        "components": ["whatsapp"],
        "impact": Impact.MINOR,
        "texts": {},
        "by": "Ada",
        "draft": True,
    }
    draft = (await here.intake.transact(lambda desk: desk.stories.open(**opening))).update_id
    await sent(here)
    here.clock.time += 2 * KEEP
    await here.intake.tidy()
    await here.intake.transact(lambda desk: desk.drafts.drop(draft, by="Ada"))
    assert {action for _, action in await sent(here)} == {Action.EDIT}


def moved() -> Moved:
    return Moved("group upgraded", new_address=str(UPGRADED))
