"""What people do: write, press, block, delete. Not who they are: that is ``scene``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.fakes.telegram import render
from tests.fakes.telegram.scene import Scene
from tests.fakes.telegram.state import ChatRef, User
from tests.fakes.telegram.texts import given

Json = dict[str, Any]


class People(Scene):
    """The verbs of everybody but the bot."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._presses = 0

    def say(
        self,
        user: int,
        text: str,
        *,
        chat: ChatRef | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> int:
        """A person writes to the bot, or in a group (``thread``: a forum's topic). Returns the message's id.

        In private this starts the bot. A reply lands in the topic of what it answers.
        """
        person = self.world.user(user)
        home = self.world.find(user if chat is None else chat)
        if home.type == "private":
            self.change_user(user, started=True, blocked=False)
        answered = home.messages.get(reply_to or 0)
        where = answered.thread if answered and thread is None else thread
        if where is not None and where not in home.topics:
            raise LookupError(f"no topic {where} in {home.title}: {home.topics}")
        message = self.world.post(home, by="other", sender=person, words=given(text), reply_to=reply_to, thread=where)
        if self.core.hears(home, text) or (answered is not None and answered.by == "bot"):
            self.core.tell(home, message)
        self.changes.announce()
        return message.id

    def start(self, user: int, payload: str = "") -> int:
        """A person opens t.me/<bot>?start=<payload> and presses Start. Raises ValueError for what no link can carry."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError(f"a deep link carries at most 64 of A-Z, a-z, 0-9, _ and -, got {payload!r}")
        return self.say(user, f"/start {payload}".rstrip())

    def block(self, user: int) -> None:
        """A person blocks the bot: 403 from now on, and my_chat_member."""
        self.change_user(user, blocked=True)

    def unblock(self, user: int) -> None:
        """A person unblocks the bot."""
        self.change_user(user, blocked=False)

    def delete_account(self, user: int) -> None:
        """A person deletes their account: 403 "user is deactivated"; the bot is not told."""
        self.change_user(user, deactivated=True)

    def press(
        self,
        user: int,
        chat: ChatRef,
        message_id: int,
        data: str,
        *,
        inaccessible: bool = False,
        former: bool = False,
    ) -> str:
        """A person presses the button that carries ``data``. Returns the query id. Raises LookupError without it.

        ``inaccessible``: the message is too old to be looked up, so that the bot gets its id and chat only; a deleted
        message (somebody still had it on the screen) always is. ``former``: a button that was there before an edit
        counts too, as on a screen that has not caught up.
        """
        home = self.world.find(chat)
        gone = message_id not in home.messages
        message = home.removed[message_id] if gone else home.messages[message_id]
        rows = [*message.buttons, *(message.former_buttons if former else [])]
        if not any(button.get("callback_data") == data for row in rows for button in row):
            raise LookupError(f"no button with {data!r} under message {message_id}: {rows}")
        self._presses += 1
        query_id = str(self._presses)
        self.core.callbacks[query_id] = user
        shown = render.inaccessible(self.world, message) if gone or inaccessible else self.core.render(message)
        content = {
            "id": query_id,
            "from": render.user(self.world.user(user)),
            "chat_instance": str(home.id),
            "message": shown,
            "data": data,
        }
        self.updates.add("callback_query", content)
        return query_id

    def press_label(
        self, user: int, chat: ChatRef, label: str, *, message_id: int | None = None, former: bool = False
    ) -> str:
        """A person presses the button so labelled, under this message or the newest that has it. Returns the query id.

        ``former``: or the newest that ever had it, be it deleted. Raises LookupError where there is none, or where it
        opens a link.
        """
        home = self.world.find(chat)
        known = {**home.messages, **(home.removed if former else {})}
        messages = [known[number] for number in sorted(known, reverse=True) if message_id in {None, number}]
        for message in messages:
            for button in (b for row in [*message.buttons, *(message.former_buttons if former else [])] for b in row):
                if button["text"] == label and "callback_data" in button:
                    return self.press(user, home.id, message.id, button["callback_data"], former=former)
        there = [[[button["text"] for button in row] for row in each.buttons] for each in messages if each.buttons]
        raise LookupError(f"no button {label!r} in {home.title or home.id}; there are {there}")

    def tap(self, user: int, label: str, *, chat: ChatRef | None = None) -> int:
        """A person taps a reply keyboard's button, which types its label; in a group as a reply. Raises LookupError."""
        home = self.world.find(user if chat is None else chat)
        if label not in [each for row in home.keyboard() for each in row]:
            raise LookupError(f"no button {label!r} on the keyboard of {home.title or home.id}: {home.keyboard()}")
        holder = home.shown if home.type != "private" else None
        keyboard = home.messages[home.shown or 0].keyboard or {}
        if keyboard.get("one_time_keyboard"):
            home.shown = None
        return self.say(user, label, chat=home.id, reply_to=holder)

    def stale_presses(self) -> None:
        """Let every press that is not answered yet grow too old to be answered."""
        self.core.callbacks.clear()

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
        """Somebody deletes a message; the bot is not told, as in life."""
        self.world.find(chat).remove(message_id)
        self.changes.announce()

    def delete(self, chat: ChatRef, message_id: int) -> None:
        """The same as ``remove_as_other``: the chat's readers delete a message."""
        self.remove_as_other(chat, message_id)

    def answered(self, query_id: str) -> Json | None:
        """What answerCallbackQuery said to this press; None while it was not answered."""
        found = [answer for answer in self.core.answers if answer["callback_query_id"] == query_id]
        return found[0] if found else None
