"""The composition root: the only module that knows every other one. Opens resources, ties them, closes them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from telegram import Bot

from bot import clock
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.request import open_bot
from bot.channels.words import load_words
from bot.config.settings import Settings, TelegramSettings
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.domain.delivery import Delivery, Destination
from bot.domain.pacing import TELEGRAM, Limits, Pacer
from bot.intake.publishing import Publisher
from bot.intake.rules import rules_of
from bot.intake.service import Intake
from bot.intake.telling import Teller
from bot.intake.transaction import Effects
from bot.languages.catalogue import Catalogue
from bot.metrics import Metrics
from bot.operators.handler import Handler
from bot.operators.inbox import Inbox
from bot.operators.told import Told
from bot.sources.base import Source
from bot.sources.registry import build
from bot.store import outbox
from bot.store.boards import Boards
from bot.store.engine import Store, open_store
from bot.store.incidents import load_revision
from bot.timers import Timers
from bot.watch import Revision, Watch
from bot.web import feeds, health, hooks, pages
from bot.web.documents import Documents
from bot.web.server import application, bind, serve

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=4)
"""How long what is in flight may take to finish once the service is told to stop; ``docker stop`` kills after 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. url, internal_url: where it answers, with the ports really used; telegram: whether it is on.

    broken: done, with an error, when a part has stopped that should not.
    """

    url: str
    internal_url: str
    telegram: bool
    broken: asyncio.Future[None]


def telegram_of(settings: Settings) -> TelegramSettings | None:
    """The Telegram settings when there is a token, else None: the channel is off."""
    telegram = settings.channels.telegram
    return telegram if telegram and telegram.token and telegram.token.get_secret_value() else None


def destinations_of(settings: Settings) -> tuple[Destination, ...]:
    """Every configured chat of the channels that are on."""
    telegram = telegram_of(settings)
    chats = telegram.chats if telegram else ()
    return tuple(
        Destination(channel="telegram", address=chat.chat, language=chat.language, pin=chat.pin) for chat in chats
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Core:
    """The parts that everything else hangs on."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    metrics: Metrics
    teller: Teller
    revision: Revision
    intake: Intake
    dispatcher: Dispatcher
    timers: Timers
    bot: Bot | None


@asynccontextmanager
async def running(settings: Settings, catalogue: Catalogue, *, limits: Limits = TELEGRAM) -> AsyncIterator[Service]:
    """The whole service, up; on leaving it is taken down in reverse: hear nothing more, finish, give back, close.

    limits: how fast Telegram may be spoken to; others than its own are for measuring what they hide.

    Raises StoreBusy when the database cannot be had, OSError when an address cannot be had.
    """
    async with AsyncExitStack() as stack:
        # Taken before anything is heard or sent: a second service on the same address must do nothing at all.
        public = stack.enter_context(bind(settings.listen))
        internal = stack.enter_context(bind(settings.listen_internal)) if settings.listen_internal else None
        store = await stack.enter_async_context(open_store(settings.database))
        telegram = telegram_of(settings)
        bot = (
            await stack.enter_async_context(open_bot(telegram.token, telegram.base_url))
            if telegram and telegram.token
            else None
        )
        await _forget_former_chats(settings, store)
        core = await _core(settings, catalogue, store, bot, limits)
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await stack.enter_async_context(_background(broken, core.dispatcher.run, lambda: core.dispatcher.stop(GRACE)))
        await stack.enter_async_context(_background(broken, core.intake.run, core.intake.finish))
        watch = Watch(store, clock.now, revision=core.revision, metrics=core.metrics, changed=core.dispatcher.wake)
        for forever in (core.timers.run, watch.run, *_hearing(core)):
            await stack.enter_async_context(_background(broken, forever))
        url, internal_url = await _serving(stack, core, public, internal)
        yield Service(url=url, internal_url=internal_url, telegram=bot is not None, broken=broken)


async def _forget_former_chats(settings: Settings, store: Store) -> None:
    """What was owed to a chat that has been taken out of the configuration is owed no longer."""
    if telegram_of(settings) is None:
        return  # switched off, perhaps for a while: what is owed waits
    wanted = [destination.address for destination in destinations_of(settings)]
    async with store.write() as connection:
        buried = await outbox.bury_unwanted(connection, channel="telegram", wanted=wanted, now=clock.now())
    if buried:
        log.warning("gave up what was owed to chats that are no longer configured", deliveries=buried)


