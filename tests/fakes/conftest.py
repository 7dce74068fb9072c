"""What the tests of the fakes share: a fake Telegram with a channel and a person, and two ways to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.fakes.telegram import FakeTelegram

Raw = Callable[..., Awaitable[dict[str, Any]]]
CHANNEL = "@bottega_en"
ANNA = 1001
CARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Publish", callback_data="p7", api_kwargs={"style": "success"})],
        [InlineKeyboardButton("Page", url="https://status.shop.example/en/")],
    ]
)


async def pressed(bot: Bot) -> CallbackQuery:
    """The newest press that the bot is told of."""
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    return query


async def heard(bot: Bot) -> Message:
    """The newest text that the bot is told of."""
    message = (await bot.get_updates())[-1].message
    assert message is not None
    return message


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """A fake with one channel, which the bot administers, and one person who has started the bot."""
    async with FakeTelegram() as server:
        server.add_channel(CHANNEL, id=-1001, title="Bottega")
        server.add_user(ANNA, language_code="pt-br", first_name="Anna")
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    """The real python-telegram-bot, talking to the fake."""
    async with Bot(fake.token, base_url=fake.base_url) as client:
        yield client


@pytest.fixture
async def raw(fake: FakeTelegram) -> AsyncIterator[Raw]:
    """Call a method of the fake with a JSON body; gives the answer's body, its status checked."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **params: Any) -> dict[str, Any]:
            async with session.post(f"{fake.base_url}{fake.token}/{method}", json=params) as answer:
                body: dict[str, Any] = await answer.json()
                assert answer.status == body.get("error_code", 200)
                return body

        yield call
