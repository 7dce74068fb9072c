"""Which commands a person's client offers, of all that setMyCommands has set. Sets none: that is ``chats``.

https://core.telegram.org/bots/api#determining-list-of-commands
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.telegram.state import Chat, User

Json = dict[str, Any]


def menu(commands: Mapping[tuple[str, str], Sequence[Json]], person: User, chat: Chat) -> list[tuple[str, str]]:
    """Command and description, as the client shows them; empty where none is set for anybody like them."""
    language = (person.language_code or "")[:2]
    for scope in _scopes(person, chat):
        for each in dict.fromkeys((language, "")):
            if found := commands.get((json.dumps(scope, sort_keys=True), each)):
                return [(command["command"], command["description"]) for command in found]
    return []


def _scopes(person: User, chat: Chat) -> Iterator[Json]:
    """The narrowest first."""
    names: list[int | str] = [chat.id, *([f"@{chat.username}"] if chat.username else [])]
    leads = chat.members.get(person.id) in {"creator", "administrator"}
    if chat.type != "private":
        yield from ({"type": "chat_member", "chat_id": name, "user_id": person.id} for name in names)
        if leads:
            yield from ({"type": "chat_administrators", "chat_id": name} for name in names)
    yield from ({"type": "chat", "chat_id": name} for name in names)
    if chat.type == "private":
        yield {"type": "all_private_chats"}
    else:
        if leads:
            yield {"type": "all_chat_administrators"}
        yield {"type": "all_group_chats"}
    yield {"type": "default"}
