"""A fake Telegram with the usual chats, and our channel over the real library."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from telegram import Bot

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.request import Timeouts, open_bot
from tests.fakes.telegram import FakeTelegram, Rights

OPERATORS = 1001
"""The operators' private chat."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """@bottega_en: the bot edits its own posts only; @bottega_it: it may edit everybody's; -7: a basic group."""
    async with FakeTelegram(token="12345:fake") as server:
        server.add_channel("@bottega_en", id=-1001)
        server.add_channel("@bottega_it", id=-1002, rights=Rights(can_edit_messages=True))
        server.add_supergroup("@bottega_talk", id=-1003)
        server.add_group(id=-7)
        server.add_user(OPERATORS)
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    """The real library, with short timeouts."""
    async with open_bot(SecretStr(fake.token), fake.base_url, timeouts=Timeouts(read=0.3)) as opened:
        yield opened


@pytest.fixture
def channel(bot: Bot) -> TelegramChannel:
    """Ours, with an operators' chat to forward to."""
    return TelegramChannel(bot, operators_chat=OPERATORS)
