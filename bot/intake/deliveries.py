"""The part of a desk that shows where a story went, and settles by hand what no machine can."""

from __future__ import annotations

from bot.domain.delivery import DeliveryState
from bot.domain.places import Places
from bot.errors import CommandError
from bot.intake.transaction import Transaction
from bot.intake.voice import known_incident
from bot.store import places


class Deliveries:
    """``desk.deliveries``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of(self, incident_id: int) -> Places:
        """How publishing a story stands, place by place. Raises CommandError: no such incident."""
        connection = self._transaction.connection
        incident = await known_incident(connection, incident_id)
        return Places(
            incident=incident,
            places=tuple(await places.places_of(connection, incident_id)),
            subscribers=await places.subscribers_of(connection, incident_id),
        )

    async def whose(self, delivery_id: int) -> tuple[int, str]:
        """The incident and the address of a delivery of a notice. Raises CommandError: there is none."""
        found = await places.lost_one(self._transaction.connection, delivery_id)
        if found is None:
            raise CommandError("there is no such delivery any more.")
        incident_id, _, address = found
        return incident_id, address

    async def confirm(self, delivery_id: int) -> None:
        """A post nobody was sure of is there: somebody has seen it. Raises CommandError: it is in doubt no more."""
        if not await places.found_there(self._transaction.connection, delivery_id, now=self._transaction.now):
            raise settled_already()

    async def send_again(self, delivery_id: int) -> None:
        """A post nobody was sure of is not there. Raises CommandError: it is not in doubt any more, or overtaken."""
        await self._owe(delivery_id, DeliveryState.UNKNOWN)

    async def try_again(self, delivery_id: int) -> None:
        """What was given up can be done by now. Raises CommandError: it is not given up any more, or overtaken."""
        await self._owe(delivery_id, DeliveryState.DEAD)

    async def _owe(self, delivery_id: int, state: DeliveryState) -> None:
        if await places.is_overtaken(self._transaction.connection, delivery_id):
            raise CommandError("newer words have gone there since; it is too late for these.")
        if not await places.owe_again(self._transaction.connection, delivery_id, state, now=self._transaction.now):
            raise settled_already()
        self._transaction.effects.deliveries += 1


def settled_already() -> CommandError:
    """Somebody or something was quicker."""
    return CommandError("that is settled already.")
