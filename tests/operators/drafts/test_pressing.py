"""What presses of a draft's buttons do and answer, on a real desk; each is made by whoever presses now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calls import Call, Press
from bot.domain.model import Impact, Role
from bot.domain.presses import Pressed, pressed
from bot.domain.staff import Operator
from bot.errors import CommandError, Denied
from bot.intake.desk import IntakeDesk
from bot.operators.drafts.pressing import DraftCards
from bot.store.engine import Store
from tests.worlds import StillClock, World, signal, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
CARLA = Operator(telegram_id=1003, name="Carla", role=Role.VIEWER, language="en")


class Desk:
    """Presses buttons as somebody, each press in a transaction of its own."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.asked: list[int] = []
        self.cards = DraftCards(here.clock, ZoneInfo("Europe/Rome"), None, ask_for_words=self._ask)

    async def _ask(self, draft_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        self.asked.append(draft_id)

    async def press(self, data: str, by: Operator = ANNA) -> str | None:
        what = pressed(data)
        assert isinstance(what, Pressed)
        return await self.here.intake.transact(lambda desk: self.cards.press(what, call_of(by, data), by, desk))

    async def keyboard(self, by: Operator = ANNA) -> dict[str, str]:
        """The data of the buttons that the newest card of somebody's private chat has, by their labels."""
        owed = await self.here.owed(to_operators=True)
        [*_, newest] = [row for row in owed if row["address"] == str(by.telegram_id) and ":card:" in row["lane"]]
        rows: list[list[dict[str, Any]]] = (newest["keyboard"] or {"buttons": []})["buttons"]
        return {button["text"]: button["data"] for row in rows for button in row}


def call_of(operator: Operator, data: str | None = None) -> Call:
    press = Press(query_id="1", data=data, message_id=5) if data else None
    return Call(chat_id=operator.telegram_id, telegram_id=operator.telegram_id, private=True, sent_at=None, press=press)


@pytest.fixture
async def desk(store: Store, clock: StillClock) -> AsyncIterator[Desk]:
    staff = [
        {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
        for each in (ANNA, CARLA)
    ]
    async with world(store, clock, operators=staff) as here:
        yield Desk(here)


async def drafted(desk: Desk, component: str = "whatsapp") -> int:
    async def work(at: IntakeDesk) -> int:
        change = await at.stories.open(
            components=[component], impact=Impact.MINOR, texts={"en": "We look."}, by="Ada", draft=True
        )
        return change.update_id

    return await desk.here.intake.transact(work)


async def states(desk: Desk) -> list[str]:
    return [row["state"].value for row in await desk.here.updates()]


async def deeds(desk: Desk) -> list[tuple[str, str, str]]:
    return [(row["name"], row["deed"], row["details"]) for row in await desk.here.rows("audit")]


async def test_publish_publishes_and_is_noted(desk: Desk) -> None:
    await drafted(desk)
    assert await desk.press((await desk.keyboard())["Publish"]) == "Published."
    assert await states(desk) == ["published"]
    assert await deeds(desk) == [("Anna", "publish", "draft 1")]


async def test_a_role_that_was_taken_away_since_the_card_was_made_counts_no_more(desk: Desk) -> None:
    await drafted(desk)
    was = Operator(telegram_id=ANNA.telegram_id, name="Anna", role=Role.VIEWER, language="en")
    for label, data in (await desk.keyboard()).items():
        if "/" not in label and not label.startswith(("◀", "en ▶", "it ▶")):
            with pytest.raises(Denied):
                await desk.press(data, was)
    assert await states(desk) == ["draft"]


async def test_publish_on_a_card_that_shows_former_words_publishes_nothing(desk: Desk) -> None:
    await drafted(desk)
    former = (await desk.keyboard())["Publish"]
    await desk.press("draft:1:impact:critical")
    with pytest.raises(CommandError, match="the words have changed meanwhile"):
        await desk.press(former)
    assert await states(desk) == ["draft"]
    assert await desk.press((await desk.keyboard())["Publish"]) == "Published."


async def test_buttons_of_a_draft_that_is_over_say_what_became_of_it_and_change_nothing(desk: Desk) -> None:
    await drafted(desk)
    keyboard = await desk.keyboard()
    await desk.press(keyboard["Drop"])
    before = await desk.here.everything()
    for label in ("Publish", "Drop", "Edit words", "Change impact", "in 1 h"):
        assert await desk.press(keyboard[label]) == "🗑 Dropped by Anna at 15:03."
    assert await desk.here.everything() == before


async def test_an_impact_is_chosen_in_two_steps_and_one_can_go_back(desk: Desk) -> None:
    await drafted(desk)
    await desk.press((await desk.keyboard())["Change impact"])
    assert [*await desk.keyboard()][3:] == ["none", "• minor", "major", "critical", "Back"]
    await desk.press((await desk.keyboard())["Back"])
    assert "Publish" in await desk.keyboard()
    await desk.press((await desk.keyboard())["Change impact"])
    assert await desk.press((await desk.keyboard())["critical"]) == "Changed."
    assert "Publish" in await desk.keyboard()
    assert [row["impact"] for row in await desk.here.updates()] == [Impact.CRITICAL]


async def test_the_page_that_was_turned_to_stays_when_the_card_is_drawn_anew(desk: Desk) -> None:
    await drafted(desk)
    assert await desk.press((await desk.keyboard())["it ▶"]) == "Italian"
    await desk.press("draft:1:impact:critical")
    assert "it 2/2" in await desk.keyboard()
    assert "en 1/2" in await desk.keyboard(CARLA)


async def test_a_promise_in_whole_minutes_is_put_into_the_words(desk: Desk) -> None:
    await drafted(desk)
    await desk.press((await desk.keyboard())["Promise news in 30 min"])
    [english] = [row["body"] for row in await desk.here.notices() if row["language"] == "en"]
    assert english.replace("\u202f", " ").endswith("We will post the next update by March 2 at 3:33 PM CET.")


async def test_edit_words_asks_for_them(desk: Desk) -> None:
    await drafted(desk)
    await desk.press((await desk.keyboard())["Edit words"])
    assert desk.asked == [1]


@pytest.mark.parametrize("data", ["draft:1:explode", "draft:1:wait:soon", "draft:1:impact:huge", "draft:1:page:xx"])
async def test_a_button_of_another_version_or_made_up_changes_nothing(desk: Desk, data: str) -> None:
    await drafted(desk)
    before = await desk.here.everything()
    with pytest.raises(CommandError):
        await desk.press(data)
    assert await desk.here.everything() == before


async def test_a_button_of_a_draft_that_never_was_says_so(desk: Desk) -> None:
    with pytest.raises(CommandError, match="there is no draft 99"):
        await desk.press("draft:99:drop")


async def typed(desk: Desk, by: Operator = ANNA, *, ago: timedelta = timedelta()) -> bool:
    """Whether somebody who typed /publish so long ago may mean the words of now; else they are shown them."""
    call = replace(call_of(by), sent_at=desk.here.clock() - ago)
    return await desk.here.intake.transact(lambda at: desk.cards.read(1, call, by, at))


async def test_a_typed_yes_counts_for_words_that_were_on_the_card_when_it_was_typed(desk: Desk) -> None:
    await drafted(desk)
    assert await typed(desk)


async def test_a_typed_yes_to_words_that_have_changed_since_shows_them_instead(desk: Desk) -> None:
    await drafted(desk)
    desk.here.clock.go(minutes=5)
    await desk.press("draft:1:impact:critical")
    before = len(await desk.here.owed(to_operators=True))
    assert not await typed(desk, ago=timedelta(minutes=1))
    retired, card, answer = (await desk.here.owed(to_operators=True))[before:]
    assert retired["text"] == "↓"
    assert "We look." in card["text"]
    assert answer["text"] == "Draft 1 is not published: read its card first, then press Publish or say it again."
    assert await typed(desk)


async def test_a_typed_yes_to_what_the_chat_has_no_card_of_shows_it(desk: Desk) -> None:
    await drafted(desk)
    await desk.here.intake.transact(lambda at: at.cards.forget("draft:1"))
    assert not await typed(desk)
    assert "Publish" in await desk.keyboard()
    assert await typed(desk)


async def test_a_typed_yes_to_a_draft_that_is_over_or_never_was_needs_no_card(desk: Desk) -> None:
    await drafted(desk)
    await desk.press("draft:1:drop")
    assert await typed(desk, ago=timedelta(minutes=10))
    call = call_of(ANNA)
    with pytest.raises(CommandError, match="there is no draft 99"):
        await desk.here.intake.transact(lambda at: desk.cards.read(99, call, ANNA, at))


async def test_a_dropped_beginning_of_automations_can_be_silenced_by_the_same_press(desk: Desk) -> None:
    await desk.here.report(signal(service="whatsapp"))
    assert await desk.press((await desk.keyboard())["Drop and silence 1 h"]) == "Dropped. whatsapp: silent until 16:03"
    assert await states(desk) == ["dropped"]
    assert await desk.here.report(signal("p2", service="whatsapp")) == ["hold"]
    assert await deeds(desk) == [("Anna", "drop", "draft 1"), ("Anna", "silence", "whatsapp 1h")]


async def test_an_operators_own_draft_offers_no_silence(desk: Desk) -> None:
    await drafted(desk)
    assert "Drop and silence 1 h" not in await desk.keyboard()
