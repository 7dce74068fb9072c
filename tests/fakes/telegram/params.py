"""What each method accepts: names, types, and which are required. Not what a method does with them.

The real server ignores unknown parameters and turns a wrong number into 0, which hides mistakes; with ``strict`` both
are refused. https://core.telegram.org/bots/api
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram.errors import bad_request, strict

Json = dict[str, Any]
Fields = Mapping[str, str]

_SEND: Fields = {
    "business_connection_id": "str",
    "message_thread_id": "int",
    "direct_messages_topic_id": "int",
    "disable_notification": "bool",
    "protect_content": "bool",
    "allow_paid_broadcast": "bool",
    "message_effect_id": "str",
    "suggested_post_parameters": "object",
    "reply_parameters": "reply",
    "reply_markup": "markup",
}
_TEXT: Fields = {"text": "str", "parse_mode": "str", "entities": "entities", "link_preview_options": "preview"}
_EDIT: Fields = {
    "business_connection_id": "str",
    "chat_id": "chat",
    "message_id": "int",
    "inline_message_id": "str",
    "reply_markup": "markup",
}
_PIN: Fields = {"business_connection_id": "str", "chat_id": "chat", "message_id": "int"}
_FORWARD: Fields = {
    "chat_id": "chat",
    "from_chat_id": "chat",
    "message_id": "int",
    "message_thread_id": "int",
    "direct_messages_topic_id": "int",
    "video_start_timestamp": "int",
    "disable_notification": "bool",
    "protect_content": "bool",
    "message_effect_id": "str",
    "suggested_post_parameters": "object",
}
_COMMANDS: Fields = {"scope": "scope", "language_code": "str"}

METHODS: Mapping[str, Fields] = {
    "getMe": {},
    "logOut": {},
    "close": {},
    "getUpdates": {"offset": "int", "limit": "int", "timeout": "int", "allowed_updates": "strings"},
    "setWebhook": {
        "url": "str",
        "certificate": "file",
        "ip_address": "str",
        "max_connections": "int",
        "allowed_updates": "strings",
        "drop_pending_updates": "bool",
        "secret_token": "str",
    },
    "deleteWebhook": {"drop_pending_updates": "bool"},
    "getWebhookInfo": {},
    "sendMessage": {"chat_id": "chat", **_TEXT, **_SEND},
    "editMessageText": {**_EDIT, **_TEXT},
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": {"chat_id": "chat", "message_id": "int"},
    "pinChatMessage": {**_PIN, "disable_notification": "bool"},
    "unpinChatMessage": _PIN,
    "unpinAllChatMessages": {"chat_id": "chat"},
    "forwardMessage": _FORWARD,
    "copyMessage": {
        **_FORWARD,
        "caption": "str",
        "parse_mode": "str",
        "caption_entities": "entities",
        "show_caption_above_media": "bool",
        "allow_paid_broadcast": "bool",
        "reply_parameters": "reply",
        "reply_markup": "markup",
    },
    "getChat": {"chat_id": "chat"},
    "getChatMember": {"chat_id": "chat", "user_id": "int"},
    "getChatAdministrators": {"chat_id": "chat"},
    "leaveChat": {"chat_id": "chat"},
    "sendChatAction": {
        "business_connection_id": "str",
        "chat_id": "chat",
        "message_thread_id": "int",
        "action": "str",
    },
    "answerCallbackQuery": {
        "callback_query_id": "str",
        "text": "str",
        "show_alert": "bool",
        "url": "str",
        "cache_time": "int",
    },
    "setMyCommands": {"commands": "commands", **_COMMANDS},
    "getMyCommands": _COMMANDS,
    "deleteMyCommands": _COMMANDS,
    "setMyName": {"name": "str", "language_code": "str"},
    "getMyName": {"language_code": "str"},
    "setMyDescription": {"description": "str", "language_code": "str"},
    "getMyDescription": {"language_code": "str"},
    "setMyShortDescription": {"short_description": "str", "language_code": "str"},
    "getMyShortDescription": {"language_code": "str"},
}
"""Every method this fake knows, by its official name."""

_OBJECTS: Mapping[str, tuple[str, Mapping[str, type | tuple[type, ...]], tuple[str, ...]]] = {
    "reply": (
        "reply parameters",
        {
            "message_id": int,
            "chat_id": (int, str),
            "allow_sending_without_reply": bool,
            "quote": str,
            "quote_parse_mode": str,
            "quote_entities": list,
            "quote_position": int,
            "checklist_task_id": int,
            "poll_option_id": str,
        },
        ("message_id",),
    ),
    "preview": (
        "link preview options",
        {
            "is_disabled": bool,
            "url": str,
            "prefer_small_media": bool,
            "prefer_large_media": bool,
            "show_above_text": bool,
        },
        (),
    ),
    "scope": ("BotCommandScope", {"type": str, "chat_id": (int, str), "user_id": int}, ("type",)),
    "entity": (
        "MessageEntity",
        {
            "type": str,
            "offset": int,
            "length": int,
            "url": str,
            "user": dict,
            "language": str,
            "custom_emoji_id": str,
            "unix_time": int,
            "date_time_format": str,
        },
        ("type", "offset", "length"),
    ),
    "command": ("BotCommand", {"command": str, "description": str}, ("command", "description")),
}

_LISTS = {"entities": ("entity", "entities"), "commands": ("command", "commands")}


def read(method: str, raw: Mapping[str, str], *, strictly: bool) -> Json:
    """Turn the texts of a request into typed values. Raises ApiError 400 for a wrong type or an unknown name."""
    fields = METHODS[method]
    if strictly and (unknown := sorted(set(raw) - set(fields))):
        raise strict(f"{method} has no parameter {', '.join(unknown)}")
    return {name: _value(f"{method}.{name}", fields[name], text) for name, text in raw.items() if name in fields}


def _value(where: str, kind: str, text: str) -> Any:
    match kind:
        case "str" | "file":
            return text
        case "int":
            return _integer(where, text)
        case "bool":
            return _boolean(where, text)
        case "chat":
            return text if text.startswith("@") or not text else _integer(where, text)
        case "entities" | "commands":
            item, name = _LISTS[kind]
            items = _list(text, name)
            return [check_object(f"{where}[{at}]", item, value) for at, value in enumerate(items)]
        case "strings":
            return [_string(where, value) for value in _list(text, where.partition(".")[2])]
        case "reply" | "preview" | "scope":
            return check_object(where, kind, _decoded(text, _OBJECTS[kind][0]))
        case "markup":
            return _decoded(text, "reply keyboard markup")
    return _decoded(text, where)


def _integer(where: str, text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise strict(f"{where} must be an Integer, got {text!r}")
    return int(text)


def _boolean(where: str, text: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in known:
        raise strict(f"{where} must be a Boolean, got {text!r}")
    return known[text.lower()]


def _string(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise strict(f"{where} must hold Strings, got {value!r}")
    return value


def _decoded(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise bad_request(f"can't parse {what} JSON object") from error


def _list(text: str, what: str) -> list[Any]:
    value = _decoded(text, what)
    if not isinstance(value, list):
        raise bad_request(f"expected an Array of {what}")
    return value


def check_object(where: str, kind: str, value: object) -> Json:
    """Check one nested object: its fields are known, of their type, and none that is required is missing."""
    what, fields, required = _OBJECTS[kind]
    if not isinstance(value, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    for name in required:
        if name not in value:
            raise bad_request(f"can't parse {what}: Can't find field \"{name}\"")
    for name, item in value.items():
        if name not in fields:
            raise strict(f"{where} has no field {name}")
        if not isinstance(item, fields[name]) or (isinstance(item, bool) and fields[name] is int):
            raise strict(f"{where}.{name} has the wrong type: {item!r}")
    return value
