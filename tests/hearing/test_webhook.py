"""What Telegram sends is believed only with the secret, and answered only once it is kept."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr, ValidationError
from telegram import Bot

from bot.channels.telegram.request import open_bot
from bot.clock import Clock, now
from bot.config.telegram import TelegramSettings
from bot.errors import StoreBusy
from bot.hearing.inbox import Inbox
from bot.hearing.webhook import LARGEST, SAID_BY_TELEGRAM, Webhook, path_of, secret_of
from bot.intake.service import Intake
from bot.store.engine import Store
from bot.web.server import application, serve
from tests.fakes.telegram import FakeTelegram
from tests.worlds import StillClock, World, world

TOKEN = "12345:webhook"
ANNA = 1001
AT_ONCE = (timedelta(milliseconds=5),)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN) as fake:
        fake.add_user(ANNA)
        yield fake


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with open_bot(SecretStr(TOKEN), telegram.base_url) as opened:
        yield opened


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


@dataclass
class Open:
    """An address that takes updates. wake: set when one is kept."""

    url: str
    webhook: Webhook
    wake: asyncio.Event

    async def post(self, body: bytes, *, secret: str | None = secret_of(TOKEN)) -> int:
        headers = {SAID_BY_TELEGRAM: secret} if secret is not None else {}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path_of(TOKEN), data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status


@asynccontextmanager
async def opened(
    bot: Bot, intake: Intake, *, secret: str | None = None, run: bool = False, clock: Clock = now
) -> AsyncIterator[Open]:
    wake, routes = asyncio.Event(), list[Any]()
    app = application(routes)

    async with asyncio.TaskGroup() as tasks:
        webhook = Webhook(
            bot, intake, public_url="http://127.0.0.1:1", clock=clock, wake=wake, secret=secret, pauses=AT_ONCE
        )
        app.add_routes(webhook.routes())
        async with serve(app, "127.0.0.1:0") as url:
            running = tasks.create_task(webhook.run()) if run else None
            yield Open(url, webhook, wake)
            if running is not None:
                running.cancel()


async def kept(here: World) -> list[int]:
    return [row["update_id"] for row in await here.rows("telegram_updates")]


def update(number: int, text: str = "/status") -> bytes:
    return json.dumps({"update_id": number, "message": {"text": text}}).encode()


async def test_an_update_with_the_secret_is_kept_and_the_handler_woken(bot: Bot, here: World) -> None:
    async with opened(bot, here.intake) as at:
        assert await at.post(update(7)) == 200
        assert at.wake.is_set()
    assert await kept(here) == [7]


@pytest.mark.parametrize("secret", [None, "", "wrong", "wröng", secret_of("12345:other")])
async def test_without_the_secret_nothing_is_kept(bot: Bot, here: World, secret: str | None) -> None:
    async with opened(bot, here.intake) as at:
        assert await at.post(update(7), secret=secret) == 401
        assert not at.wake.is_set()
    assert await kept(here) == []


async def test_a_secret_of_ones_own_replaces_the_one_made_from_the_token(bot: Bot, here: World) -> None:
    async with opened(bot, here.intake, secret="of-ones-own-0123456789") as at:
        assert await at.post(update(7)) == 401
        assert await at.post(update(7), secret="of-ones-own-0123456789") == 200


@pytest.mark.parametrize("secret", ["short", "with spaces in it, and long enough", "ünglaublich-geheim-0123"])
def test_a_secret_that_telegram_would_refuse_stops_the_start(secret: str) -> None:
    with pytest.raises(ValidationError, match="expected 16 to 256 of"):
        TelegramSettings.model_validate({"webhook_secret": secret})


async def test_an_update_that_comes_again_is_kept_once(bot: Bot, here: World) -> None:
    async with opened(bot, here.intake) as at:
        for text in ("/first", "/second"):
            assert await at.post(update(7, text)) == 200
    [row] = await here.rows("telegram_updates")
    assert "/first" in row["body"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id": "7"}', b'{"update_id": true}', b"\xff"])
async def test_what_is_no_update_is_refused(bot: Bot, here: World, body: bytes) -> None:
    async with opened(bot, here.intake) as at:
        assert await at.post(body) == 422
    assert await kept(here) == []


async def test_a_body_larger_than_any_update_is_refused(bot: Bot, here: World) -> None:
    async with opened(bot, here.intake) as at:
        assert await at.post(b"x" * (LARGEST + 1)) == 413


class Busy:
    """An intake that is busy a few times, then keeps."""

    def __init__(self, here: World, times: int) -> None:
        self._here, self.times = here, times

    async def keep(self, received: Sequence[tuple[int, str]], *, caught_up: datetime | None = None) -> None:
        if received and self.times:
            self.times -= 1
            raise StoreBusy("busy")
        await self._here.intake.keep(received, caught_up=caught_up)


def busy(here: World, times: int) -> Any:
    return Busy(here, times)


async def test_while_the_store_is_busy_telegram_is_asked_to_come_again(
    telegram: FakeTelegram, bot: Bot, here: World
) -> None:
    async with opened(bot, busy(here, 2), run=True) as at:
        telegram.updates.manner.through = at.url
        await telegram.wait_for(lambda: telegram.updates.webhook["url"])
        number = telegram.say(ANNA, "/status")
        await telegram.wait_for(lambda: not telegram.updates.pending)
    assert [attempt.status for attempt in telegram.attempts()] == [503, 503, 200]
    assert len(await kept(here)) == 1, number


async def test_telegram_is_given_the_address_the_secret_and_what_we_want_to_hear(
    telegram: FakeTelegram, bot: Bot, here: World
) -> None:
    async with opened(bot, here.intake, run=True) as at:
        await telegram.wait_for(lambda: telegram.updates.webhook["url"])
        assert telegram.updates.webhook["url"] == "http://127.0.0.1:1" + path_of(TOKEN)
        assert telegram.updates.webhook["secret_token"] == secret_of(TOKEN)
        assert telegram.updates.allowed == {"message", "callback_query", "my_chat_member"}
        assert at.webhook.username == "notice_bot"
    assert TOKEN.partition(":")[2] not in path_of(TOKEN) + secret_of(TOKEN)


async def test_an_outage_of_telegram_is_outlived(telegram: FakeTelegram, bot: Bot, here: World) -> None:
    telegram.fault("error", method="getMe", status=502)
    telegram.fault("flood", method="setWebhook", retry_after=0)
    telegram.fault("close", method="setWebhook")
    async with opened(bot, here.intake, run=True):
        await telegram.wait_for(lambda: telegram.updates.webhook["url"])


async def test_how_old_a_press_can_be_is_known_once_nothing_waits_at_telegram(
    telegram: FakeTelegram, bot: Bot, here: World
) -> None:
    async def looked(times: int) -> None:
        async with opened(bot, here.intake, run=True, clock=here.clock):
            await telegram.wait_for(lambda: len(telegram.accepted("setWebhook")) == times)

    telegram.say(ANNA, "/status")
    await looked(1)
    assert await here.rows("hearing") == []

    telegram.updates.pending.clear()
    async with opened(bot, here.intake, run=True, clock=here.clock):
        await here.until(lambda: caught_up(here))
    [row] = await here.rows("hearing")
    assert row["caught_up_at"] == here.clock()


async def caught_up(here: World) -> bool:
    return bool(await here.rows("hearing"))


async def test_a_refused_token_ends_it(telegram: FakeTelegram, here: World) -> None:
    async with open_bot(SecretStr("12345:wrong"), telegram.base_url) as stranger:
        await Webhook(
            stranger, here.intake, public_url="https://status.shop.example", clock=here.clock, wake=asyncio.Event()
        ).run()


async def test_an_update_whose_answer_got_lost_is_handled_once(telegram: FakeTelegram, bot: Bot, here: World) -> None:
    telegram.mishear(2)
    async with opened(bot, here.intake, run=True) as at:
        telegram.updates.manner.through = at.url
        await telegram.wait_for(lambda: telegram.updates.webhook["url"])
        telegram.say(ANNA, "/status")
        await telegram.wait_for(lambda: not telegram.updates.pending)
    assert len(telegram.attempts()) == 3
    assert len(await kept(here)) == 1


async def test_polling_takes_away_the_webhook_of_before(telegram: FakeTelegram, bot: Bot, here: World) -> None:
    await bot.set_webhook("https://status.shop.example/telegram/12345", secret_token=secret_of(TOKEN))
    inbox = Inbox(bot, here.intake, clock=here.clock, wake=asyncio.Event(), poll=timedelta(seconds=1), pauses=AT_ONCE)
    polling = asyncio.create_task(inbox.run())
    try:
        await telegram.wait_for(telegram.updates.is_polled)
        telegram.say(ANNA, "/status")
        await telegram.wait_for(lambda: not telegram.updates.pending)
    finally:
        polling.cancel()
        await asyncio.wait([polling])
    assert telegram.updates.webhook["url"] == ""
    assert len(await kept(here)) == 1
