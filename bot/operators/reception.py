"""Where operators are heard: commands, presses of buttons, words in a dialogue. Knows nothing of Telegram's updates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain import command_reading
from bot.domain.calls import Call
from bot.domain.commands import Begin, Guided, PublishDraft, ShowDeliveries, ShowDrafts, ShowQuick, ShowRecurring, Start
from bot.domain.model import Role
from bot.domain.presses import Pressed, pressed
from bot.domain.staff import Operator
from bot.domain.staff_commands import StaffCommand
from bot.errors import CommandError, Denied, TooLate
from bot.intake.desk import IntakeDesk
from bot.intake.drawing import KIND as DRAFT
from bot.intake.promises import KIND as PROMISE
from bot.intake.proposals import KIND as PROPOSAL
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import answers, series
from bot.operators.clerk import Clerk
from bot.operators.deliveries import KIND as DELIVERY
from bot.operators.deliveries import DeliveriesCard
from bot.operators.dialogues import drawing
from bot.operators.dialogues.asking import Company
from bot.operators.dialogues.host import Dialogues
from bot.operators.drafts.listing import KIND as LIST
from bot.operators.drafts.listing import DraftList
from bot.operators.drafts.pressing import DraftCards
from bot.operators.lateness import only_looks, refuse_late
from bot.operators.phrases import capital
from bot.operators.promising import PromiseCards
from bot.operators.proposing import ProposalCards
from bot.operators.quick import SIGN, QuickKeyboard
from bot.operators.staff import Office
from bot.operators.telling import Telling

_OLD = "This button is from another time. Send the command again."
_log = structlog.get_logger(__name__)


class Presses(Protocol):
    """What happens when buttons of one kind are pressed."""

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Do it; a short plain answer that is shown for a moment, None for none.

        Whoever presses may have lost their role since the button was made: it is checked here. Raises CommandError.
        """
        ...


