"""``python -m benchmarks.sending``: a process that posts, in one of two ways, and says what it took. Reads one order.

"service": what a broadcast owes, out of the database, by the dispatcher at its pace, through the channel and
python-telegram-bot. "bare": the same requests by aiohttp at the same pace, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import aiohttp
import structlog
import uvloop
from pydantic import SecretStr

from bot import clock
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.request import open_bot
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.domain.delivery import Action, DeliveryState, Priority
from bot.domain.pacing import Pacer
from bot.domain.rates import TELEGRAM, Limits, Window
from bot.intake.telling import Teller
from bot.languages.tongue import Tongues
from bot.metrics import Metrics
from bot.operators.told import Told
from bot.resources import OPERATORS
from bot.store import outbox
from bot.store.engine import Store, open_store
from tests.worlds import StillClock, signal, world

TOKEN = "314159265:AAbenchmark-token_of_forty_characters"
CONNECTIONS = 1000
WORDS = (
    "Investigating since 14:03\n\nOnline shop unavailable\n\nOrders cannot be placed at the moment. We are looking into"
    " it.\n\nCall us on 081 555 0100.\n\nDetails"
)
"""As long as the notice that the service sends."""
FREE, PAID = 30, 1000
"""Posts a second that Telegram allows."""
GRACE, HOUR = timedelta(seconds=5), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """way: "service" or "bare"; url: of the far side; folder: for the database; pace: posts a second."""

    way: str
    url: str
    folder: str
    posts: int
    pace: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """seconds: from the first request to the last answer; cpu: seconds of this process meanwhile."""

    seconds: float
    cpu: float


async def measured(work: Callable[[], Awaitable[None]]) -> Took:
    """What the work took."""
    began, used = time.perf_counter(), time.process_time()
    await work()
    return Took(seconds=time.perf_counter() - began, cpu=time.process_time() - used)


async def bare(order: Order) -> Took:
    """By aiohttp alone."""
    loop, url = asyncio.get_running_loop(), f"{order.url}/bot{TOKEN}/sendMessage"
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(chat: int) -> None:
            async with session.post(url, data={"chat_id": str(chat), "text": WORDS}) as answer:
                json.loads(await answer.read())

        async def flood() -> None:
            began = loop.time()
            async with asyncio.TaskGroup() as tasks:
                for number in range(order.posts):
                    await asyncio.sleep(began + number / order.pace - loop.time())
                    tasks.create_task(post(number + 1))

        return await measured(flood)


async def service(order: Order) -> Took:
    """As the service does it."""
    async with (
        open_store(f"sqlite:///{order.folder}/notices.db") as store,
        open_bot(SecretStr(TOKEN), f"{order.url}/bot", connections=CONNECTIONS) as bot,
    ):
        async with world(store, StillClock(), destinations=(), operators=()) as here:
            await here.report(signal())
            notice = (await here.notices())[0]["id"]
        async with store.write() as connection:
            rows = [_row(number, notice) for number in range(1, order.posts + 1)]
            await outbox.enqueue(connection, rows, now=clock.now())
        settler = _Counting(store, order.posts)
        paid = order.pace > FREE
        every = Limits(overall=TELEGRAM.overall, chat=TELEGRAM.chat, group=TELEGRAM.group, paid=_window(order.pace))
        dispatcher = Dispatcher(
            store,
            clock.now,
            channels={"telegram": TelegramChannel(bot, paid=paid)},
            turns={"telegram": Turns(Pacer(every), asyncio.get_running_loop().time, paid=paid)},
            settler=settler,
            resend=lambda _: True,
        )

        async def broadcast() -> None:
            running = asyncio.create_task(dispatcher.run())
            await settler.all_sent.wait()
            dispatcher.stop(GRACE)
            await running

        took = await measured(broadcast)
        await _assert_sent(store, order.posts)
        return took


class _Counting(Settler):
    """Says when everything is settled."""

    def __init__(self, store: Store, expected: int) -> None:
        told = Told(ZoneInfo("Europe/Rome"), Tongues(OPERATORS))
        super().__init__(store, clock.now, Teller(None, told), Metrics())
        self.all_sent = asyncio.Event()
        self._left = expected

    async def settle(self, *args: object) -> None:
        await super().settle(*args)  # type: ignore[arg-type]  # whatever it is called with
        self._left -= 1
        if self._left == 0:
            self.all_sent.set()


def _window(pace: int) -> Window:
    return Window(count=pace, seconds=1.002)


def _row(number: int, notice: int) -> dict[str, object]:
    return {
        "channel": "telegram",
        "address": str(number),
        "lane": f"telegram:{number}:1",
        "priority": Priority.SUBSCRIBER,
        "action": Action.POST,
        "incident_id": 1,
        "notice_id": notice,
        "broadcast_id": 1,
    }


async def _assert_sent(store: Store, posts: int) -> None:
    async with store.read() as connection:
        sent = await outbox.count_ended(connection, DeliveryState.SENT, since=clock.now() - HOUR)
    if sent != posts:
        raise RuntimeError(f"{sent} of {posts} posts were sent")


def main() -> None:
    """Carry out the order."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    order = Order(**json.loads(sys.stdin.readline()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        took = runner.run({"service": service, "bare": bare}[order.way](order))
    print(json.dumps(asdict(took)), flush=True)


if __name__ == "__main__":
    main()
