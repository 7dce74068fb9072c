"""The composition root: the only module that knows every other one. Opens resources, ties them, closes them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot import clock, websub
from bot.background import GRACE, background
from bot.channels.telegram.bots import bots_on
from bot.channels.telegram.request import open_bot
from bot.channels.words import load_words
from bot.config.settings import Settings
from bot.config.templates import page_overlays
from bot.core import Core, can_subscribe, forget_former_chats, make_core
from bot.domain.rates import TELEGRAM, Limits
from bot.export.mirror import keeping
from bot.hearing.opening import listening
from bot.heartbeat import open_heartbeat
from bot.intake.broadcasting import Broadcaster
from bot.intake.spread_cards import SpreadCards
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.leading import Leadership
from bot.operators.spread import spread
from bot.polling.poller import open_pollers, reporting
from bot.resources import OPERATORS, SUBSCRIBERS
from bot.sources import aws_sns
from bot.sources.base import Source
from bot.sources.registry import configured
from bot.store.boards import Boards
from bot.store.engine import Store, open_store
from bot.store.incidents import load_revision
from bot.store.texts import Texts
from bot.subscribers.texts import Texts as GuestTexts
from bot.translators.registry import open_translator
from bot.translators.vocabulary import Vocabulary
from bot.translators.worker import Worker
from bot.watch import Watch
from bot.web import health, hooks, pages, projections
from bot.web.documents import Documents
from bot.web.fetching import open_fetcher
from bot.web.server import application, bind, serve
from bot.web.turns import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. url, internal_url: where it answers, with the ports really used; telegram: whether it is on.

    broken: done, with an error, when a part has stopped that should not.
    """

    url: str
    internal_url: str
    telegram: bool
    broken: asyncio.Future[None]


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
        bots = {
            name: await stack.enter_async_context(open_bot(bot.secret, bot.base_url))
            for name, bot in bots_on(settings.channels.telegram).items()
            if bot.secret is not None
        }
        await forget_former_chats(settings, store)
        core = await make_core(settings, catalogue, store, bots, limits)
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await stack.enter_async_context(background(broken, core.dispatcher.run, lambda: core.dispatcher.stop(GRACE)))
        await stack.enter_async_context(background(broken, core.intake.run, core.intake.finish))
        watch = Watch(store, clock.now, revision=core.revision, metrics=core.metrics, changed=core.dispatcher.wake)
        await core.intake.expect()
        beats = await _heart(stack, core)
        machine = await _machine(stack, core)
        hub = await websub.informing(stack, settings, revision=core.revision, load=Boards(store).load_board)
        opening = open_pollers(settings.upstreams, reporting(core.intake, core.metrics))
        watching = [poller.run for poller in await stack.enter_async_context(opening)]
        leading = _leading(core)
        hearing, heard_at = _hearing(core, leading)
        if (bot := core.bot) is not None and can_subscribe(settings):
            await stack.enter_async_context(background(broken, partial(core.own_name.learn, bot)))
        leads = [each.run for each in leading.values()]
        casting = _broadcasting(core, leading)
        for forever in (*leads, core.timers.run, watch.run, *hearing, *casting, *beats, *machine, *hub, *watching):
            await stack.enter_async_context(background(broken, forever))
        url, internal_url = await _serving(stack, core, public, internal, heard_at)
        for forever in keeping(settings, url, tells=core.revision.tells, amended=Boards(store).amended):
            await stack.enter_async_context(background(broken, forever))
        stack.callback(core.live.close)  # open pages would keep the server from ending
        yield Service(url=url, internal_url=internal_url, telegram=core.bot is not None, broken=broken)


def _leading(core: Core) -> Mapping[str, Leadership]:
    """By channel, which of the nodes speaks to it. That one keeps to its pace for all, and hears what it says."""
    hold, release = core.dispatcher.hold, core.dispatcher.release
    return {
        name: Leadership(core.store, name, gained=partial(hold, name), lost=partial(release, name))
        for name in core.dispatcher.channels
    }


