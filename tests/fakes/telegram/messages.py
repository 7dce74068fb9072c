"""The methods that send, change, remove, pin and copy messages. https://core.telegram.org/bots/api#sendmessage"""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram import access, render
from tests.fakes.telegram.core import Core
from tests.fakes.telegram.errors import bad_request, strict
from tests.fakes.telegram.keyboards import other_keyboard
from tests.fakes.telegram.markup import Rows, inline_rows
from tests.fakes.telegram.state import Chat, Message
from tests.fakes.telegram.texts import MAX_TEXT, Words, check_url, given, parsed

Json = dict[str, Any]

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_MAX_BYTES = 1 << 15


def send_message(core: Core, p: Json) -> Json:
    """sendMessage."""
    words = _words(p)
    chat, fields = _target(core, p)
    if words.length() > MAX_TEXT:
        raise bad_request("message is too long")
    message = core.world.post(chat, by="bot", words=words, preview=_preview(p), **fields)
    return core.render(message)


def edit_message_text(core: Core, p: Json) -> Json:
    """editMessageText. Buttons that are not given again are removed."""
    words = _words(p)
    rows = inline_rows(p.get("reply_markup"), inline_only=True)
    message = _editable(core, p)
    if words.length() > MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    preview = _preview(p)
    if (message.words, message.buttons) == (words, rows) and not _shows_otherwise(message, preview):
        raise bad_request(_NOT_MODIFIED)
    message.words, message.preview = words, preview
    return _edited(core, message, rows)


def edit_message_reply_markup(core: Core, p: Json) -> Json:
    """editMessageReplyMarkup; without a reply_markup the buttons are removed."""
    rows = inline_rows(p.get("reply_markup"), inline_only=True)
    message = _editable(core, p)
    if message.buttons == rows:
        raise bad_request(_NOT_MODIFIED)
    return _edited(core, message, rows)


