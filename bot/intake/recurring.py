"""The part of a desk that keeps maintenance that comes again and again. Announcing it is ``announcing``'s matter."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.domain.changes import Change
from bot.domain.recurring import Again, Every, Recurrence
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.intake.transaction import Transaction
from bot.store import recurrences
from bot.store.recurrences import Series


class Recurring:
    """``desk.recurring``."""

    def __init__(self, transaction: Transaction, settings: Settings) -> None:
        self._transaction, self._settings = transaction, settings

    async def begin(self, every: Every, window: Window, first: Change, *, by: str) -> Again:
        """Let it come again. window: the first one; first: what has announced or drafted that."""
        recurrence = Recurrence(first=window, every=every, zone=ZoneInfo(self._settings.timezone))
        following = recurrence.after(window.starts)
        await recurrences.insert(
            self._transaction.connection,
            components=list(first.incident.components),
            every=every.value,
            starts=window.starts,
            minutes=round(window.length.total_seconds() / 60),
            next_starts=following.starts,
            plan_at=following.starts - self._settings.maintenance.announce,
            update_id=first.update_id,
            made_by=by,
            made_at=self._transaction.now,
        )
        self._transaction.effects.due = True
        return Again(every=every, following=following)

    async def standing(self) -> Sequence[Series]:
        """What comes again, the next to begin first."""
        return await recurrences.standing(self._transaction.connection)

    async def end(self, series_id: int) -> Series:
        """Let it come no more; what is announced already stays. Raises CommandError when it does not come any more."""
        found = next((each for each in await self.standing() if each.id == series_id), None)
        if found is None:
            raise CommandError("It does not come again any more.")
        await recurrences.save(self._transaction.connection, series_id, plan_at=None)
        return found
