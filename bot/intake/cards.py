"""Texts with buttons that are kept up to date where they stand. What they say is decided elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.buttons import Buttons, to_json
from bot.domain.delivery import Action, Priority
from bot.intake.transaction import Transaction
from bot.store import card_texts, cards, outbox
from bot.store.cards import CardRow


class Cards:
    """The cards of one transaction: one for each subject and chat, or topic of a forum."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def show(
        self,
        subject: str,
        chat_id: int,
        text: str,
        buttons: Buttons | None = None,
        *,
        language: str = "en",
        topic: int | None = None,
        page: str | None = None,
        redraw_at: datetime | None = None,
        anew: bool = False,
        priority: Priority = Priority.OPERATOR,
    ) -> CardRow:
        """Let the chat have a card that shows this: the one it has is edited where it stands, else a new one is sent.

        Where that one cannot be edited any more, one is sent too. subject: what it is about; text: Markdown;
        buttons: None takes them away; language, page, redraw_at: kept with the card, see ``store.cards.CardRow``;
        anew: send a new one at the end of the chat and leave the old one without buttons. What is shown already is not
        sent again.
        """
        known = await self.one(subject, chat_id, topic)
        if known is not None and anew:
            await self._retire(known, max(priority, Priority.CHANNEL))
            known = None
        shown = _digest(text, buttons)
        kept: dict[str, Any] = {"language": language, "page": page, "redraw_at": redraw_at, "shown": shown}
        connection = self._transaction.connection
        if known is None:
            number = await cards.insert(connection, subject=subject, chat_id=chat_id, topic=topic, **kept)
            card = CardRow(id=number, subject=subject, chat_id=chat_id, topic=topic, **kept)
        else:
            await cards.save(connection, known.id, **kept)
            card = replace(known, **kept)
        self._transaction.effects.due |= redraw_at is not None
        if known is None or known.shown != shown:
            stands = known is not None and await card_texts.stands(connection, lane_of(card))
            action = Action.EDIT if stands else Action.POST
            await self._owe(card, {"action": action, "text": text, "keyboard": to_json(buttons), "priority": priority})
        return card

    async def one(self, subject: str, chat_id: int, topic: int | None = None) -> CardRow | None:
        """The card about a subject in a chat, None when there is none. topic: of a forum, None outside of all."""
        found = await cards.load(self._transaction.connection, subject, chat_id)
        return next((card for card in found if card.topic == topic), None)

    async def of(self, subject: str) -> Sequence[CardRow]:
        """All cards about a subject, oldest first."""
        return await cards.load(self._transaction.connection, subject)

    async def hand_over(self, subject: str, chat_id: int, topic: int | None = None, *, to: str) -> None:
        """Let a chat's card be about something else from now on, about which it has none yet. topic: as for ``one``."""
        card = await self.one(subject, chat_id, topic)
        if card is not None:
            await cards.save(self._transaction.connection, card.id, subject=to)

    async def forget(self, subject: str) -> None:
        """Keep the cards about a subject up to date no longer; they stay as they are."""
        known = await self.of(subject)
        await cards.forget(self._transaction.connection, *(card.id for card in known))

    async def take_away(self, chat_id: int, *, but: Collection[str]) -> None:
        """Leave a chat no card, and no words of one, except those about these subjects."""
        connection = self._transaction.connection
        theirs = [card for card in await cards.in_chat(connection, chat_id) if card.subject not in but]
        await outbox.take_back(connection, [lane_of(card) for card in theirs], now=self._transaction.now)
        for card in theirs:
            if await card_texts.stands(connection, lane_of(card)):
                await self._retire(card, Priority.OPERATOR)
        await cards.forget(connection, *(card.id for card in theirs))

    async def _retire(self, card: CardRow, priority: Priority) -> None:
        """An old card without buttons: its text is said again elsewhere."""
        await self._owe(card, {"action": Action.EDIT, "text": "↓", "priority": priority})
        await cards.forget(self._transaction.connection, card.id)

    async def _owe(self, card: CardRow, what: Mapping[str, Any]) -> None:
        where = {
            "channel": "telegram",
            "address": str(card.chat_id),
            "topic": card.topic,
            "lane": lane_of(card),
        }
        await outbox.enqueue(self._transaction.connection, [{**where, **what}], now=self._transaction.now)
        self._transaction.effects.deliveries += 1


def lane_of(card: CardRow) -> str:
    """The lane of the outbox in which a card is sent and edited."""
    return f"telegram:{card.chat_id}:card:{card.id}"


def _digest(text: str, buttons: Buttons | None) -> str:
    whole = json.dumps([text, to_json(buttons)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
