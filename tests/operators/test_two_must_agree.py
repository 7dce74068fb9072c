"""What a publisher is answered where more than one must agree, and who hears of words that are missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.markdown import render
from bot.domain.calls import Call, Press
from bot.domain.commands import Command
from bot.domain.model import Role
from bot.domain.presses import pressed
from bot.domain.promises import promised_in
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.operators.clerk import Clerk
from bot.operators.drafts.pressing import DraftCards
from bot.operators.phrases import moment
from bot.store.engine import Store
from tests.worlds import BASE, StillClock, World, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
BRUNO = Operator(telegram_id=1002, name="Bruno", role=Role.PUBLISHER, language="en")
CARLA = Operator(telegram_id=1003, name="Carla", role=Role.DRAFTER, language="en")
ROME = ZoneInfo("Europe/Rome")
STAFF = [
    {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
    for each in (ANNA, BRUNO, CARLA)
]


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where two must agree about the shop."""
    components = {**BASE["components"], "shop": {**BASE["components"]["shop"], "approvals": 2}}
    async with world(store, clock, operators=STAFF, components=components) as opened:
        yield opened


async def say(here: World, text: str, *, by: Operator) -> list[str]:
    """The lines of the answer to a command."""
    clerk = Clerk(here.settings, here.clock)
    command = clerk.read(text, by, username=None)
    assert isinstance(command, Command)
    told = await here.intake.transact(lambda desk: clerk.carry_out(command, by, desk))
    return [line for each in told for line in render(each).text.split("\n")]


async def test_a_publishers_own_yes_counts_and_the_answer_says_who_else_must(here: World) -> None:
    said = await say(here, "/incident shop major We look.", by=ANNA)
    assert said[-2:] == [
        "Yes from Anna: 1 of 2.",
        "Another publisher says /publish 1 or /drop 1; /drafts shows its words.",
    ]


async def test_a_drafters_answer_counts_no_yes(here: World) -> None:
    said = await say(here, "/incident shop major We look.", by=CARLA)
    assert said[-1] == "A publisher says /publish 1 or /drop 1; /drafts shows its words."
    assert not [line for line in said if line.startswith("Yes from")]


async def test_a_publisher_who_changes_a_draft_reads_that_this_is_a_yes(here: World) -> None:
    await say(here, "/incident shop major We look.", by=CARLA)
    assert (await say(here, "/reword 1 We look again.", by=ANNA))[-1] == "Changing it counts as your yes: 1 of 2."
    assert await press(here, "draft:1:impact:critical", by=BRUNO) == (
        "Changed. Changing it counts as your yes: 1 of 2."
    )


async def test_where_one_is_enough_a_change_is_no_yes(here: World) -> None:
    await say(here, "/incident whatsapp major We look.", by=CARLA)
    assert "yes" not in " ".join(await say(here, "/reword 1 We look again.", by=ANNA))
    assert await press(here, "draft:1:impact:critical", by=ANNA) == "Changed."


async def test_a_promise_is_confirmed_in_the_answer(here: World) -> None:
    said = await say(here, "/incident whatsapp major next=2h We look.", by=ANNA)
    at = promised_in(timedelta(hours=2), here.clock())
    assert f"It promises more news by {moment(at, zone=ROME, now=here.clock())}." in said


async def test_only_those_who_can_write_it_hear_which_languages_lack_the_words(here: World) -> None:
    machine = {"provider": "libretranslate", "url": "http://translate.internal:5000", "within": "20s"}
    async with world(here.store, here.clock, operators=STAFF, translate=machine) as translated:
        await say(translated, "/incident whatsapp major We look.", by=ANNA)
        await translated.intake.untranslated(1, "it", "the machine is away")
        told = [row for row in await translated.owed(to_operators=True) if "own words are missing" in row["text"]]
    assert {int(row["address"]) for row in told} == {ANNA.telegram_id, BRUNO.telegram_id}


async def press(here: World, data: str, *, by: Operator) -> str | None:
    """Press a button of a draft's card; the toast."""

    async def ask(draft_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        raise AssertionError(f"nobody asked for other words of draft {draft_id}")

    what = pressed(data)
    assert what is not None
    cards = DraftCards(here.clock, ROME, None, ask_for_words=ask)
    call = Call(
        chat_id=by.telegram_id,
        telegram_id=by.telegram_id,
        private=True,
        sent_at=None,
        press=Press(query_id="1", data=data, message_id=5),
    )
    return await here.intake.transact(lambda desk: cards.press(what, call, by, desk))
