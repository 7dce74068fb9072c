"""Reply keyboards, their removal and forced replies: checked as the real server does. Inline keyboards: ``markup``.

https://core.telegram.org/bots/api#replykeyboardmarkup
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram.errors import bad_request, strict

Json = dict[str, Any]
Types = Mapping[str, type | tuple[type, ...]]

_FIELDS: Mapping[str, Types] = {
    "keyboard": {
        "keyboard": list,
        "is_persistent": bool,
        "resize_keyboard": bool,
        "one_time_keyboard": bool,
        "input_field_placeholder": str,
        "selective": bool,
    },
    "remove_keyboard": {"remove_keyboard": bool, "selective": bool},
    "force_reply": {"force_reply": bool, "input_field_placeholder": str, "selective": bool},
}
_LOOKS: Types = {"text": str, "style": str, "icon_custom_emoji_id": str}
_REQUESTS: Mapping[str, str] = {
    "request_contact": "Phone number can be requested in private chats only",
    "request_location": "Location can be requested in private chats only",
    "request_poll": "Poll can be requested in private chats only",
    "request_users": "Users can be requested in private chats only",
    "request_chat": "Chats can be requested in private chats only",
    "request_managed_bot": "Bots can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
}
_MAX_PLACEHOLDER = 64
_MAX_ROW, _MAX_BUTTONS = 12, 300


def other_keyboard(value: object, *, private: bool) -> Json | None:
    """A reply_markup that is no inline keyboard, each button as its label. None: there is none, or an inline one.

    Raises ApiError 400 for what the server refuses, and strictly for what it would cut off or ignore.
    """
    if not isinstance(value, dict) or not value or "inline_keyboard" in value:
        return None
    kind = next((name for name in _FIELDS if name in value), None)
    if kind is None:
        raise strict(f"no known reply markup: {sorted(value)}")
    for name, item in value.items():
        if not isinstance(item, _FIELDS[kind].get(name, ())):
            raise strict(f"reply_markup with {kind} has no such field or not of this type: {name}={item!r}")
    if not 1 <= len(value.get("input_field_placeholder", "-")) <= _MAX_PLACEHOLDER:
        raise strict(f"input_field_placeholder has 1-{_MAX_PLACEHOLDER} characters")
    if kind != "keyboard":
        if value[kind] is not True:
            raise strict(f"{kind} must be true")
        return value
    return {**value, "keyboard": _rows(value["keyboard"], private=private)}


def _rows(rows: list[Any], *, private: bool) -> list[list[str]]:
    if not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    labels = [[_label(button, private=private) for button in row] for row in rows if row]
    if not labels:
        raise strict("a reply keyboard without buttons would not be shown at all")
    if max(map(len, labels)) > _MAX_ROW or sum(map(len, labels)) > _MAX_BUTTONS:
        raise strict(
            f"a reply keyboard has at most {_MAX_ROW} buttons a row and {_MAX_BUTTONS} in all, the rest is cut"
        )
    return labels


def _label(button: object, *, private: bool) -> str:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    for name, item in button.items():
        if name not in _REQUESTS and not isinstance(item, _LOOKS.get(name, ())):
            raise strict(f"a KeyboardButton has no such field or not of this type: {name}={item!r}")
        if name in _REQUESTS and item and not private:
            raise bad_request(_REQUESTS[name])
    text = button.get("text")
    if text is None:
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise strict("a KeyboardButton without text would be left out")
    return str(text)
