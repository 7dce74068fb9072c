"""News that customers were promised: operators are reminded when it is due and nothing newer was published.

What reminds them is a card, which every newer update takes the buttons from.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import sqlalchemy as sa

from bot.domain.cards import Reader
from bot.domain.model import Incident, UpdateState
from bot.intake.apart import apart
from bot.intake.cards import Cards
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.schema import incidents, updates

KIND = "promise"
"""What subjects of these cards begin with, and the data of their buttons."""


async def remember(transaction: Transaction, incident: Incident, promised_at: datetime | None) -> None:
    """An update was published: what was promised before is kept by it. promised_at: what it promises, or None."""
    at = promised_at if incident.open else None
    mine = incidents.c.id == incident.id
    await transaction.connection.execute(incidents.update().where(mine).values(remind_at=at))
    transaction.effects.due |= at is not None
    transaction.effects.told.add(incident.id)


class Promises:
    """Reminds of them."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    async def next(self, connection: Connection) -> datetime | None:
        """When the next one is due, None when nothing is promised."""
        query = sa.select(sa.func.min(incidents.c.remind_at)).where(incidents.c.remind_at.is_not(None))
        at: datetime | None = (await connection.execute(query)).scalar_one()
        return at

    async def carry_out(self, transaction: Transaction) -> None:
        """Remind of those that are due."""
        due = incidents.c.remind_at <= transaction.now
        for incident in await rows.load_incidents(transaction.connection, due):
            await apart(transaction, f"promise about incident {incident.id}", partial(self._remind, incident=incident))
            mine = incidents.c.id == incident.id
            await transaction.connection.execute(incidents.update().where(mine).values(remind_at=None))

    async def kept(self, transaction: Transaction) -> None:
        """Take the buttons from reminders that what was published in this transaction answers."""
        for incident_id in sorted(transaction.effects.told):
            await apart(
                transaction, f"reminders of incident {incident_id}", partial(self._keep, incident_id=incident_id)
            )

    async def _remind(self, transaction: Transaction, *, incident: Incident) -> None:
        promised_at = await _promised(transaction.connection, incident.id)
        if not incident.open or promised_at is None:
            return
        for reader in await self._teller.readers(transaction.connection):
            await self._show(transaction, incident, promised_at, reader, anew=True)

    async def _keep(self, transaction: Transaction, *, incident_id: int) -> None:
        cards = Cards(transaction)
        for card in await cards.of(f"{KIND}:{incident_id}"):
            text = self._teller.cards.promise_kept(incident_id, transaction.now, card.language)
            await cards.show(card.subject, card.chat_id, text, language=card.language, topic=card.topic)
        await cards.forget(f"{KIND}:{incident_id}")

    async def _show(
        self, transaction: Transaction, incident: Incident, promised_at: datetime, reader: Reader, *, anew: bool
    ) -> None:
        card = self._teller.cards.promised(incident, promised_at, reader, transaction.now)
        await Cards(transaction).show(
            f"{KIND}:{incident.id}",
            reader.chat_id,
            card.text,
            card.buttons,
            language=reader.language,
            topic=reader.topic,
            anew=anew,
        )


async def _promised(connection: Connection, incident_id: int) -> datetime | None:
    """What the newest update of a story has promised, None when it has promised nothing."""
    told = updates.c.incident_id == incident_id, updates.c.state == UpdateState.PUBLISHED
    query = sa.select(updates.c.promised_at).where(*told).order_by(updates.c.number.desc()).limit(1)
    at: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return at
