"""The fake Telegram keeps what a reader of its chats would see, and answers the real bot as Telegram does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.error import BadRequest

from tests.fakes.conftest import ANNA, CHANNEL
from tests.fakes.telegram import FakeTelegram, Rights

Json = dict[str, Any]


def buttons(data: str = "yes:1") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Publish", callback_data=data)]])


async def test_the_real_bot_introduces_itself(bot: Bot) -> None:
    assert (bot.id, bot.username) == (12345, "notice_bot")


async def test_a_post_is_stored_as_readers_see_it(fake: FakeTelegram, bot: Bot) -> None:
    entities = [MessageEntity("bold", 0, 4), MessageEntity("text_link", 5, 4, url="shop.example")]
    sent = await bot.send_message(CHANNEL, "Shop down *now* _x_", entities=entities, reply_markup=buttons())

    [post] = fake.posts(CHANNEL)

    assert post.id == sent.message_id == 100
    assert post.text == sent.text == "Shop down *now* _x_"
    assert post.entities == (
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 5, "length": 4, "url": "http://shop.example/"},
    )
    assert post.buttons == (({"text": "Publish", "callback_data": "yes:1"},),)
    assert post.from_bot
    assert sent.sender_chat is not None
    assert sent.sender_chat.username == "bottega_en"


async def test_a_reply_points_at_its_post(fake: FakeTelegram, bot: Bot) -> None:
    first = await bot.send_message(CHANNEL, "First")
    second = await bot.send_message(CHANNEL, "Second", reply_parameters=ReplyParameters(first.message_id))

    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id
    assert fake.posts(CHANNEL)[1].reply_to == first.message_id


async def test_an_edit_changes_the_post_and_takes_its_buttons_away(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "Before", reply_markup=buttons())
    await bot.edit_message_text("After", CHANNEL, sent.message_id)

    [post] = fake.posts(CHANNEL)

    assert (post.text, post.buttons, post.edits) == ("After", (), 1)


async def test_an_edit_to_the_same_is_not_modified(bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "Same", entities=[MessageEntity("bold", 0, 4)], reply_markup=buttons())
    same: Json = {"chat_id": CHANNEL, "message_id": sent.message_id, "entities": [MessageEntity("bold", 0, 4)]}

    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Same", reply_markup=buttons(), **same)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(CHANNEL, sent.message_id, reply_markup=buttons())
    assert await bot.edit_message_text("Same", **same)
    assert await bot.edit_message_text("Same", CHANNEL, sent.message_id)


async def test_others_posts_take_ids_and_cannot_be_edited(fake: FakeTelegram, bot: Bot) -> None:
    first = await bot.send_message(CHANNEL, "Ours")
    theirs = fake.post_as_other(CHANNEL, "Theirs")

    assert theirs == first.message_id + 1
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Theirs", CHANNEL, theirs)


async def test_with_can_edit_messages_the_bot_overwrites_a_colleague(fake: FakeTelegram, bot: Bot) -> None:
    fake.set_rights(CHANNEL, can_edit_messages=True)
    theirs = fake.post_as_other(CHANNEL, "Theirs")
    await bot.edit_message_text("Overwritten", CHANNEL, theirs)

    assert fake.posts(CHANNEL)[0].text == "Overwritten"


async def test_a_pin_leaves_a_service_line_that_takes_an_id(fake: FakeTelegram, bot: Bot) -> None:
    fake.set_rights(CHANNEL, can_edit_messages=True)
    sent = await bot.send_message(CHANNEL, "Pinned")
    await bot.pin_chat_message(CHANNEL, sent.message_id)
    await bot.pin_chat_message(CHANNEL, sent.message_id)
    after = await bot.send_message(CHANNEL, "After")
    chat = await bot.get_chat(CHANNEL)

    assert after.message_id == sent.message_id + 2
    assert [post.pinned for post in fake.posts(CHANNEL)] == [True, False]
    assert chat.pinned_message is not None
    assert chat.pinned_message.message_id == sent.message_id
    update = (await bot.get_updates())[-1]
    assert update.channel_post is not None
    assert update.channel_post.pinned_message is not None


async def test_an_unpin_without_an_id_takes_the_newest_pin(fake: FakeTelegram, bot: Bot) -> None:
    first, second = [(await bot.send_message(ANNA, text)).message_id for text in ("one", "two")]
    for message_id in (first, second):
        await bot.pin_chat_message(ANNA, message_id)
    await bot.unpin_chat_message(ANNA)

    assert [post.pinned for post in fake.posts(ANNA)] == [True, False]
    await bot.unpin_chat_message(ANNA)
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(ANNA)


async def test_a_forward_carries_the_text_and_its_origin(fake: FakeTelegram, bot: Bot) -> None:
    theirs = fake.post_as_other(CHANNEL, "Theirs", entities=[{"type": "bold", "offset": 0, "length": 6}])
    forwarded = await bot.forward_message(ANNA, CHANNEL, theirs)

    assert forwarded.text == "Theirs"
    assert forwarded.entities[0].type == "bold"
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.to_dict()["message_id"] == theirs
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(ANNA, CHANNEL, theirs + 1)


async def test_a_copy_is_a_post_of_its_own(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "Words")
    copied = await bot.copy_message(ANNA, CHANNEL, sent.message_id)

    [post] = fake.posts(ANNA)
    assert (post.id, post.text, post.forwarded) == (copied.message_id, "Words", False)


async def test_a_deleted_post_is_gone(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "x")
    await bot.delete_message(CHANNEL, sent.message_id)

    assert fake.posts(CHANNEL) == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(CHANNEL, sent.message_id)


async def test_private_chats_share_one_sequence_and_channels_have_their_own(fake: FakeTelegram, bot: Bot) -> None:
    fake.add_user(2002)
    fake.add_channel("@bottega_it", first_message_id=7)

    ids = [(await bot.send_message(chat, "x")).message_id for chat in (ANNA, 2002, CHANNEL, "@bottega_it", ANNA)]

    assert ids == [100, 101, 100, 7, 102]


async def test_members_and_administrators_are_told(fake: FakeTelegram, bot: Bot) -> None:
    fake.add_chat("channel", "@team", rights=Rights(can_edit_messages=True), members={ANNA: "creator"})
    own = await bot.get_chat_member("@team", bot.id)

    assert own.to_dict()["can_edit_messages"] is True
    assert (await bot.get_chat_member("@team", ANNA)).status == "creator"
    assert {admin.user.id for admin in await bot.get_chat_administrators("@team")} == {ANNA, bot.id}


async def test_a_moment_is_kept_as_the_real_bot_writes_it(fake: FakeTelegram, bot: Bot) -> None:
    when = datetime(2024, 12, 11, 18, 0, tzinfo=UTC)
    moment = MessageEntity("date_time", 6, 5, unix_time=when, date_time_format="wDT")
    sent = await bot.send_message(ANNA, "Since 18:00", entities=[moment])

    assert sent.entities == (moment,)
    assert fake.posts(ANNA)[0].entities[0]["unix_time"] == when.timestamp()
