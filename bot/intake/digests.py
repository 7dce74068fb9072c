"""What operators are told of at once, and then only every few minutes with a count, however much comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import quiet
from bot.store.connection import Connection

EVERY = timedelta(minutes=5)
"""How often operators are told of the same topic again."""


class Topic(StrEnum):
    """What the digests are about."""

    UNMATCHED = "unmatched"  # signals that no rule matches
    NOTICED = "noticed"  # what automation keeps to itself, and thinks operators should know
    STORM = "storm"  # notices that became drafts because there were too many
    CROWD = "crowd"  # drafts without a card because there were too many


class Digests:
    """Tells operators, or counts."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    async def note(self, transaction: Transaction, topic: Topic, text: Callable[[str], str], *, count: int = 1) -> None:
        """Tell ``text(language)`` now if operators have not been told of the topic lately, else count it for later."""
        told_at, untold = (await quiet.load_digests(transaction.connection)).get(topic, (None, 0))
        now = transaction.now
        if told_at is None or now - told_at >= EVERY:
            await self._tell(transaction, text)
            told_at, untold = now, untold - count  # what was counted before is told with the next count
        transaction.effects.due = True
        await quiet.save_digest(transaction.connection, topic, told_at=told_at, untold=untold + count)

    async def flush(self, transaction: Transaction) -> None:
        """Tell the counts whose time has come."""
        for topic, (told_at, untold) in (await quiet.load_digests(transaction.connection)).items():
            if untold and transaction.now - told_at >= EVERY:
                await self._tell(transaction, self._counted(Topic(topic), untold, told_at))
                await quiet.save_digest(transaction.connection, topic, told_at=transaction.now, untold=0)

    def _counted(self, topic: Topic, count: int, since: datetime) -> Callable[[str], str]:
        return lambda language: self._teller.cards.more(topic, count, since, language)

    async def _tell(self, transaction: Transaction, text: Callable[[str], str]) -> None:
        transaction.effects.deliveries += await self._teller.tell(transaction.connection, text, now=transaction.now)


async def next_digest(connection: Connection) -> datetime | None:
    """When the next count is to be told."""
    waiting = [told_at for told_at, untold in (await quiet.load_digests(connection)).values() if untold]
    return min(waiting) + EVERY if waiting else None
