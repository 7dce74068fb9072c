"""Who is there and what the bot may do: the arranging half of a test. Not what people do: that is ``people``."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.telegram import render
from tests.fakes.telegram.core import Core
from tests.fakes.telegram.state import Chat, ChatRef, ChatType, Rights, User, World, as_mapping
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.waiting import Changes

Json = dict[str, Any]

OWNER = User(id=1, first_name="Owner")
"""Who administers chats: opens topics, changes the bot's rights."""


class Scene:
    """Chats and people, and the bot's standing among them. Options: see ``Stage``."""

    def __init__(
        self,
        *,
        token: str = "12345:fake",
        username: str = "notice_bot",
        clock: Callable[[], float] = time.time,
        first_message_id: int = 100,
        first_update_id: int = 1000,
    ) -> None:
        self.token = token
        bot = User(id=int(token.partition(":")[0]), first_name="Notice bot", username=username, is_bot=True)
        self.world = World(bot=bot, clock=clock, first_message_id=first_message_id)
        self.changes = Changes()
        self.updates = Updates(self.changes, first_update_id=first_update_id)
        self.core: Core = Core(world=self.world, updates=self.updates, changes=self.changes)

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

    def add_forum(self, name: str | None = None, **options: Any) -> Chat:
        """Add a supergroup with topics; see ``add_topic``. Options: see ``add_chat``."""
        return self.add_chat("supergroup", name, forum=True, **options)

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
        forum: bool = False,
    ) -> Chat:
        """Add a chat. ``rights``: the bot's, by default a usual administrator's; ``members``: user id -> status.

        ``forum`` or any ``topics`` (ids of topics that were there before): a supergroup with topics.
        """
        return self.world.add_chat(
            kind,
            id=id,
            first_message_id=first_message_id,
            title=title or (name or kind).lstrip("@"),
            username=name.lstrip("@") if name else None,
            rights=as_mapping(rights),
            protected=protected,
            forum=forum or bool(topics),
            topics={topic: f"Topic {topic}" for topic in topics},
            members={int(who): role for who, role in (members or {}).items()},
        )

    def add_topic(self, chat: ChatRef, name: str) -> int:
        """Open a topic in a forum; the bot is told. Returns its message_thread_id: the id of the line that opens it."""
        home = self.world.find(chat)
        opened: Json = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        line = self.world.post(home, by="other", sender=OWNER, service=opened)
        home.forum, line.thread = True, line.id
        home.topics[line.id] = name
        self.core.tell(home, line)
        return line.id

    def close_topic(self, chat: ChatRef, topic: int, *, closed: bool = True) -> None:
        """Close or open again: in a closed one the bot needs ``can_manage_topics`` (else TOPIC_CLOSED)."""
        closed_topics = self.world.find(chat).closed_topics
        (closed_topics.add if closed else closed_topics.discard)(topic)

    def remove_topic(self, chat: ChatRef, topic: int) -> None:
        """Delete a topic with all its messages: "message thread not found" from now on; the bot is not told."""
        home = self.world.find(chat)
        del home.topics[topic]
        for message in [message for message in home.messages.values() if message.thread == topic]:
            home.remove(message.id)

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
        before, home.rights = home.rights, replace(home.rights, **changes)
        old = render.member(self.world.bot, before.status, before)
        self._tell(home, old, render.bot_member(self.world, home), OWNER)

    def migrate(self, group: ChatRef, *, to: int) -> int:
        """Turn a group into a supergroup. Returns the new id; calls with the old one get migrate_to_chat_id."""
        old = self.world.find(group)
        new = self.world.migrate(old, to=to)
        for home, line in ((old, {"migrate_to_chat_id": to}), (new, {"migrate_from_chat_id": old.id})):
            self.core.tell(home, self.world.post(home, by="other", service=line))
        return new.id

    def _tell_standing(self, chat: Chat, before: str, who: User) -> None:
        now = render.member(self.world.bot, "kicked" if who.blocked else "member")
        self._tell(chat, render.member(self.world.bot, before), now, who)

    def _tell(self, chat: Chat, before: Json, now: Json, who: User) -> None:
        content = {
            "chat": render.chat(self.world, chat),
            "from": render.user(who),
            "date": int(self.world.clock()),
            "old_chat_member": before,
            "new_chat_member": now,
        }
        self.updates.add("my_chat_member", content)
