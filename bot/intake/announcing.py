"""What recurring maintenance does by itself: its next window is announced in good time.

Whoever approved the first announcement approved them all. When windows are is for ``domain.recurring`` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.domain.marks import Mark
from bot.domain.model import UpdateState
from bot.domain.recurring import Recurrence
from bot.domain.windows import Window
from bot.intake.apart import apart
from bot.intake.plans import Plans
from bot.intake.publishing import Publisher
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.intake.voice import Voice
from bot.store import incidents as rows
from bot.store import recurrences
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.recurrences import Series
from bot.store.schema import updates

PUT_OFF = timedelta(minutes=5)
"""How soon an announcement that did not work is tried again."""


class Announcing:
    """Announces the windows that are near enough, as whoever planned the first one would."""

    def __init__(self, publisher: Publisher, teller: Teller) -> None:
        self._publisher, self._teller = publisher, teller
        self._settings = publisher.settings

    async def next(self, connection: Connection) -> datetime | None:
        """When there is next something to do, None when never."""
        return await recurrences.next_due(connection)

    async def carry_out(self, transaction: Transaction) -> None:
        """Everything that is due now; one that cannot be announced does not hold up the others."""
        for series in await recurrences.due(transaction.connection, now=transaction.now):
            if not await apart(transaction, f"recurrence {series.id}", partial(self._go_on, series=series)):
                await recurrences.save(transaction.connection, series.id, plan_at=transaction.now + PUT_OFF)

    async def _go_on(self, transaction: Transaction, *, series: Series) -> None:
        [first] = await rows.load_updates(transaction.connection, updates.c.id == series.update_id)
        plan_at = await self._plan_at(transaction, series, first)
        if plan_at is None or plan_at > transaction.now:
            await recurrences.save(transaction.connection, series.id, plan_at=plan_at)
            return
        recurrence = Recurrence(first=series.first, every=series.every, zone=ZoneInfo(self._settings.timezone))
        window = recurrence.after(max(transaction.now, series.next_starts - timedelta(microseconds=1)))
        await self._announce(transaction, series, first, window)
        starts = recurrence.after(window.starts).starts
        plan_at = starts - self._settings.maintenance.announce
        await recurrences.save(transaction.connection, series.id, next_starts=starts, plan_at=plan_at)

    async def _plan_at(self, transaction: Transaction, series: Series, first: UpdateRow) -> datetime | None:
        """When to announce, now or later; None for never: the first window was not approved, its announcement was
        withdrawn, or nothing is left.
        """
        if not self._known(series):
            return None
        match first.state:
            case UpdateState.PUBLISHED:
                return None if await _withdrawn(transaction.connection, first) else transaction.now
            case UpdateState.DRAFT if series.first.starts > transaction.now:
                return series.first.starts  # somebody may still say yes
            case _:
                return None

    async def _announce(self, transaction: Transaction, series: Series, first: UpdateRow, window: Window) -> None:
        """Say of this window what customers read about the first one: that is what was agreed to."""
        plans = Plans(Voice(transaction, self._publisher, self._teller))
        change = await plans.announce(
            components=self._known(series),
            window=window,
            impact=first.impact,
            texts=first.texts,
            by=series.made_by,
            draft=False,
            agreed=True,
        )
        because = f"it comes again, as {series.made_by} planned it"
        transaction.effects.deliveries += await self._teller.tell(
            transaction.connection,
            lambda language: self._teller.cards.published(change, because, language),
            now=transaction.now,
        )

    def _known(self, series: Series) -> Sequence[str]:
        """Those of its components that the configuration still has."""
        return [each for each in series.components if each in self._settings.components]


async def _withdrawn(connection: Connection, update: UpdateRow) -> bool:
    notices = (await rows.load_notices(connection, [update.id]))[update.id]
    return any(notice.mark is Mark.RETRACTED for _, notice in notices.values())
