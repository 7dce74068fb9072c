"""What Telegram says about persons, without their names: those of its updates that we keep name nobody. Pure.

https://core.telegram.org/bots/api#user, #chat, #contact. What the library needs to read an update stays, but empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES = (
    "last_name",
    "username",
    "active_usernames",
    "bio",
    "photo",
    "birthdate",
    "forward_sender_name",
    "sender_name",
)
_OF_PERSONS = frozenset({"is_bot", "language_code"})
"""What only Telegram's user has, whatever key it stands under."""
_ABOUT_THIRD = frozenset({
    "contact", "vcard", "phone_number", "user_shared", "users_shared", "new_chat_members", "left_chat_member",
    "author_signature", "forward_origin", "external_reply", "quote", "location", "venue", "web_app_data",
    "passport_data", "shared_users",
})  # fmt: skip
"""Parts that are about somebody or something else than what the person says to us; nothing here reads them."""


_PASSED_ON = frozenset({"forward_origin", "via_bot"})
FORWARDED = "was_forwarded"
"""Our own mark on words that somebody else has written; of who that was nothing is kept."""


def without_names(update: Mapping[str, Any]) -> dict[str, Any]:
    """An update as Telegram's JSON has it, without the names of persons and without what they pass on of others.

    Groups and channels keep their titles. Numbers, words and buttons stay: they are what is handled.
    """
    kept = {key: _cleaned(value) for key, value in update.items() if key not in _ABOUT_THIRD}
    return kept | {FORWARDED: True} if _PASSED_ON & update.keys() else kept


def sender_of(update: Mapping[str, Any]) -> int | None:
    """The number of whoever speaks in an update, None when nobody does."""
    for part in update.values():
        person = part.get("from") if isinstance(part, Mapping) else None
        if isinstance(person, Mapping) and type(person.get("id")) is int:
            return int(person["id"])
    return None


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    kept = without_names(value)
    if _is_person(value):
        kept = {key: each for key, each in kept.items() if key not in _NAMES}
        if "first_name" in value:
            kept["first_name"] = ""  # python-telegram-bot reads no user without it
    return kept


def _is_person(value: Mapping[str, Any]) -> bool:
    """A user, or the chat with one; other bots and we ourselves are no persons."""
    if value.get("is_bot") is True:
        return False
    return bool(_OF_PERSONS & value.keys()) or value.get("type") == "private"
