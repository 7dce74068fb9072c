"""/drafts, however much waits, on a real desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.calls import Call, Press
from bot.domain.model import Impact, Role
from bot.domain.presses import pressed
from bot.domain.proposals import Deed
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.operators.drafts.listing import MOST, DraftList
from bot.store.engine import Store
from tests.worlds import BASE, StillClock, World, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
BRUNO = Operator(telegram_id=1002, name="Bruno", role=Role.PUBLISHER, language="en")


class Chat:
    """Anna's, with what is new in it since it was last looked at."""

    def __init__(self, here: World) -> None:
        self.here, self.seen, self.list = here, 0, DraftList(None)

    async def ask(self, data: str | None = None) -> None:
        """Type /drafts, or press a button."""
        press = Press(query_id="1", data=data, message_id=5) if data else None
        call = Call(chat_id=1001, telegram_id=1001, private=True, sent_at=None, press=press)
        self.seen = len(await self.here.owed(to_operators=True))

        async def work(desk: IntakeDesk) -> None:
            what = pressed(data) if data else None
            await (self.list.press(what, call, ANNA, desk) if what else self.list.show(call, ANNA, desk))

        await self.here.intake.transact(work)

    async def new(self) -> list[dict[str, Any]]:
        owed = (await self.here.owed(to_operators=True))[self.seen :]
        return [row for row in owed if row["address"] == "1001" and row["text"] != "↓"]

    async def texts(self) -> list[str]:
        return [row["text"] for row in await self.new()]

    async def buttons(self) -> dict[str, str]:
        [shown] = await self.new()
        return {each["text"]: each["data"] for row in shown["keyboard"]["buttons"] for each in row}

    async def drafts(self, n: int) -> None:
        async def work(desk: IntakeDesk) -> None:
            await desk.stories.open(components=["whatsapp"], impact=Impact.MINOR, texts={}, by="Ada", draft=True)

        for _ in range(n):
            await self.here.intake.transact(work)


@pytest.fixture
async def chat(store: Store, clock: StillClock) -> AsyncIterator[Chat]:
    staff = [
        {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
        for each in (ANNA, BRUNO)
    ]
    components = {**BASE["components"], "shop": {**BASE["components"]["shop"], "approvals": 2}}
    async with world(store, clock, operators=staff, components=components) as here:
        yield Chat(here)


async def test_a_few_are_a_card_each_the_oldest_first(chat: Chat) -> None:
    await chat.drafts(MOST)
    await chat.ask()
    assert [text.split(" ·")[0] for text in await chat.texts()] == [f"**Draft {n}**" for n in range(1, MOST + 1)]


async def test_many_are_one_list_and_every_one_can_be_opened(chat: Chat) -> None:
    await chat.drafts(MOST + 2)
    await chat.ask()
    [text] = await chat.texts()
    assert text.split("\n")[:2] == ["**Drafts waiting: 12**", "**1** · incident 1 · whatsapp · minor · investigating"]
    assert [*await chat.buttons()] == [*map(str, range(1, MOST + 1)), "▶"]
    await chat.ask((await chat.buttons())["▶"])
    assert await chat.buttons() == {"11": "drafts:11:open", "12": "drafts:12:open", "◀": "drafts:0:page"}
    await chat.ask("drafts:12:open")
    [text] = await chat.texts()
    assert text.startswith("**Draft 12** · incident 12")


async def test_a_page_that_there_is_no_more_is_the_last_one(chat: Chat) -> None:
    await chat.drafts(MOST + 1)
    await chat.ask("drafts:1:page")
    await chat.here.intake.transact(lambda desk: desk.drafts.drop(11, by="Anna"))
    await chat.ask("drafts:1:page")
    assert [*await chat.buttons()] == [*map(str, range(1, MOST + 1))]


async def test_proposals_that_wait_are_shown_and_counted_too(chat: Chat) -> None:
    async def work(desk: IntakeDesk) -> None:
        change = await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Anna", draft=False)
        await desk.drafts.publish(change.update_id, by="Bruno", person=BRUNO)
        await desk.proposals.make(Deed.CORRECT, 1, None, texts={"en": "All is well."}, by=BRUNO)

    await chat.here.intake.transact(work)
    await chat.ask()
    [text] = await chat.texts()
    assert "All is well." in text
    assert await chat.buttons() == {"Confirm": "proposal:1:confirm", "Drop": "proposal:1:drop"}
    assert (await chat.here.intake.transact(lambda desk: desk.insight.overview())).proposals == 1


async def test_nothing_at_all_says_so(chat: Chat) -> None:
    await chat.ask()
    assert await chat.texts() == ["No drafts wait."]
