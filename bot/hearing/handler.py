"""Hands what Telegram told us to whoever it concerns, in the order it came, and owes the answers. Fetches nothing.

What somebody wants, its answer and "this update is handled" commit together. So a crash before the commit repeats it,
and one after it repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.domain.calls import Call, Press, Turnout
from bot.errors import AlreadyHandled, CommandError, StoreBusy
from bot.hearing.backoff import PAUSES, Backoff
from bot.hearing.call import Ignored, read
from bot.hearing.strangers import Crowd, Strangers, to_stranger
from bot.intake.desk import IntakeDesk
from bot.intake.service import Intake
from bot.operators.reception import Reception
from bot.subscribers.reception import Reception as Guests
from bot.subscribers.reception import concerns_subscribers

Respond = Callable[[str, str | None], Awaitable[None]]
"""Answers a press: the query's id, and a short plain text or nothing. Raises nothing."""

SAFETY_NET = timedelta(seconds=5)
"""After this long we look whether something is kept, though nobody said so."""

_log = structlog.get_logger(__name__)


class Handler:
    """The one that answers. Operators are whoever is one in the very transaction that does what they want."""

    def __init__(
        self,
        intake: Intake,
        *,
        operators: Reception,
        guests: Guests | None,
        respond: Respond,
        wake: asyncio.Event,
        username: Callable[[], str | None],
        clock: Clock,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        """guests: for everybody who is no operator, None when there are no subscribers; wake: set whenever something
        new is kept; username: the bot's own, without @, None while unknown; pauses: after failures of the store.
        """
        self._intake, self._operators, self._guests = intake, operators, guests
        self._respond, self._wake, self._username, self._clock = respond, wake, username, clock
        self._backoff = Backoff(pauses)
        self._strangers, self._crowd = Strangers(), Crowd()
        self._responses: set[asyncio.Task[None]] = set()

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
                await self._woken()

    async def _woken(self) -> None:
        """Something is kept, or it is time to see for ourselves: word from another node may be lost."""
        try:
            async with asyncio.timeout(SAFETY_NET.total_seconds()):  # wait_for may swallow a cancellation
                await self._wake.wait()
        except TimeoutError:
            return

    async def handle_waiting(self) -> int:
        """Handle some of what is kept, operators' first; how many there were. Raises what the store raises."""
        waiting = await self._intake.unhandled()
        for update_id, body, made_after in waiting:
            with suppress(AlreadyHandled):
                await self._handle(update_id, body, made_after)
        return len(waiting)

    async def _handle(self, update_id: int, body: str, made_after: datetime | None) -> None:
        call: Call | None = None
        try:
            heard = read(body, username=self._username(), made_after=made_after)
            match heard:
                case Call():
                    call = heard
                    self._answer(call.press, await self._serve(update_id, call))
                case Turnout():
                    await self._note_turnout(update_id, heard)
                case Ignored():
                    await self._settle(update_id)
        except (StoreBusy, AlreadyHandled):
            raise
        except Exception:  # one update that cannot be handled must not keep the others from it
            _log.exception("defect while handling a Telegram update", update_id=update_id)
            await self._give_up(update_id, call)

    async def _serve(self, update_id: int, call: Call) -> str | None:
        """Do what a call wants; the toast that answers a press."""
        try:
            return await self._intake.transact(lambda desk: self._done(update_id, call, desk))
        except AlreadyHandled:
            raise
        except CommandError as error:
            return await self._refuse(update_id, call, error)

    async def _done(self, update_id: int, call: Call, desk: IntakeDesk) -> str | None:
        """Raises CommandError, after which nothing of it remains."""
        operator = await desk.staff.find(call.telegram_id)
        toast = None
        if operator is not None and not (self._guests and call.private and concerns_subscribers(call)):
            toast = await self._operators.hear(call, operator, desk)
        elif self._guests is not None and call.private:
            if self._crowd.may_ask(call.telegram_id, self._clock()):
                toast = await self._guests.hear(call, desk)
        elif call.private and call.press is None and self._strangers.may_answer(call.telegram_id, self._clock()):
            await desk.tell(call.chat_id, to_stranger(call.telegram_id))
        await desk.handled(update_id)
        return toast

    async def _refuse(self, update_id: int, call: Call, error: CommandError) -> str | None:
        """Say why something was not done: where the call came from, or as the toast that answers a press."""

        async def work(desk: IntakeDesk) -> str | None:
            text = await self._operators.refusal(error, call, desk)
            if call.press is None:
                await desk.tell(call.chat_id, text, topic=call.topic)
            await desk.handled(update_id)
            return text if call.press else None

        return await self._intake.transact(work)

    async def _note_turnout(self, update_id: int, turnout: Turnout) -> None:
        async def work(desk: IntakeDesk) -> None:
            if self._guests is not None:
                await self._guests.turned(turnout, desk)
            await desk.handled(update_id)

        await self._intake.transact(work)

    async def _settle(self, update_id: int) -> None:
        """Be done with an update, and say nothing."""
        await self._intake.transact(lambda desk: desk.handled(update_id))

    async def _give_up(self, update_id: int, call: Call | None) -> None:
        """Be done with an update that cannot be handled, without an answer if even that is what cannot be done."""
        try:
            await self._apologise(update_id, call)
        except StoreBusy:
            raise
        except Exception:  # else this update would come again for ever, and keep all others waiting
            _log.exception("the answer could not be given either", update_id=update_id)
            await self._settle(update_id)

    async def _apologise(self, update_id: int, call: Call | None) -> None:
        """Only operators can do something about it."""

        async def work(desk: IntakeDesk) -> None:
            operator = await desk.staff.find(call.telegram_id) if call else None
            if call is not None and operator is not None:
                await desk.tell(call.chat_id, self._operators.defect(operator), topic=call.topic)
            await desk.handled(update_id)

        await self._intake.transact(work)
        self._answer(call.press if call else None, None)

    def _answer(self, press: Press | None, toast: str | None) -> None:
        """Tell the client that its press has come; beside the work, so that a slow Telegram holds up nobody."""
        if press is not None:
            response = asyncio.ensure_future(self._respond(press.query_id, toast))
            self._responses.add(response)
            response.add_done_callback(self._responses.discard)
