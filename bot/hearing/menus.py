"""Tells Telegram which commands to offer whom, and what the bot is about: whenever that changes, and only then.

What is offered is ``offers``' to say. Nothing of the service waits for this, or fails with it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from telegram import Bot, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import RetryAfter, TelegramError

from bot.errors import StoreBusy
from bot.hearing.offers import EVERYBODY, Offer, Offers, withdrawn
from bot.intake.desk import IntakeDesk
from bot.intake.service import Intake

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Until what Telegram did not take is tried again; the last one for all further times."""

_log = structlog.get_logger(__name__)


class Menus:
    """Keeps what Telegram offers up to date."""

    def __init__(
        self, bot: Bot, intake: Intake, offers: Offers, *, wake: asyncio.Event, pauses: Sequence[timedelta] = PAUSES
    ) -> None:
        """wake: set when operators have changed; pauses: at least one."""
        self._bot, self._intake, self._offers, self._wake = bot, intake, offers, wake
        self._pauses, self._failures = pauses, 0

    async def run(self) -> None:
        """Until cancelled. May be, anywhere."""
        while True:
            self._wake.clear()
            done = await self._try()
            self._failures = 0 if done else self._failures + 1
            await self._wait(None if done else self._pauses[min(self._failures, len(self._pauses)) - 1])

    async def _wait(self, longest: timedelta | None) -> None:
        try:
            async with asyncio.timeout(longest.total_seconds() if longest is not None else None):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _try(self) -> bool:
        """Whether all is as it should be now."""
        try:
            return await self.tell()
        except StoreBusy as error:
            _log.warning("the store is busy; menus wait", error=str(error))
            return False

    async def tell(self) -> bool:
        """Tell Telegram what has changed; False when it did not take all of it. Raises StoreBusy."""
        known, wanted = await self._intake.transact(self._look)
        changed = [each for each in wanted if known.get(each.place) != _digest(each)]
        gone = [withdrawn(place) for place in known.keys() - {each.place for each in wanted}]
        refused: dict[str, str] = {}
        for offer in [*changed, *gone]:
            if error := await self._told(offer):
                refused[" ".join(offer.place).strip()] = error
                continue
            await self._keep(offer, None if offer in gone else _digest(offer))
        if refused and not self._failures:
            _log.warning("Telegram does not take all menus of commands; trying again later", refused=refused)
        return not refused

    async def _look(self, desk: IntakeDesk) -> tuple[Mapping[tuple[str, str], str], Sequence[Offer]]:
        return await desk.staff.offered(), self._offers.now(await desk.staff.everybody())

    async def _keep(self, offer: Offer, digest: str | None) -> None:
        await self._intake.transact(lambda desk: desk.staff.note_offered(offer.place, digest))

    async def _told(self, offer: Offer) -> str | None:
        """Why Telegram did not take it, None when it did."""
        try:
            await self._send(offer)()
        except RetryAfter as error:
            return f"asks for a pause of {error.retry_after} s"
        except TelegramError as error:  # such as an operator who has never written to the bot
            return error.message
        return None

    def _send(self, offer: Offer) -> Callable[[], Awaitable[bool]]:
        bot, code = self._bot, offer.language or None
        match offer.what:
            case "commands" if offer.commands:
                return lambda: bot.set_my_commands(offer.commands, scope=_scope(offer), language_code=code)
            case "commands":
                return lambda: bot.delete_my_commands(scope=_scope(offer), language_code=code)
            case "description":
                return lambda: bot.set_my_description(offer.text, language_code=code)
            case "short":
                return lambda: bot.set_my_short_description(offer.text, language_code=code)


def _scope(offer: Offer) -> BotCommandScope:
    return BotCommandScopeAllPrivateChats() if offer.scope == EVERYBODY else BotCommandScopeChat(int(offer.scope))


def _digest(offer: Offer) -> str:
    return hashlib.sha256(repr((offer.commands, offer.text)).encode()).hexdigest()[:32]
