"""Forum topics of the fake Telegram: written to by their ids, closed, deleted; a thread of replies is none."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.fakes.conftest import ANNA, CARD, heard, pressed
from tests.fakes.telegram import FakeTelegram


async def test_a_topic_is_written_to_by_its_id(fake: FakeTelegram, bot: Bot) -> None:
    forum = fake.add_forum("@room", title="Operators")
    topic = fake.add_topic(forum.id, "Incidents")
    opened = await heard(bot)
    sent = await bot.send_message(forum.id, "Draft 1", message_thread_id=topic)
    reply = await bot.send_message(forum.id, "More", reply_parameters=ReplyParameters(sent.message_id))

    assert opened.forum_topic_created is not None
    assert opened.forum_topic_created.name == "Incidents"
    assert opened.chat.is_forum
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    assert [post.thread for post in fake.posts(forum.id)] == [topic, topic]
    assert reply.message_thread_id == topic
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic + 999)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_chat_action(forum.id, "typing", message_thread_id=topic + 999)


async def test_what_is_said_in_a_topic_answers_the_line_that_opened_it(fake: FakeTelegram, bot: Bot) -> None:
    forum = fake.add_forum("@room")
    topic = fake.add_topic(forum.id, "Incidents")
    fake.say(ANNA, "/status", chat=forum.id, thread=topic)
    told = await heard(bot)

    assert (told.message_thread_id, told.is_topic_message) == (topic, True)
    assert told.reply_to_message is not None
    assert told.reply_to_message.forum_topic_created is not None
    with pytest.raises(LookupError, match="no topic 7"):
        fake.say(ANNA, "/status", chat=forum.id, thread=7)


async def test_a_press_in_a_topic_carries_the_topic(fake: FakeTelegram, bot: Bot) -> None:
    forum = fake.add_forum("@room")
    topic = fake.add_topic(forum.id, "Incidents")
    await bot.send_message(forum.id, "Draft 1", message_thread_id=topic, reply_markup=CARD)
    fake.press_label(ANNA, forum.id, "Publish")
    query = await pressed(bot)

    assert isinstance(query.message, Message)
    assert query.message.message_thread_id == topic


async def test_closed_and_deleted_topics_refuse(fake: FakeTelegram, bot: Bot) -> None:
    forum = fake.add_forum("@room")
    topic = fake.add_topic(forum.id, "Incidents")
    fake.close_topic(forum.id, topic)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=topic)
    fake.set_rights(forum.id, can_manage_topics=True)
    sent = await bot.send_message(forum.id, "x", message_thread_id=topic)
    fake.remove_topic(forum.id, topic)

    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", forum.id, sent.message_id)


async def test_a_thread_of_replies_is_no_topic(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_supergroup("@room")
    sent = await bot.send_message(group.id, "Question")
    fake.say(ANNA, "An answer", chat=group.id, reply_to=sent.message_id)
    told = await heard(bot)

    assert (told.message_thread_id, told.is_topic_message) == (sent.message_id, None)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=told.message_thread_id)
