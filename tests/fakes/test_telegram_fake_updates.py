"""What the fake Telegram tells the bot: long polls, acknowledgement, conflicts, button presses and the webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes

from tests.fakes.conftest import ANNA, CHANNEL
from tests.fakes.telegram import FakeTelegram, Rights

SECRET = "a-secret_Token"


async def test_what_a_person_says_becomes_an_update(fake: FakeTelegram, bot: Bot) -> None:
    fake.say(ANNA, "/incident shop major")
    [update] = await bot.get_updates(timeout=10)

    assert update.message is not None
    assert update.message.text == "/incident shop major"
    assert update.message.entities[0].type == "bot_command"
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "pt-br"


async def test_a_waiting_poll_is_answered_by_the_next_update(fake: FakeTelegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for(fake.updates.is_polled)
    fake.say(ANNA, "hello")

    assert len(await poll) == 1


async def test_the_real_application_polls_and_answers(fake: FakeTelegram) -> None:
    async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text("Nothing is open.")

    application = ApplicationBuilder().token(fake.token).base_url(fake.base_url).build()
    application.add_handler(CommandHandler("status", answer))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        fake.say(ANNA, "/status")
        await fake.wait_for(lambda: fake.bot_posts(ANNA))
        await application.updater.stop()
        await application.stop()

    assert [post.text for post in fake.bot_posts(ANNA)] == ["Nothing is open."]
    assert fake.updates.pending == []


async def test_updates_come_again_until_a_later_offset_acknowledges_them(fake: FakeTelegram, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        fake.say(ANNA, text)
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates(limit=2)
    rest = await bot.get_updates(offset=first[-1].update_id + 1)

    assert [update.update_id for update in first] == [update.update_id for update in again] == [1000, 1001]
    assert [update.message.text for update in rest if update.message] == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_a_negative_offset_forgets_all_but_the_last(fake: FakeTelegram, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        fake.say(ANNA, text)

    assert [update.update_id for update in await bot.get_updates(offset=-1)] == [1002]
    assert len(fake.updates.pending) == 1


async def test_only_allowed_kinds_are_queued(fake: FakeTelegram, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message"])
    fake.post_as_other(CHANNEL, "not asked for")
    fake.say(ANNA, "asked for")

    assert [update.message is not None for update in await bot.get_updates()] == [True]
    with pytest.raises(BadRequest, match="no such kind of update: messages"):
        await bot.get_updates(allowed_updates=["messages"])


async def test_a_second_poller_ends_the_first(fake: FakeTelegram, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for(fake.updates.is_polled)
    async with Bot(fake.token, base_url=fake.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        fake.say(ANNA, "hello")
        assert len(await second) == 1


async def test_privacy_hides_what_is_not_a_command_from_a_plain_member(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_supergroup("@room", rights=Rights(status="member"))
    sent = await bot.send_message(group.id, "Question")
    fake.say(ANNA, "small talk", chat=group.id)
    fake.say(ANNA, "/status", chat=group.id)
    fake.say(ANNA, "an answer", chat=group.id, reply_to=sent.message_id)

    assert [update.message.text for update in await bot.get_updates() if update.message] == ["/status", "an answer"]


async def test_a_pressed_button_can_be_answered_once(fake: FakeTelegram, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Publish", callback_data="publish:7")]])
    sent = await bot.send_message(ANNA, "Publish?", reply_markup=keyboard)
    fake.press(ANNA, ANNA, sent.message_id, "publish:7")
    [update] = await bot.get_updates()

    assert update.callback_query is not None
    assert update.callback_query.data == "publish:7"
    assert await update.callback_query.answer("Published")
    assert fake.core.answers[0]["text"] == "Published"
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_a_button_that_is_not_there_cannot_be_pressed(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "No buttons")
    with pytest.raises(LookupError, match="no button with 'x'"):
        fake.press(ANNA, ANNA, sent.message_id, "x")


async def test_blocking_and_losing_rights_are_told(fake: FakeTelegram, bot: Bot) -> None:
    fake.change_user(ANNA, blocked=True)
    fake.set_rights(CHANNEL, status="kicked")

    told = [update.my_chat_member for update in await bot.get_updates()]

    assert [(change.chat.type, change.new_chat_member.status) for change in told if change] == [
        ("private", "kicked"),
        ("channel", "kicked"),
    ]


async def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    commands = [BotCommand("status", "What is open")]
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(commands, scope=scope, language_code="it")

    assert await bot.get_my_commands(scope=scope, language_code="it") == tuple(commands)
    assert await bot.get_my_commands() == ()
    with pytest.raises(BadRequest, match="two letters, got 'pt-br'"):
        await bot.set_my_commands(commands, language_code="pt-br")
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Status!", "x")])


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
