"""What the methods share: the world, the queue of updates, and the two ways a new message becomes known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import render
from tests.fakes.telegram.state import Chat, Message, World
from tests.fakes.telegram.texts import is_command
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.waiting import Changes

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """One bot's Telegram.

    callbacks: pressed buttons that still wait for an answer, by query id; answers: what answerCallbackQuery said;
    actions: sendChatAction calls, as (chat id, action); commands: by (scope, language); about: what setMyName,
    setMyDescription and setMyShortDescription said, by (field, language).
    """

    world: World
    updates: Updates
    changes: Changes
    callbacks: dict[str, int] = field(default_factory=dict)
    answers: list[Json] = field(default_factory=list)
    actions: list[tuple[int, str]] = field(default_factory=list)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    about: dict[tuple[str, str], str] = field(default_factory=dict)

    def render(self, message: Message) -> Json:
        """A Message object."""
        return render.message(self.world, message)

    def tell(self, chat: Chat, message: Message, *, edited: bool = False) -> None:
        """Queue the update about somebody else's message or a service line; a bot is not told of its own posts."""
        kind = "channel_post" if chat.type == "channel" else "message"
        self.updates.add(f"edited_{kind}" if edited else kind, self.render(message))

    def hears(self, chat: Chat, text: str) -> bool:
        """Whether privacy mode lets the bot see a text in this chat."""
        return chat.type not in {"group", "supergroup"} or chat.rights.is_admin() or is_command(text)

    def serve(self, chat: Chat, *, about: Message, name: str) -> Message:
        """Post a service line, such as "pinned"; it takes an id of the chat's sequence, and the bot is told."""
        line = self.world.post(chat, by="bot", service={name: self.render(about)}, thread=about.thread)
        self.tell(chat, line)
        return line
