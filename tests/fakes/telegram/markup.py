"""Inline keyboards: checked and normalised as the real server does. Not the other kinds: those are in ``keyboards``."""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram.errors import bad_request, strict
from tests.fakes.telegram.texts import check_url

Json = dict[str, Any]
Rows = list[list[Json]]

MAX_CALLBACK_DATA = 64
"""Bytes, not characters. https://core.telegram.org/bots/api#inlinekeyboardbutton"""
MAX_BUTTONS = 100

_ACTIONS = {
    "url": str,
    "callback_data": str,
    "web_app": dict,
    "login_url": dict,
    "switch_inline_query": str,
    "switch_inline_query_current_chat": str,
    "switch_inline_query_chosen_chat": dict,
    "copy_text": dict,
}
_LOOKS = {"text": str, "style": str, "icon_custom_emoji_id": str}
_STYLES = {"danger", "success", "primary"}
_OTHERS = ("keyboard", "remove_keyboard", "force_reply")


def inline_rows(value: object, *, inline_only: bool = False) -> Rows:
    """The rows of an inline keyboard; empty for none, or for a keyboard of another kind. Raises ApiError 400."""
    if value is None:
        return []
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in value:
        return _without_rows(value, inline_only=inline_only)
    if unknown := sorted(set(value) - {"inline_keyboard"}):
        raise strict(f"an InlineKeyboardMarkup has no field {', '.join(unknown)}")
    rows = value["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return checked


def _without_rows(value: Json, *, inline_only: bool) -> Rows:
    if value and not any(name in value for name in _OTHERS):
        raise strict(f"no known reply markup: {sorted(value)}")
    if value and inline_only:
        raise bad_request("inline keyboard expected")
    return []


def _button(value: object) -> Json:
    if not isinstance(value, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    for name, item in value.items():
        if not isinstance(item, {**_ACTIONS, **_LOOKS}.get(name, ())):
            raise strict(f"an InlineKeyboardButton has no such field or not of this type: {name}={item!r}")
    if "text" not in value:
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not value["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if value.get("style", "primary") not in _STYLES:
        raise strict(f"style of a button must be one of {sorted(_STYLES)}, got {value['style']!r}")
    return _acting(value)


def _acting(button: Json) -> Json:
    actions = [name for name in _ACTIONS if button.get(name)]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise strict(f"a button does exactly one thing, got {actions}")
    if len(button.get("callback_data", "").encode()) > MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        return {**button, "url": check_url(button["url"], "inline keyboard button URL")}
    return button