def delete_message(core: Core, p: Json) -> bool:
    """deleteMessage."""
    if not p.get("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not p.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = access.chat_for(core.world, p["chat_id"], "write")
    message = access.message_in(chat, p["message_id"], "message to delete")
    access.may_delete(core.world, chat, message)
    chat.remove(message.id)
    return True


def pin_chat_message(core: Core, p: Json) -> bool:
    """pinChatMessage. A new pin leaves a service line, which takes a message id; pinning again does nothing."""
    chat = access.chat_for(core.world, p.get("chat_id"), "write")
    message = access.message_in(chat, p.get("message_id"), "message to pin")
    access.may_pin(chat)
    if message.service is not None:
        raise bad_request("message can't be pinned")
    if message.id not in chat.pinned:
        chat.pinned.insert(0, message.id)
        core.serve(chat, about=message, name="pinned_message")
    return True


def unpin_chat_message(core: Core, p: Json) -> bool:
    """unpinChatMessage; without a message_id the newest pin."""
    chat = access.chat_for(core.world, p.get("chat_id"), "write")
    newest = chat.pinned[0] if chat.pinned else None
    message = access.message_in(chat, p.get("message_id", newest), "message to unpin")
    access.may_pin(chat)
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    return True


def unpin_all_chat_messages(core: Core, p: Json) -> bool:
    """unpinAllChatMessages."""
    chat = access.chat_for(core.world, p.get("chat_id"), "write")
    access.may_pin(chat)
    chat.pinned.clear()
    return True


def forward_message(core: Core, p: Json) -> Json:
    """forwardMessage."""
    source = _source(core, p, "forward")
    chat, fields = _target(core, p)
    origin = render.origin(core.world, source)
    message = core.world.post(chat, by="bot", words=source.words, forward_origin=origin, **fields)
    return core.render(message)


def copy_message(core: Core, p: Json) -> Json:
    """copyMessage; the answer is only the new id."""
    source = _source(core, p, "copy")
    chat, fields = _target(core, p)
    return {"message_id": core.world.post(chat, by="bot", words=source.words, **fields).id}


def _words(p: Json) -> Words:
    text = p.get("text", "")
    if not text:
        raise bad_request("message text is empty")
    if len(text.encode("utf-8", "surrogatepass")) > _MAX_BYTES:
        raise bad_request("text is too long")
    if p.get("parse_mode") and p.get("entities"):
        raise strict("entities are ignored when parse_mode is given")
    words = parsed(text, p["parse_mode"]) if p.get("parse_mode") else given(text, p.get("entities", ()))
    if not words.text:
        raise bad_request("text must be non-empty")
    return words


def _target(core: Core, p: Json) -> tuple[Chat, Json]:
    """The chat to send to and what every sent message carries. Raises ApiError 400 or 403."""
    rows = inline_rows(p.get("reply_markup"))
    chat = access.chat_for(core.world, p.get("chat_id"), "write")
    access.may_send(chat)
    keyboard = other_keyboard(p.get("reply_markup"), private=chat.type == "private")
    if keyboard is not None and chat.type == "channel":
        raise bad_request("inline keyboard expected")
    reply_to = _reply_to(core, chat, p.get("reply_parameters"))
    return chat, {
        "buttons": rows,
        "keyboard": keyboard,
        "reply_to": reply_to,
        "thread": thread_in(chat, p.get("message_thread_id"), reply_to),
        "paid": p.get("allow_paid_broadcast", False),
        "silent": p.get("disable_notification", False),
        "protected": p.get("protect_content", False),
    }


def _reply_to(core: Core, chat: Chat, reply: Json | None) -> int | None:
    """The id replied to in the same chat. None: no reply, or one to another chat, or its target is gone and may be."""
    if reply is None:
        return None
    home = access.chat_for(core.world, reply.get("chat_id", chat.id), "read")
    target = home.messages.get(reply["message_id"])
    if target is None:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    if reply.get("quote", "") not in target.words.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return target.id if home is chat else None


def thread_in(chat: Chat, thread: int | None, reply_to: int | None) -> int | None:
    """The forum topic a new message lands in; a reply follows its target. Raises ApiError 400: thread not found."""
    if thread is not None and thread not in chat.topics:
        raise bad_request("message thread not found")
    followed = chat.messages[reply_to].thread if reply_to is not None else None
    if thread is not None and reply_to is not None and followed != thread:
        raise strict(f"a reply into topic {thread} to a message of topic {followed}")
    where = followed if thread is None else thread
    if where in chat.closed_topics and not chat.rights.can_manage_topics:
        raise bad_request("TOPIC_CLOSED")
    return where


def _editable(core: Core, p: Json) -> Message:
    if p.get("inline_message_id"):
        raise strict("this bot has no inline messages")
    if p.get("chat_id") is None and not p.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = access.chat_for(core.world, p.get("chat_id"), "edit")
    message = access.message_in(chat, p.get("message_id"), "message to edit")
    access.may_edit(chat, message)
    return message


def _edited(core: Core, message: Message, rows: Rows) -> Json:
    message.former_buttons = [*message.buttons, *message.former_buttons]
    message.buttons = rows
    message.edited = core.world.clock()
    message.edits += 1
    return core.render(message)


def _preview(p: Json) -> Json:
    preview: Json = p.get("link_preview_options", {})
    if preview.get("url"):
        check_url(preview["url"], "link preview URL")
    return preview


def _shows_otherwise(message: Message, preview: Json) -> bool:
    """Whether a change of the preview alone changes what is seen: only where there is a link."""
    links = any(entity["type"] in {"url", "text_link"} for entity in message.words.entities)
    return (links or bool(preview.get("url"))) and message.preview != preview


def _source(core: Core, p: Json, verb: str) -> Message:
    chat = access.chat_for(core.world, p.get("from_chat_id"), "read")
    message = access.message_in(chat, p.get("message_id"), f"message to {verb}")
    access.may_forward(chat, message, "forwarded" if verb == "forward" else "copied")
    return message
