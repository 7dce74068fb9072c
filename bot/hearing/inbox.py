"""Fetches Telegram's updates and keeps them. Handles none: that is ``handler``, which this wakes.

The next getUpdates acknowledges what the last one brought, so everything is durably kept before it is made. What a
crash leaves unacknowledged comes again, and ``Intake.keep`` ignores what it knows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.clock import Clock
from bot.domain.anonymous import without_names
from bot.errors import StoreBusy
from bot.hearing.backoff import PAUSES, Backoff
from bot.hearing.call import WANTED
from bot.intake.service import Intake

LONGEST_POLL = timedelta(seconds=50)
"""https://core.telegram.org/bots/api#getupdates answers at once when there is something, else after this long."""

MOST = 100
"""Updates that one answer brings; when it brings as many, there may be more: https://core.telegram.org/bots/api#getupdates"""

_WANTED = json.dumps(WANTED)
_CONFLICT = (
    "somebody else takes this bot's updates: stop the other process that runs with this token, or remove its webhook"
    " (deleteWebhook); trying again"
)
_log = structlog.get_logger(__name__)


class Inbox:
    """The one poller of a bot. A second one anywhere makes Telegram answer 409 to both."""

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        *,
        clock: Clock,
        wake: asyncio.Event,
        poll: timedelta = LONGEST_POLL,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        """bot: need not be initialized; wake: set when something new is kept; pauses: after failures in a row."""
        self._bot, self._intake, self._clock, self._wake, self._poll = bot, intake, clock, wake, poll
        self._away = True
        self._backoff = Backoff(pauses)
        self._trouble: str | None = None
        self._offset: int | None = None
        self.username: str | None = None
        """The bot's own, without @; None until Telegram has told it."""

    async def run(self) -> None:
        """Fetch and keep until cancelled. Returns only when Telegram refuses the token. May be cancelled anywhere."""
        self._offset = None  # another node may have fetched since we last did
        while True:
            try:
                await self._fetch()
            except InvalidToken:  # its text may show the token
                _log.error("Telegram refuses the bot's token: commands are off. Put the right one in and start again")
                return
            except RetryAfter as error:
                await self._failed("Telegram asks for a pause", error, at_least=pause_of(error))
            except Conflict as error:
                await self._failed(_CONFLICT, error)
            except (TelegramError, StoreBusy) as error:
                await self._failed("cannot fetch Telegram's updates; trying again", error)
            except Exception:  # a defect must not end the bot's hearing; nothing is acknowledged, so it can go again
                _log.exception("defect while fetching Telegram's updates; trying again")
                await self._backoff.failed()
            else:
                self._worked()

    async def _fetch(self) -> None:
        """One round. The offset moves only once all that it acknowledges is kept."""
        if self.username is None:
            self.username = (await self._bot.get_me()).username
        if self._offset is None:
            await self._bot.delete_webhook()  # one of before would keep us from fetching
            newest = await self._intake.newest()
            self._offset = 0 if newest is None else newest + 1
        asked_at = self._clock()
        updates = await self._ask(self._offset)
        await self._intake.keep(
            [(update["update_id"], json.dumps(without_names(update))) for update in updates],
            caught_up=asked_at if len(updates) < MOST else None,
        )
        self._away = False
        if updates:
            # Follows the last one even to a lower id, as after an idle week: https://core.telegram.org/bots/api#update
            self._offset = updates[-1]["update_id"] + 1
            self._wake.set()

    async def _ask(self, offset: int) -> list[dict[str, Any]]:
        """getUpdates, as JSON: ``Bot.get_updates`` would read it too, and one it cannot read would block all others.

        After an absence it does not wait: what comes with a later call was not pressed meanwhile.
        """
        poll = 0 if self._away else int(self._poll.total_seconds())
        asked = {"offset": offset, "timeout": poll, "allowed_updates": _WANTED}
        request = self._bot.request
        answer = await request.post(
            f"{self._bot.base_url}/getUpdates?{urlencode(asked)}",
            read_timeout=(request.read_timeout or 0) + self._poll.total_seconds(),
        )
        return answer if isinstance(answer, list) else []

    async def _failed(self, text: str, error: Exception, *, at_least: timedelta = timedelta()) -> None:
        """Log the first failure of its kind in a row, and wait."""
        self._away = True
        if text != self._trouble:
            _log.warning(text, error=str(error))
        self._trouble = text
        await self._backoff.failed(at_least=at_least)

    def _worked(self) -> None:
        if self._trouble is not None:
            _log.info("fetching Telegram's updates again")
        self._trouble = None
        self._backoff.worked()


def pause_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks us to wait."""
    asked = error.retry_after
    return asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
