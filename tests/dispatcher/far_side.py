"""A channel whose far side the test plays: it keeps what was published and answers as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.channels.base import Channel
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.dispatcher.verdict import Verdict
from bot.domain.delivery import Action, Delivery, Receipt
from bot.domain.pacing import Pacer
from bot.domain.rates import Limits, Window
from bot.errors import Uncertain
from bot.intake.telling import Teller
from bot.metrics import Metrics
from tests.worlds import World

NO_LIMITS = Limits(overall=Window(count=10**6, seconds=1), chat=Window(count=10**6, seconds=1),
                   group=Window(count=10**6, seconds=1))  # fmt: skip


@dataclass
class FarSide:
    """answers: errors to raise, one a call, in order (``Lost``: accept first); after them everything is accepted.

    can_tell: whether it can be found out what was published; held: calls wait for it; asked: set by the first call.
    """

    name: str = "telegram"
    answers: list[Exception | None] = field(default_factory=list)
    published: list[tuple[str, Action, int]] = field(default_factory=list)
    can_tell: bool = True
    held: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery) -> Receipt:
        self.asked.set()
        if self.held is not None:
            await self.held.wait()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None and not isinstance(answer, Lost):
            raise answer
        self.published.append((delivery.address, delivery.action, delivery.id))
        if answer is not None:
            raise Uncertain("no answer came")
        return Receipt(id=str(len(self.published)))

    async def find(
        self, delivery: Delivery, *, known: Sequence[str], turn: Callable[[], Awaitable[None]]
    ) -> Receipt | None:
        await turn()
        if not self.can_tell:
            raise Uncertain("there is no way to tell")
        numbers = [number for number, (_, _, id) in enumerate(self.published, start=1) if id == delivery.id]
        return Receipt(id=str(numbers[0])) if numbers else None

    def posts(self, address: str) -> int:
        return sum(action is Action.POST and to == address for to, action, _ in self.published)


class Lost(Exception):
    """The call is carried out and its answer lost."""


class ObservedSettler(Settler):
    """Lets a test wait for verdicts that have been written down."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.verdicts: list[tuple[Delivery, Verdict]] = []
        self._changed = asyncio.Condition()

    async def settle(self, delivery: Delivery, verdict: Verdict, turns: Turns) -> None:
        await super().settle(delivery, verdict, turns)
        async with self._changed:
            self.verdicts.append((delivery, verdict))
            self._changed.notify_all()

    async def seen(self, count: int) -> list[str]:
        """The kinds of verdict once there are this many, in lower case."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.verdicts) >= count)
        return [type(verdict).__name__.lower() for _, verdict in self.verdicts]


@dataclass
class Running:
    """A dispatcher at work."""

    dispatcher: Dispatcher
    settler: ObservedSettler
    metrics: Metrics
    turns: Turns


@asynccontextmanager
async def dispatching(
    here: World,
    far: Channel,
    *,
    resend: bool = True,
    limits: Limits = NO_LIMITS,
    teller: Teller | None = None,
    held: Collection[str] | None = None,
) -> AsyncIterator[Running]:
    """A dispatcher that carries out what the world owes, until the context is left."""
    metrics = Metrics()
    settler = ObservedSettler(here.store, here.clock, teller or here.teller, metrics)
    turns = Turns(Pacer(limits), asyncio.get_running_loop().time)
    dispatcher = Dispatcher(
        here.store,
        here.clock,
        channels={"telegram": far},
        turns={"telegram": turns},
        settler=settler,
        resend=lambda delivery: resend or delivery.notice is None,
        held=held,
    )
    task = asyncio.create_task(dispatcher.run())
    try:
        yield Running(dispatcher, settler, metrics, turns)
    finally:
        dispatcher.stop(here.grace)
        await task
