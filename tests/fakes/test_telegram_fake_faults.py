"""The fake Telegram misbehaves on demand, keeps Telegram's rates, and runs in a process of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter

from tests.fakes.conftest import ANNA, CHANNEL
from tests.fakes.telegram import FakeTelegram, Limits, Window, spawned


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as client:
        yield client


async def status(
    session: aiohttp.ClientSession, fake: FakeTelegram, chat: int | str = ANNA, **options: bool
) -> tuple[int, str]:
    address = f"{fake.base_url}{fake.token}/sendMessage"
    async with session.post(address, json={"chat_id": chat, "text": "x", **options}) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(("kind", "published"), [("refuse", 0), ("close", 1)])
async def test_a_cut_connection_tells_nobody_whether_it_was_published(
    fake: FakeTelegram, session: aiohttp.ClientSession, kind: str, published: int
) -> None:
    fake.fault(kind, method="sendMessage")  # type: ignore[arg-type]  # parametrized
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await status(session, fake)

    assert len(fake.posts(ANNA)) == published
    assert fake.calls[-1].fault == kind
    assert (await status(session, fake))[0] == 200


async def test_a_hanging_call_is_published_and_never_answered(fake: FakeTelegram) -> None:
    fake.fault("hang", method="sendMessage")
    async with aiohttp.ClientSession() as session:
        call = asyncio.create_task(status(session, fake))
        await fake.wait_for(lambda: fake.posts(ANNA))
        await fake.__aexit__(None, None, None)
        with pytest.raises(aiohttp.ClientError):
            await call


async def test_a_slow_call_is_answered_when_released(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    fault = fake.fault("slow", method="sendMessage")
    call = asyncio.create_task(status(session, fake))
    await fake.wait_for(lambda: fault.hits == 1)
    assert not call.done()
    fault.release()

    assert (await call)[0] == 200


async def test_a_sick_proxy_answers_html(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    fake.fault("error", status=502)
    fake.fault("error", status=500, handled=True)

    assert (await status(session, fake))[0] == 502
    assert fake.posts(ANNA) == []
    assert (await status(session, fake))[0] == 500
    assert len(fake.posts(ANNA)) == 1


async def test_garbage_is_not_json(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    fake.fault("garbage")
    code, body = await status(session, fake)

    assert code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


async def test_a_flood_comes_with_or_without_the_seconds_to_wait(fake: FakeTelegram) -> None:
    async with Bot(fake.token, base_url=fake.base_url) as bot:
        fake.fault("flood", method="sendMessage", retry_after=7)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(ANNA, "x")
        fake.fault("flood", method="sendMessage")
        with pytest.raises(NetworkError, match="Too Many Requests"):
            await bot.send_message(ANNA, "x")

    assert caught.value.retry_after.total_seconds() == 7  # type: ignore[union-attr]  # a timedelta by PTB_TIMEDELTA
    assert fake.posts(ANNA) == []


async def test_a_fault_strikes_only_what_it_names(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    fake.fault("error", method="sendMessage", chat=CHANNEL, after=1, times=2)

    seen = [(await status(session, fake, chat))[0] for chat in (ANNA, CHANNEL, CHANNEL, ANNA, CHANNEL, CHANNEL)]

    assert seen == [200, 200, 502, 200, 502, 200]


async def test_cleared_faults_strike_no_more(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    fault = fake.fault("refuse", times=None)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await status(session, fake)
    fake.clear_faults()

    assert (await status(session, fake))[0] == 200
    assert fault.hits == 1


async def test_a_fault_of_no_known_kind_is_refused(fake: FakeTelegram) -> None:
    with pytest.raises(ValueError, match="no such kind of fault: explode"):
        fake.fault("explode")  # type: ignore[arg-type]  # what the control interface may bring


async def test_while_it_is_down_connections_are_refused(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    port = fake.port
    await fake.go_down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await status(session, fake)
    await fake.come_back()

    assert fake.port == port
    assert (await status(session, fake))[0] == 200


async def test_the_bot_reads_refusals_and_faults_apart(fake: FakeTelegram) -> None:
    async with Bot(fake.token, base_url=fake.base_url) as bot:
        with pytest.raises(BadRequest):
            await bot.send_message("@nobody_here", "x")
        fake.fault("close", method="sendMessage")
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(ANNA, "x")

    assert not isinstance(caught.value, BadRequest)
    assert [call.outcome for call in fake.calls[-2:]] == ["Bad Request: chat not found", "ok"]


class Clock:
    """Unix seconds that a test moves."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_one_message_a_second_per_chat(session: aiohttp.ClientSession) -> None:
    clock = Clock()
    async with FakeTelegram(limits=Limits(), clock=clock) as fake:
        fake.add_user(ANNA)
        fake.add_user(2002)
        assert (await status(session, fake))[0] == 200
        code, body = await status(session, fake)
        assert (code, json.loads(body)["parameters"]) == (429, {"retry_after": 1})
        assert (await status(session, fake, 2002))[0] == 200
        clock.now += 1
        assert (await status(session, fake))[0] == 200
        assert fake.violations() == []


