"""What Telegram sends is kept before it is acknowledged, whatever happens in between."""

from __future__ import annotations

from pydantic import SecretStr

from bot.channels.telegram.request import open_bot
from tests.fakes.telegram import FakeTelegram
from tests.operators.conftest import ANNA, TOKEN, Logged, Operations
from tests.operators.interruptions import Busy, Gate, Moments
from tests.worlds import World


def offsets(telegram: FakeTelegram) -> list[int]:
    """What the answered calls of getUpdates acknowledged."""
    return [call.params["offset"] for call in telegram.accepted("getUpdates")]


async def test_an_update_is_kept_before_it_is_acknowledged(
    telegram: FakeTelegram, operations: Operations, moments: Moments
) -> None:
    moments.before_keep = (gate := Gate()).pass_through
    telegram.say(ANNA, "/status")
    async with operations.inbox():
        await gate.reached.wait()
        assert [update["update_id"] for update in telegram.updates.pending] == [1000]
        assert await operations.kept() == []
        gate.open()
        await telegram.wait_for(lambda: not telegram.updates.pending)
    assert await operations.kept() == [1000]
    assert offsets(telegram) == [0]


async def test_a_crash_before_keeping_brings_the_update_again(
    telegram: FakeTelegram, operations: Operations, here: World, moments: Moments
) -> None:
    moments.before_keep = (gate := Gate()).pass_through
    telegram.say(ANNA, "/drafts")
    async with operations.inbox():
        await gate.reached.wait()
    gate.open()
    async with Operations(telegram, here).both():
        await operations.settled(1)
    assert len(await operations.told(ANNA)) == 1


async def test_a_crash_after_keeping_loses_nothing_and_repeats_nothing(
    telegram: FakeTelegram, operations: Operations, here: World
) -> None:
    telegram.say(ANNA, "/drafts")
    async with operations.inbox():
        await operations.something_is_kept()
    telegram.say(ANNA, "/status")
    async with Operations(telegram, here).both():
        await operations.settled(2)
    assert await operations.handled() == [1000, 1001]
    assert offsets(telegram)[-1] == 1001


async def test_a_busy_store_leaves_the_update_with_telegram(
    telegram: FakeTelegram, operations: Operations, moments: Moments
) -> None:
    moments.before_keep = Busy(times=2).pass_through
    telegram.say(ANNA, "/drafts")
    async with operations.both():
        await operations.settled(1)
    assert offsets(telegram)[:3] == [0, 0, 0]
    assert len(await operations.told(ANNA)) == 1


async def test_many_updates_are_handled_in_order(telegram: FakeTelegram, operations: Operations) -> None:
    for number in range(1, 151):
        telegram.say(ANNA, f"/resolve {number}")
    async with operations.both():
        await operations.settled(150)
    assert await operations.handled() == list(range(1000, 1150))
    assert [text.split(";")[0] for text in await operations.told(ANNA)] == [
        f"**Not done:** there is no incident {number}" for number in range(1, 151)
    ]


async def test_an_outage_of_telegram_is_outlived_and_logged_once(
    telegram: FakeTelegram, operations: Operations, logged: Logged
) -> None:
    async with operations.both():
        await operations.say(ANNA, "/drafts")
        await telegram.go_down()
        telegram.say(ANNA, "/drafts")
        await logged.until(lambda: logged.at("warning"))
        await telegram.come_back()
        await operations.settled(2)
    assert [line["event"] for line in logged.at("warning")] == ["cannot fetch Telegram's updates; trying again"]


async def test_another_poller_is_complained_about_once_and_outlived(
    telegram: FakeTelegram, operations: Operations, logged: Logged
) -> None:
    async with operations.both():
        await telegram.wait_for(telegram.updates.is_polled)
        async with open_bot(SecretStr(TOKEN), telegram.base_url) as other:
            await other.set_webhook("https://old.example/hook")
        await telegram.wait_for(lambda: refused(telegram) >= 3)
        telegram.updates.webhook = {"url": ""}
        assert len(await operations.say(ANNA, "/drafts")) == 1
    [complaint] = logged.at("warning")
    assert "stop the other process" in complaint["event"]


def refused(telegram: FakeTelegram) -> int:
    return sum(call.method == "getUpdates" and call.outcome.startswith("Conflict") for call in telegram.calls)


async def test_answers_that_make_no_sense_are_outlived(telegram: FakeTelegram, operations: Operations) -> None:
    telegram.fault("garbage", method="getUpdates")
    telegram.fault("error", method="getUpdates", status=502)
    telegram.fault("flood", method="getUpdates", retry_after=None)
    telegram.fault("close", method="getUpdates")
    telegram.fault("error", method="getMe", status=500)
    telegram.say(ANNA, "/drafts")
    async with operations.both():
        await operations.settled(1)
    assert len(await operations.told(ANNA)) == 1


async def test_a_pause_that_telegram_asks_for_is_kept(
    telegram: FakeTelegram, operations: Operations, logged: Logged
) -> None:
    telegram.fault("flood", method="getUpdates", retry_after=3600)
    telegram.say(ANNA, "/drafts")
    async with operations.inbox(), open_bot(SecretStr(TOKEN), telegram.base_url) as other:
        await logged.until(lambda: logged.at("warning"))
        for _ in range(10):
            await other.get_me()
    assert sum(call.method == "getUpdates" for call in telegram.calls) == 1
    assert [line["event"] for line in logged.lines] == ["Telegram asks for a pause"]


async def test_a_refused_token_stops_the_inbox_and_is_not_logged_itself(
    telegram: FakeTelegram, logged: Logged, here: World
) -> None:
    async with Operations(telegram, here, token="12345:wrong").inbox() as fetching:
        await fetching
    [line] = logged.lines
    assert line["level"] == "error"
    assert line["event"].startswith("Telegram refuses the bot's token")
    assert "wrong" not in str(line)


async def test_the_bots_name_is_learnt_from_telegram(telegram: FakeTelegram, operations: Operations) -> None:
    async with operations.inbox():
        assert operations.fetching.username is None
        await telegram.wait_for(lambda: telegram.accepted("getMe"))
        telegram.say(ANNA, "/drafts")
        await operations.something_is_kept()
        assert operations.fetching.username == "notice_bot"