async def _core(settings: Settings, catalogue: Catalogue, store: Store, bot: Bot | None, limits: Limits) -> _Core:
    metrics = Metrics()
    operators = [(operator.telegram_id, operator.language) for operator in settings.operators] if bot else []
    teller = Teller(operators, Told(ZoneInfo(settings.timezone)))
    revision = Revision(await Boards(store).revision())

    def committed(effects: Effects) -> None:
        _count(metrics, effects)
        if effects.revision is not None:
            revision.saw(effects.revision)
        if effects.deliveries:
            dispatcher.wake()
        if effects.drafts:
            timers.wake()

    intake = Intake(
        store,
        clock.now,
        rules=rules_of(settings),
        publisher=Publisher(settings, catalogue, destinations_of(settings)),
        teller=teller,
        committed=committed,
    )
    dispatcher = _dispatcher(settings, store, Settler(store, clock.now, teller, metrics), bot, limits)
    timers = Timers(intake, clock.now)
    return _Core(
        settings=settings,
        store=store,
        catalogue=catalogue,
        metrics=metrics,
        teller=teller,
        revision=revision,
        intake=intake,
        dispatcher=dispatcher,
        timers=timers,
        bot=bot,
    )


def _count(metrics: Metrics, effects: Effects) -> None:
    for (source, decision), number in effects.decisions.items():
        metrics.signals_total.labels(source, decision).inc(number)
    for status, number in effects.updates.items():
        metrics.updates_published_total.labels(status.value).inc(number)


def _dispatcher(settings: Settings, store: Store, settler: Settler, bot: Bot | None, limits: Limits) -> Dispatcher:
    telegram = settings.channels.telegram
    if telegram is None or bot is None:
        return Dispatcher(store, clock.now, channels={}, turns={}, settler=settler, resend=_always)
    compare_in = telegram.operators_chat or next((each.telegram_id for each in settings.operators), None)

    def resend(delivery: Delivery) -> bool:
        """An answer to an operator may come twice; for customers the configuration says."""
        return delivery.notice is None or telegram.uncertain == "resend"

    return Dispatcher(
        store,
        clock.now,
        channels={"telegram": TelegramChannel(bot, operators_chat=compare_in)},
        turns={"telegram": Turns(Pacer(limits), asyncio.get_running_loop().time)},
        settler=settler,
        resend=resend,
    )


def _always(delivery: Delivery) -> bool:
    return True


def _hearing(core: _Core) -> list[Callable[[], Awaitable[None]]]:
    """What listens to operators; nothing when Telegram is off."""
    if core.bot is None:
        return []
    wake = asyncio.Event()
    inbox = Inbox(core.bot, core.intake, wake=wake)
    handler = Handler(core.settings, core.intake, wake=wake, username=lambda: inbox.username, clock=clock.now)
    return [inbox.run, handler.run]


async def _serving(
    stack: AsyncExitStack, core: _Core, public: socket.socket, internal: socket.socket | None
) -> tuple[str, str]:
    """Serve on the addresses; returns the public and the internal one, which may be the same."""
    settings = core.settings
    documents = Documents(Boards(core.store), revision=core.revision)
    words = load_words(core.catalogue, settings.timezone)
    operations = [
        *hooks.routes(_sources(settings), core.intake.report, core.metrics),
        *health.operations(lambda: _ready(core.store), core.metrics),
    ]
    shown = [*health.liveness(), *feeds.routes(documents, settings, words)]
    shown += pages.routes(documents, settings, words)  # last, for its last route takes all that is left
    if internal is None:
        url = await stack.enter_async_context(serve(application([*operations, *shown]), public))
        return url, url
    behind = application([*operations, *health.liveness()])
    internal_url = await stack.enter_async_context(serve(behind, internal))
    return await stack.enter_async_context(serve(application(shown), public)), internal_url


def _sources(settings: Settings) -> Mapping[str, Source]:
    return {
        name: build(
            name,
            type=source.type,
            secret=source.secret.get_secret_value() if source.secret else None,
            header=source.header,
        )
        for name, source in settings.sources.items()
    }


async def _ready(store: Store) -> Mapping[str, str]:
    async with store.read() as connection:
        await load_revision(connection)
    return {"database": health.OK}


@asynccontextmanager
async def _background(
    broken: asyncio.Future[None],
    run: Callable[[], Awaitable[None]],
    finish: Callable[[], None] | None = None,
) -> AsyncIterator[None]:
    """A part that runs beside the others. finish: asks it to end by itself; without it, it is cancelled."""
    task = asyncio.ensure_future(run())

    def ended(task: asyncio.Future[None]) -> None:
        if not task.cancelled() and task.exception() and not broken.done():
            broken.set_exception(task.exception() or AssertionError)

    task.add_done_callback(ended)
    try:
        yield
    finally:
        if finish is not None and not task.done():
            finish()
        else:
            task.cancel()
        _, late = await asyncio.wait([task], timeout=(GRACE + GRACE / 2).total_seconds())
        if late:  # what hangs must not keep the service from ending; nothing that is committed is lost
            task.cancel()
            await asyncio.wait([task], timeout=1)
