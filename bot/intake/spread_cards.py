"""Shows operators how far a broadcast is: one card each, edited while it runs. What it says is somebody else's."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.delivery import Priority
from bot.domain.following import Progress
from bot.intake.cards import Cards
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction


class SpreadCards:
    """text: the Markdown that says in a language how far it is."""

    def __init__(self, teller: Teller, text: Callable[[Progress, str], str]) -> None:
        self._teller, self._text = teller, text

    async def __call__(self, transaction: Transaction, progress: Progress) -> None:
        """Bring the cards about a broadcast up to date; when it has ended they stay as they are from now on."""
        cards, subject = Cards(transaction), f"broadcast:{progress.broadcast_id}"
        for reader in await self._teller.readers(transaction.connection):
            await cards.show(
                subject,
                reader.chat_id,
                self._text(progress, reader.language),
                language=reader.language,
                topic=reader.topic,
                priority=Priority.CHANNEL,
            )
        if progress.owed == 0:
            await cards.forget(subject)