async def test_twenty_messages_a_minute_per_channel(session: aiohttp.ClientSession) -> None:
    clock = Clock()
    async with FakeTelegram(limits=Limits(), clock=clock) as fake:
        fake.add_channel(CHANNEL)
        for _ in range(20):
            assert (await status(session, fake, CHANNEL))[0] == 200
            clock.now += 1
        code, body = await status(session, fake, CHANNEL)

        assert (code, json.loads(body)["parameters"]) == (429, {"retry_after": 40})


async def test_thirty_messages_a_second_overall(session: aiohttp.ClientSession) -> None:
    async with FakeTelegram(limits=Limits(), clock=Clock()) as fake:
        for person in range(1, 32):
            fake.add_user(person)
        codes = [(await status(session, fake, person))[0] for person in range(1, 32)]

    assert codes == [200] * 30 + [429]


async def test_paid_broadcasts_have_a_rate_of_their_own(session: aiohttp.ClientSession) -> None:
    paid = {"allow_paid_broadcast": True}
    async with FakeTelegram(limits=Limits(paid=Window(count=40, seconds=1)), clock=Clock()) as fake:
        for person in range(1, 72):
            fake.add_user(person)
        free = [(await status(session, fake, person))[0] for person in range(1, 31)]
        bought = [(await status(session, fake, person, **paid))[0] for person in range(31, 72)]

        assert (free, bought) == ([200] * 30, [200] * 40 + [429])
        assert fake.violations() == []
        assert fake.violations(Limits(paid=Window(count=39, seconds=1)))[0].startswith("paid: more than 39 in 1 s")


async def test_what_was_not_enforced_is_found_afterwards(session: aiohttp.ClientSession) -> None:
    clock = Clock()
    async with FakeTelegram(clock=clock) as fake:
        fake.add_user(ANNA)
        await status(session, fake)
        clock.now += 0.9
        await status(session, fake)

        assert fake.violations() == [f"chat {ANNA}: more than 1 in 1 s at {clock.now:.3f}"]
        assert fake.violations(Limits(jitter_seconds=0.11)) == []
        assert fake.violations(Limits(per_chat=Window(count=2, seconds=1))) == []


async def test_a_wait_that_ends_tells_what_was_seen(fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
    await status(session, fake, "@nobody_here")
    with pytest.raises(TimeoutError, match="sendMessage None Bad Request: chat not found"):
        await fake.wait_for(lambda: fake.posts(ANNA), seconds=0)


async def test_in_a_process_of_its_own_it_is_steered_over_http(tmp_path: Path) -> None:
    chats = tmp_path / "chats.json"
    people = {"channels": [{"name": CHANNEL, "rights": {"can_edit_messages": True}}], "users": [{"id": ANNA}]}
    chats.write_text(json.dumps(people), encoding="utf-8")
    async with spawned(token="77:remote", chats=chats) as remote, Bot("77:remote", base_url=remote.base_url) as bot:
        await remote.say(ANNA, "/start")
        [update] = await bot.get_updates(timeout=10)
        sent = await bot.send_message(CHANNEL, "Words")
        await remote.post_as_other(CHANNEL, "Theirs")
        await remote.wait_for(lambda: remote.posts(CHANNEL))
        number = await remote.fault("slow", method="sendMessage", chat=CHANNEL)
        slow = asyncio.create_task(bot.send_message(CHANNEL, "Later"))
        await remote.release(number)
        await slow

        assert update.message is not None
        assert [(post.id, post.text) for post in await remote.bot_posts(CHANNEL)] == [
            (sent.message_id, "Words"),
            (sent.message_id + 2, "Later"),
        ]
        assert [call.method for call in await remote.calls()][-2:] == ["sendMessage", "sendMessage"]
        with pytest.raises(ValueError, match="chat not found"):
            await remote.posts("@nobody_here")
