"""The section ``channels.telegram``: where notices are posted in Telegram, by which bots, and how posts look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from bot.config.part import Part
from bot.config.subscribers import SubscriberSettings
from bot.config.values import ChatId, Flag, Language, Slug, Url
from bot.domain.model import Impact

_LARGEST_ID = 2**52  # https://core.telegram.org/bots/api#user
_LARGEST_TOPIC = 2**31 - 1
BotName = Annotated[
    str, Field(pattern="^@?[A-Za-z][A-Za-z0-9_]{4,31}$"), AfterValidator(lambda name: name.removeprefix("@"))
]
"""Kept without the @. https://core.telegram.org/bots/features#botfather"""


class Chat(Part):
    """One Telegram channel or group, and the language of what is posted there."""

    chat: ChatId
    """@name of a public channel or group, or its numeric id."""
    language: Language
    """What is posted here is in this language; one of ``languages``."""
    pin: Flag = False
    """Keep the first post pinned while the incident is open. The bot needs the right to pin."""
    topic: Annotated[int, Field(ge=1, le=_LARGEST_TOPIC)] | None = None
    """The number of a topic of a forum: the last part of a link to it. Absent: the chat itself."""
    silent: tuple[Impact, ...] = (Impact.NONE, Impact.MINOR)
    """Of incidents with these impacts, posts arrive without a sound. ``[]``: every post may be heard."""


class TelegramBot(Part):
    """One bot, and what it posts where."""

    token: SecretStr | None = None
    """From @BotFather. Absent or empty: the channel is off and says so."""
    token_file: Path | None = None
    """A file holding the token, instead of ``token``."""
    base_url: Url = "https://api.telegram.org/bot"
    """Bot API server; the token follows directly."""
    chats: tuple[Chat, ...] = ()
    """Channels and groups that every notice is posted to, each in its language."""
    link_preview: Flag = False
    """Show a preview of the first page that a post links to."""

    @model_validator(mode="after")
    def _one_token(self) -> TelegramBot:
        if self.token is not None and self.token.get_secret_value() and self.token_file is not None:
            raise ValueError("expected token or token_file, found both")
        return self

    @property
    def secret(self) -> SecretStr | None:
        """The token, None when there is none and the bot is off."""
        return self.token if self.token is not None and self.token.get_secret_value() else None


class TelegramSettings(TelegramBot):
    """Posting in Telegram, and taking commands there."""

    bots: dict[Slug, TelegramBot] = Field(default_factory=dict)
    """More bots for more chats, each with its own token and its own rate. They only post; commands go to the first."""
    buttons: tuple[Literal["page", "calendar", "subscribe"], ...] = ("page", "calendar", "subscribe")
    """What the first post of an incident has below it: its page; for maintenance the calendar; a chat with the bot."""
    operators_chat: Annotated[int, Field(ge=-_LARGEST_ID, le=_LARGEST_ID)] | None = None
    """A group that reads what operators are told, and where uncertain posts are compared. Absent: each in private."""
    operators_topic: Annotated[int, Field(ge=1, le=_LARGEST_TOPIC)] | None = None
    """The number of a topic of ``operators_chat``, when that is a forum. Absent: the chat itself."""
    uncertain: Literal["resend", "leave"] = "resend"
    """What to do with a post that may or may not be there when no way is left to find out."""
    updates: Literal["polling", "webhook"] = "polling"
    """How the bot hears: it asks Telegram, or Telegram sends to POST /telegram/NUMBER at ``public_url``, https only."""
    webhook_secret: SecretStr | None = None
    """What Telegram proves itself with: 16 to 256 of A-Z, a-z, 0-9, _ and -. Absent: made from the token."""
    subscribers: SubscriberSettings | None = None
    """Let anybody get notices in their private chat with the bot. Absent: off, strangers are told so politely."""
    username: BotName | None = None
    """The bot's @name, for links to a private chat with it. Absent: posts ask Telegram, pages have no such link."""

    @field_validator("webhook_secret")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        """https://core.telegram.org/bots/api#setwebhook"""
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("expected 16 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @property
    def all_bots(self) -> Mapping[str, TelegramBot]:
        """Every bot by its name, the one that listens, too, first and by ""."""
        return {"": self, **self.bots}
