"""Two ways to see whether a message is a certain post of ours. ``settle`` says when which is safe."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol

import structlog
from telegram import Bot, Message, MessageOriginChannel
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.calls import Looks, edit
from bot.channels.telegram.entities import KINDS, Formatted
from bot.channels.telegram.failures import already_so
from bot.domain.delivery import Action

_NOTHING_THERE = ("message to edit not found", "message to forward not found", "message_id_invalid")
_ANOTHER_THERE = (
    "message can't be edited",
    "message can't be forwarded",
    "there is no text in the message to edit",
    "message_author_required",
)

_log = structlog.get_logger(__name__)


class Seen(Enum):
    """What stands under a message id."""

    IT = auto()
    ANOTHER = auto()
    NOTHING = auto()


class Look(Protocol):
    """One way to look.

    most: how many other messages it may come across before it gives up; copies: whether each of them costs a copy,
    which counts against a rate. Ids without a message and refused edits cost nothing.
    """

    most: int
    copies: bool

    async def __call__(self, candidate: int) -> Seen:
        """What stands under this id. Raises TelegramError."""
        ...


class ByEditing:
    """Edits the candidate to the looks it has if it is the one. Only where nothing but our own posts can be edited."""

    most = 200
    copies = False

    def __init__(self, bot: Bot, chat: int, looks: Looks) -> None:
        self._bot, self._chat, self._looks = bot, chat, looks

    async def __call__(self, candidate: int) -> Seen:
        """What stands under this id. Raises TelegramError."""
        try:
            await edit(self._bot, str(self._chat), candidate, self._looks)
        except BadRequest as error:
            return Seen.IT if already_so(error, Action.EDIT) else _what_stands_there(error)
        # A post of ours that no receipt tells of, and that looks like this now: to send them again would be wrong.
        return Seen.IT


class ByForwarding:
    """Forwards the candidate silently to another chat, compares, and deletes the copy."""

    most = 20
    copies = True

    def __init__(self, bot: Bot, chat: int, words: Sequence[Formatted], *, to: int) -> None:
        """words: all that the post may carry; to: the other chat."""
        self._bot, self._chat, self._words, self._to = bot, chat, words, to

    async def __call__(self, candidate: int) -> Seen:
        """What stands under this id. Raises TelegramError."""
        try:
            copy = await self._bot.forward_message(self._to, self._chat, candidate, disable_notification=True)
        except BadRequest as error:
            return _what_stands_there(error)
        await self._delete(copy)
        same = stems_from(copy, self._chat, candidate) and any(same_words(copy, each) for each in self._words)
        return Seen.IT if same else Seen.ANOTHER

    async def _delete(self, copy: Message) -> None:
        try:
            await self._bot.delete_message(copy.chat_id, copy.message_id)
        except TelegramError as error:
            # A copy too many among operators is better than to forward it once more.
            _log.warning("copy_left_behind", chat=copy.chat_id, message_id=copy.message_id, error=error.message)


def same_words(post: Message, words: Formatted) -> bool:
    """Whether the post reads as these words do.

    Compares what each unit of the text is, not the lists: Telegram splits, joins and adds entities (links it sees in
    the text). Addresses are left out, it rewrites them; so are dates, the same words with or without their entity.
    """
    theirs = [(str(entity.type), entity.offset, entity.length) for entity in post.entities if entity.type in KINDS]
    ours = [(entity.kind, entity.offset, entity.length) for entity in words.entities if entity.kind in KINDS]
    return post.text == words.text and _covered(theirs) == _covered(ours)


def stems_from(copy: Message, channel: int, message_id: int) -> bool:
    """Whether the copy was forwarded from this very post."""
    origin = copy.forward_origin
    return isinstance(origin, MessageOriginChannel) and (origin.chat.id, origin.message_id) == (channel, message_id)


def _covered(entities: Sequence[tuple[str, int, int]]) -> set[tuple[str, int]]:
    return {(kind, unit) for kind, offset, length in entities for unit in range(offset, offset + length)}


def _what_stands_there(refusal: BadRequest) -> Seen:
    said = refusal.message.lower()
    if any(phrase in said for phrase in _NOTHING_THERE):
        return Seen.NOTHING
    if any(phrase in said for phrase in _ANOTHER_THERE):
        return Seen.ANOTHER
    raise refusal
