"""Reply keyboards of the fake Telegram open, close and are tapped as in life, and are checked as by Telegram."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    ForceReply,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest

from tests.fakes.conftest import ANNA, CHANNEL, Raw, heard
from tests.fakes.telegram import FakeTelegram

QUICK = ReplyKeyboardMarkup([["Online shop", "Till"], ["More"]], resize_keyboard=True)


async def test_a_reply_keyboard_stays_open_until_it_is_removed(fake: FakeTelegram, bot: Bot) -> None:
    assert fake.keyboard(ANNA) == []
    await bot.send_message(ANNA, "What is wrong?", reply_markup=QUICK)
    await bot.send_message(ANNA, "Something else")

    assert fake.keyboard(ANNA) == [["Online shop", "Till"], ["More"]]
    await bot.send_message(ANNA, "Done", reply_markup=ReplyKeyboardRemove())
    assert fake.keyboard(ANNA) == []


async def test_a_tap_types_the_label(fake: FakeTelegram, bot: Bot) -> None:
    await bot.send_message(ANNA, "What is wrong?", reply_markup=QUICK)
    fake.tap(ANNA, "Online shop")

    assert (await heard(bot)).text == "Online shop"
    with pytest.raises(LookupError, match=r"no button 'Bakery' on the keyboard"):
        fake.tap(ANNA, "Bakery")


async def test_a_keyboard_for_one_time_closes_at_a_tap(fake: FakeTelegram, bot: Bot) -> None:
    await bot.send_message(ANNA, "Sure?", reply_markup=ReplyKeyboardMarkup([["Yes"]], one_time_keyboard=True))
    fake.tap(ANNA, "Yes")

    assert fake.keyboard(ANNA) == []


async def test_in_a_group_a_tap_is_a_reply_to_the_keyboard(fake: FakeTelegram, bot: Bot) -> None:
    group = fake.add_group(title="Operators", rights={"status": "member"})
    sent = await bot.send_message(group.id, "What is wrong?", reply_markup=QUICK)
    fake.tap(ANNA, "Till", chat=group.id)

    told = await heard(bot)
    assert told.reply_to_message is not None
    assert (told.text, told.reply_to_message.message_id) == ("Till", sent.message_id)


@pytest.mark.parametrize("markup", [QUICK, ForceReply(input_field_placeholder="In your words")])
async def test_a_message_with_a_reply_keyboard_can_never_be_edited(fake: FakeTelegram, bot: Bot, markup: Any) -> None:
    sent = await bot.send_message(ANNA, "What is wrong?", reply_markup=markup)

    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Never mind", ANNA, sent.message_id)
    assert fake.posts(ANNA)[0].keyboard == markup.to_dict() | (
        {"keyboard": [["Online shop", "Till"], ["More"]]} if markup is QUICK else {}
    )


@pytest.mark.parametrize(
    ("chat", "markup", "refusal"),
    [
        (CHANNEL, {"keyboard": [["Yes"]]}, "Bad Request: inline keyboard expected"),
        (CHANNEL, {"force_reply": True}, "Bad Request: inline keyboard expected"),
        (ANNA, {"keyboard": [[{"label": "Yes"}]]}, "no such field or not of this type: label"),
        (ANNA, {"keyboard": [[{"style": "danger"}]]}, 'Can\'t find field "text"'),
        (ANNA, {"keyboard": [[" "]]}, "a KeyboardButton without text would be left out"),
        (ANNA, {"keyboard": [[7]]}, "KeyboardButton must be a String or an Object"),
        (ANNA, {"keyboard": ["Yes"]}, "must be an Array of Arrays"),
        (ANNA, {"keyboard": [[]]}, "a reply keyboard without buttons"),
        (ANNA, {"keyboard": [["x"] * 13]}, "at most 12 buttons a row"),
        (ANNA, {"keyboard": [["x"]], "resize": True}, "no such field or not of this type: resize"),
        (ANNA, {"force_reply": False}, "force_reply must be true"),
        (ANNA, {"force_reply": True, "input_field_placeholder": "x" * 65}, "1-64 characters"),
        (-1002, {"keyboard": [[{"text": "x", "request_contact": True}]]}, "phone number can be requested in private"),
    ],
)
async def test_reply_keyboards_are_checked(fake: FakeTelegram, raw: Raw, chat: Any, markup: Any, refusal: str) -> None:
    fake.add_supergroup("@room", id=-1002)
    answer = await raw("sendMessage", chat_id=chat, text="x", reply_markup=markup)

    assert refusal in answer["description"]


async def test_an_edit_takes_inline_keyboards_only(raw: Raw, bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "x")
    answer = await raw(
        "editMessageText", chat_id=ANNA, message_id=sent.message_id, text="y", reply_markup=QUICK.to_dict()
    )

    assert answer["description"] == "Bad Request: inline keyboard expected"
