"""One of Telegram's updates as far as operators' commands go: a call, or something to leave alone and why. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from telegram import Message, Update
from telegram.constants import ChatType

from bot.domain import command_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody, operator or not, speaks to us.

    chat_id: where they do and where the answer belongs; telegram_id: who; private: nobody else reads along;
    text: what they wrote, None for a picture, a file or the like; sent_at: when, by Telegram's clock.
    """

    chat_id: int
    telegram_id: int
    private: bool
    text: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nobody speaks to us here."""

    reason: str


def read(body: str, *, username: str | None) -> Call | Ignored:
    """What an update says. body: its JSON; username: our own, without @, None while unknown.

    Any exception means an update that python-telegram-bot cannot read.
    """
    message = Update.de_json(json.loads(body), None).message
    if message is None:
        return Ignored("not a new message")
    sender = message.from_user
    if sender is None or sender.is_bot:
        return Ignored("not from a person")
    private = message.chat.type == ChatType.PRIVATE
    if message.text is None and (not private or _is_service(message)):
        return Ignored("no words")
    if message.text is not None:
        reason = _not_for_us(message.text, private=private, username=username)
        if reason:
            return Ignored(reason)
    return Call(
        chat_id=message.chat.id, telegram_id=sender.id, private=private, text=message.text, sent_at=message.date
    )


def _not_for_us(text: str, *, private: bool, username: str | None) -> str | None:
    if not private and not command_reading.is_command(text):
        return "talk in a group"
    addressee = command_reading.addressee(text)
    if addressee and username and addressee.lower() != username.lower():
        return "for another bot"
    return None


def _is_service(message: Message) -> bool:
    """Whether Telegram itself wrote it: somebody was added, something was pinned."""
    return message.effective_attachment is None
