"""The part of a desk that answers operators' questions. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.changes import Cause, Overview, Step, Why
from bot.domain.following import Departure, Reach
from bot.domain.model import Incident
from bot.intake.summaries import overview, told_elsewhere
from bot.intake.transaction import Transaction
from bot.intake.voice import known_incident
from bot.store import incidents as rows
from bot.store import problems, standing, subscribers
from bot.store.incidents import UpdateRow
from bot.store.schema import updates

_MOST_CAUSES = 20


class Insight:
    """``desk.insight``: how things stand, and why."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def overview(self) -> Overview:
        """How things stand."""
        return await overview(self._transaction.connection, now=self._transaction.now)

    async def reach(self) -> tuple[Reach, Mapping[Departure, int]]:
        """Who is told in private, and how many have left in the last 30 days."""
        connection = self._transaction.connection
        since = (self._transaction.now - timedelta(days=30)).date()
        return await subscribers.reach(connection), await standing.departed_since(connection, since)

    async def why(self, incident_id: int) -> Why:
        """What an incident came from, at most 20 causes, and why each update was made.

        Raises CommandError: no such incident.
        """
        connection = self._transaction.connection
        incident = await known_incident(connection, incident_id)
        causes, total = await problems.causes(connection, incident_id, limit=_MOST_CAUSES)
        made = await rows.load_updates(connection, updates.c.incident_id == incident_id)
        steps = tuple(_step(each) for each in made)
        return Why(incident=incident, steps=steps, causes=tuple(causes), problems=total)

    async def told_elsewhere(self, incident: Incident) -> Sequence[int]:
        """The other open incidents that tell of the same components, lowest first; none for maintenance."""
        return await told_elsewhere(self._transaction.connection, incident)

    async def unspoken(self) -> tuple[Sequence[Cause], int]:
        """At most 20 problems that fire and customers are not told of, those heard of last first, and how many there
        are in all."""
        return await problems.unspoken(self._transaction.connection, limit=_MOST_CAUSES)


def _step(update: UpdateRow) -> Step:
    return Step(
        status=update.status,
        state=update.state,
        at=update.at,
        because=update.because,
        by=update.decided_by or update.author,
        author=update.author,
    )
