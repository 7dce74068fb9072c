"""What the fake Telegram tells the bot: long polls, acknowledgement, conflicts and button presses."""

from __future__ import annotations

import asyncio

import pytest
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