def _hearing(
    core: Core, leading: Mapping[str, Leadership]
) -> tuple[list[Callable[[], Awaitable[None]]], Sequence[web.AbstractRouteDef]]:
    """What listens to operators, and where Telegram sends what they say; nothing when Telegram is off."""
    if core.bot is None:
        return [], ()
    hearing = listening(
        core.bot,
        core.settings,
        core.catalogue,
        intake=core.intake,
        clock=clock.now,
        wake=core.kept,
        staff=core.staff,
    )
    return [leading["telegram"].only(work) for work in hearing.works], hearing.routes


def _broadcasting(core: Core, leading: Mapping[str, Leadership]) -> list[Callable[[], Awaitable[None]]]:
    """What takes notices to subscribers into the outbox; nothing when nobody can subscribe."""
    telegram = core.settings.channels.telegram
    if telegram is None or telegram.subscribers is None or not can_subscribe(core.settings):
        return []
    zone, tongues = ZoneInfo(core.settings.timezone), Tongues(OPERATORS)
    broadcaster = Broadcaster(
        core.store,
        clock.now,
        zone=zone,
        silent=telegram.subscribers.silent,
        digest=GuestTexts(core.settings, core.catalogue, Tongues(SUBSCRIBERS)).digest,
        owed=core.dispatcher.wake,
        show=SpreadCards(core.teller, lambda progress, language: spread(progress, tongues.of(language), zone=zone)),
        wake=core.begun,
    )
    return [leading["telegram"].only(broadcaster.run)]


async def _heart(stack: AsyncExitStack, core: Core) -> list[Callable[[], Awaitable[None]]]:
    """What tells somebody else that we are well; nothing when nobody is to notice."""
    heartbeat = core.settings.heartbeat
    if heartbeat is None:
        return []
    opening = open_heartbeat(heartbeat.url, every=heartbeat.every, well=lambda: _ready(core.store))
    return [(await stack.enter_async_context(opening)).run]


async def _machine(stack: AsyncExitStack, core: Core) -> list[Callable[[], Awaitable[None]]]:
    """What gets texts from the machine that translates; nothing when there is none."""
    settings = core.settings
    if settings.translate is None:
        return []
    worker = Worker(
        await stack.enter_async_context(open_translator(settings.translate)),
        core.store,
        core.intake,
        clock.now,
        vocabulary=Vocabulary(settings, core.catalogue),
        languages=settings.languages,
        metrics=core.metrics,
        wake=core.wanted,
    )
    return [worker.run]


async def _serving(
    stack: AsyncExitStack,
    core: Core,
    public: socket.socket,
    internal: socket.socket | None,
    heard_at: Sequence[web.AbstractRouteDef],
) -> tuple[str, str]:
    """Serve on the addresses; returns the public and the internal one, which may be the same."""
    settings = core.settings
    documents = Documents(Turns(Boards(core.store)), revision=core.revision, lost=lambda: core.revision.lost)
    words = load_words(core.catalogue, settings.timezone, overlays=page_overlays(settings))
    fetcher = await stack.enter_async_context(open_fetcher(aws_sns.HOSTS))
    operations = [
        *hooks.routes(_sources(settings), core.intake.report, core.metrics, heard=core.intake.heard, fetcher=fetcher),
        *health.operations(lambda: _ready(core.store), core.metrics),
    ]
    shown = [*health.liveness(), *heard_at, *projections.routes(documents, settings, words, Texts(core.store).load)]
    shown += pages.routes(documents, settings, words, core.live)  # last, for its last route takes all that is left
    if internal is None:
        url = await stack.enter_async_context(serve(application([*operations, *shown]), public))
        return url, url
    behind = application([*operations, *health.liveness()])
    internal_url = await stack.enter_async_context(serve(behind, internal))
    return await stack.enter_async_context(serve(application(shown), public)), internal_url


def _sources(settings: Settings) -> Mapping[str, Source]:
    return {
        name: configured(name, source, default_language=settings.default_language)
        for name, source in settings.hooks.items()
    }


async def _ready(store: Store) -> Mapping[str, str]:
    async with store.read() as connection:
        await load_revision(connection)
    return {"database": health.OK}
