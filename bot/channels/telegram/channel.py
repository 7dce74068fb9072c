"""The Telegram channel: one delivery, one call. Knows no database, no pacing, no retries."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot, ReplyParameters
from telegram.error import TelegramError

from bot.channels.telegram.calls import NO_PREVIEW, chat_id, edit, library_entities
from bot.channels.telegram.compose import compose, earlier
from bot.channels.telegram.failures import already_so, delivery_error
from bot.channels.telegram.settle import Settler, Turn
from bot.domain.delivery import Action, Delivery, Receipt


class TelegramChannel:
    """Sends to chats, groups and channels through one bot. Receipts are message ids.

    operators_chat: where uncertain posts may be forwarded for a comparison, None when there is no such chat.
    """

    name = "telegram"

    def __init__(self, bot: Bot, *, operators_chat: int | None = None) -> None:
        self._bot = bot
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
        words = (compose(delivery), *earlier(delivery))
        return await self._settler.find(delivery, words, known=known, turn=turn)

    async def _post(self, delivery: Delivery) -> Receipt:
        words = compose(delivery)
        reply = ReplyParameters(int(delivery.anchor), allow_sending_without_reply=True) if delivery.anchor else None
        try:
            post = await self._bot.send_message(
                chat_id(delivery.address),
                words.text,
                entities=library_entities(words),
                link_preview_options=NO_PREVIEW,
                reply_parameters=reply,
            )
        except TelegramError as error:
            raise delivery_error(error, repeatable=False) from error
        return Receipt(id=str(post.message_id))

    async def _change(self, delivery: Delivery, *, message_id: int) -> None:
        chat = chat_id(delivery.address)
        match delivery.action:
            case Action.EDIT | Action.AMEND:
                await edit(self._bot, delivery.address, message_id, compose(delivery))
            case Action.PIN:
                await self._bot.pin_chat_message(chat, message_id, disable_notification=True)
            case Action.UNPIN:
                await self._bot.unpin_chat_message(chat, message_id)