class Reception:
    """Serves one operator at a time; keeps nothing between calls."""

    def __init__(
        self, settings: Settings, clock: Clock, *, username: Callable[[], str | None], tongues: Tongues | None = None
    ) -> None:
        """username: the bot's own, without @, None while unknown; tongues: None for English only."""
        self._clock, self._username, self._tongues = clock, username, tongues
        self._clerk = Clerk(settings, clock, tongues)
        company = _company(settings)
        self._quick = QuickKeyboard(company.components)
        self._office = Office(settings, clock, tongues, Telling(self._quick, tongues))
        self._series = series.SeriesCard(company.zone, tongues)
        self._dialogues = Dialogues(company, clock, self._clerk, tongues)
        self._drafts = DraftCards(clock, company.zone, tongues, ask_for_words=self._ask_for_words)
        self._list = DraftList(tongues)
        self._deliveries = DeliveriesCard(clock, company.zone, tongues)
        self._promises = PromiseCards(clock, tongues, begin=self._dialogues.begin)
        self._presses: Mapping[str, Presses] = {
            drawing.PREFIX: self._dialogues,
            series.KIND: self._series,
            "staff": self._office,
            "log": self._office,
            DRAFT: self._drafts,
            LIST: self._list,
            DELIVERY: self._deliveries,
            PROMISE: self._promises,
            PROPOSAL: ProposalCards(tongues),
        }

    def defect(self, operator: Operator) -> str:
        """What is said when something went wrong that should not."""
        return self._tongue(operator).say(answers.DEFECT)

    async def refusal(self, error: CommandError, call: Call, desk: IntakeDesk) -> str:
        """Why something was not done, in the operator's language: Markdown, plain for a press."""
        operator = await desk.staff.find(call.telegram_id)
        tongue = self._tongue(operator)
        if isinstance(error, Denied):
            await desk.staff.note(operator, "denied", str(error.values["deed"]))
        if isinstance(error, TooLate) and call.press:  # of an old press Telegram takes no answer, so nobody would know
            await desk.tell(call.chat_id, answers.refusal(error, tongue), topic=call.topic)
        return capital(tongue.error(error)) if call.press else answers.refusal(error, tongue)

    async def hear(self, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Do what an operator wants, and owe the answers; the toast that answers a press.

        Raises CommandError, after which nothing may remain of what was done at the desk.
        """
        if call.press is not None:
            return await self._pressed(call.press.data, call, operator, desk)
        if call.text is None:
            raise CommandError(answers.TEXT_ONLY)
        await self._read(call.text, call, operator, desk)
        return None

    async def _read(self, text: str, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """A command, a tap on the quick keyboard, or words for a dialogue; in a group anything else is only talk."""
        if call.forwarded and (text.startswith(SIGN) or command_reading.is_command(text)):
            raise CommandError("those are somebody else's words: I only do what you write yourself.")
        if text.startswith(SIGN):
            await self._tapped(text, call, operator, desk)
        elif command_reading.is_command(text):
            await self._command(text, call, operator, desk)
        elif not await self._dialogues.typed(text, call, operator, desk) and call.private:
            raise CommandError("that is not a command. /help lists them all.")

    async def _tapped(self, text: str, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        refuse_late(call, self._clock())
        draft_id = await self._quick.tapped(text, operator, desk)
        await desk.drafts.show(draft_id, chat_id=call.chat_id, topic=call.topic, language=operator.language, anew=True)
        _log.info("quick button tapped", draft=draft_id, by=operator.name)

    async def _pressed(self, data: str, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        what = pressed(data)
        presses = self._presses.get(what.kind) if what else None
        if what is None or presses is None:
            raise CommandError(_OLD)
        if not only_looks(what):
            refuse_late(call, self._clock())
        toast = await presses.press(what, call, operator, desk)
        _log.info("button pressed", kind=what.kind, id=what.id, verb=what.verb, by=operator.name)
        return toast

    async def _command(self, text: str, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        command = self._clerk.read(text, operator, username=self._username())
        if command.needs is not Role.VIEWER:
            refuse_late(call, self._clock())
        if isinstance(command, Guided):
            await self._guide(command, call, operator, desk)
        elif isinstance(command, PublishDraft) and not await self._drafts.read(command.draft_id, call, operator, desk):
            return
        elif isinstance(command, ShowDrafts):
            await self._list.show(call, operator, desk)
        elif isinstance(command, ShowDeliveries):
            await self._deliveries.show(command.incident_id, call, operator, desk)
        elif isinstance(command, StaffCommand):
            await self._office.serve(command, call, operator, desk)
        else:
            for answer in await self._clerk.carry_out(command, operator, desk):
                keyboard = self._quick.keyboard(operator.language) if self._welcomes(command, call, operator) else None
                await desk.tell(call.chat_id, answer, keyboard=keyboard, topic=call.topic)
        _log.info("command carried out", command=type(command).__name__, by=operator.name)

    async def _ask_for_words(self, draft_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        await self._dialogues.begin(Begin(kind="reword", said={"draft": draft_id}), call, operator, desk)

    async def _guide(self, command: Guided, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        match command:
            case Begin():
                await self._dialogues.begin(command, call, operator, desk)
            case ShowQuick():
                await self._quick.show(command, call, operator, self._tongue(operator), desk)
            case ShowRecurring():
                await self._series.show(call, operator, desk)

    def _welcomes(self, command: object, call: Call, operator: Operator) -> bool:
        """Whether the quick keyboard comes with the answer; in a group everybody would have it."""
        return isinstance(command, Start) and call.private and operator.role.includes(Role.DRAFTER)

    def _tongue(self, operator: Operator | None) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues and operator else ENGLISH


def _company(settings: Settings) -> Company:
    """What dialogues need of the configuration; a component with one name for all has it in the first language."""
    first = settings.languages[0]
    names = {each: component.name for each, component in settings.components.items()}
    return Company(
        components={each: {first: name} if isinstance(name, str) else dict(name) for each, name in names.items()},
        languages=settings.languages,
        zone=ZoneInfo(settings.timezone),
    )
