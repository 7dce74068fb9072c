"""The loop that carries deliveries out: claim what may go, wait for its turn, send, write down what came of it."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from bot.channels.base import Channel
from bot.clock import Clock
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import NotNow, Turns
from bot.dispatcher.verdict import GiveBack, Leave, Verdict, judge
from bot.domain.delivery import Delivery, Receipt
from bot.domain.retry import GIVE_UP_AFTER
from bot.errors import DeliveryError, Permanent, Reason, StoreBusy, Uncertain
from bot.store import claims, outbox
from bot.store.engine import Store

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
"""Longer than any one try: a turn is waited for some seconds at most, a call answers or fails within half a minute."""
LONGEST_TRY = LEASE * 2 / 3
REAP_EVERY = timedelta(seconds=5)
AT_ONCE = 64
SAFETY_NET = 5.0
"""Seconds after which the outbox is looked at even if nobody said that there is something."""

Resend = Callable[[Delivery], bool]


class Dispatcher:
    """Carries out the deliveries of the given channels until told to stop."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        channels: Mapping[str, Channel],
        turns: Mapping[str, Turns],
        settler: Settler,
        resend: Resend,
    ) -> None:
        self._store, self._clock = store, clock
        self._channels, self._turns = dict(channels), dict(turns)
        self._settler, self._resend = settler, resend
        self._wake = asyncio.Event()
        self._stopping, self._grace = False, timedelta()
        self._reap_next = clock()
        self._in_flight: dict[asyncio.Task[None], int] = {}

    def wake(self) -> None:
        """There is, or may be, something new to carry out."""
        self._wake.set()

    async def run(self) -> None:
        """Work until ``stop``. Leases that a dead process left behind are taken back first."""
        await self._reap(orphans=not self._store.shared)  # then nobody else is alive
        async with asyncio.TaskGroup() as tasks:
            turns = [tasks.create_task(each.run()) for each in self._turns.values()]
            while not self._stopping:
                self._wake.clear()
                wait = await self._round(tasks)
                await self._sleep(wait)
            if self._in_flight:
                await asyncio.wait(set(self._in_flight), timeout=self._grace.total_seconds())
            for task in (*turns, *self._in_flight):
                task.cancel()

    def stop(self, grace: timedelta) -> None:
        """Claim nothing more, give back what waits for its turn, let what is in flight finish for so long.

        ``run`` ends then. What is still in flight stays leased: whoever takes the lease back finds out whether it was
        published.
        """
        self._stopping, self._grace = True, grace
        for turns in self._turns.values():
            turns.close()
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        if self._stopping:
            return
        try:
            async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation
                await self._wake.wait()
        except TimeoutError:
            return

    async def _round(self, tasks: asyncio.TaskGroup) -> float:
        """Start what may start; returns how many seconds until there may be more."""
        try:
            await self._reap_sometimes()
            limit = AT_ONCE - len(self._in_flight)
            claimed = await self._claim(limit)
            for delivery in claimed:
                flight = tasks.create_task(self._carry(delivery))
                self._in_flight[flight] = delivery.id
                flight.add_done_callback(self._landed)
            if len(claimed) == limit:
                return SAFETY_NET  # whatever lands makes room, and wakes us
            await asyncio.sleep(0)  # let them leave first
            return await self._until_due()
        except (StoreBusy, IntegrityError) as error:
            log.warning("outbox not reached, trying again", error=str(error))
            return 1.0

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._in_flight.pop(flight, None)
        self._wake.set()

    async def _reap_sometimes(self) -> None:
        now = self._clock()
        if now >= self._reap_next:
            self._reap_next = now + REAP_EVERY
            await self._store.stay_alive()
            await self._reap()

    async def _reap(self, *, orphans: bool = False) -> None:
        async with self._store.write() as connection:
            taken_back = await outbox.reap(
                connection, now=self._clock(), orphans=orphans, in_hand=list(self._in_flight.values())
            )
        if taken_back:
            log.warning("took back leases of a dead or lost worker", deliveries=taken_back)

    async def _claim(self, limit: int) -> list[Delivery]:
        if limit <= 0 or not self._channels:
            return []
        now = self._clock()
        async with self._store.write() as connection:
            return await claims.claim(
                connection,
                lease=secrets.token_hex(8),
                until=now + LEASE,
                now=now,
                limit=limit,
                channels=list(self._channels),
                node=self._store.node,
            )

    async def _until_due(self) -> float:
        now = self._clock()
        async with self._store.read() as connection:
            due = await outbox.next_due(connection, after=now)
        return SAFETY_NET if due is None else min(SAFETY_NET, (due - now).total_seconds())

    async def _carry(self, delivery: Delivery) -> None:
        turns = self._turns[delivery.channel]
        try:
            verdict = await self._try(delivery, turns)
        except NotNow as later:
            verdict = GiveBack(due_at=self._clock() + timedelta(seconds=later.seconds))
        except StoreBusy:
            verdict = GiveBack(due_at=self._clock() + timedelta(seconds=1))
        await self._settler.settle(delivery, verdict, turns)

    async def _try(self, delivery: Delivery, turns: Turns) -> Verdict:
        try:
            async with asyncio.timeout(LONGEST_TRY.total_seconds()):
                outcome: Receipt | DeliveryError = await self._look_or_send(delivery, turns)
        except (NotNow, StoreBusy):
            raise
        except DeliveryError as error:
            outcome = error
        except TimeoutError:
            outcome = Uncertain(f"no end after {LONGEST_TRY.total_seconds():.0f} s")
        except Unsettled as error:
            return Leave(error=str(error))
        except Exception as error:  # a defect in one channel must not stop the others; the delivery is kept
            log.exception("defect in a channel", delivery=delivery.id, channel=delivery.channel)
            outcome = Uncertain(f"defect: {type(error).__name__}")
        return judge(delivery, outcome, now=self._clock(), chance=random.random())

    async def _look_or_send(self, delivery: Delivery, turns: Turns) -> Receipt:
        channel = self._channels[delivery.channel]

        async def turn() -> None:
            await turns.take(delivery.address, delivery.priority)

        age = self._clock() - delivery.owed_at
        if age >= GIVE_UP_AFTER and not delivery.uncertain:
            raise Permanent(f"not sent within {age.total_seconds() / 3600:.0f} h", reason=Reason.EXHAUSTED)
        found = await self._look(channel, delivery, turn) if delivery.uncertain else None
        if found is not None:
            return found
        await turn()
        try:
            return await channel.send(delivery)
        finally:
            turns.answered(delivery.address)

    async def _look(self, channel: Channel, delivery: Delivery, turn: Callable[[], Awaitable[None]]) -> Receipt | None:
        """The receipt of an earlier try that was published, None when it may be sent. Raises Unsettled."""
        async with self._store.read() as connection:
            known = await outbox.known_receipts(connection, delivery)
        try:
            return await channel.find(delivery, known=known, turn=turn)
        except Uncertain as error:
            if self._resend(delivery):
                return None
            raise Unsettled(str(error)) from error


class Unsettled(Exception):
    """Nobody can tell whether it was published, and policy says not to risk it twice."""
