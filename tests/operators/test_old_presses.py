"""What was pressed while nobody listened is not obeyed when somebody listens again; looking is always right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import now
from bot.domain.calls import Call, Press
from bot.domain.model import Impact
from bot.domain.presses import pressed
from bot.errors import TooLate
from bot.hearing.inbox import MOST
from bot.operators.lateness import only_looks, refuse_late
from tests.fakes.telegram import FakeTelegram
from tests.operators.conftest import ANNA, NOW, Operations, an_update
from tests.worlds import World

FIRST = 1000
YESTERDAY = int((NOW - timedelta(days=1)).timestamp())


def a_press(number: int, data: str, **shown: int) -> dict[str, Any]:
    """An update about a button below one of our texts in Anna's chat, as Telegram sends it. shown: since when."""
    person = {"id": ANNA, "first_name": "Anna"}
    message = {"message_id": 5, "date": YESTERDAY, "chat": {**person, "type": "private"}, "text": "A card"}
    query = {
        "id": str(number),
        "from": {**person, "is_bot": False},
        "message": {**message, **shown},
        "data": data,
        "chat_instance": "1",
    }
    return {"update_id": number, "callback_query": query}


@pytest.fixture
async def publish(here: World) -> Callable[[], Awaitable[str]]:
    """A draft waits; what its Publish button carries."""
    opening: dict[str, Any] = {"components": ["shop"], "impact": Impact.MAJOR, "texts": {}, "by": "Anna", "draft": True}
    draft = await here.intake.transact(lambda desk: desk.stories.open(**opening))

    async def data() -> str:
        wording = (await here.intake.transact(lambda desk: desk.drafts.load(draft.update_id))).wording
        return f"draft:{draft.update_id}:publish:{wording}"

    return data


async def states(here: World) -> list[str]:
    return [row["state"].value for row in await here.updates()]


async def listened_before(operations: Operations) -> None:
    """The bot has heard all there was, and then went away."""
    async with operations.both():
        await caught_up(operations.here)


async def caught_up(here: World) -> None:
    """Wait until all there is by now has been heard."""

    async def heard() -> bool:
        return [row["caught_up_at"] for row in await here.rows("hearing")] == [here.clock()]

    await here.until(heard)


async def test_what_was_pressed_in_a_long_absence_is_not_done_and_said_so(
    telegram: FakeTelegram, operations: Operations, here: World, publish: Callable[[], Awaitable[str]]
) -> None:
    await listened_before(operations)
    telegram.updates.inject(a_press(FIRST, await publish()))
    here.clock.go(hours=6)
    async with operations.both():
        await operations.settled(1)
        assert await states(here) == ["draft"]
        [told] = await operations.told(ANNA)
        assert "may have been pressed more than 15 minutes ago" in told

        await caught_up(here)
        telegram.updates.inject(a_press(FIRST + 1, await publish()))
        await operations.settled(2)
    assert await states(here) == ["published"]


async def test_what_was_pressed_during_a_restart_is_done(
    telegram: FakeTelegram, operations: Operations, here: World, publish: Callable[[], Awaitable[str]]
) -> None:
    await listened_before(operations)
    telegram.updates.inject(a_press(FIRST, await publish()))
    here.clock.go(minutes=14)
    async with operations.both():
        await operations.settled(1)
    assert await states(here) == ["published"]


async def test_what_was_pressed_before_the_bot_ever_listened_is_not_done(
    telegram: FakeTelegram, operations: Operations, here: World, publish: Callable[[], Awaitable[str]]
) -> None:
    telegram.updates.inject(a_press(FIRST, await publish()))
    async with operations.both():
        await operations.settled(1)
    assert await states(here) == ["draft"]


@pytest.mark.parametrize("since", ["date", "edit_date"])
async def test_a_button_that_was_not_there_earlier_was_not_pressed_earlier(
    operations: Operations, here: World, publish: Callable[[], Awaitable[str]], telegram: FakeTelegram, since: str
) -> None:
    telegram.updates.inject(a_press(FIRST, await publish(), **{since: int(NOW.timestamp())}))
    async with operations.both():
        await operations.settled(1)
    assert await states(here) == ["published"]


async def test_what_waited_with_us_is_as_old_as_it_is(
    telegram: FakeTelegram, operations: Operations, here: World, publish: Callable[[], Awaitable[str]]
) -> None:
    await listened_before(operations)
    async with operations.inbox():
        telegram.updates.inject(a_press(FIRST, await publish()))
        await operations.something_is_kept()
    here.clock.go(hours=6)
    async with operations.handler():
        await operations.settled(1)
    assert await states(here) == ["draft"]


async def test_behind_a_queue_too_long_for_one_answer_a_press_is_as_old_as_the_queue(
    telegram: FakeTelegram, operations: Operations, here: World, publish: Callable[[], Awaitable[str]]
) -> None:
    await listened_before(operations)
    for number in range(MOST):
        telegram.updates.inject(an_update(FIRST + number, ANNA, text="/help"))
    telegram.updates.inject(a_press(FIRST + MOST, await publish()))
    here.clock.go(hours=6)
    async with operations.both():
        await operations.settled(MOST + 1)
    assert await states(here) == ["draft"]


async def test_pages_are_turned_however_late(telegram: FakeTelegram, operations: Operations, here: World) -> None:
    async with operations.both():
        await operations.say(ANNA, "/incident shop major")
        await caught_up(here)
    telegram.updates.inject(a_press(FIRST + 7, "dlv:1:page:0"))
    here.clock.go(hours=6)
    async with operations.both():
        await operations.settled(2)
    assert len(await here.rows("cards")) == 1


def a_call(**what: Any) -> Call:
    return Call(chat_id=ANNA, telegram_id=ANNA, private=True, **what)


@pytest.mark.parametrize("sent_at", [None, NOW - timedelta(minutes=16)])
def test_a_press_of_unknown_or_great_age_is_refused(sent_at: Any) -> None:
    with pytest.raises(TooLate):
        refuse_late(a_call(sent_at=sent_at, press=Press(query_id="1", data="draft:1:drop", message_id=1)), NOW)


def test_buttons_that_change_something_are_none_that_only_look() -> None:
    changing = (
        "draft:1:publish:x",
        "draft:1:drop",
        "prop:1:confirm",
        "staff:1:away",
        "staff:1:role:admin",
        "dlg:1:pick:1.a",
    )
    looking = ("draft:1:page:en", "draft:1:back", "log:0:older:5", "staff:1:open", "dlg:1:back:1")
    assert [only_looks(what) for data in changing if (what := pressed(data))] == [False] * len(changing)
    assert [only_looks(what) for data in looking if (what := pressed(data))] == [True] * len(looking)


async def test_words_for_a_dialogue_that_come_too_late_are_not_taken(operations: Operations, here: World) -> None:
    here.clock.time = now()  # the fake Telegram dates words by the clock on the wall
    async with operations.both():
        await operations.say(ANNA, "/incident")
        before = await here.rows("dialogues")
        here.clock.go(minutes=16)
        [refusal] = await operations.say(ANNA, "Ci siamo.")
    assert "more than 15 minutes old" in refusal
    assert await here.rows("dialogues") == before
