"""Whether the bot can do in each chat what the configuration asks of it. Looks only; changes and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import (
    Bot,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
    User,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.telegram.calls import chat_id
from bot.channels.telegram.failures import delivery_error
from bot.config.settings import Chat


async def check(bot: Bot, chats: Sequence[Chat], *, operators_chat: int | None = None) -> list[str]:
    """One line per problem, each saying what to do about it; empty when all is well. Raises nothing."""
    try:
        me = await bot.get_me()
    except InvalidToken:
        return ["Telegram refuses the token: copy it again from @BotFather (/mybots, API Token)"]
    except TelegramError as error:
        return [f"Telegram cannot be asked ({delivery_error(error, repeatable=True)}): check base_url and the network"]
    problems = [problem for chat in chats if (problem := await _problem(bot, me, chat))]
    if operators_chat is not None and (problem := await _problem(bot, me, _OperatorsChat(str(operators_chat)))):
        problems.append(f"operators_chat: {problem}")
    return problems


@dataclass(frozen=True, slots=True)
class _OperatorsChat:
    """What is asked of the chat where operators read: as of any other, but for less."""

    chat: str
    pin: bool = False
    topic: int | None = None


async def _problem(bot: Bot, me: User, wanted: Chat | _OperatorsChat) -> str | None:
    address, pin = wanted.chat, wanted.pin
    try:
        chat = await bot.get_chat(chat_id(address))
        if chat.type == ChatType.PRIVATE:
            return None
        member = await bot.get_chat_member(chat.id, me.id)
    except (BadRequest, Forbidden) as error:
        return f"{address}: not reachable ({error.message}): check the name, and add @{me.username} to the chat"
    except TelegramError as error:
        return f"{address}: could not be checked ({delivery_error(error, repeatable=True)})"
    if wanted.topic is not None and not chat.is_forum:
        return f"{address}: has no topics: turn them on in the group's settings, or take topic {wanted.topic} out"
    missing = _missing_in_channel(member, pin=pin) if chat.type == ChatType.CHANNEL else _missing(chat, member, pin=pin)
    return f"{address}: {missing}".replace("the bot", f"@{me.username}") if missing else None


def _missing_in_channel(member: ChatMember, *, pin: bool) -> str | None:
    if not isinstance(member, ChatMemberAdministrator):
        return "the bot is no administrator of the channel: make it one, with the right to post messages"
    if not member.can_post_messages:
        return "the bot may not post: give it the right to post messages"
    if pin and not member.can_edit_messages:
        return "the bot may not pin: give it the right to edit messages, or set pin: false"
    return None


def _missing(chat: ChatFullInfo, member: ChatMember, *, pin: bool) -> str | None:
    if member.status in {ChatMember.LEFT, ChatMember.BANNED}:
        return "the bot is not in the group: add it"
    if not _may(chat, member, "can_send_messages"):
        return "the bot may not write: allow it to send messages"
    if pin and not _may(chat, member, "can_pin_messages"):
        return "the bot may not pin: make it an administrator with the right to pin messages, or set pin: false"
    return None


def _may(chat: ChatFullInfo, member: ChatMember, right: str) -> bool:
    """A right in a group: administrators have their own, others what they are left or what everybody has."""
    if isinstance(member, ChatMemberOwner):
        return True
    if isinstance(member, ChatMemberAdministrator):
        return right == "can_send_messages" or bool(getattr(member, right))
    granted = member if isinstance(member, ChatMemberRestricted) else chat.permissions
    return granted is None or bool(getattr(granted, right))
