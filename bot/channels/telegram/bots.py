"""Which bots there are, by the name of the channel that each of them is, and what of it is on."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.telegram import TelegramBot, TelegramSettings
from bot.domain.delivery import Destination

MAIN = "telegram"
"""The channel of the bot that operators and subscribers talk to."""


def channel_of(name: str) -> str:
    """What the channel of a bot is called. name: as configured, "" for the main one."""
    return f"{MAIN}.{name}" if name else MAIN


def all_bots(telegram: TelegramSettings | None) -> Mapping[str, TelegramBot]:
    """Every configured bot by its channel, whether or not it is on."""
    return {channel_of(name): bot for name, bot in telegram.all_bots.items()} if telegram else {}


def bots_on(telegram: TelegramSettings | None) -> Mapping[str, TelegramBot]:
    """Those with a token; each of them is on or off by itself."""
    return {channel: bot for channel, bot in all_bots(telegram).items() if bot.secret is not None}


def destinations(telegram: TelegramSettings | None) -> tuple[Destination, ...]:
    """Every chat, or topic of one, of the bots that are on."""
    return tuple(
        Destination(
            channel=channel,
            address=chat.chat,
            language=chat.language,
            pin=chat.pin,
            topic=chat.topic,
            silent=frozenset(chat.silent),
        )
        for channel, bot in bots_on(telegram).items()
        for chat in bot.chats
    )
