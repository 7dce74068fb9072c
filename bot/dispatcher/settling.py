"""Writing down what came of deliveries, in the same transaction as what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.dispatcher.turns import Turns
from bot.dispatcher.verdict import Again, Bury, Done, GiveBack, Leave, Relocate, Verdict
from bot.domain.delivery import Delivery, DeliveryState
from bot.errors import StoreBusy
from bot.intake.telling import Teller
from bot.metrics import Metrics
from bot.store import outbox
from bot.store.engine import Store

log = structlog.get_logger(__name__)


class Settler:
    """Ends leases. Tells operators of what will never be published."""

    def __init__(self, store: Store, clock: Clock, teller: Teller, metrics: Metrics) -> None:
        self._store, self._clock, self._teller, self._metrics = store, clock, teller, metrics

    async def settle(self, delivery: Delivery, verdict: Verdict, turns: Turns) -> None:
        """Write the verdict down. When the database is gone the lease is left to end: the delivery is then in doubt."""
        now = self._clock()
        _halt(delivery, verdict, turns, now)
        try:
            async with self._store.write() as connection:
                held = await outbox.settle(connection, delivery, _values(delivery, verdict, now))
                if held:
                    await self._follow_up(connection, delivery, verdict, now)
        except StoreBusy as error:
            log.error("outcome not written down", delivery=delivery.id, outcome=_name(verdict), error=str(error))
            return
        self._note(delivery, verdict, held=held, now=now)

    async def _follow_up(
        self, connection: AsyncConnection, delivery: Delivery, verdict: Verdict, now: datetime
    ) -> None:
        if isinstance(verdict, Relocate):
            await outbox.move(connection, channel=delivery.channel, old=delivery.address, new=verdict.new_address)
        if isinstance(verdict, Bury | Leave) and delivery.notice is not None:
            cards = self._teller.cards
            await self._teller.tell(
                connection, lambda language: cards.given_up(delivery, verdict.error, language), now=now
            )

    def _note(self, delivery: Delivery, verdict: Verdict, *, held: bool, now: datetime) -> None:
        outcome = _name(verdict) if held else "lease_lost"
        self._metrics.deliveries_total.labels(delivery.channel, outcome).inc()
        if isinstance(verdict, Done) and held and delivery.notice is not None:
            seconds = (now - delivery.owed_at).total_seconds()
            self._metrics.delivery_seconds.labels(delivery.channel).observe(max(0.0, seconds))
        say = log.debug if isinstance(verdict, Done | GiveBack) and held else log.warning
        say(
            "delivery settled",
            delivery=delivery.id,
            channel=delivery.channel,
            action=delivery.action.value,
            outcome=outcome,
            attempt=delivery.attempts,
            error=getattr(verdict, "error", None),
        )


def _name(verdict: Verdict) -> str:
    return {
        Done: "sent", Again: "again", GiveBack: "given_back", Relocate: "moved", Bury: "dead", Leave: "unknown",
    }[type(verdict)]  # fmt: skip


def _halt(delivery: Delivery, verdict: Verdict, turns: Turns, now: datetime) -> None:
    if isinstance(verdict, Again) and verdict.halt is not None:
        seconds = (verdict.due_at - now).total_seconds()
        turns.halt(delivery.address if verdict.halt == "address" else None, seconds)


def _values(delivery: Delivery, verdict: Verdict, now: datetime) -> dict[str, Any]:
    match verdict:
        case Done():
            return outbox.sent(verdict.receipt, now=now)
        case Again():
            return outbox.again(due_at=verdict.due_at, error=verdict.error, uncertain=verdict.uncertain)
        case GiveBack():
            return outbox.released(delivery, due_at=verdict.due_at)
        case Relocate():
            moved = outbox.again(due_at=now, error=verdict.error, uncertain=False)
            return moved | {"address": verdict.new_address}
        case Bury():
            return outbox.ended(DeliveryState.DEAD, error=verdict.error, now=now)
        case Leave():
            return outbox.ended(DeliveryState.UNKNOWN, error=verdict.error, now=now)
