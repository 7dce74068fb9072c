"""What Telegram offers whom: told when it changes, and only then; what it does not take is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram.request import open_bot
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.hearing.menus import Menus
from bot.hearing.offers import EVERYBODY, Offers
from bot.languages.tongue import Tongues
from bot.resources import OPERATORS, SUBSCRIBERS
from bot.store.engine import Store
from bot.subscribers.texts import Texts
from tests.fakes.telegram import FakeTelegram
from tests.worlds import StillClock, World, catalogue, world

TOKEN = "12345:fake"
ADMIN = Operator(telegram_id=1001, name="Duty phone", role=Role.ADMIN, language="it")
STAFF = [
    {"telegram_id": 1001, "name": "Duty phone", "role": "admin", "language": "it"},
    {"telegram_id": 1002, "name": "Ada", "role": "viewer", "language": "en"},
]


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """Both operators have written to the bot; nobody else has."""
    async with FakeTelegram(token=TOKEN) as fake:
        for person in (1001, 1002, 1003):
            fake.add_user(person)
        yield fake


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, operators=STAFF) as opened:
        yield opened


def offers(here: World, *, guests: bool = False) -> Offers:
    texts = Texts(here.settings, catalogue(*here.settings.languages), Tongues(SUBSCRIBERS)) if guests else None
    return Offers(here.settings, Tongues(OPERATORS), texts)


async def told(telegram: FakeTelegram, here: World, what: Offers) -> tuple[bool, list[dict[str, Any]]]:
    """Whether Telegram took all of it, and the calls it was."""
    before = len(telegram.calls)
    async with open_bot(SecretStr(TOKEN), telegram.base_url) as bot:
        done = await Menus(bot, here.intake, what, wake=asyncio.Event()).tell()
    return done, [{"method": call.method, **call.params} for call in telegram.calls[before:] if "My" in call.method]


async def start(telegram: FakeTelegram, *people: int) -> None:
    for person in people:
        telegram.start(person)


async def test_each_operator_is_offered_what_their_role_may_in_their_language(
    telegram: FakeTelegram, here: World
) -> None:
    await start(telegram, 1001, 1002)
    done, calls = await told(telegram, here, offers(here))
    assert done
    assert [call["method"] for call in calls] == ["setMyCommands", "setMyCommands"]
    of_admin, of_viewer = ({each["command"] for each in call["commands"]} for call in calls)
    assert {"incidente", "operatori", "registro"} <= of_admin
    assert "status" in of_viewer
    assert not {"incident", "publish", "log"} & of_viewer


async def test_what_is_offered_already_is_not_said_again(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    await told(telegram, here, offers(here))
    assert await told(telegram, here, offers(here)) == (True, [])


async def test_another_role_is_another_menu_and_somebody_removed_has_none(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    await told(telegram, here, offers(here))
    await here.intake.transact(lambda desk: desk.staff.change_role(1002, Role.PUBLISHER, by=ADMIN))
    _, [changed] = await told(telegram, here, offers(here))
    assert "publish" in {each["command"] for each in changed["commands"]}
    await here.intake.transact(lambda desk: desk.staff.dismiss(1002, by=ADMIN))
    _, [removed] = await told(telegram, here, offers(here))
    assert (removed["method"], removed["scope"]["chat_id"]) == ("deleteMyCommands", 1002)


async def test_what_is_not_taken_holds_up_nothing_and_is_all_that_is_said_again(
    telegram: FakeTelegram, here: World
) -> None:
    telegram.fault("error", method="setMyCommands", status=502)
    done, calls = await told(telegram, here, offers(here))
    assert (done, [call["scope"]["chat_id"] for call in calls]) == (False, [1001, 1002])
    done, [again] = await told(telegram, here, offers(here))
    assert (done, again["scope"]["chat_id"]) == (True, 1001)


async def test_subscribers_are_offered_theirs_in_every_configured_language(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    done, calls = await told(telegram, here, offers(here, guests=True))
    assert done
    theirs = [call for call in calls if call["method"] == "setMyCommands" and call["scope"]["type"] != "chat"]
    assert [call.get("language_code", "") for call in theirs] == ["", "en", "it"]
    assert all({"start", "stop", "forget"} <= {each["command"] for each in call["commands"]} for call in theirs)
    assert sorted({call["method"] for call in calls}) == [
        "setMyCommands",
        "setMyDescription",
        "setMyShortDescription",
    ]


async def test_when_subscribers_are_switched_off_their_menu_goes(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    await told(telegram, here, offers(here, guests=True))
    done, calls = await told(telegram, here, offers(here))
    assert done
    assert [call["method"] for call in calls].count("deleteMyCommands") == 3
    assert {call.get("description", call.get("short_description", "")) for call in calls} == {""}


async def test_a_change_of_operators_is_told_at_once(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    wake = asyncio.Event()
    async with open_bot(SecretStr(TOKEN), telegram.base_url) as bot:
        running = asyncio.create_task(Menus(bot, here.intake, offers(here), wake=wake).run())
        await telegram.wait_for(lambda: len(telegram.accepted("setMyCommands")) == 2)
        await here.intake.transact(lambda desk: desk.staff.change_role(1002, Role.ADMIN, by=ADMIN))
        wake.set()
        await telegram.wait_for(lambda: len(telegram.accepted("setMyCommands")) == 3)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_what_telegram_refused_is_tried_again_by_itself(telegram: FakeTelegram, here: World) -> None:
    await start(telegram, 1001, 1002)
    telegram.fault("error", method="setMyCommands", status=500)
    async with open_bot(SecretStr(TOKEN), telegram.base_url) as bot:
        menus = Menus(bot, here.intake, offers(here), wake=asyncio.Event(), pauses=[timedelta()])
        running = asyncio.create_task(menus.run())
        await telegram.wait_for(lambda: len(telegram.accepted("setMyCommands")) == 2)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_without_operators_there_is_still_a_menu_for_everybody_else(here: World) -> None:
    assert [each.scope for each in offers(here, guests=True).now({}) if each.what == "commands"] == [EVERYBODY] * 3
