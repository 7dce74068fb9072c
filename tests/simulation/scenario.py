"""A busy time, lived through in virtual time: a broadcast, twelve channels and operators, at Telegram's own limits.

Real are the store, the dispatcher with its turns and its pacer, the channel, python-telegram-bot, and the strict fake
with its limits; the network between them is a delay. What computing costs is not seen: that is the benchmarks' work.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.telegram.channel import TelegramChannel
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.domain.delivery import Action, Destination, Priority
from bot.domain.pacing import Pacer
from bot.intake.desk import IntakeDesk
from bot.metrics import Metrics
from bot.store import outbox
from bot.store.engine import open_store
from tests.fakes.telegram import FakeTelegram, Limits
from tests.fakes.telegram.limits import COUNTED
from tests.fakes.telegram.stage import Call
from tests.simulation.line import TOKEN, bot_at
from tests.simulation.virtual import VirtualLoop
from tests.worlds import StillClock, World, signal, world

OPERATORS = (1001, 1002)
PRESSING = 1003
"""An operator who presses buttons faster than Telegram lets a card be edited."""
FIRST_SUBSCRIBER = 1_000_000
LONGEST = 4 * 3600.0
"""Seconds, of virtual time."""
PART = 2_000
"""Rows of a broadcast that are made in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """subscribers: each gets one notice, enough of them for some seconds; channels: each a post and an edit every
    ``news_every`` seconds; delay: seconds that one way takes at least; jitter: at most so much more, uniformly;
    paid: the broadcast is.
    """

    subscribers: int
    channels: int = 12
    news_every: float = 45.0
    delay: float = 0.02
    jitter: float = 0.01
    paid: bool = False
    seed: int = 1


@dataclass(slots=True, kw_only=True)
class Outcome:
    """calls: accepted; refused: with 429; violations: of the limits, by the fake's own count, and whatever else it is
    strict about; seconds: until the last of the broadcast, of virtual time; used: share of the allowed rate until then;
    replies: seconds from the commit until the fake had it, of operators' texts; edits_owed, edits_made: of the card;
    last_words: whether it shows the newest; news: seconds until the last channel had a piece of it;
    to_subscribers: how often each was written to.
    """

    calls: int
    refused: int
    violations: Sequence[str]
    seconds: float
    used: float
    replies: Sequence[float]
    edits_owed: int
    edits_made: int
    last_words: bool
    news: Sequence[float]
    to_subscribers: Sequence[int]


class _LoopClock(StillClock):
    """The loop's own time."""

    def __call__(self) -> datetime:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return loop.now()


@dataclass
class _Stage:
    """Everything up. owed: when each text was owed."""

    here: World
    fake: FakeTelegram
    dispatcher: Dispatcher
    scenario: Scenario
    chance: random.Random
    owed: dict[str, float] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    news: list[tuple[float, int]] = field(default_factory=list)

    async def owe(self, rows: Sequence[dict[str, Any]]) -> None:
        async with self.here.store.write() as connection:
            await outbox.enqueue(connection, rows, now=self.here.clock())
        self.dispatcher.wake()


async def live(folder: Path, scenario: Scenario) -> Outcome:
    """Until the whole broadcast is out."""
    async with _stage(folder, scenario) as at:
        await at.here.report(signal())
        at.dispatcher.wake()
        notices = {row["language"]: row["id"] for row in await at.here.notices()}
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(_news(at, notices))]
            others += [tasks.create_task(_operate(at, operator)) for operator in OPERATORS]
            others += [tasks.create_task(_press(at))]
            await _broadcast(at, notices["en"])
            for each in others:
                each.cancel()
        await asyncio.sleep(5)
        return _outcome(at)


@asynccontextmanager
async def _stage(folder: Path, scenario: Scenario) -> AsyncIterator[_Stage]:
    loop, chance = asyncio.get_running_loop(), random.Random(scenario.seed)
    fake = FakeTelegram(token=TOKEN, limits=Limits(), clock=loop.time)
    chats = [_channel(fake, number) for number in range(scenario.channels)]
    for person in (*OPERATORS, PRESSING, *_subscribers(scenario)):
        fake.add_user(person)
    bot = bot_at(fake, lambda: scenario.delay + chance.random() * scenario.jitter)
    async with (
        open_store(f"sqlite:///{folder}/notices.db") as store,
        world(store, _LoopClock(), destinations=tuple(chats), operators=()) as here,
    ):
        dispatcher = Dispatcher(
            store,
            here.clock,
            channels={"telegram": TelegramChannel(bot, paid=scenario.paid)},
            turns={"telegram": Turns(Pacer(), loop.time, paid=scenario.paid)},
            settler=Settler(store, here.clock, here.teller, Metrics()),
            resend=lambda delivery: True,
        )
        task = asyncio.create_task(dispatcher.run())
        yield _Stage(here=here, fake=fake, dispatcher=dispatcher, scenario=scenario, chance=chance)
        dispatcher.stop(here.grace)
        await task


