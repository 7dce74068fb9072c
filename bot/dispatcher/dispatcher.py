"""The loop that carries deliveries out: claim what may go, wait for its turn, send, write down what came of it."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from bot.channels.base import Channel
from bot.clock import Clock
from bot.dispatcher.flights import Flights
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import NotNow, Turns
from bot.dispatcher.verdict import GiveBack, Leave, Verdict, judge
from bot.domain.delivery import Delivery, Priority, Receipt
from bot.domain.retry import GIVE_UP_AFTER
from bot.errors import DeliveryError, Permanent, Reason, StoreBusy, Uncertain
from bot.store import claims, outbox
from bot.store.engine import Store

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
"""Longer than any one try: a turn is waited for some seconds at most, a call answers or fails within half a minute."""
LONGEST_TRY = LEASE * 2 / 3
REAP_EVERY = timedelta(seconds=5)
SAFETY_NET = 5.0
"""Seconds after which the outbox is looked at even if nobody said that there is something."""
SOON = 0.1
"""Seconds within which a broadcast that goes on is followed up: not at every single call."""
REMEMBERED = timedelta(seconds=62)
"""Calls of a process before this one that may still count: those of a minute, and some for two clocks."""
BROADCASTS_REMEMBERED = timedelta(seconds=3)

Resend = Callable[[Delivery], bool]


class Dispatcher:
    """Carries out the deliveries of the given channels until told to stop.

    held: the channels this node carries out from the start, None for all; ``hold`` and ``release`` change it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        channels: Mapping[str, Channel],
        turns: Mapping[str, Turns],
        settler: Settler,
        resend: Resend,
        held: Collection[str] | None = None,
    ) -> None:
        self._store, self._clock = store, clock
        self._channels, self._turns = dict(channels), dict(turns)
        self._settler, self._resend = settler, resend
        self._held = set(channels if held is None else held)
        self._ready: set[str] = set()
        self._wake = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._stopping, self._grace = False, timedelta()
        self._reap_next = clock()
        self._flights = Flights(turns)

    def wake(self) -> None:
        """There is, or may be, something new to carry out."""
        self._wake.set()

    @property
    def channels(self) -> Collection[str]:
        """Those it could carry out, whoever does."""
        return tuple(self._channels)

    def hold(self, channel: str) -> None:
        """From now on this node, and no other one, carries the channel's deliveries out."""
        self._held.add(channel)
        self.wake()

    def release(self, channel: str) -> None:
        """Another node may carry them out: what waits for its turn is given back."""
        self._held.discard(channel)
        self._ready.discard(channel)
        self._turns[channel].close()

    async def run(self) -> None:
        """Work until ``stop``. Leases that a dead process left behind are taken back first."""
        await self._reap(orphans=not self._store.shared)  # then nobody else is alive
        async with asyncio.TaskGroup() as tasks:
            turns = [tasks.create_task(each.run()) for each in self._turns.values()]
            while not self._stopping:
                self._wake.clear()
                wait = await self._round(tasks)
                await self._sleep(wait)
            if self._flights.tasks:
                await asyncio.wait(self._flights.tasks, timeout=self._grace.total_seconds())
            for task in (*turns, *self._flights.tasks):
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
            await self._prepare()
            for delivery in await self._claim():
                flight = tasks.create_task(self._carry(delivery))
                self._flights.began(flight, delivery)
                flight.add_done_callback(self._landed)
            await asyncio.sleep(0)  # let them leave first
            return await self._until_due()
        except (StoreBusy, IntegrityError) as error:
            log.warning("outbox not reached, trying again", error=str(error))
            return 1.0

    def _landed(self, flight: asyncio.Task[None]) -> None:
        """There is room again, and the next of its lane may go."""
        if self._flights.landed(flight).priority is Priority.SUBSCRIBER:
            self._wake_soon()
        else:
            self._wake.set()

    def _wake_soon(self) -> None:
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(SOON, self._wake_now)

    def _wake_now(self) -> None:
        self._soon = None
        self._wake.set()

    async def _reap_sometimes(self) -> None:
        now = self._clock()
        if now >= self._reap_next:
            self._reap_next = now + REAP_EVERY
            await self._store.stay_alive()
            await self._reap()

    async def _reap(self, *, orphans: bool = False) -> None:
        async with self._store.write() as connection:
            taken_back = await outbox.reap(connection, now=self._clock(), orphans=orphans, in_hand=self._flights.ids)
        if taken_back:
            log.warning("took back leases of a dead or lost worker", deliveries=taken_back)

    async def _prepare(self) -> None:
        """Before the first call to a channel: know those that another process has made just now."""
        for channel in self._held - self._ready:
            await self._reap()
            now = self._clock()
            async with self._store.read() as connection:
                calls = await outbox.calls_since(
                    connection,
                    channel=channel,
                    since=now - REMEMBERED,
                    broadcasts_since=now - BROADCASTS_REMEMBERED,
                )
            if channel not in self._held:
                continue  # lost meanwhile
            for address, priority, answered in calls:
                ago = (now - (answered or now)).total_seconds()
                self._turns[channel].remember(address, priority, ago=max(0.0, ago))
            self._ready.add(channel)
            if not self._stopping:
                self._turns[channel].open()

    async def _claim(self) -> list[Delivery]:
        lots = self._flights.lots(sorted(self._ready))
        if not lots or self._stopping:
            return []
        now = self._clock()
        async with self._store.write() as connection:
            return [
                delivery
                for lot in lots
                for delivery in await claims.claim(
                    connection,
                    lease=secrets.token_hex(8),
                    until=now + LEASE,
                    now=now,
                    limit=lot.limit,
                    channels=lot.channels,
                    node=self._store.node,
                    priorities=lot.priorities,
                )
            ]

    async def _until_due(self) -> float:
        if not self._ready:
            return SAFETY_NET
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
            turns.answered(delivery.address, clearly=False)  # of a look, whose calls each end before the next
            await turns.take(delivery)
            self._flights.left(asyncio.current_task())
            if delivery.priority is Priority.SUBSCRIBER:
                self._wake_soon()

        age = self._clock() - delivery.owed_at
        if age >= GIVE_UP_AFTER and not delivery.uncertain:
            raise Permanent(f"not sent within {age.total_seconds() / 3600:.0f} h", reason=Reason.EXHAUSTED)
        found = await self._look(channel, delivery, turn) if delivery.uncertain else None
        if found is not None:
            return found
        await turn()
        clearly = False
        try:
            receipt = await channel.send(delivery)
            clearly = True
            return receipt
        finally:
            turns.answered(delivery.address, clearly=clearly)

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
