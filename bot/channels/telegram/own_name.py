"""What the bot is called, for links that open a chat with it. Asks Telegram until it says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from telegram import Bot
from telegram.error import TelegramError

PAUSES = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))

_log = structlog.get_logger(__name__)


class OwnName:
    """The bot's name once it is known. Runs until then.

    username: without the @, None when it is to be asked for; pauses: after failures in a row, the last from then on.
    """

    def __init__(self, username: str | None = None, *, pauses: Sequence[timedelta] = PAUSES) -> None:
        self._pauses = pauses
        self.username = username

    def private_chat(self, words: str) -> str | None:
        """The address that opens a chat with the bot and tells it these words; None while its name is not known.

        words: at most 64 of A-Z, a-z, 0-9, _ and -, https://core.telegram.org/bots/features#deep-linking
        """
        return f"https://t.me/{self.username}?start={words}" if self.username else None

    async def learn(self, bot: Bot) -> None:
        """Return once the name is known. May be cancelled anywhere."""
        failures = 0
        while self.username is None:
            try:
                self.username = (await bot.get_me()).username
            except TelegramError as error:
                _log.warning("the bot's own name is not known yet", error=error.message)
                await asyncio.sleep(self._pauses[min(failures, len(self._pauses) - 1)].total_seconds())
                failures += 1
