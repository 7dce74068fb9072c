"""The test's side of the fake: who is there, what people do, what was seen. Not the HTTP side: that is ``server``."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.telegram import render
from tests.fakes.telegram.core import Core
from tests.fakes.telegram.faults import Fault, Kind
from tests.fakes.telegram.limits import COUNTED, Buckets, Limits, violations
from tests.fakes.telegram.state import Chat, ChatRef, ChatType, Message, Post, Rights, User, World, as_mapping
from tests.fakes.telegram.texts import given
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.waiting import Changes

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the bot. ``outcome``: "ok", or the description of the refusal, or "" where a fault came first.

    chat_id: None where the method has none or it is unknown. message_id: of the message sent or changed.
    fault: the kind of fault that struck. at: unix seconds when it was handled.
    """

    method: str
    params: Mapping[str, Any]
    chat_id: int | None
    outcome: str
    message_id: int | None
    fault: str | None
    at: float


class Stage:
    """Everything a test arranges and asserts.

    token: what the bot calls with. strict: refuse unknown parameters and wrong types. limits: None means no limits.
    clock: unix seconds, for dates and limits. first_message_id: where every chat's sequence of ids starts.
    """

    def __init__(
        self,
        *,
        token: str = "12345:fake",
        username: str = "notice_bot",
        strict: bool = True,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        first_message_id: int = 100,
        first_update_id: int = 1000,
    ) -> None:
        self.token = token
        self.strict = strict
        self.buckets = Buckets(limits) if limits else None
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        bot = User(id=int(token.partition(":")[0]), first_name="Notice bot", username=username, is_bot=True)
        self.world = World(bot=bot, clock=clock, first_message_id=first_message_id)
        self.changes = Changes()
        self.updates = Updates(self.changes, first_update_id=first_update_id)
        self.core: Core = Core(world=self.world, updates=self.updates, changes=self.changes)
        self._presses = 0

    # who is there

    def add_user(
        self,
        id: int,
        *,
        language_code: str | None = None,
        started: bool = True,
        first_name: str = "Somebody",
        username: str | None = None,
    ) -> User:
        """Add a person. Unless ``started``, the bot may not write to them first (403)."""
        person = User(id=id, first_name=first_name, username=username, language_code=language_code, started=started)
        self.world.add_user(person)
        return person

    def add_channel(self, name: str | None = None, **options: Any) -> Chat:
        """Add a channel; a name such as "@bottega_en" makes it public. Options: see ``add_chat``."""
        return self.add_chat("channel", name, **options)

    def add_group(self, **options: Any) -> Chat:
        """Add a basic group. Options: see ``add_chat``."""
        return self.add_chat("group", None, **options)

    def add_supergroup(self, name: str | None = None, **options: Any) -> Chat:
        """Add a supergroup. Options: see ``add_chat``."""
        return self.add_chat("supergroup", name, **options)

    def add_chat(
        self,
        kind: ChatType,
        name: str | None,
        *,
        id: int | None = None,
        title: str = "",
        rights: Rights | Mapping[str, Any] | None = None,
        first_message_id: int | None = None,
        protected: bool = False,
        topics: Sequence[int] = (),
        members: Mapping[int, str] | None = None,
    ) -> Chat:
        """Add a chat. ``rights``: the bot's, by default a usual administrator's; ``members``: user id -> status."""
        return self.world.add_chat(
            kind,
            id=id,
            first_message_id=first_message_id,
            title=title or (name or kind).lstrip("@"),
            username=name.lstrip("@") if name else None,
            rights=as_mapping(rights),
            protected=protected,
            topics=frozenset(topics),
            members={int(who): role for who, role in (members or {}).items()},
        )

    def change_user(self, user_id: int, **changes: bool) -> None:
        """Change started, blocked or deactivated; blocking and unblocking is told to the bot."""
        person = self.world.user(user_id)
        before = person.blocked
        for name, value in changes.items():
            if name not in {"started", "blocked", "deactivated"}:
                raise TypeError(f"no such change: {name}")
            setattr(person, name, value)
        if person.blocked != before:
            self._tell_standing(self.world.find(user_id), "kicked" if before else "member", person)

    def set_rights(self, chat: ChatRef, **changes: Any) -> None:
        """Change the bot's rights in a chat, for example ``status="kicked"``; the bot is told."""
        home = self.world.find(chat)
        before, home.rights = home.rights.status, replace(home.rights, **changes)
        self._tell_standing(home, before, None)

    def migrate(self, group: ChatRef, *, to: int) -> int:
        """Turn a group into a supergroup. Returns the new id; calls with the old one get migrate_to_chat_id."""
        old = self.world.find(group)
        new = self.world.migrate(old, to=to)
        for home, line in ((old, {"migrate_to_chat_id": to}), (new, {"migrate_from_chat_id": old.id})):
            self.core.tell(home, self.world.post(home, by="other", service=line))
        return new.id

    def _tell_standing(self, chat: Chat, before: str, who: User | None) -> None:
        now = render.bot_member(self.world, chat)
        if who is not None:
            now = render.member(self.world.bot, "kicked" if who.blocked else "member")
        content = {
            "chat": render.chat(self.world, chat),
            "from": render.user(who or User(id=1, first_name="Owner")),
            "date": int(self.world.clock()),
            "old_chat_member": render.member(self.world.bot, before),
            "new_chat_member": now,
        }
        self.updates.add("my_chat_member", content)

    # what people do

    def say(self, user: int, text: str, *, chat: ChatRef | None = None, reply_to: int | None = None) -> int:
        """A person writes to the bot, or in a group. Returns the message's id. In private this starts the bot."""
        person = self.world.user(user)
        home = self.world.find(user if chat is None else chat)
        if home.type == "private":
            person.started, person.blocked = True, False
        message = self.world.post(home, by="other", sender=person, words=given(text), reply_to=reply_to)
        if self.core.hears(home, text) or self._answers_bot(home, reply_to):
            self.core.tell(home, message)
        self.changes.announce()
        return message.id

    def press(self, user: int, chat: ChatRef, message_id: int, data: str) -> str:
        """A person presses the button that carries ``data``. Returns the query id. Raises LookupError without it."""
        home = self.world.find(chat)
        message = home.messages[message_id]
        if not any(button.get("callback_data") == data for row in message.buttons for button in row):
            raise LookupError(f"no button with {data!r} under message {message_id}: {message.buttons}")
        self._presses += 1
        query_id = str(self._presses)
        self.core.callbacks[query_id] = user
        content = {
            "id": query_id,
            "from": render.user(self.world.user(user)),
            "chat_instance": str(home.id),
            "message": self.core.render(message),
            "data": data,
        }
        self.updates.add("callback_query", content)
        return query_id

    def post_as_other(self, chat: ChatRef, text: str, *, entities: Sequence[Json] = ()) -> int:
        """A colleague posts in a channel (or somebody unseen in a group). Returns the message's id."""
        home = self.world.find(chat)
        sender = None if home.type == "channel" else User(id=2, first_name="Colleague")
        message = self.world.post(home, by="other", sender=sender, words=given(text, entities))
        if home.rights.is_in():
            self.core.tell(home, message)
        self.changes.announce()
        return message.id

    def edit_as_other(self, chat: ChatRef, message_id: int, text: str) -> None:
        """A colleague rewrites a message, be it the bot's."""
        home = self.world.find(chat)
        message = home.messages[message_id]
        message.words, message.edited = given(text), self.world.clock()
        message.edits += 1
        self.core.tell(home, message, edited=True)

    def remove_as_other(self, chat: ChatRef, message_id: int) -> None:
        """A colleague deletes a message; the bot is not told, as in life."""
        home = self.world.find(chat)
        del home.messages[message_id]
        home.pinned = [pinned for pinned in home.pinned if pinned != message_id]
        self.changes.announce()

    def _answers_bot(self, home: Chat, reply_to: int | None) -> bool:
        target: Message | None = home.messages.get(reply_to or 0)
        return target is not None and target.by == "bot"

    # what goes wrong

    def fault(self, kind: Kind, **options: Any) -> Fault:
        """Arrange a fault for coming calls; options are the fields of ``Fault``, ``chat`` also as @name."""
        if isinstance(options.get("chat"), str):
            options["chat"] = self.world.find(options["chat"]).id
        fault = Fault(kind=kind, **options)
        self.faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """Strike no more, and let slow and hanging calls be answered."""
        for fault in self.faults:
            fault.times = 0
            fault.release()

    # what was seen

    def posts(self, chat: ChatRef) -> list[Post]:
        """What a reader of the chat sees now, oldest first."""
        return self.world.find(chat).posts()

    def bot_posts(self, chat: ChatRef) -> list[Post]:
        """Those of them that the bot posted."""
        return [post for post in self.posts(chat) if post.from_bot]

    def accepted(self, method: str | None = None) -> list[Call]:
        """The calls that took effect, in order, whether or not the caller learned it."""
        return [call for call in self.calls if call.outcome == "ok" and method in {None, call.method}]

    def violations(self, limits: Limits | None = None) -> list[str]:
        """Which of Telegram's rates the accepted calls exceeded, whatever was enforced; empty is good."""
        counted = [call for call in self.accepted() if call.method in COUNTED]
        return violations([(call.chat_id or 0, call.at) for call in counted], limits or Limits())

    async def wait_for(self, predicate: Callable[[], object], *, seconds: float = 10.0) -> None:
        """Return once the predicate is true. Raises TimeoutError that tells the last calls and posts."""
        await self.changes.until(predicate, seconds=seconds, describe=self.describe)

    def describe(self) -> str:
        """The last calls and all posts, for the eyes of whoever reads a failed test."""
        calls = [f"{call.method} {call.chat_id} {call.outcome or call.fault}" for call in self.calls[-10:]]
        posts = [f"{chat.title or chat.id}: {len(chat.posts())} posts" for chat in self.world.chats.values()]
        return "\n".join(["last calls:", *calls, "chats:", *posts])
