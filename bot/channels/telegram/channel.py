"""The Telegram channel: one delivery, one call. Knows no database, no pacing, no retries."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot, ReplyParameters
from telegram.error import TelegramError

from bot.channels.telegram.calls import Looks, chat_id, edit, library_entities, markup, preview
from bot.channels.telegram.compose import compose, earlier
from bot.channels.telegram.entities import Formatted
from bot.channels.telegram.failures import already_so, delivery_error
from bot.channels.telegram.settle import Settler, Turn
from bot.domain.delivery import Action, Delivery, Receipt


class TelegramChannel:
    """Sends to chats, groups and channels through one bot. Receipts are message ids.

    operators_chat: where uncertain posts may be forwarded for a comparison, None when there is no such chat;
    link_preview: show a part of the first page a text links to; paid: broadcasts may cost Telegram Stars.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        name: str = "telegram",
        operators_chat: int | None = None,
        link_preview: bool = False,
        paid: bool = False,
    ) -> None:
        self.name = name
        self._bot = bot
        self._link_preview, self._paid = link_preview, paid
        self._settler = Settler(bot, operators_chat=operators_chat)

    async def send(self, delivery: Delivery) -> Receipt:
        """Carry out the delivery with at most one call. An edit or pin without a first post has nothing to do.

        Raises DeliveryError; Permanent (REFUSED) when the text is too long for one post.
        """
        if delivery.action is Action.POST:
            return await self._post(delivery)
        if not delivery.anchor:
            return Receipt(id="")
        try:
            await self._change(delivery, message_id=int(delivery.anchor))
        except TelegramError as error:
            if not already_so(error, delivery.action):
                raise delivery_error(error, repeatable=True) from error
        return Receipt(id=delivery.anchor)

    async def find(self, delivery: Delivery, *, known: Sequence[str], turn: Turn) -> Receipt | None:
        """Whether an earlier try of this post stands in its chat, without publishing anything; ``settle`` says how.

        turn: awaited before calls that count against the chat's rate. Raises Uncertain when there is no way to tell, or
        another DeliveryError, or what ``turn`` raises; the next call then goes on where this one stopped.
        Only posts are looked for; everything else may simply be done again.
        """
        if delivery.action is not Action.POST:
            return None
        posts = [self._looks(delivery, words) for words in (compose(delivery), *earlier(delivery))]
        return await self._settler.find(delivery, posts, known=known, turn=turn)

    def _looks(self, delivery: Delivery, words: Formatted) -> Looks:
        return Looks(words=words, keyboard=delivery.keyboard, link_preview=self._link_preview)

    async def _post(self, delivery: Delivery) -> Receipt:
        words = compose(delivery)
        reply = ReplyParameters(int(delivery.anchor), allow_sending_without_reply=True) if delivery.anchor else None
        try:
            post = await self._bot.send_message(
                chat_id(delivery.address),
                words.text,
                entities=library_entities(words),
                link_preview_options=preview(shown=self._link_preview),
                reply_parameters=reply,
                reply_markup=markup(delivery.keyboard),
                message_thread_id=delivery.topic,
                disable_notification=delivery.silent or None,
                allow_paid_broadcast=(self._paid and delivery.broadcast) or None,
            )
        except TelegramError as error:
            raise delivery_error(error, repeatable=False) from error
        return Receipt(id=str(post.message_id))

    async def _change(self, delivery: Delivery, *, message_id: int) -> None:
        chat = chat_id(delivery.address)
        match delivery.action:
            case Action.EDIT | Action.AMEND:
                await edit(self._bot, delivery.address, message_id, self._looks(delivery, compose(delivery)))
            case Action.PIN:
                await self._bot.pin_chat_message(chat, message_id, disable_notification=True)
            case Action.UNPIN:
                await self._bot.unpin_chat_message(chat, message_id)
