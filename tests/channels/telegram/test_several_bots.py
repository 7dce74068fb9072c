"""Several bots of one service: each posts in its own chats, one listens, and taking one away loses nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.app import Service, running
from bot.channels.telegram.bots import bots_on, channel_of, destinations
from bot.checks import check_all
from bot.config.settings import Settings
from bot.core import forget_former_chats
from bot.domain.delivery import Destination
from bot.domain.model import Impact
from bot.store.engine import Store
from tests.fakes.telegram import FakeTelegram, Rights
from tests.worlds import BASE, StillClock, catalogue, signal, world

ADA = 1001
POSTING = {"sendMessage", "editMessageText", "pinChatMessage", "unpinChatMessage"}


@pytest.fixture
async def main() -> AsyncIterator[FakeTelegram]:
    """What the main bot sees of Telegram."""
    async with FakeTelegram(token="11111:main") as fake:
        fake.add_channel("@bottega_en", id=-1001)
        fake.add_user(ADA)
        yield fake


@pytest.fixture
async def nord() -> AsyncIterator[FakeTelegram]:
    """What the other one sees."""
    async with FakeTelegram(token="22222:nord") as fake:
        fake.add_channel("@bottega_it", id=-1002, rights=Rights(can_edit_messages=True))
        yield fake


def configured(main: FakeTelegram, nord: FakeTelegram, database: str = "sqlite:///unused.db", **more: Any) -> Settings:
    telegram = {
        "token": main.token,
        "base_url": main.base_url,
        "chats": [{"chat": "@bottega_en", "language": "en", "silent": []}],
        "bots": {
            "nord": {
                "token": nord.token,
                "base_url": nord.base_url,
                "chats": [{"chat": "@bottega_it", "language": "it", "pin": "true"}],
            }
        },
    }
    return Settings.model_validate(
        {
            **BASE,
            "database": database,
            "listen": "127.0.0.1:0",
            "operators": [{"telegram_id": ADA, "name": "Ada", "role": "publisher", "language": "en"}],
            "channels": {"feed": {}, "website": {}, "telegram": telegram | more},
        }
    )


async def report(service: Service, state: str) -> None:
    body = {"key": "p1", "state": state, "labels": {"service": "shop"}}
    async with aiohttp.ClientSession() as session, session.post(f"{service.url}/hooks/probe", json=body) as answer:
        assert answer.status == 202, await answer.text()


async def is_told(fake: FakeTelegram, chat: str, *, posts: int) -> None:
    """Wait until so many posts stand there, all saying how things are now."""

    def told() -> bool:
        texts = [post.text.splitlines()[0] for post in fake.bot_posts(chat)]
        return len(texts) == posts and len(set(texts)) == 1

    await fake.wait_for(told)


async def test_each_bot_posts_in_its_own_chats_and_only_one_listens(
    main: FakeTelegram, nord: FakeTelegram, database: str
) -> None:
    async with running(configured(main, nord, database), catalogue("en", "it")) as service:
        await report(service, "firing")
        await is_told(main, "@bottega_en", posts=1)
        await nord.wait_for(lambda: [post.pinned for post in nord.bot_posts("@bottega_it")] == [True])
        await report(service, "resolved")
        await is_told(main, "@bottega_en", posts=2)
        await is_told(nord, "@bottega_it", posts=2)
        await nord.wait_for(lambda: not nord.bot_posts("@bottega_it")[0].pinned)
    assert main.bot_posts("@bottega_en")[0].labels()[0] == ["Status page"]
    assert nord.bot_posts("@bottega_it")[0].labels()[0] == ["Pagina di stato"]
    assert {call.method for call in nord.calls} == POSTING
    assert "getMe" in {call.method for call in main.calls}
    assert main.violations() == nord.violations() == []


async def test_a_bot_without_a_token_is_off_and_the_others_are_not(main: FakeTelegram, nord: FakeTelegram) -> None:
    telegram = configured(main, nord, token=None).channels.telegram
    assert list(bots_on(telegram)) == ["telegram.nord"]
    assert destinations(telegram) == (
        Destination(
            channel="telegram.nord",
            address="@bottega_it",
            language="it",
            pin=True,
            silent=frozenset({Impact.NONE, Impact.MINOR}),
        ),
    )


async def test_the_check_looks_at_every_bot(main: FakeTelegram, nord: FakeTelegram, tmp_path: Any) -> None:
    nord.set_rights("@bottega_it", can_edit_messages=False)
    said: list[str] = []
    settings = configured(main, nord, f"sqlite:///{tmp_path}/notices.db")
    problems = await check_all(settings, catalogue("en", "it"), say=said.append)
    assert "telegram: may post in 1 chats" in said
    [problem] = problems
    assert problem.startswith("telegram.nord: @bottega_it: ")
    assert "may not pin" in problem


async def test_the_check_finds_one_token_used_twice(main: FakeTelegram, nord: FakeTelegram, tmp_path: Any) -> None:
    bots = {"nord": {"token": main.token, "base_url": main.base_url}}
    settings = configured(main, nord, f"sqlite:///{tmp_path}/notices.db", bots=bots)
    [problem] = await check_all(settings, catalogue("en", "it"), say=lambda _: None)
    assert problem.startswith("telegram.nord: has the token of telegram: ")


async def test_what_a_bot_or_topic_owed_that_is_gone_is_given_up_and_nothing_else(
    main: FakeTelegram, nord: FakeTelegram, store: Store, clock: StillClock
) -> None:
    kept = Destination(channel="telegram", address="@bottega_en", language="en")
    other = Destination(channel="telegram.nord", address="@bottega_it", language="it")
    former = (
        replace(kept, topic=7),
        replace(other, address="@bottega_former"),
        replace(other, channel="telegram.former"),
    )
    async with world(store, clock, destinations=(kept, other, *former), operators=()) as here:
        await here.report(signal())
        await forget_former_chats(configured(main, nord), store)
        states = {(row["channel"], row["address"], row["topic"]): row["state"].value for row in await here.owed()}
    assert states == {
        ("telegram", "@bottega_en", None): "pending",
        ("telegram.nord", "@bottega_it", None): "pending",
        ("telegram", "@bottega_en", 7): "dead",
        ("telegram.nord", "@bottega_former", None): "dead",
        ("telegram.former", "@bottega_it", None): "dead",
    }


def test_a_bots_channel_is_named_after_it() -> None:
    assert (channel_of(""), channel_of("nord")) == ("telegram", "telegram.nord")
