"""Takes what is owed to subscribers into the outbox, part by part: 100,000 deliveries are no one transaction.

A broadcast is one row, committed with its update. Behind its cursor this makes the deliveries, in transactions of their
own; several nodes may do so at once, each part is made by one of them. Nothing is sent here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.domain.following import BroadcastState, Progress
from bot.domain.model import Impact, Incident
from bot.errors import StoreBusy
from bot.intake.awakening import Awakening, Digest
from bot.intake.transaction import Effects, Transaction
from bot.intake.unfolding import Unfolding
from bot.store import broadcasts
from bot.store.broadcasts import Broadcast
from bot.store.connection import Connection
from bot.store.engine import Store
from bot.store.incidents import UpdateRow

MOST = 1_000
LEAST = 100
"""Chats looked at in one part; how many it is follows from how long the last one took."""
ELSEWHERE = 5_000
"""The same where another process does the work, and we only wait."""
LONGEST_PART = 0.015
"""Seconds for which a part may hold the loop, about."""
LOOK_EVERY = 5.0
"""Seconds after which we look whether there is something, though nobody said so."""
FORGOTTEN_AT_ONCE = 500
KEEP = timedelta(days=90)
"""How long it is kept whom a broadcast reached, from when its incident was over. So long its posts can be corrected."""
PROGRESS_EVERY = timedelta(seconds=10)
"""How often operators are shown how far it is."""

Show = Callable[[Transaction, Progress], Awaitable[None]]

log = structlog.get_logger(__name__)


async def begin(transaction: Transaction, incident: Incident, update: UpdateRow) -> None:
    """Owe a published update to all subscribers; what earlier ones of the incident still owe goes out no more."""
    begun = await broadcasts.begin(
        transaction.connection, incident_id=incident.id, update_id=update.id, now=transaction.now
    )
    transaction.effects.broadcasts += begun


async def begin_amending(transaction: Transaction, incident_id: int, update_id: int, notices: Collection[int]) -> None:
    """Owe the words these notices of an update have by now to the subscribers' posts that carry them."""
    begun = await broadcasts.begin_amending(
        transaction.connection,
        incident_id=incident_id,
        update_id=update_id,
        notices=sorted(notices),
        now=transaction.now,
    )
    transaction.effects.broadcasts += begun


class Broadcaster:
    """Carries broadcasts on until cancelled; may be cancelled anywhere.

    zone: whose clock quiet hours are on; silent: impacts whose notices arrive without a sound;
    digest: what those read who wake; owed: called when there are new deliveries;
    show: shows operators how far a broadcast is; wake: set when one has begun.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        zone: ZoneInfo,
        silent: Collection[Impact],
        digest: Digest,
        owed: Callable[[], None],
        show: Show,
        wake: asyncio.Event,
    ) -> None:
        self._store, self._clock, self._owed, self._show = store, clock, owed, show
        self._unfolding, self._awakening = Unfolding(zone, frozenset(silent)), Awakening(digest)
        self._wake = wake
        self._most = ELSEWHERE if store.shared else LEAST

    async def run(self) -> None:
        """Work for ever."""
        while True:
            self._wake.clear()
            try:
                await self.work()
            except StoreBusy as error:
                log.warning("broadcasts wait for the database", error=str(error))
            try:
                async with asyncio.timeout(LOOK_EVERY):  # wait_for may swallow a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def work(self) -> None:
        """All that can be done now. Raises StoreBusy."""
        async with self._store.read() as connection:
            unfinished = await broadcasts.unfinished(connection)
        for broadcast_id in unfinished:
            try:
                await self._advance(broadcast_id)
            except StoreBusy:
                raise
            except Exception:  # a defect with one broadcast must stop neither the others nor the service
                log.exception("defect with a broadcast", broadcast=broadcast_id)
        while await self._awaken():
            self._owed()
        forgetting = True
        while forgetting:
            forgetting = await self._forget()

    async def _forget(self) -> bool:
        """Delete some of what is long over; whether there was anything."""
        async with self._store.read() as connection:
            over = await broadcasts.oldest_over(connection, before=self._clock() - KEEP)
        if over is None:
            return False
        async with self._store.write() as connection:
            await broadcasts.forget(connection, over, most=FORGOTTEN_AT_ONCE)
        await asyncio.sleep(0)
        return True

    async def _advance(self, broadcast_id: int) -> None:
        while await self._part(broadcast_id):
            self._owed()
            await asyncio.sleep(0)  # to let others in, also when nothing had to be waited for
        self._owed()
        await self._look(broadcast_id)

    async def _awaken(self) -> int:
        """Tell some of those who have woken; how many there were."""
        now = self._clock()
        async with self._store.read() as connection:
            if not await self._awakening.due(connection, now=now):
                return 0
        async with self._store.write() as connection:
            return await self._awakening.carry_out(connection, now=now)

    async def _part(self, broadcast_id: int) -> bool:
        """One transaction's worth; whether there is more to do at once."""
        async with self._store.write() as connection:
            broadcast = await broadcasts.take_up(connection, broadcast_id)
            if broadcast is None:
                return False
            began = asyncio.get_running_loop().time()
            more = await self._carry_on(connection, broadcast)
            self._pace(asyncio.get_running_loop().time() - began)
        return more

    def _pace(self, seconds: float) -> None:
        """Twice as many at once while that is quick, half as many when it was slow: SQLite works in place."""
        if self._store.shared:
            return
        if seconds > LONGEST_PART:
            self._most = max(LEAST, self._most // 2)
        elif seconds < LONGEST_PART / 3:
            self._most = min(MOST, self._most * 2)

    async def _carry_on(self, connection: Connection, broadcast: Broadcast) -> bool:
        now = self._clock()
        match broadcast.state:
            case BroadcastState.SUPERSEDED:
                return await self._unfolding.take_back(connection, broadcast, most=self._most, now=now)
            case BroadcastState.SPREADING if broadcast.amends is not None:
                return await self._unfolding.amend(connection, broadcast, most=self._most, now=now)
            case BroadcastState.SPREADING:
                return await self._unfolding.spread(connection, broadcast, most=self._most, now=now)
            case _:
                return await self._unfolding.hush(connection, broadcast, most=self._most, now=now)

    async def _look(self, broadcast_id: int) -> None:
        """See how far it is: end it when nothing is left to go, and show operators now and then."""
        now = self._clock()
        async with self._store.write() as connection:
            broadcast = await broadcasts.take_up(connection, broadcast_id)
            if broadcast is None or broadcast.state is BroadcastState.SPREADING:
                return
            progress = await broadcasts.progress(connection, broadcast, now=now)
            if progress.owed == 0:
                progress = await self._unfolding.end(connection, broadcast, progress)
            elif not _worth_showing(progress) or not await broadcasts.may_show(
                connection, broadcast_id, sent=progress.sent, now=now, every=PROGRESS_EVERY
            ):
                return
            if progress.owed or progress.shown_at is not None:
                await self._show(Transaction(connection=connection, now=now, effects=Effects()), progress)
        self._owed()


def _worth_showing(progress: Progress) -> bool:
    """What is over at once needs no card."""
    return progress.shown_at is not None or progress.at - progress.began_at >= PROGRESS_EVERY
