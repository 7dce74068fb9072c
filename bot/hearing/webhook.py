"""Takes Telegram's updates as it sends them, and keeps them. Handles none: that is ``handler``, which this wakes.

An update is answered 200 once it is durably kept; else Telegram sends it again, and ``Intake.keep`` ignores what it
knows. Telegram sends what concerns one chat in order, each when the one before is answered.
https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.clock import Clock
from bot.domain.anonymous import without_names
from bot.errors import BadSignature, Malformed, StoreBusy
from bot.hearing.backoff import PAUSES, Backoff
from bot.hearing.call import WANTED
from bot.hearing.inbox import pause_of
from bot.intake.service import Intake
from bot.web.bodies import read_body

LARGEST = 1024 * 1024
"""Bytes of an update; one holds a text of at most 4,096 characters, and what it answers."""
WITHIN = timedelta(seconds=10)
LOOK_EVERY = timedelta(minutes=5)
"""Somebody may have told Telegram another address, with the same token."""
LOOK_AGAIN = timedelta(seconds=15)
"""While something still waits to be sent to us: until it has come, nobody knows how old a press is."""
SAID_BY_TELEGRAM = "X-Telegram-Bot-Api-Secret-Token"

_log = structlog.get_logger(__name__)


def secret_of(token: str) -> str:
    """What Telegram must say to be believed: nobody knows it who does not know the bot's token."""
    return hmac.new(token.encode(), b"notice-bot webhook", hashlib.sha256).hexdigest()


def path_of(token: str) -> str:
    """Where updates come in. Holds the bot's number, which everybody may know."""
    return f"/telegram/{token.partition(':')[0]}"


class Webhook:
    """The address that Telegram is given.

    public_url: of this service, without a slash at the end; wake: set when something new is kept;
    pauses: after failures in a row.
    """

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        *,
        public_url: str,
        clock: Clock,
        wake: asyncio.Event,
        secret: str | None = None,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        self._bot, self._intake, self._clock, self._wake = bot, intake, clock, wake
        self._secret = secret or secret_of(bot.token)
        self._path = path_of(bot.token)
        self._url = public_url + self._path
        self._backoff = Backoff(pauses)
        self._failed_at: datetime | None = None
        self.username: str | None = None
        """The bot's own, without @; None until Telegram has told it."""

    def routes(self) -> list[web.RouteDef]:
        """Where updates come in, on every node."""
        return [web.post(self._path, self._receive)]

    async def run(self) -> None:
        """Give Telegram the address, and see now and then that it still has it. Returns when the token is refused."""
        while True:
            try:
                pause = LOOK_EVERY if await self._see() else LOOK_AGAIN
            except InvalidToken:  # its text may show the token
                _log.error("Telegram refuses the bot's token: commands are off. Put the right one in and start again")
                return
            except RetryAfter as error:
                await self._backoff.failed(at_least=pause_of(error))
            except TelegramError as error:
                _log.warning("cannot tell Telegram where to send updates; trying again", error=str(error))
                await self._backoff.failed()
            except StoreBusy as error:
                _log.warning("the store is busy; how far Telegram is with updates is not noted yet", error=str(error))
                await self._backoff.failed()
            else:
                self._backoff.worked()
                await asyncio.sleep(pause.total_seconds())

    async def _see(self) -> bool:
        """Whether all that Telegram had for us has come, which is noted then. Raises TelegramError and StoreBusy."""
        self.username = (await self._bot.get_me()).username
        asked_at = self._clock()
        known = await self._bot.get_webhook_info()
        if known.last_error_message and known.last_error_date != self._failed_at:
            self._failed_at = known.last_error_date
            _log.warning("Telegram could not reach this service lately", url=self._url, error=known.last_error_message)
        if known.url != self._url:
            _log.info("Telegram is told where to send updates", url=self._url)
        # Said again even so: the secret may have changed, which Telegram does not show.
        await self._bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=WANTED)
        if known.pending_update_count:
            return False
        await self._intake.keep([], caught_up=asked_at)
        return True

    async def _receive(self, request: web.Request) -> web.Response:
        """One update. Raises BadSignature, Malformed, StoreBusy and what ``read_body`` raises."""
        said = request.headers.get(SAID_BY_TELEGRAM, "")
        if not hmac.compare_digest(said.encode(errors="surrogateescape"), self._secret.encode()):
            raise BadSignature(f"{SAID_BY_TELEGRAM}: not the one Telegram was given")
        body = await read_body(request, largest=LARGEST, within=WITHIN, took=lambda _: None)
        await self._intake.keep([_read(body)])
        self._wake.set()
        return web.Response()


def _read(body: bytes) -> tuple[int, str]:
    """The update's number, and all of it."""
    try:
        update = json.loads(body)
    except ValueError as error:
        raise Malformed("expected JSON") from error
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if type(update_id) is not int:
        raise Malformed("expected an integer", path="update_id")
    return update_id, json.dumps(without_names(update))
