"""The parts of the service that everything else hangs on, made and tied. Runs nothing, opens nothing: ``app`` does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from telegram import Bot

from bot import clock
from bot.channels.telegram.channel import TelegramChannel
from bot.config.settings import Settings, TelegramSettings
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.domain.delivery import Delivery, Destination
from bot.domain.pacing import Limits, Pacer
from bot.intake.publishing import Publisher
from bot.intake.service import Intake
from bot.intake.telling import Teller
from bot.intake.transaction import Effects
from bot.languages.catalogue import Catalogue
from bot.metrics import Metrics
from bot.operators.told import Told
from bot.store import outbox
from bot.store.boards import Boards
from bot.store.engine import Store
from bot.timers import Timers
from bot.watch import Revision
from bot.web.live import Live

log = structlog.get_logger(__name__)


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
class Core:
    """The parts that everything else hangs on."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    metrics: Metrics
    teller: Teller
    revision: Revision
    live: Live
    intake: Intake
    dispatcher: Dispatcher
    timers: Timers
    wanted: asyncio.Event
    """Set when a text is wanted from the machine that translates."""
    bot: Bot | None


async def forget_former_chats(settings: Settings, store: Store) -> None:
    """What was owed to a chat that has been taken out of the configuration is owed no longer."""
    if telegram_of(settings) is None:
        return  # switched off, perhaps for a while: what is owed waits
    wanted = [destination.address for destination in destinations_of(settings)]
    async with store.write() as connection:
        buried = await outbox.bury_unwanted(connection, channel="telegram", wanted=wanted, now=clock.now())
    if buried:
        log.warning("gave up what was owed to chats that are no longer configured", deliveries=buried)


async def make_core(settings: Settings, catalogue: Catalogue, store: Store, bot: Bot | None, limits: Limits) -> Core:
    """Everything tied together. bot: None when Telegram is off; limits: how fast it may be spoken to."""
    metrics = Metrics()
    operators = [(operator.telegram_id, operator.language) for operator in settings.operators] if bot else []
    teller = Teller(operators, Told(ZoneInfo(settings.timezone)))
    revision = Revision(await Boards(store).revision())
    live = Live(revision, most=settings.channels.website.live if settings.channels.website else 0)
    revision.tells(live.tell)

    wanted = asyncio.Event()

    def committed(effects: Effects) -> None:
        _count(metrics, effects)
        if effects.revision is not None:
            revision.saw(effects.revision)
        if effects.deliveries:
            dispatcher.wake()
        if effects.due:
            timers.wake()
        if effects.translations:
            wanted.set()

    intake = Intake(
        store,
        clock.now,
        settings=settings,
        publisher=Publisher(settings, catalogue, destinations_of(settings), teller),
        teller=teller,
        committed=committed,
    )
    dispatcher = _dispatcher(settings, store, Settler(store, clock.now, teller, metrics), bot, limits)
    timers = Timers(intake, clock.now)
    return Core(
        settings=settings,
        store=store,
        catalogue=catalogue,
        metrics=metrics,
        teller=teller,
        revision=revision,
        live=live,
        intake=intake,
        dispatcher=dispatcher,
        timers=timers,
        wanted=wanted,
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
