"""The parts of the service that everything else hangs on, made and tied. Runs nothing, opens nothing: ``app`` does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from telegram import Bot

from bot import clock
from bot.channels.telegram.bots import MAIN, all_bots, bots_on, destinations
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.own_name import OwnName
from bot.config.settings import Settings, TelegramSettings
from bot.dispatcher.dispatcher import Dispatcher
from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.domain.delivery import Delivery, Destination
from bot.domain.pacing import Pacer
from bot.domain.rates import Limits
from bot.intake.publishing import Publisher
from bot.intake.rules import operators_of, room_of
from bot.intake.service import Intake
from bot.intake.telling import Teller
from bot.intake.transaction import Effects
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.metrics import Metrics
from bot.operators.told import Told
from bot.resources import OPERATORS
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


def can_subscribe(settings: Settings) -> bool:
    """Whether people may get notices in their private chat with the bot."""
    telegram = telegram_of(settings)
    return telegram is not None and telegram.subscribers is not None


def destinations_of(settings: Settings) -> tuple[Destination, ...]:
    """Every configured chat of the channels that are on."""
    return destinations(settings.channels.telegram)


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
    kept: asyncio.Event
    """Set when Telegram has said something, to whatever node."""
    staff: asyncio.Event
    """Set when operators have changed."""
    begun: asyncio.Event
    """Set when something is to be sent to all subscribers, on whatever node it was said."""
    bot: Bot | None
    """The one that operators and subscribers talk to, None when it is off."""
    own_name: OwnName


async def forget_former_chats(settings: Settings, store: Store) -> None:
    """What was owed to a chat or by a bot that has been taken out of the configuration is owed no longer.

    What is switched off, perhaps for a while, keeps what it owes.
    """
    telegram, now = settings.channels.telegram, clock.now()
    if telegram is None:
        return
    async with store.write() as connection:
        buried = await outbox.bury_unknown(connection, channels=[*all_bots(telegram)], now=now)
        for channel, bot in bots_on(telegram).items():
            wanted = [(chat.chat, chat.topic) for chat in bot.chats]
            buried += await outbox.bury_unwanted(connection, channel=channel, wanted=wanted, now=now)
    if buried:
        log.warning("gave up what was owed to chats that are no longer configured", deliveries=buried)


async def make_core(
    settings: Settings, catalogue: Catalogue, store: Store, bots: Mapping[str, Bot], limits: Limits
) -> Core:
    """Everything tied together. bots: those that are on, by channel; limits: how fast each may be spoken to."""
    bot = bots.get(MAIN)
    metrics = Metrics()
    told = Told(ZoneInfo(settings.timezone), Tongues(OPERATORS))
    teller = Teller(operators_of(settings) if bot else None, told, room=room_of(settings))
    revision = Revision(await Boards(store).revision())
    live = Live(revision, most=settings.channels.website.live if settings.channels.website else 0)
    revision.tells(live.tell)

    wanted, kept, staff, begun = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()
    telegram = telegram_of(settings)
    own_name = OwnName(telegram.username if telegram and telegram.subscribers else None)

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
        if effects.kept:
            kept.set()
        if effects.staff:
            staff.set()
        if effects.broadcasts:
            begun.set()

    store.listen(lambda tidings: committed(Effects.heard(tidings)))
    intake = Intake(
        store,
        clock.now,
        settings=settings,
        publisher=Publisher(settings, catalogue, destinations_of(settings), teller, private_chat=own_name.private_chat),
        teller=teller,
        committed=committed,
    )
    dispatcher = _dispatcher(settings, store, Settler(store, clock.now, teller, metrics), bots, limits)
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
        kept=kept,
        staff=staff,
        begun=begun,
        bot=bot,
        own_name=own_name,
    )


def _count(metrics: Metrics, effects: Effects) -> None:
    for (source, decision), number in effects.decisions.items():
        metrics.signals_total.labels(source, decision).inc(number)
    for status, number in effects.updates.items():
        metrics.updates_published_total.labels(status.value).inc(number)


def _dispatcher(
    settings: Settings, store: Store, settler: Settler, bots: Mapping[str, Bot], limits: Limits
) -> Dispatcher:
    telegram = settings.channels.telegram
    if telegram is None:
        return Dispatcher(store, clock.now, channels={}, turns={}, settler=settler, resend=_always)
    time = asyncio.get_running_loop().time
    paid = telegram.subscribers is not None and telegram.subscribers.paid

    def resend(delivery: Delivery) -> bool:
        """An answer to an operator may come twice; for customers the configuration says."""
        return delivery.notice is None or telegram.uncertain == "resend"

    return Dispatcher(
        store,
        clock.now,
        channels={name: _channel(settings, name, bot, paid=paid) for name, bot in bots.items()},
        turns={name: Turns(Pacer(limits), time, paid=paid) for name in bots},
        settler=settler,
        resend=resend,
        held=(),
    )


def _channel(settings: Settings, name: str, bot: Bot, *, paid: bool) -> TelegramChannel:
    """The channel of one bot. Only with the main one has every operator a private chat."""
    telegram = settings.channels.telegram
    compare_in = telegram.operators_chat if telegram else None
    if compare_in is None and name == MAIN:
        compare_in = next((each.telegram_id for each in settings.operators), None)
    preview = all_bots(telegram)[name].link_preview
    return TelegramChannel(bot, name=name, operators_chat=compare_in, link_preview=preview, paid=paid)


def _always(delivery: Delivery) -> bool:
    return True
