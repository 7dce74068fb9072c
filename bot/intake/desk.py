"""What operators' commands do: one desk is one transaction. The counterpart of ``signals`` for people.

Each part of what can be done stands in a module of its own; a new one becomes another attribute here.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.buttons import Keyboard, to_json
from bot.domain.staff import Operator
from bot.errors import AlreadyHandled
from bot.intake.cards import Cards
from bot.intake.corrections import Corrections
from bot.intake.deliveries import Deliveries
from bot.intake.dialogues import Dialogues
from bot.intake.drafts import Drafts
from bot.intake.insight import Insight
from bot.intake.plans import Plans
from bot.intake.proposals import Proposals
from bot.intake.publishing import Publisher
from bot.intake.recurring import Recurring
from bot.intake.silences import Silences
from bot.intake.staff import Staff
from bot.intake.stories import Stories
from bot.intake.subscribing import Subscribing
from bot.intake.telling import Teller, answer
from bot.intake.transaction import Transaction
from bot.intake.voice import Voice
from bot.store import outbox
from bot.store.schema import telegram_updates


class IntakeDesk:
    """One open transaction: everything done through one desk commits together, or not at all."""

    def __init__(
        self, transaction: Transaction, publisher: Publisher, teller: Teller, operators: Sequence[Operator]
    ) -> None:
        """operators: those of the configuration."""
        voice = Voice(transaction, publisher, teller)
        self.staff = Staff(transaction, operators)
        self.cards = Cards(transaction)
        self.dialogues = Dialogues(transaction, self.cards)
        self.corrections = Corrections(voice)
        self.stories = Stories(voice)
        self.plans = Plans(voice)
        self.recurring = Recurring(transaction, publisher.settings)
        self.drafts = Drafts(voice)
        self.proposals = Proposals(voice, self.stories, self.corrections)
        self.deliveries = Deliveries(transaction)
        self.silences = Silences(transaction)
        self.insight = Insight(transaction)
        self.subscribers = Subscribing(transaction, ZoneInfo(publisher.settings.timezone))
        self._transaction = transaction

    async def tell(
        self, chat_id: int, text: str, *, keyboard: Keyboard | None = None, topic: int | None = None
    ) -> None:
        """Owe a chat an answer: a delivery that goes before all others.

        chat_id: the operator's private chat (equal to the Telegram id), or the group the command came from;
        text: Markdown; keyboard: below it; topic: of a forum.
        """
        row = {**answer(chat_id, text), "keyboard": to_json(keyboard), "topic": topic}
        await outbox.enqueue(self._transaction.connection, [row], now=self._transaction.now)
        self._transaction.effects.deliveries += 1

    async def handled(self, update_id: int) -> None:
        """This Telegram update is done with and must never be handled again. What it said is kept no longer.

        Raises AlreadyHandled when another node was quicker.
        """
        mine = telegram_updates.c.update_id == update_id, telegram_updates.c.handled_at.is_(None)
        statement = (
            telegram_updates.update().where(*mine).values(handled_at=self._transaction.now, body="", sender=None)
        )
        if (await self._transaction.connection.execute(statement)).rowcount == 0:
            raise AlreadyHandled(f"update {update_id} has been handled by another node")
