"""Writing down what came of deliveries, in the same transaction as what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.dispatcher.losses import make_up_for
from bot.dispatcher.turns import Turns
from bot.dispatcher.verdict import Again, Bury, Done, GiveBack, Gone, Leave, Relocate, Verdict
from bot.domain.delivery import Action, Delivery, DeliveryState, Priority
from bot.errors import StoreBusy
from bot.intake.telling import Teller
from bot.metrics import Metrics
from bot.store import card_texts, outbox, reach, subscribers
from bot.store.connection import Connection
from bot.store.engine import Store

log = structlog.get_logger(__name__)


LINGER = timedelta(milliseconds=5)
"""How long an outcome waits for others to be written down with it: posts that leave together come back together."""

BETWEEN_TRIES = timedelta(milliseconds=500)
TRIES = 60
"""For half a minute: well within a lease."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a delivery; done when it is written down, or cannot be."""

    delivery: Delivery
    verdict: Verdict
    done: asyncio.Future[None]


class Settler:
    """Ends leases, many in one transaction. Tells operators of what will never be published."""

    def __init__(self, store: Store, clock: Clock, teller: Teller, metrics: Metrics) -> None:
        self._store, self._clock, self._teller, self._metrics = store, clock, teller, metrics
        self._outcomes: list[_Outcome] = []
        self._writing: asyncio.Task[None] | None = None

    async def settle(self, delivery: Delivery, verdict: Verdict, turns: Turns) -> None:
        """Return when the verdict is written down; when it cannot be, the lease is left to end: then it is in doubt."""
        _halt(delivery, verdict, turns, self._clock())
        outcome = _Outcome(delivery, verdict, asyncio.get_running_loop().create_future())
        self._outcomes.append(outcome)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await outcome.done

    async def _write(self) -> None:
        """Write down what has come, and what comes meanwhile."""
        while self._outcomes:
            await asyncio.sleep(LINGER.total_seconds())
            batch, self._outcomes = self._outcomes, []
            await self._write_together(batch)

    async def _write_together(self, batch: list[_Outcome]) -> None:
        try:
            held = await self._insist(batch)
        except Exception:  # a defect with one outcome must not spoil the others; its own lease ends by itself
            log.exception("outcomes not written down", deliveries=[each.delivery.id for each in batch])
            if len(batch) > 1:
                for outcome in batch:
                    await self._write_together([outcome])
            held = None
        for number, outcome in enumerate(batch):
            if outcome.done.done():
                continue
            if held is not None:
                self._note(outcome.delivery, outcome.verdict, held=held[number], now=self._clock())
            outcome.done.set_result(None)

    async def _insist(self, batch: list[_Outcome]) -> list[bool]:
        """Write down what happened, again while the database is away: else it would be in doubt for nothing."""
        for _ in range(TRIES):
            try:
                return await self._transact(batch, self._clock())
            except StoreBusy as error:
                log.error("outcomes cannot be written down yet", deliveries=len(batch), error=str(error))
                await asyncio.sleep(BETWEEN_TRIES.total_seconds())
        return await self._transact(batch, self._clock())

    async def _transact(self, batch: list[_Outcome], now: datetime) -> list[bool]:
        held = []
        returned: dict[int, str] = {}
        async with self._store.write() as connection:
            for outcome in batch:
                delivery, values = outcome.delivery, _values(outcome.delivery, outcome.verdict, now)
                held.append(await outbox.settle(connection, delivery, values))
                if held[-1]:
                    await self._follow_up(connection, delivery, outcome.verdict, now)
                    if delivery.priority is Priority.SUBSCRIBER and values["state"] is DeliveryState.PENDING:
                        returned[delivery.id] = delivery.address
            await subscribers.end_unwanted(connection, returned, now=now)
        return held

    async def _follow_up(self, connection: Connection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
        if isinstance(verdict, Relocate):
            await outbox.move(connection, channel=delivery.channel, old=delivery.address, new=verdict.new_address)
            await self._move_cards(connection, delivery, verdict)
        if isinstance(verdict, Bury | Leave) and delivery.text is not None and not _is_shut_out(verdict):
            await card_texts.send_anew(connection, delivery.lane)
        if isinstance(verdict, Bury) and verdict.shut_out:
            await subscribers.shut_out(connection, delivery.address, verdict.error, now=now)
        if delivery.notice is not None and delivery.priority is not Priority.SUBSCRIBER:
            await self._tell(connection, delivery, verdict, now)

    async def _move_cards(self, connection: Connection, delivery: Delivery, moved: Relocate) -> None:
        try:
            old, new = int(delivery.address), int(moved.new_address)
        except ValueError:  # a channel's name: nobody has cards there
            return
        await card_texts.move(connection, old=old, new=new)

    async def _tell(self, connection: Connection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
        """What operators must hear of a notice, once where it lasts: of a chat, of a post that is gone, of changes."""
        cards = self._teller.cards
        match verdict:
            case Done():
                if since := await reach.allow(connection, delivery):
                    await self._say(connection, lambda language: cards.open_again(delivery, since, language), now)
            case Gone(error=error):
                closed = await reach.is_closed(connection, delivery)
                told = closed or await outbox.ended_alike(connection, delivery, error=error)
                replaced = await make_up_for(connection, delivery, closed=closed, now=now)
                if not told:
                    await self._say(
                        connection, lambda language: cards.gone(delivery, error, language, replaced=replaced), now
                    )
            case Bury(error=error, shut_out=True):
                if await reach.bar(connection, delivery, now=now):
                    await self._say(connection, lambda language: cards.shut_out(delivery, error, language), now)
            case Bury(error=error) | Leave(error=error):
                changes = delivery.action is not Action.POST
                if not (changes and await outbox.ended_alike(connection, delivery, error=error)):
                    await self._say(connection, lambda language: cards.given_up(delivery, error, language), now)

    async def _say(self, connection: Connection, text: Callable[[str], str], now: datetime) -> None:
        await self._teller.tell(connection, text, now=now)

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


def _is_shut_out(verdict: Bury | Leave) -> bool:
    return isinstance(verdict, Bury) and verdict.shut_out


def _name(verdict: Verdict) -> str:
    return {
        Done: "sent", Again: "again", GiveBack: "given_back", Relocate: "moved", Bury: "dead", Gone: "gone",
        Leave: "unknown",
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
        case Gone():
            return outbox.ended(DeliveryState.SUPERSEDED, error=verdict.error, now=now)
        case Leave():
            return outbox.ended(DeliveryState.UNKNOWN, error=verdict.error, now=now)
