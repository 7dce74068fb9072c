"""Carries out operators' commands, in the order they came, and owes the answers. Fetches nothing: ``inbox`` does.

A command, its answer and "this update is handled" commit together. So a crash before the commit repeats the command,
and one after it repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.config.settings import OperatorSettings, Settings
from bot.domain.model import Role
from bot.errors import AlreadyHandled, CommandError, StoreBusy
from bot.operators import answers
from bot.operators.backoff import PAUSES, Backoff
from bot.operators.call import Call, Ignored, read
from bot.operators.clerk import Clerk
from bot.operators.desk import Desk, Front
from bot.operators.strangers import Strangers

TOO_LATE = timedelta(minutes=15)
"""Telegram keeps commands for a day while we are away; what was right then may mislead customers now."""

_log = structlog.get_logger(__name__)


class Handler:
    """The one that answers operators."""

    def __init__(
        self,
        settings: Settings,
        front: Front,
        *,
        wake: asyncio.Event,
        username: Callable[[], str | None],
        clock: Clock,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        """wake: set whenever something new is kept; username: the bot's own, without @, None while unknown;
        pauses: after failures of the store in a row."""
        self._front, self._wake, self._username, self._clock = front, wake, username, clock
        self._backoff = Backoff(pauses)
        self._strangers = Strangers()
        self._operators = {operator.telegram_id: operator for operator in settings.operators}
        self._clerk = Clerk(settings, clock)

    async def run(self) -> None:
        """Handle what is kept, also from before a restart, and whatever comes, until cancelled. May be, anywhere."""
        while True:
            self._wake.clear()
            try:
                while await self.handle_waiting():
                    pass
            except StoreBusy as error:
                _log.warning("the store is busy; commands wait", error=str(error))
                await self._backoff.failed()
            except Exception:  # the store itself fails: commands stay kept, and are tried again
                _log.exception("commands cannot be handled; trying again")
                await self._backoff.failed()
            else:
                self._backoff.worked()
                await self._wake.wait()

    async def handle_waiting(self) -> int:
        """Handle what is kept and unhandled now, oldest first; how many there were. Raises what the store raises."""
        waiting = await self._front.unhandled()
        for update_id, body in waiting:
            with suppress(AlreadyHandled):
                await self._handle(update_id, body)
        return len(waiting)

    async def _handle(self, update_id: int, body: str) -> None:
        chat_id: int | None = None
        try:
            call = read(body, username=self._username())
            operator = self._operators.get(call.telegram_id) if isinstance(call, Call) else None
            if isinstance(call, Ignored) or operator is None:
                await self._turn_away(update_id, call)
            else:
                chat_id = call.chat_id
                await self._serve(update_id, call, operator)
        except (StoreBusy, AlreadyHandled):
            raise
        except Exception:  # one update that cannot be handled must not keep the others from it
            _log.exception("defect while handling a Telegram update", update_id=update_id)
            await self._give_up(update_id, chat_id)

    async def _turn_away(self, update_id: int, call: Call | Ignored) -> None:
        if isinstance(call, Call) and call.private and self._strangers.may_answer(call.telegram_id, self._clock()):
            await self._settle(update_id, call.chat_id, answers.to_stranger(call.telegram_id))
        else:
            await self._settle(update_id, None)

    async def _serve(self, update_id: int, call: Call, operator: OperatorSettings) -> None:
        try:
            await self._carry_out(update_id, call, operator)
        except CommandError as error:
            await self._settle(update_id, call.chat_id, answers.refusal(error))

    async def _carry_out(self, update_id: int, call: Call, operator: OperatorSettings) -> None:
        """Raises CommandError, after which nothing of the command remains."""
        if call.text is None:
            raise CommandError(answers.TEXT_ONLY)
        command = self._clerk.read(call.text, operator, username=self._username())
        if command.needs is not Role.VIEWER and self._clock() - call.sent_at > TOO_LATE:
            raise CommandError(answers.TOO_LATE)

        async def work(desk: Desk) -> None:
            for text in await self._clerk.carry_out(command, operator, desk):
                await desk.tell(call.chat_id, text)
            await desk.handled(update_id)

        await self._front.transact(work)
        _log.info("command carried out", command=type(command).__name__, by=operator.name, update_id=update_id)

    async def _settle(self, update_id: int, chat_id: int | None, text: str = "") -> None:
        """Be done with an update, owing the chat an answer unless it is None."""

        async def work(desk: Desk) -> None:
            if chat_id is not None:
                await desk.tell(chat_id, text)
            await desk.handled(update_id)

        await self._front.transact(work)

    async def _give_up(self, update_id: int, chat_id: int | None) -> None:
        """Be done with an update that cannot be handled, without an answer if even that is what cannot be done."""
        try:
            await self._settle(update_id, chat_id, answers.DEFECT)
        except StoreBusy:
            raise
        except Exception:  # else this update would come again for ever, and keep all others waiting
            _log.exception("the answer could not be given either", update_id=update_id)
            await self._settle(update_id, None)
