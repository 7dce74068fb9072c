"""Group commit: work that arrives together is done in one transaction, and each caller waits for that commit.

A lone caller waits for nobody. Work that fails spoils nothing but itself: the batch is then done again one by one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.clock import Clock
from bot.domain.decisions import Decision
from bot.domain.model import Signal
from bot.errors import CommandError, StoreBusy
from bot.intake.transaction import Effects, Transaction
from bot.store import problems
from bot.store.engine import Store
from bot.store.nodes import speak

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]
Report = Callable[[Transaction, Sequence[Signal]], Awaitable[list[Decision]]]

MOST_WAITING = 20_000
"""Signals and commands that may wait for their commit; beyond that senders are asked to come back."""
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """signals, or some other work; done gets what came of it."""

    signals: Sequence[Signal]
    work: Work[Any] | None
    done: asyncio.Future[Any]

    @property
    def weight(self) -> int:
        return max(1, len(self.signals))


class Writer:
    """Takes work from many tasks and carries it out in order of arrival. Runs while ``run`` does."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        report: Report,
        committed: Callable[[Effects], None],
        finish: Work[None] | None = None,
    ) -> None:
        """finish: done at the end of each transaction, once all work of it is; committed: is told afterwards."""
        self._store, self._clock = store, clock
        self._report, self._finish, self._committed = report, finish, committed
        self._asked: deque[_Ask] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._closed = False

    async def report(self, signals: Sequence[Signal]) -> list[Decision]:
        """Apply signals; returns what was decided on each once that is durable. Raises StoreBusy."""
        return list(await self._ask(signals, None))

    async def do(self, work: Work[T]) -> T:
        """Do work in a transaction; returns its result once that is durable. Raises StoreBusy and what the work raises,
        after which nothing of it remains.
        """
        result: T = await self._ask((), work)
        return result

    async def _ask(self, signals: Sequence[Signal], work: Work[Any] | None) -> Any:
        if self._closed or self._waiting >= MOST_WAITING:
            raise StoreBusy("stopping" if self._closed else f"{self._waiting} signals wait for the database already")
        ask = _Ask(signals=signals, work=work, done=asyncio.get_running_loop().create_future())
        self._asked.append(ask)
        self._waiting += ask.weight
        self._wake.set()
        return await ask.done

    async def run(self) -> None:
        """Work until ``close``; what was taken by then is still done."""
        while not (self._closed and not self._asked):
            await self._wake.wait()
            while batch := self._next_batch():
                await self._carry_out(batch)
            if not self._closed:
                self._wake.clear()

    def close(self) -> None:
        """Take nothing more; ``run`` returns when what waits is done."""
        self._closed = True
        self._wake.set()

    def _next_batch(self) -> list[_Ask]:
        batch: list[_Ask] = []
        weight = 0
        while self._asked and weight < MOST_AT_ONCE:
            batch.append(self._asked.popleft())
            weight += batch[-1].weight
        self._waiting -= weight
        return batch

    async def _carry_out(self, batch: list[_Ask]) -> None:
        try:
            results = await self._transact(batch)
        except (
            Exception
        ) as error:  # whatever it was, every caller learns of it; one bad piece of work must not sink the rest
            await self._one_by_one(batch, error)
            return
        for ask, result in zip(batch, results, strict=True):
            _answer(ask, result)

    async def _one_by_one(self, batch: list[_Ask], error: Exception) -> None:
        if len(batch) == 1 or isinstance(error, StoreBusy):
            for ask in batch:
                _answer(ask, error)
            return
        for ask in batch:
            await self._carry_out([ask])

    async def _transact(self, batch: list[_Ask]) -> list[Any]:
        effects = Effects()
        async with self._store.write(alone=True) as connection:
            transaction = Transaction(connection=connection, now=self._clock(), effects=effects)
            results: list[Any] = []
            for together in _segments(batch):
                results += await self._apply(transaction, together)
            if self._finish is not None:
                await self._finish(transaction)
            for why in effects.awake:  # last, for what waits may have been written down only now
                effects.due |= await problems.wake(connection, why, now=transaction.now) > 0
            if effects.tidings:
                await speak(connection, self._store.node, effects.tidings)
        self._committed(effects)
        return results

    async def _apply(self, transaction: Transaction, together: list[_Ask]) -> list[Any]:
        work = together[0].work
        if work is not None:
            return [await _attempt(transaction, work)]
        decisions = await self._report(transaction, [signal for ask in together for signal in ask.signals])
        results, start = [], 0
        for ask in together:
            results.append(decisions[start : start + len(ask.signals)])
            start += len(ask.signals)
        return results


async def _attempt(transaction: Transaction, work: Work[Any]) -> Any:
    """A command that cannot be carried out is undone alone, and its error is its result."""
    try:
        async with transaction.connection.begin_nested():
            return await work(transaction)
    except CommandError as error:
        return error


def _segments(batch: list[_Ask]) -> list[list[_Ask]]:
    """Neighbouring reports together, every other work by itself, in order."""
    segments: list[list[_Ask]] = []
    for ask in batch:
        if ask.work is None and segments and segments[-1][0].work is None:
            segments[-1].append(ask)
        else:
            segments.append([ask])
    return segments


def _answer(ask: _Ask, result: Any) -> None:
    if ask.done.done():  # the caller went away; its work is done all the same
        return
    if isinstance(result, Exception):
        ask.done.set_exception(result)
    else:
        ask.done.set_result(result)
