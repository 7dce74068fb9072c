"""One of Telegram's updates as far as it concerns us: a call, a turnout, or something to leave alone and why. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, ChatMemberUpdated, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.domain import command_reading
from bot.domain.anonymous import FORWARDED
from bot.domain.calls import Call, Press, Turnout

WANTED = ("message", "callback_query", "my_chat_member")
"""The kinds of updates we ask for: https://core.telegram.org/bots/api#update"""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nobody speaks to us here."""

    reason: str


def read(body: str, *, username: str | None, made_after: datetime | None = None) -> Call | Turnout | Ignored:
    """What an update says. body: its JSON; username: our own, without @, None while unknown; made_after: nobody made
    it earlier, None when nobody knows.

    Any exception means an update that python-telegram-bot cannot read.
    """
    update = Update.de_json(json.loads(body), None)
    if update.message is not None:
        return _words(update.message, username)
    if update.callback_query is not None:
        return _press(update.callback_query, made_after)
    if update.my_chat_member is not None:
        return _turnout(update.my_chat_member)
    return Ignored("not new words, a press or a turnout")


def _words(message: Message, username: str | None) -> Call | Ignored:
    sender = message.from_user
    if sender is None or sender.is_bot:
        return Ignored("not from a person")
    private = message.chat.type == ChatType.PRIVATE
    answered = message.reply_to_message
    ours = answered.message_id if answered and answered.from_user and answered.from_user.is_bot else None
    if message.text is None and (not private or _is_service(message)):
        return Ignored("no words")
    if message.text is not None:
        reason = _not_for_us(message.text, private=private or ours is not None, username=username)
        if reason:
            return Ignored(reason)
    return Call(
        chat_id=message.chat.id,
        topic=message.message_thread_id if message.is_topic_message else None,
        telegram_id=sender.id,
        private=private,
        text=message.text,
        sent_at=message.date,
        message_id=message.message_id,
        answers_to=ours,
        forwarded=FORWARDED in message.api_kwargs,
        language_code=sender.language_code,
    )


def _press(query: CallbackQuery, made_after: datetime | None) -> Call | Ignored:
    below = query.message
    if below is None or query.data is None:
        return Ignored("a press of no button of ours")
    topic = below.message_thread_id if isinstance(below, Message) and below.is_topic_message else None
    return Call(
        chat_id=below.chat.id,
        topic=topic,
        telegram_id=query.from_user.id,
        private=below.chat.type == ChatType.PRIVATE,
        press=Press(query_id=query.id, data=query.data, message_id=below.message_id),
        sent_at=_not_before(below, made_after),
        message_id=below.message_id,
        language_code=query.from_user.language_code,
    )


def _not_before(below: MaybeInaccessibleMessage, made_after: datetime | None) -> datetime | None:
    """When a press was made at the earliest: nobody presses a button before it is there."""
    if not isinstance(below, Message):
        return made_after
    shown = below.edit_date or below.date
    return shown if made_after is None else max(made_after, shown)


def _turnout(change: ChatMemberUpdated) -> Turnout | Ignored:
    if change.chat.type != ChatType.PRIVATE:
        return Ignored("our rights in a group or channel")  # the next delivery there finds out
    return Turnout(chat_id=change.chat.id, blocked=change.new_chat_member.status == ChatMemberStatus.BANNED)


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
