"""Who may do what where, as the real server decides it. Nothing here changes anything.

https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp (check_chat_access)
"""

from __future__ import annotations

from typing import Literal

from tests.fakes.telegram.errors import ApiError, bad_request, forbidden
from tests.fakes.telegram.state import Chat, ChatRef, Message, World

Access = Literal["read", "edit", "write"]

_DELETABLE_SECONDS = 48 * 3600


def chat_for(world: World, ref: ChatRef | None, access: Access) -> Chat:
    """The chat, if the bot may read, edit or write there. Raises ApiError 400 or 403 in the official words."""
    if ref is None or ref == "":
        raise bad_request("chat_id is empty")
    chat = world.find(ref)
    refusal = _private_refusal(world, chat, access) if chat.type == "private" else _group_refusal(chat, access)
    if refusal is not None:
        raise refusal
    return chat


def _private_refusal(world: World, chat: Chat, access: Access) -> ApiError | None:
    person = world.users[chat.id]
    if access == "read":
        return None if person.started else bad_request("chat not found")
    if person.deactivated:
        return forbidden("user is deactivated")
    if access == "edit":
        return None
    if person.is_bot:
        return forbidden("bot can't send messages to bots")
    if person.blocked:
        return forbidden("bot was blocked by the user")
    if not person.started:
        return forbidden("bot can't initiate conversation with a user")
    return None


def _group_refusal(chat: Chat, access: Access) -> ApiError | None:
    if chat.migrated_to is not None and access == "write":
        reason = "group chat was upgraded to a supergroup chat"
        return bad_request(reason, {"migrate_to_chat_id": chat.migrated_to})
    needs_membership = access != "read" or (chat.type != "group" and chat.username is None)
    if chat.rights.status == "kicked" and (needs_membership or chat.type != "group"):
        return forbidden(f"bot was kicked from the {chat.type} chat")
    if chat.rights.status == "left" and needs_membership:
        return forbidden(f"bot is not a member of the {chat.type} chat")
    return None


def may_send(chat: Chat) -> None:
    """Raises ApiError 400 where the bot is in the chat and yet may not write."""
    if chat.type == "channel" and not (chat.rights.is_admin() and chat.rights.can_post_messages):
        raise bad_request("need administrator rights in the channel chat")
    if chat.type != "private" and not chat.rights.is_admin() and not chat.rights.can_send_messages:
        raise bad_request("not enough rights to send text messages to the chat")


def message_in(chat: Chat, message_id: int | None, what: str) -> Message:
    """A message of this chat. Raises ApiError 400: message to edit (delete, pin ...) not found."""
    readable = chat.type in {"private", "group"} or chat.rights.is_in()
    message = chat.messages.get(message_id or 0) if readable else None
    if message is None:
        raise bad_request(f"{what} not found")
    return message


def may_edit(chat: Chat, message: Message) -> None:
    """Raises ApiError 400: message can't be edited. Where it may edit, a channel's bot overwrites anybody's post.

    A message that was sent with a reply keyboard (or a forced reply) can never be edited.
    """
    own = message.by == "bot"
    allowed = own
    if chat.type == "channel":
        allowed = chat.rights.is_admin() and (chat.rights.can_edit_messages or (own and chat.rights.can_post_messages))
    if message.service is not None or message.forward_origin is not None or message.keyboard is not None:
        allowed = False
    if not allowed:
        raise bad_request("message can't be edited")


def may_delete(world: World, chat: Chat, message: Message) -> None:
    """Raises ApiError 400: message can't be deleted (for everyone, when it is older than 48 hours)."""
    if chat.type != "private" and chat.rights.is_admin() and chat.rights.can_delete_messages:
        return
    own = message.by == "bot" and (chat.type != "channel" or chat.rights.can_post_messages)
    if not own and chat.type != "private":
        raise bad_request("message can't be deleted")
    if world.clock() - message.date > _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")


def may_pin(chat: Chat) -> None:
    """Raises ApiError 400. In a channel this needs can_edit_messages, in a group can_pin_messages."""
    right = chat.rights.can_edit_messages if chat.type == "channel" else chat.rights.can_pin_messages
    if chat.type != "private" and not (chat.rights.is_admin() and right):
        raise bad_request("not enough rights to manage pinned messages in the chat")


def may_forward(chat: Chat, message: Message, verb: Literal["forwarded", "copied"]) -> None:
    """Raises ApiError 400 for service lines and protected content."""
    if message.service is not None or message.protected or chat.protected:
        raise bad_request(f"message can't be {verb}")
