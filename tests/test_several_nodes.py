"""Several nodes on one PostgreSQL and one bot: one of them speaks and fetches, whichever; any may be told, or end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.app import Service, running
from bot.config.settings import Settings
from tests.conftest import fresh_postgres
from tests.fakes.telegram import FakeTelegram, Limits
from tests.story.shop import CONFIG, DUTY, SECRET, TOKEN, ago, alert, chat_of
from tests.worlds import catalogue

LANGUAGES = ("en", "it")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN, limits=Limits(jitter_seconds=0.1)) as opened:
        for language in LANGUAGES:
            opened.add_channel(chat_of(language))
        opened.add_user(DUTY, first_name="Anna")
        yield opened


@pytest.fixture
async def shared(postgres: str) -> str:
    return await fresh_postgres(postgres)


@asynccontextmanager
async def node(fake: FakeTelegram, database: str, **telegram: Any) -> AsyncIterator[Service]:
    """One node, up."""
    chats = [{"chat": chat_of(language), "language": language} for language in LANGUAGES]
    channel = {"token": TOKEN, "base_url": fake.base_url, "chats": chats, **telegram}
    settings = Settings.model_validate({
        **CONFIG,
        "languages": LANGUAGES,
        "database": database,
        "components": {"shop": {"name": "Shop"}},
        "rules": [{"match": {}, "component": "shop", "publish": "automatically", "reopen_within": "0s"}],
        "channels": {"telegram": channel, "website": {}},
    })  # fmt: skip
    async with running(settings, catalogue(*LANGUAGES)) as service:
        yield service


async def tell(service: Service, state: str) -> None:
    """A monitor speaks to this node."""
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{service.url}/hooks/alertmanager", json=alert(state, since=ago()), headers=headers) as answer,
    ):
        assert answer.status == 202


async def page(service: Service) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{service.url}/en/") as answer:
        return await answer.text()


def posted(fake: FakeTelegram, times: int) -> bool:
    return all(len(fake.bot_posts(chat_of(language))) == times for language in LANGUAGES)


def answers(fake: FakeTelegram) -> int:
    return len(fake.bot_posts(DUTY))


def assert_one_spoke(fake: FakeTelegram, *, handovers: int = 0) -> None:
    """No second poller, no rate exceeded. At a handover the poll of the one that is gone is ended by the next one's."""
    refused = [call for call in fake.calls if call.outcome.startswith(("Conflict", "Too Many"))]
    assert {call.method for call in refused} <= {"getUpdates"}
    assert len(refused) <= handovers
    assert fake.violations(Limits(jitter_seconds=0.1)) == []


async def test_what_any_node_hears_is_published_once_and_shown_by_all(fake: FakeTelegram, shared: str) -> None:
    async with node(fake, shared) as one, node(fake, shared) as two:
        await tell(two, "firing")
        await fake.wait_for(lambda: posted(fake, 1))
        for service in (one, two):
            assert "/en/incidents/1" in await page(service)
        await tell(one, "resolved")
        await fake.wait_for(lambda: posted(fake, 2))
        fake.say(DUTY, "/status")
        await fake.wait_for(lambda: answers(fake) >= 1)
    assert_one_spoke(fake)


async def test_when_the_one_that_spoke_ends_another_goes_on(fake: FakeTelegram, shared: str) -> None:
    async with AsyncExitStack() as stack:
        two = await stack.enter_async_context(node(fake, shared))
        async with AsyncExitStack() as first:
            await first.enter_async_context(node(fake, shared))
            await tell(two, "firing")
            await fake.wait_for(lambda: posted(fake, 1))
        await tell(two, "resolved")
        await fake.wait_for(lambda: posted(fake, 2))
        fake.say(DUTY, "/status")
        await fake.wait_for(lambda: answers(fake) >= 1)
    assert_one_spoke(fake, handovers=1)


async def test_the_leader_ends_and_who_followed_it_takes_over(fake: FakeTelegram, shared: str) -> None:
    async with AsyncExitStack() as leading:
        await leading.enter_async_context(node(fake, shared))
        await fake.wait_for(fake.updates.is_polled)
        async with node(fake, shared) as follower:
            await tell(follower, "firing")
            await fake.wait_for(lambda: posted(fake, 1))
            await leading.aclose()
            await tell(follower, "resolved")
            fake.say(DUTY, "/status")
            await fake.wait_for(lambda: posted(fake, 2) and answers(fake) >= 1)
    assert_one_spoke(fake, handovers=1)


async def test_with_a_webhook_any_node_may_hear_and_an_operator_is_answered_once(
    fake: FakeTelegram, shared: str
) -> None:
    async with node(fake, shared, updates="webhook"):
        await fake.wait_for(lambda: fake.updates.webhook["url"])
        async with node(fake, shared, updates="webhook") as follower:
            fake.updates.manner.through = follower.url
            for count in (1, 2):
                fake.say(DUTY, "/status")
                await fake.wait_for(lambda count=count: answers(fake) >= count)
            await fake.wait_for(lambda: not fake.updates.pending)
    assert answers(fake) == 2
    assert_one_spoke(fake)
