"""Who is heard before whom, and by whom: operators go first, a crowd holds up nobody, forwarded words do nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.anonymous import FORWARDED, sender_of, without_names
from bot.hearing.handler import Handler
from bot.hearing.strangers import MOST_ASKED
from bot.operators.reception import Reception
from bot.store.engine import Store
from tests.subscribers.house import CARLA, House, house
from tests.worlds import StillClock

DUTY, ADA = 1001, 1002


async def unheard(query_id: str, text: str | None) -> None:
    """Nobody waits for the answer to a press here."""


class Ears:
    """Updates as Telegram sends them, kept and handled."""

    def __init__(self, here: House) -> None:
        self.here, self.next = here, 100
        self.handler = Handler(
            here.world.intake,
            operators=Reception(here.world.settings, here.world.clock, username=lambda: "notice_bot"),
            guests=here.reception,
            respond=unheard,
            wake=asyncio.Event(),
            username=lambda: "notice_bot",
            clock=here.world.clock,
        )

    async def comes(self, sender: int, text: str, **more: Any) -> int:
        """Somebody has written; kept, not handled yet."""
        self.next += 1
        person = {"id": sender, "is_bot": False, "first_name": "Name", "language_code": "en"}
        message = {
            "message_id": self.next,
            "date": int(self.here.world.clock().timestamp()),
            "chat": {"id": sender, "type": "private", "first_name": "Name"},
            "from": person,
            "text": text,
            **more,
        }
        update = without_names({"update_id": self.next, "message": message})
        await self.here.world.intake.keep([(self.next, json.dumps(update))])
        return self.next

    async def all_handled(self) -> None:
        """Handle everything that is kept."""
        while await self.handler.handle_waiting():
            pass

    async def handled(self) -> list[int]:
        """The updates that are handled."""
        rows = await self.here.world.rows("telegram_updates")
        return [row["update_id"] for row in rows if row["handled_at"] is not None]


@pytest.fixture
async def ears(store: Store, clock: StillClock) -> AsyncIterator[Ears]:
    """A house that is listened to."""
    async with house(store, clock) as here:
        yield Ears(here)


async def test_an_operator_is_handled_before_a_crowd_that_came_earlier(ears: Ears) -> None:
    for chat in range(CARLA, CARLA + 50):
        await ears.comes(chat, "/start")
    urgent = await ears.comes(DUTY, "/incident shop major")

    await ears.handler.handle_waiting()

    assert urgent in await ears.handled()
    assert len(await ears.handled()) < 50


async def test_one_person_cannot_keep_the_bot_busy(ears: Ears) -> None:
    for _ in range(MOST_ASKED + 10):
        await ears.comes(CARLA, "/status")
    await ears.all_handled()
    assert len(await ears.here.texts(CARLA)) == MOST_ASKED


async def test_an_operator_does_not_command_with_somebody_elses_words(ears: Ears) -> None:
    origin = {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "Eve"}}
    await ears.comes(DUTY, "/incident shop major", forward_origin=origin)
    await ears.all_handled()
    assert await ears.here.world.rows("incidents") == []
    [refusal] = await ears.here.texts(DUTY)
    assert "somebody else's words" in refusal


async def test_an_operator_who_subscribed_can_leave_again(ears: Ears) -> None:
    await ears.here.says("/start", chat=ADA)
    await ears.comes(ADA, "/forget")
    await ears.comes(ADA, "/stop")
    await ears.all_handled()
    [subscriber] = await ears.here.world.rows("subscribers")
    assert subscriber["stopped_at"] is not None


async def test_who_spoke_is_not_kept_once_it_is_handled(ears: Ears) -> None:
    await ears.comes(CARLA, "/start")
    [row] = await ears.here.world.rows("telegram_updates")
    assert row["sender"] == CARLA
    await ears.all_handled()
    [row] = await ears.here.world.rows("telegram_updates")
    assert (row["sender"], row["body"]) == (None, "")


def test_of_who_wrote_forwarded_words_only_that_they_are_forwarded_is_kept() -> None:
    origin = {"type": "user", "sender_user": {"id": 5, "is_bot": False, "first_name": "Eve"}}
    kept = without_names({"update_id": 1, "message": {"from": {"id": 7}, "forward_origin": origin}})
    assert kept["message"] == {"from": {"id": 7}, FORWARDED: True}
    assert sender_of(kept) == 7


@pytest.mark.parametrize(
    "update", [{}, {"update_id": 1}, {"message": {"from": {}}}, {"message": {"from": {"id": "7"}}}]
)
def test_nobody_speaks_in_what_names_nobody(update: dict[str, Any]) -> None:
    assert sender_of(update) is None
