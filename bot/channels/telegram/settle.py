"""Was an uncertain post published? Looks where it would stand, without publishing anything; decides nothing else.

Message ids in a supergroup or channel are one sequence, so the post can only stand behind the highest id we hold a
receipt for. Two ways to look at what stands there (``looks``), each safe where the other is not:

1. Where the bot can edit nothing but its own posts, edit the candidate to the very same words. "Message is not
   modified" says that it is the one. In a channel where the bot may edit everybody's posts this would overwrite a
   colleague's.
2. There, forward the candidate silently to the operators' chat, compare what comes back, delete the copy.

This holds as long as nothing else of ours goes to that chat between the uncertain try and the look; the outbox sees to
that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from telegram import Bot, ChatFullInfo, ChatMemberAdministrator
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.calls import Looks, chat_id
from bot.channels.telegram.failures import delivery_error
from bot.channels.telegram.looks import ByEditing, ByForwarding, Look, Seen
from bot.domain.delivery import Delivery, Receipt
from bot.errors import Uncertain

ABSENT_IN_A_ROW = 20
"""So many ids without a message mean that the chat ends before them; fewer may have been deleted."""

Turn = Callable[[], Awaitable[None]]
"""Awaited before a call that counts against the chat's rate."""


@dataclass(slots=True)
class _Progress:
    """How far a look has come. candidate: the next id; absent: ids without a message just before it; others: posts."""

    candidate: int
    absent: int = 0
    others: int = 0

    def pass_by(self, seen: Seen) -> None:
        self.candidate += 1
        self.absent = self.absent + 1 if seen is Seen.NOTHING else 0
        self.others += seen is Seen.ANOTHER


class Settler:
    """Finds the posts of uncertain deliveries in their chats.

    operators_chat: where candidates may be forwarded for a comparison, None when there is no such chat.
    Rights are asked for every time: by those of yesterday, a colleague's post could be overwritten today.
    """

    def __init__(self, bot: Bot, *, operators_chat: int | None) -> None:
        self._bot = bot
        self._operators_chat = operators_chat
        self._progress: dict[int, _Progress] = {}

    async def find(
        self, delivery: Delivery, posts: Sequence[Looks], *, known: Sequence[str], turn: Turn
    ) -> Receipt | None:
        """The receipt of this post, None when it certainly was not published.

        posts: what it is to look like, then how else it may have been published, should its words have changed since.
        known: receipts held for this address. Raises Uncertain when there is no way to tell, else what ``turn`` raises,
        Throttled, Transient or what ``failures`` makes of a refusal; the next call goes on where such a one stopped.
        """
        highest = max((int(receipt) for receipt in known if receipt), default=None)
        try:
            found = await self._search(delivery, posts, highest, turn)
        except BadRequest as error:
            self._progress.pop(delivery.id, None)
            raise Uncertain(f"Telegram does not let us look: {error.message}") from error
        except TelegramError as error:
            raise delivery_error(error, repeatable=True) from error
        except Uncertain:
            self._progress.pop(delivery.id, None)
            raise
        self._progress.pop(delivery.id, None)
        return found

    async def _search(
        self, delivery: Delivery, posts: Sequence[Looks], highest: int | None, turn: Turn
    ) -> Receipt | None:
        chat = await self._bot.get_chat(chat_id(delivery.address))
        look = await self._way(chat, posts, highest)
        at = self._progress.setdefault(delivery.id, _Progress((highest or 0) + 1))
        await turn()  # one is enough for edits: Telegram refuses all but the last of them before they count
        while at.absent < ABSENT_IN_A_ROW:
            seen = await look(at.candidate)
            if seen is Seen.IT:
                return Receipt(id=str(at.candidate))
            at.pass_by(seen)
            if at.others > look.most:
                raise Uncertain(f"more than {look.most} messages came since the last post we know of")
            if seen is Seen.ANOTHER and look.copies:
                await turn()
        if highest is None:
            raise Uncertain("it is not among the chat's first messages, and no receipt says where else to look")
        return None

    async def _way(self, chat: ChatFullInfo, posts: Sequence[Looks], highest: int | None) -> Look:
        if chat.type == ChatType.SUPERGROUP:
            return ByEditing(self._bot, chat.id, posts[0])
        if chat.type != ChatType.CHANNEL:
            raise Uncertain(f"message ids in a {chat.type} chat are no sequence to look along")
        me = await self._bot.get_chat_member(chat.id, (await self._bot.get_me()).id)
        if not isinstance(me, ChatMemberAdministrator):
            raise Uncertain("the bot is no administrator of the channel any more")
        if not me.can_edit_messages:
            return ByEditing(self._bot, chat.id, posts[0])
        if self._operators_chat is None or chat.has_protected_content or highest is None:
            raise Uncertain("the bot may edit everybody's posts in this channel, and forwarding is not possible either")
        return ByForwarding(self._bot, chat.id, [each.words for each in posts], to=self._operators_chat)
