"""What the fake Telegram remembers: users, chats, messages and the bot's rights. Not what a method may do with them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.fakes.telegram.errors import bad_request
from tests.fakes.telegram.texts import Words

Json = dict[str, Any]
ChatType = Literal["private", "group", "supergroup", "channel"]
Standing = Literal["administrator", "member", "restricted", "left", "kicked"]
By = Literal["bot", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """The bot's standing in one chat. https://core.telegram.org/bots/api#chatmemberadministrator

    In a channel, pinning and editing other people's posts both need ``can_edit_messages``.
    """

    status: Standing = "administrator"
    can_post_messages: bool = True
    can_edit_messages: bool = False
    can_delete_messages: bool = True
    can_pin_messages: bool = True
    can_send_messages: bool = True
    can_manage_topics: bool = False

    def is_admin(self) -> bool:
        """Whether the bot is an administrator."""
        return self.status == "administrator"

    def is_in(self) -> bool:
        """Whether the bot is in the chat at all."""
        return self.status not in {"left", "kicked"}


@dataclass(slots=True, kw_only=True)
class User:
    """A person, or another bot. ``started``: has written to our bot, so that it may write back."""

    id: int
    first_name: str = "Somebody"
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """One message as stored. ``by``: the bot, or somebody else (``sender`` is None for a channel's own post).

    keyboard: the reply_markup that is not an inline keyboard. former_buttons: rows it had before it was edited.
    thread: the forum topic's id.
    paid: sent with allow_paid_broadcast.
    """

    id: int
    chat_id: int
    by: By
    date: float
    sender: User | None = None
    words: Words = field(default_factory=lambda: Words(text=""))
    reply_to: int | None = None
    thread: int | None = None
    buttons: list[list[Json]] = field(default_factory=list)
    former_buttons: list[list[Json]] = field(default_factory=list)
    keyboard: Json | None = None
    preview: Json = field(default_factory=dict)
    edited: float | None = None
    edits: int = 0
    silent: bool = False
    paid: bool = False
    protected: bool = False
    forward_origin: Json | None = None
    service: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One visible message, for assertions. ``at``, ``edited``: unix seconds; ``preview``: link_preview_options.

    buttons: rows of button objects of the inline keyboard; keyboard: a reply_markup of another kind.
    """

    id: int
    chat_id: int
    text: str
    entities: tuple[Json, ...]
    reply_to: int | None
    buttons: tuple[tuple[Json, ...], ...]
    edited: float | None
    edits: int
    pinned: bool
    from_bot: bool
    silent: bool
    forwarded: bool
    thread: int | None
    at: float
    keyboard: Json | None = None
    preview: Json = field(default_factory=dict)
    paid: bool = False
    protected: bool = False

    def labels(self) -> list[list[str]]:
        """What is written on its buttons, by rows."""
        return [[str(button["text"]) for button in row] for row in self.buttons]


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat. ``pinned``: message ids, newest pin first. ``next_id`` yields its message ids.

    topics: a forum's topics, id -> name, besides "General", which has no id. removed: what was deleted.
    shown: the message whose reply keyboard is open below the input field.
    """

    id: int
    type: ChatType
    next_id: Callable[[], int]
    title: str = ""
    username: str | None = None
    rights: Rights = field(default_factory=Rights)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    protected: bool = False
    forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    removed: dict[int, Message] = field(default_factory=dict)
    shown: int | None = None
    migrated_to: int | None = None
    members: dict[int, str] = field(default_factory=dict)

    def posts(self) -> list[Post]:
        """What a reader of the chat sees, oldest first, without service lines."""
        return [self._post(message) for message in self.messages.values() if message.service is None]

    def remove(self, message_id: int) -> None:
        """Delete a message, its pin with it."""
        self.removed[message_id] = self.messages.pop(message_id)
        self.pinned = [pinned for pinned in self.pinned if pinned != message_id]

    def keyboard(self) -> list[list[str]]:
        """The labels of the reply keyboard that is open, by rows; empty for none."""
        holder = self.messages.get(self.shown or 0)
        return [list(row) for row in holder.keyboard["keyboard"]] if holder and holder.keyboard else []

    def _post(self, message: Message) -> Post:
        return Post(
            id=message.id,
            chat_id=self.id,
            text=message.words.text,
            entities=message.words.entities,
            reply_to=message.reply_to,
            buttons=tuple(tuple(row) for row in message.buttons),
            edited=message.edited,
            edits=message.edits,
            pinned=message.id in self.pinned,
            from_bot=message.by == "bot",
            silent=message.silent,
            forwarded=message.forward_origin is not None,
            thread=message.thread,
            at=message.date,
            keyboard=message.keyboard,
            preview=message.preview,
            paid=message.paid,
            protected=message.protected or self.protected,
        )


ChatRef = int | str
"""A chat's id, a person's id for their private chat, or a public @name."""


class World:
    """Everybody and everything. Time is given: ``clock`` answers unix seconds."""

    def __init__(self, *, bot: User, clock: Callable[[], float], first_message_id: int) -> None:
        self.bot = bot
        self.clock = clock
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self._first = first_message_id
        self._private_ids = itertools.count(first_message_id)
        self._new_ids = itertools.count(1)

    def add_user(self, user: User) -> Chat:
        """Add a person and their private chat; all private chats and basic groups share one sequence of ids."""
        self.users[user.id] = user
        return self._add(Chat(id=user.id, type="private", next_id=self._next_private, rights=Rights(status="member")))

    def add_chat(self, kind: ChatType, *, id: int | None, first_message_id: int | None, **fields: Any) -> Chat:
        """Add a group, supergroup or channel; the last two have a sequence of message ids of their own."""
        if id is None:
            serial = next(self._new_ids)
            id = -serial if kind == "group" else -1_000_000_000_000 - serial
        sequence = self._next_private
        if kind != "group":
            sequence = _sequence(itertools.count(first_message_id or self._first))
        return self._add(Chat(id=id, type=kind, next_id=sequence, **fields))

    def _add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def _next_private(self) -> int:
        return next(self._private_ids)

    def find(self, ref: ChatRef) -> Chat:
        """The chat behind an id or a public @name. Raises ApiError 400: chat not found."""
        if isinstance(ref, str) and ref.startswith("@"):
            for chat in self.chats.values():
                if chat.username and chat.username.lower() == ref[1:].lower():
                    return chat
        elif chat_by_id := self.chats.get(int(ref)):
            return chat_by_id
        raise bad_request("chat not found")

    def user(self, user_id: int) -> User:
        """A person by id. Raises ApiError 400: user not found."""
        if user_id not in self.users:
            raise bad_request("user not found")
        return self.users[user_id]

    def post(self, chat: Chat, *, by: By, **fields: Any) -> Message:
        """Store a new message at the end of a chat."""
        message = Message(id=chat.next_id(), chat_id=chat.id, by=by, date=self.clock(), **fields)
        chat.messages[message.id] = message
        if message.keyboard and "keyboard" in message.keyboard:
            chat.shown = message.id
        elif message.keyboard and "remove_keyboard" in message.keyboard:
            chat.shown = None
        return message

    def migrate(self, group: Chat, *, to: int) -> Chat:
        """Turn a basic group into a supergroup with a new id and a sequence that starts at 1."""
        new = self.add_chat("supergroup", id=to, first_message_id=1, title=group.title, rights=replace(group.rights))
        group.migrated_to = new.id
        return new


def _sequence(numbers: Iterator[int]) -> Callable[[], int]:
    return lambda: next(numbers)


def as_mapping(rights: Rights | Mapping[str, Any] | None) -> Rights:
    """Rights from a mapping, as the control interface brings them; None means a usual administrator."""
    if rights is None:
        return Rights()
    return rights if isinstance(rights, Rights) else Rights(**rights)
