"""What listens to Telegram, made and tied together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web
from telegram import Bot

from bot.clock import Clock
from bot.config.settings import Settings
from bot.hearing.handler import Handler
from bot.hearing.inbox import Inbox
from bot.hearing.menus import Menus
from bot.hearing.offers import Offers
from bot.hearing.responding import Responder
from bot.hearing.strangers import Strangers
from bot.hearing.webhook import Webhook
from bot.intake.service import Intake
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.operators.reception import Reception
from bot.resources import OPERATORS, SUBSCRIBERS
from bot.subscribers.reception import Reception as Guests
from bot.subscribers.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What must run, on one node only, for operators and subscribers to be heard; routes: where updates come in."""

    works: Sequence[Callable[[], Awaitable[None]]]
    routes: Sequence[web.AbstractRouteDef]


def listening(
    bot: Bot,
    settings: Settings,
    catalogue: Catalogue,
    *,
    intake: Intake,
    clock: Clock,
    wake: asyncio.Event,
    staff: asyncio.Event,
) -> Hearing:
    """The ears of a bot. wake: set whenever Telegram has said something, to whatever node; staff: whenever operators
    have changed.
    """
    tongues = Tongues(OPERATORS)
    texts = Texts(settings, catalogue, Tongues(SUBSCRIBERS)) if _can_subscribe(settings) else None
    inbox = _inbox(bot, settings, intake, clock, wake)
    handler = Handler(
        intake,
        operators=Reception(settings, clock, username=lambda: inbox.username, tongues=tongues),
        guests=Guests(settings, texts, may_help=Strangers().may_answer, clock=clock) if texts else None,
        respond=Responder(bot),
        wake=wake,
        username=lambda: inbox.username,
        clock=clock,
    )
    menus = Menus(bot, intake, Offers(settings, tongues, texts), wake=staff)
    routes = inbox.routes() if isinstance(inbox, Webhook) else ()
    return Hearing(works=[inbox.run, handler.run, menus.run], routes=routes)


def _can_subscribe(settings: Settings) -> bool:
    telegram = settings.channels.telegram
    return telegram is not None and telegram.subscribers is not None


def _inbox(bot: Bot, settings: Settings, intake: Intake, clock: Clock, wake: asyncio.Event) -> Inbox | Webhook:
    """What brings updates in, as the configuration says."""
    telegram = settings.channels.telegram
    if telegram is None or telegram.updates == "polling":
        return Inbox(bot, intake, clock=clock, wake=wake)
    secret = telegram.webhook_secret.get_secret_value() if telegram.webhook_secret else None
    return Webhook(bot, intake, public_url=settings.public_url, clock=clock, wake=wake, secret=secret)
