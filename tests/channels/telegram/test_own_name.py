"""The bot's own name, learnt from Telegram, for links that open a chat with it."""

from __future__ import annotations

from datetime import timedelta

from telegram import Bot

from bot.channels.telegram.own_name import OwnName
from tests.fakes.telegram import FakeTelegram


async def test_there_is_no_link_before_telegram_has_said_the_name(bot: Bot) -> None:
    name = OwnName()
    assert name.private_chat("l_it") is None
    await name.learn(bot)
    assert name.private_chat("l_it") == f"https://t.me/{(await bot.get_me()).username}?start=l_it"


async def test_a_name_from_the_configuration_is_not_asked_for(bot: Bot, fake: FakeTelegram) -> None:
    name = OwnName("bottega_bot")
    await name.learn(bot)
    assert name.private_chat("l_it") == "https://t.me/bottega_bot?start=l_it"
    assert fake.calls == []


async def test_it_is_asked_for_until_telegram_answers(bot: Bot, fake: FakeTelegram) -> None:
    fake.fault("error", method="getMe", status=502)
    name = OwnName(pauses=[timedelta()])
    await name.learn(bot)
    assert name.username is not None
    assert [call.outcome for call in fake.calls if call.method == "getMe"][-1] == "ok"
