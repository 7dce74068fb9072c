"""In the fake Telegram people press, start, block and delete as in life."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    Message,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden

from tests.fakes.conftest import ANNA, CARD, CHANNEL, Raw, heard, pressed
from tests.fakes.telegram import FakeTelegram

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


async def test_a_button_is_pressed_by_its_label_in_the_newest_card(fake: FakeTelegram, bot: Bot) -> None:
    cards = [await bot.send_message(ANNA, text, reply_markup=CARD) for text in ("Draft 1", "Draft 2")]
    query_id = fake.press_label(ANNA, ANNA, "Publish")
    query = await pressed(bot)

    assert isinstance(query.message, Message)
    assert (query.message.message_id, query.data) == (cards[1].message_id, "p7")
    assert fake.answered(query_id) is None
    await query.answer("Published", show_alert=True)
    assert fake.answered(query_id) == {"callback_query_id": query_id, "text": "Published", "show_alert": True}
    fake.press_label(ANNA, ANNA, "Publish", message_id=cards[0].message_id)
    with pytest.raises(LookupError, match="no button 'Page'"):
        fake.press_label(ANNA, ANNA, "Page")
    assert fake.posts(ANNA)[0].labels() == [["Publish"], ["Page"]]


async def test_a_press_that_grew_old_cannot_be_answered(fake: FakeTelegram, bot: Bot) -> None:
    await bot.send_message(ANNA, "Draft 1", reply_markup=CARD)
    query_id = fake.press_label(ANNA, ANNA, "Publish")
    fake.stale_presses()

    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await bot.answer_callback_query(query_id)


async def test_an_answer_to_a_press_has_200_characters_at_most(fake: FakeTelegram, bot: Bot) -> None:
    await bot.send_message(ANNA, "Draft 1", reply_markup=CARD)
    query_id = fake.press_label(ANNA, ANNA, "Publish")

    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    assert await bot.answer_callback_query(query_id, "x" * 200)


@pytest.mark.parametrize("deleted", [True, False])
async def test_the_card_behind_an_old_button_may_be_inaccessible(fake: FakeTelegram, bot: Bot, deleted: bool) -> None:
    sent = await bot.send_message(ANNA, "Draft 1", reply_markup=CARD)
    if deleted:
        fake.delete(ANNA, sent.message_id)
    fake.press(ANNA, ANNA, sent.message_id, "p7", inaccessible=not deleted)

    query = await pressed(bot)
    assert query.data == "p7"
    assert query.message is not None
    assert (query.message.chat.id, query.message.message_id, query.message.date) == (ANNA, sent.message_id, BEGINNING)
    assert getattr(query.message, "text", None) is None


async def test_who_still_sees_a_button_that_an_edit_took_away_can_press_it(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "Draft 1", reply_markup=CARD)
    await bot.edit_message_text("Published", ANNA, sent.message_id)
    with pytest.raises(LookupError, match="no button 'Publish'"):
        fake.press_label(ANNA, ANNA, "Publish")
    fake.press_label(ANNA, ANNA, "Publish", former=True)

    query = await pressed(bot)
    assert isinstance(query.message, Message)
    assert (query.data, query.message.text) == ("p7", "Published")


async def test_what_its_readers_deleted_is_not_found_and_holds_no_pin(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "x")
    await bot.pin_chat_message(ANNA, sent.message_id)
    fake.delete(ANNA, sent.message_id)

    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", ANNA, sent.message_id)
    assert (await bot.get_chat(ANNA)).pinned_message is None


async def test_a_deep_link_starts_the_bot_with_its_payload(fake: FakeTelegram, bot: Bot) -> None:
    fake.add_user(2002, started=False, language_code="it")
    fake.start(2002, "en-shop_1")
    told = await heard(bot)

    assert told.from_user is not None
    assert (told.text, told.from_user.language_code) == ("/start en-shop_1", "it")
    assert await bot.send_message(2002, "Welcome")
    for payload in ("x" * 65, "en shop", "è"):
        with pytest.raises(ValueError, match="a deep link carries at most 64"):
            fake.start(2002, payload)


async def test_who_blocks_comes_back_by_writing(fake: FakeTelegram, bot: Bot) -> None:
    fake.block(ANNA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ANNA, "x")
    fake.start(ANNA)

    blocked, unblocked, start = await bot.get_updates()
    standings = [
        update.my_chat_member.new_chat_member.status for update in (blocked, unblocked) if update.my_chat_member
    ]
    assert standings == ["kicked", "member"]
    assert start.message is not None
    assert await bot.send_message(ANNA, "Back again")


async def test_a_deleted_account_is_deactivated_without_a_word(fake: FakeTelegram, bot: Bot) -> None:
    fake.delete_account(ANNA)

    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ANNA, "x")
    assert await bot.get_updates() == ()


async def test_a_promotion_is_told_with_the_rights_before_and_after(fake: FakeTelegram, bot: Bot) -> None:
    fake.set_rights(CHANNEL, can_edit_messages=True)
    change = (await bot.get_updates())[-1].my_chat_member

    assert change is not None
    before, after = change.old_chat_member.to_dict(), change.new_chat_member.to_dict()
    assert (before["can_edit_messages"], after["can_edit_messages"]) == (False, True)


async def test_a_post_tells_how_it_was_sent(fake: FakeTelegram, bot: Bot) -> None:
    await bot.send_message(
        ANNA,
        "x",
        disable_notification=True,
        protect_content=True,
        allow_paid_broadcast=True,
        disable_web_page_preview=True,
    )
    [post] = fake.posts(ANNA)

    assert (post.silent, post.protected, post.paid, post.preview) == (True, True, True, {"is_disabled": True})


async def test_the_bot_tells_who_it_is_by_language(fake: FakeTelegram, bot: Bot, raw: Raw) -> None:
    await bot.set_my_description("Notices of the Bottega")
    await bot.set_my_description("Avvisi della Bottega", language_code="it")
    await bot.set_my_short_description("Notices")

    assert (await bot.get_my_description("it")).description == "Avvisi della Bottega"
    assert (await bot.get_my_description("de")).description == "Notices of the Bottega"
    assert (await bot.get_my_short_description("it")).short_description == "Notices"
    assert (await bot.get_my_name()).name == "Notice bot"
    assert "at most 512 characters" in (await raw("setMyDescription", description="x" * 513))["description"]
    assert "has two letters" in (await raw("setMyName", name="x", language_code="pt-br"))["description"]
    assert fake.core.about["description", "it"] == "Avvisi della Bottega"


async def test_the_narrowest_menu_is_offered_and_of_it_the_readers_language(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_supergroup("@room", members={ANNA: "administrator"})
    assert fake.menu(ANNA) == []
    await bot.set_my_commands([BotCommand("start", "Get notices")])
    await bot.set_my_commands([BotCommand("start", "Receber avisos")], language_code="pt")
    await bot.set_my_commands([BotCommand("status", "For admins")], scope=BotCommandScopeAllChatAdministrators())
    assert fake.menu(ANNA) == [("start", "Receber avisos")]
    assert fake.menu(ANNA, group.id) == [("status", "For admins")]
    await bot.set_my_commands([BotCommand("incident", "Begin")], scope=BotCommandScopeChat(ANNA))
    await bot.set_my_commands([BotCommand("drop", "No")], scope=BotCommandScopeChatMember("@room", ANNA))

    assert fake.menu(ANNA) == [("incident", "Begin")]
    assert fake.menu(ANNA, group.id) == [("drop", "No")]
    await bot.delete_my_commands(scope=BotCommandScopeChat(ANNA))
    assert fake.menu(ANNA) == [("start", "Receber avisos")]


async def test_what_telegram_does_not_know_is_a_violation(fake: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest):
        await bot.send_message(ANNA, "x", api_kwargs={"colour": "red"})
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("paintMessage")

    assert fake.violations() == [
        "sendMessage: Bad Request: strict fake: sendMessage has no parameter colour",
        "paintMessage: Not Found: method not found",
    ]
