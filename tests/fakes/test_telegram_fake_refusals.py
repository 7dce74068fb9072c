"""The fake Telegram refuses what Telegram refuses, in its words; and, strictly, what Telegram would let pass."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from telegram import Bot, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from tests.fakes.conftest import ANNA, CHANNEL, Raw
from tests.fakes.telegram import FakeTelegram, Rights

Json = dict[str, Any]


async def test_a_reply_to_nothing_is_refused_unless_it_may_be_sent_without(fake: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(CHANNEL, "x", reply_parameters=ReplyParameters(7))
    await bot.send_message(CHANNEL, "y", reply_parameters=ReplyParameters(7, allow_sending_without_reply=True))

    assert [(post.text, post.reply_to) for post in fake.posts(CHANNEL)] == [("y", None)]


async def test_an_edit_of_nothing_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", CHANNEL, 55)


async def test_pinning_in_a_channel_needs_the_right_to_edit(bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "x")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(CHANNEL, sent.message_id)


async def test_a_protected_channel_cannot_be_forwarded(fake: FakeTelegram, bot: Bot) -> None:
    fake.add_channel("@closed_circle", protected=True)
    theirs = fake.post_as_other("@closed_circle", "Theirs")
    with pytest.raises(BadRequest, match="Message can't be forwarded"):
        await bot.forward_message(ANNA, "@closed_circle", theirs)


async def test_after_48_hours_only_an_administrator_deletes() -> None:
    now = [1_700_000_000.0]
    async with FakeTelegram(clock=lambda: now[0]) as fake, Bot(fake.token, base_url=fake.base_url) as bot:
        fake.add_user(ANNA)
        sent = await bot.send_message(ANNA, "x")
        now[0] += 48 * 3600 + 1
        with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
            await bot.delete_message(ANNA, sent.message_id)


@pytest.mark.parametrize(
    ("kind", "rights", "refusal"),
    [
        ("channel", Rights(status="kicked"), "Forbidden: bot was kicked from the channel chat"),
        ("channel", Rights(status="left"), "Forbidden: bot is not a member of the channel chat"),
        ("channel", Rights(status="member"), "Bad Request: need administrator rights in the channel chat"),
        ("channel", Rights(can_post_messages=False), "Bad Request: need administrator rights in the channel chat"),
        ("supergroup", Rights(status="kicked"), "Forbidden: bot was kicked from the supergroup chat"),
        ("group", Rights(status="kicked"), "Forbidden: bot was kicked from the group chat"),
        (
            "supergroup",
            Rights(status="restricted", can_send_messages=False),
            "Bad Request: not enough rights to send text messages to the chat",
        ),
    ],
)
async def test_missing_rights_are_refused_in_telegrams_words(
    fake: FakeTelegram, raw: Raw, kind: Any, rights: Rights, refusal: str
) -> None:
    chat = fake.add_chat(kind, None, rights=rights)
    answer = await raw("sendMessage", chat_id=chat.id, text="x")

    assert answer["description"] == refusal
    assert chat.posts() == []


async def test_a_person_who_never_started_or_has_left_is_not_written_to(fake: FakeTelegram, bot: Bot) -> None:
    fake.add_user(2002, started=False)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(2002, "x")
    fake.say(2002, "/start")
    await bot.send_message(2002, "x")
    fake.change_user(2002, blocked=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(2002, "x")
    fake.change_user(2002, deactivated=True)
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(2002, "x")


@pytest.mark.parametrize("chat", ["@nobody_here", -100999, 999])
async def test_an_unknown_chat_is_not_found(bot: Bot, chat: int | str) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(chat, "x")


async def test_a_migrated_group_names_its_new_id(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_group(title="Operators")
    fake.migrate(group.id, to=-1009)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "x")

    assert caught.value.new_chat_id == -1009
    assert (await bot.send_message(-1009, "x")).message_id == 2


async def test_a_restricted_member_is_told_so(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_supergroup("@room", rights=Rights(status="restricted", can_send_messages=False))

    assert (await bot.get_chat_member(group.id, bot.id)).to_dict()["can_send_messages"] is False


async def test_a_bot_that_left_is_no_member(fake: FakeTelegram, bot: Bot) -> None:
    assert await bot.send_chat_action(CHANNEL, "typing")
    await bot.leave_chat(CHANNEL)

    assert fake.core.actions == [(-1001, "typing")]
    with pytest.raises(Forbidden, match="bot is not a member of the channel chat"):
        await bot.send_message(CHANNEL, "x")


async def test_a_text_may_have_4096_code_points_and_not_one_more(fake: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "😀" * 4096)

    assert len(fake.posts(ANNA)[0].text) == 4096
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(ANNA, "x" * 4097)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, ANNA, sent.message_id)
    with pytest.raises(BadRequest, match="Text is too long"):
        await bot.send_message(ANNA, "x" * 32769)


@pytest.mark.parametrize("text", [" \n ", "\u202e"])
async def test_a_text_of_nothing_visible_is_refused(raw: Raw, text: str) -> None:
    answer = await raw("sendMessage", chat_id=ANNA, text=text)

    assert answer["description"] == "Bad Request: text must be non-empty"


async def test_a_wrong_token_is_unauthorized(fake: FakeTelegram, bot: Bot) -> None:
    fake.token = "12345:revoked"
    with pytest.raises(InvalidToken):
        await bot.get_me()


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"chat_id": ANNA, "text": "x", "colour": "red"}, "strict fake: sendMessage has no parameter colour"),
        ({"chat_id": ANNA, "text": "x", "message_thread_id": "abc"}, "message_thread_id must be an Integer"),
        ({"chat_id": ANNA, "text": "x", "disable_notification": "maybe"}, "must be a Boolean, got 'maybe'"),
        ({"chat_id": ANNA, "text": "x", "reply_parameters": {"message_id": "7"}}, "message_id has the wrong type"),
        ({"chat_id": ANNA, "text": "x", "reply_parameters": {"id": 7}}, 'Can\'t find field "message_id"'),
        ({"chat_id": ANNA, "text": "x", "reply_markup": {"inline": []}}, "no known reply markup"),
        ({"chat_id": ANNA, "text": "x", "entities": "nonsense"}, "Bad Request: can't parse entities JSON object"),
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": ANNA}, "Bad Request: message text is empty"),
    ],
)
async def test_parameters_are_checked(raw: Raw, fake: FakeTelegram, params: Json, refusal: str) -> None:
    assert refusal in (await raw("sendMessage", **params))["description"]
    assert fake.posts(ANNA) == []


async def test_a_lenient_fake_ignores_unknown_parameters_as_the_real_one() -> None:
    async with FakeTelegram(strict=False) as fake, aiohttp.ClientSession() as session:
        fake.add_user(ANNA)
        address = f"{fake.base_url}{fake.token}/SENDMESSAGE?colour=red"
        async with session.post(address, data={"chat_id": str(ANNA), "text": "x"}) as answer:
            assert (await answer.json())["result"]["text"] == "x"


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "http://localhost"}, "inline keyboard button URL 'http://localhost' is invalid"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "a", "url": "http://a.example"}, "a button does exactly one thing"),
        ({"text": "x", "callback_data": "a", "style": "purple"}, "style of a button must be one of"),
        ({"text": "x", "callback": "a"}, "no such field"),
    ],
)
async def test_buttons_are_checked(raw: Raw, button: Json, refusal: str) -> None:
    markup = json.dumps({"inline_keyboard": [[button]]})
    answer = await raw("sendMessage", chat_id=ANNA, text="x", reply_markup=markup)

    assert refusal in answer["description"]
