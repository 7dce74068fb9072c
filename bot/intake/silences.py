"""The part of a desk that keeps automation quiet about components for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.changes import Silence
from bot.domain.decisions import Waits
from bot.intake.transaction import Transaction
from bot.store import quiet


class Silences:
    """``desk.silences``. After every change of them, what automation keeps to itself is judged again."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def silence(self, components: Sequence[str], *, length: timedelta, by: str) -> datetime:
        """Have automation begin nothing about the components; returns until when. by: the operator's name."""
        now = self._transaction.now
        for component in components:
            await quiet.silence(self._transaction.connection, component, until=now + length, by=by, now=now)
        self._judge_again()
        return now + length

    async def lift(self, components: Sequence[str]) -> Sequence[str]:
        """End the silence of the components; returns those that were silenced."""
        connection, now = self._transaction.connection, self._transaction.now
        lifted = [name for name in components if await quiet.lift(connection, name, now=now)]
        self._judge_again()
        return lifted

    async def standing(self) -> Sequence[Silence]:
        """What operators have silenced, the first to end first."""
        return await quiet.silences_now(self._transaction.connection, now=self._transaction.now)

    def _judge_again(self) -> None:
        self._transaction.effects.awake.add(Waits.SILENCED)
