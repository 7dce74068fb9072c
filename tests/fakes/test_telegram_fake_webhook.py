"""The fake Telegram delivers updates to a webhook: with its secret, again until accepted, chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.fakes.conftest import ANNA, Raw
from tests.fakes.telegram import Attempt, FakeTelegram

SECRET = "a-secret_Token"


@pytest.fixture
async def received() -> AsyncIterator[tuple[str, list[dict[str, Any]], list[int]]]:
    """A webhook of ours: its address, what it received, and the statuses it will answer before it says 200."""
    bodies: list[dict[str, Any]] = []
    refusals: list[int] = []

    async def hook(request: web.Request) -> web.Response:
        bodies.append({**await request.json(), "secret": request.headers.get("X-Telegram-Bot-Api-Secret-Token")})
        return web.Response(status=refusals.pop(0) if refusals else 200)

    app = web.Application()
    app.router.add_post("/telegram", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram", bodies, refusals
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_its_secret_until_it_accepts_them(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    address, bodies, refusals = received
    refusals.extend([500, 503])
    await bot.set_webhook(address, secret_token=SECRET)
    fake.say(ANNA, "hello")
    await fake.wait_for(lambda: not fake.updates.pending)

    assert [(body["update_id"], body["secret"]) for body in bodies] == [(1000, SECRET)] * 3
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_a_certificate_is_taken_in_a_multipart_body(bot: Bot) -> None:
    assert await bot.set_webhook("https://shop.example/hook", certificate=b"-----BEGIN CERTIFICATE-----")
    assert (await bot.get_webhook_info()).url == "https://shop.example/hook"
    await bot.delete_webhook()


async def test_polling_conflicts_with_a_webhook(
    bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    await bot.set_webhook(received[0])
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()

    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret", "refusal"),
    [
        ("http://shop.example/hook", None, "an https url must be provided for webhook"),
        ("https://shop.example/hook", "no spaces", "Secret token contains unallowed characters"),
    ],
)
async def test_a_bad_webhook_is_refused(bot: Bot, url: str, secret: str | None, refusal: str) -> None:
    with pytest.raises(BadRequest, match=refusal):
        await bot.set_webhook(url, secret_token=secret)


async def test_what_is_refused_waits_for_the_test_to_redeliver_it(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    address, bodies, refusals = received
    refusals.append(503)
    fake.redeliver_by_hand()
    await bot.set_webhook(address)
    fake.say(ANNA, "hello")
    await fake.wait_for(fake.attempts)
    assert len(bodies) == 1

    fake.redeliver()
    await fake.wait_for(lambda: not fake.updates.pending)
    assert fake.attempts() == [Attempt(update_id=1000, status=503), Attempt(update_id=1000, status=200)]


async def test_an_answer_that_gets_lost_brings_the_update_again(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    fake.mishear()
    await bot.set_webhook(received[0])
    fake.say(ANNA, "hello")
    await fake.wait_for(lambda: not fake.updates.pending)

    assert [(each.status, each.heard) for each in fake.attempts()] == [(200, False), (200, True)]
    assert fake.repeat() == 1000
    await fake.wait_for(lambda: not fake.updates.pending)
    assert [body["message"]["text"] for body in received[1]] == ["hello"] * 3


async def test_a_chat_that_waits_holds_up_no_other(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    address, bodies, refusals = received
    fake.add_user(2002)
    refusals.append(500)
    fake.redeliver_by_hand()
    await bot.set_webhook(address)
    fake.say(ANNA, "first")
    await fake.wait_for(fake.attempts)
    fake.say(ANNA, "second")
    fake.say(2002, "third")
    await fake.wait_for(lambda: len(fake.attempts()) == 2)
    fake.redeliver()
    await fake.wait_for(lambda: not fake.updates.pending)

    assert [body["message"]["text"] for body in bodies] == ["first", "third", "first", "second"]


async def test_nobody_listening_is_tried_again(fake: FakeTelegram, bot: Bot, unused_tcp_port: int) -> None:
    fake.redeliver_by_hand()
    await bot.set_webhook(f"http://127.0.0.1:{unused_tcp_port}/telegram")
    fake.say(ANNA, "hello")
    await fake.wait_for(fake.attempts)

    assert fake.attempts() == [Attempt(update_id=1000, status=None)]
    assert "Connection failed" in str((await bot.get_webhook_info()).last_error_message)
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_webhook_is_told_as_it_was_set(fake: FakeTelegram, bot: Bot, raw: Raw) -> None:
    await bot.set_webhook("https://shop.example/hook", max_connections=7, allowed_updates=["message"])
    info = await bot.get_webhook_info()

    assert (info.max_connections, info.allowed_updates) == (7, ("message",))
    assert (
        "max_connections must be"
        in (await raw("setWebhook", url="https://a.example", max_connections=101))["description"]
    )
    again = await raw("setWebhook", url="https://shop.example/hook", max_connections=7, allowed_updates=["message"])
    assert again["description"] == "Webhook is already set"
    assert (await raw("deleteWebhook"))["description"] == "Webhook was deleted"


async def test_a_webhook_ends_the_waiting_poll(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for(fake.updates.is_polled)
    await bot.set_webhook(received[0])

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_behind_a_proxy_a_webhook_keeps_its_public_address(
    fake: FakeTelegram, bot: Bot, received: tuple[str, list[dict[str, Any]], list[int]]
) -> None:
    address, bodies, _ = received
    fake.proxy_webhook(address.removesuffix("/telegram"))
    await bot.set_webhook("https://status.shop.example/telegram")
    fake.say(ANNA, "hello")
    await fake.wait_for(lambda: not fake.updates.pending)

    assert [body["message"]["text"] for body in bodies] == ["hello"]