def _channel(fake: FakeTelegram, number: int) -> Destination:
    name, language = f"@simulated_{number}", "en" if number % 2 else "it"
    fake.add_channel(name)
    return Destination(channel="telegram", address=name, language=language)


def _subscribers(scenario: Scenario) -> range:
    return range(FIRST_SUBSCRIBER, FIRST_SUBSCRIBER + scenario.subscribers)


def _row(address: str, lane: str, priority: Priority, action: Action = Action.POST, **values: Any) -> dict[str, Any]:
    row = {"channel": "telegram", "address": address, "lane": f"telegram:{address}:{lane}", "priority": priority}
    return {**row, "action": action, **values}


async def _broadcast(at: _Stage, notice: int) -> None:
    """Owe it, and wait until it is out."""
    people = _subscribers(at.scenario)
    for first in range(0, len(people), PART):
        await at.owe(
            [
                _row(str(person), "1", Priority.SUBSCRIBER, notice_id=notice, incident_id=1, broadcast_id=1)
                for person in people[first : first + PART]
            ]
        )
    last = FIRST_SUBSCRIBER + at.scenario.subscribers - 1
    await at.fake.wait_for(lambda: at.fake.bot_posts(last), seconds=LONGEST)


async def _news(at: _Stage, notices: dict[str, int]) -> None:
    """Every channel gets a post, and its first one is edited, again and again."""
    while True:
        await asyncio.sleep(at.scenario.news_every)
        at.news.append((asyncio.get_running_loop().time(), len(at.fake.calls)))
        for action in (Action.POST, Action.EDIT):
            await at.owe(
                [
                    _row(
                        f"@simulated_{number}",
                        "1",
                        Priority.CHANNEL,
                        action,
                        notice_id=notices["en" if number % 2 else "it"],
                        incident_id=1,
                    )
                    for number in range(at.scenario.channels)
                ]
            )


async def _operate(at: _Stage, operator: int) -> None:
    """Ask for something every few seconds, and be answered."""
    for number in range(1_000_000):
        await asyncio.sleep(1.2 + 5 * at.chance.random())
        text = f"Answer {number} to {operator}"

        async def work(desk: IntakeDesk, text: str = text) -> None:
            await desk.tell(operator, text)

        at.owed[text] = asyncio.get_running_loop().time()
        await at.here.intake.transact(work)
        at.dispatcher.wake()


async def _press(at: _Stage) -> None:
    """Press a card's buttons three times a second for a while; each press changes it."""
    await at.owe([_row(str(PRESSING), "card", Priority.OPERATOR, text="Card 0")])
    while True:
        await asyncio.sleep(10)
        for _ in range(7):
            await asyncio.sleep(0.3)
            at.edits.append(f"Card {len(at.edits) + 1}")
            await at.owe([_row(str(PRESSING), "card", Priority.OPERATOR, Action.EDIT, text=at.edits[-1])])


def _outcome(at: _Stage) -> Outcome:
    accepted = [call for call in at.fake.calls if call.outcome == "ok"]
    counted = [call for call in accepted if call.method in {"sendMessage", "editMessageText"}]
    to_subscribers = [call for call in counted if (call.chat_id or 0) >= FIRST_SUBSCRIBER]
    began, ended = to_subscribers[0].at, to_subscribers[-1].at
    whole = int(ended - began)  # seconds; the part of one at the end would count a window's beginning, not its end
    let_in = to_subscribers if at.scenario.paid else at.fake.calls
    within = sum(0 <= call.at - began < whole for call in let_in if call.method in COUNTED and not _refused(call))
    allowed = 1000 if at.scenario.paid else 30
    came = {call.params["text"]: call.at for call in reversed(counted) if call.chat_id in OPERATORS}
    cards = [call for call in counted if call.chat_id == PRESSING and call.method == "editMessageText"]
    people = [0] * at.scenario.subscribers
    for call in to_subscribers:
        people[(call.chat_id or 0) - FIRST_SUBSCRIBER] += 1
    return Outcome(
        calls=len(accepted),
        refused=sum(map(_refused, at.fake.calls)),
        violations=at.fake.violations(),
        seconds=ended - began,
        used=within / (allowed * whole),
        replies=[came[text] - owed for text, owed in at.owed.items() if text in came],
        edits_owed=len(at.edits),
        edits_made=len(cards),
        last_words=bool(cards) and cards[-1].params["text"] == at.edits[-1],
        news=[_spread(at, owed, calls) for owed, calls in at.news],
        to_subscribers=people,
    )


def _refused(call: Call) -> bool:
    return call.outcome.startswith("Too Many Requests")


def _spread(at: _Stage, owed: float, calls: int) -> float:
    """Seconds until the last channel had a piece of news."""
    posts = [call.at for call in at.fake.calls[calls:] if call.method == "sendMessage" and (call.chat_id or 0) < 0]
    return max(posts[: at.scenario.channels], default=owed) - owed
