"""Where operators are appointed, changed and dismissed, and read what everybody did: texts with buttons.

Whether it may be done is ``intake.staff``'s to say; what the texts look like ``people``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain.buttons import Buttons
from bot.domain.calls import Call
from bot.domain.model import Role
from bot.domain.presses import Pressed
from bot.domain.staff import Operator
from bot.domain.staff_commands import (
    AddOperator,
    ChangeRole,
    ChooseLanguage,
    RemoveOperator,
    ShowLog,
    ShowOperators,
    ShowReach,
    StaffCommand,
)
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import log, people, reaching
from bot.operators.rights import require
from bot.operators.telling import Telling


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who is served, where, and at which desk."""

    call: Call
    operator: Operator
    desk: IntakeDesk


class Office:
    """Serves one operator at a time; keeps nothing between calls. Its buttons are of the kinds "staff" and "log"."""

    def __init__(self, settings: Settings, clock: Clock, tongues: Tongues | None, telling: Telling) -> None:
        """tongues: None for English only; telling: what people are told about themselves."""
        self._clock, self._tongues, self._telling = clock, tongues, telling
        self._zone = ZoneInfo(settings.timezone)
        self._chats = reaching.chats_of(settings.channels.telegram)

    async def serve(self, command: StaffCommand, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """Do what a command says, and owe the answer. Raises CommandError."""
        match command:
            case ShowLog():
                await self._show_log(command.incident_id or 0, None, _Visit(call, operator, desk), anew=True)
            case ShowOperators():
                await self._show_staff(0, _Visit(call, operator, desk), anew=True)
            case _:
                await desk.tell(call.chat_id, await self._answer(command, operator, desk), topic=call.topic)

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Do what a button says; see ``reception.Presses``."""
        if what.kind == "log":
            require(operator, Role.PUBLISHER, "/log")
            before = int(what.argument) if what.argument.isdecimal() else None
            await self._show_log(what.id, before, _Visit(call, operator, desk))
            return None
        return await self._pressed(what, call, operator, desk)

    async def _answer(self, command: StaffCommand, operator: Operator, desk: IntakeDesk) -> str:
        tongue = self._tongue(operator)
        match command:
            case ShowReach():
                found, left = await desk.insight.reach()
                return reaching.reach(self._chats, found, left, tongue)
            case AddOperator():
                return await self._add(command, operator, desk)
            case ChangeRole():
                changed = await self._change(command.telegram_id, command.role, operator, desk)
                return people.changed(changed, tongue, configured=desk.staff.configures(changed.telegram_id))
            case RemoveOperator():
                gone = await self._dismiss(command.telegram_id, operator, desk)
                return people.dismissed(gone, tongue, configured=desk.staff.configures(gone.telegram_id))
            case ChooseLanguage():
                if command.language is None:
                    return people.language(operator, tongue)
                chosen = await desk.staff.choose_language(command.language, by=operator)
                return people.language(chosen, self._tongue(chosen))
            case _:
                raise AssertionError("what is shown with buttons has been served")

    async def _add(self, command: AddOperator, operator: Operator, desk: IntakeDesk) -> str:
        added = await desk.staff.appoint(
            Operator(
                telegram_id=command.telegram_id,
                name=command.name,
                role=command.role,
                language=command.language or operator.language,
            ),
            by=operator,
        )
        await self._telling.appointed(added, desk)
        return people.appointed(added, self._tongue(operator))

    async def _change(self, telegram_id: int, role: Role, operator: Operator, desk: IntakeDesk) -> Operator:
        before = await desk.staff.find(telegram_id)
        changed = await desk.staff.change_role(telegram_id, role, by=operator)
        await desk.proposals.redraw()
        if before != changed:
            await self._telling.changed(changed, desk)
        return changed

    async def _dismiss(self, telegram_id: int, operator: Operator, desk: IntakeDesk) -> Operator:
        gone = await desk.staff.dismiss(telegram_id, by=operator)
        await desk.proposals.redraw()
        await self._telling.dismissed(gone, desk)
        return gone

    # --- buttons ---

    async def _show_log(self, incident_id: int, before: int | None, visit: _Visit, *, anew: bool = False) -> None:
        staff, tongue = visit.desk.staff, self._tongue(visit.operator)
        deeds = await staff.deeds(incident_id=incident_id or None, before=before, most=log.PAGE + 1)
        text = log.page(deeds, incident_id or None, zone=self._zone, now=self._clock(), tongue=tongue)
        buttons = log.buttons(deeds, incident_id, before, tongue)
        await _show(f"log:{incident_id}", text, buttons, visit, anew=anew)

    async def _show_staff(self, telegram_id: int, visit: _Visit, *, asks: bool = False, anew: bool = False) -> None:
        """telegram_id: of the one who is shown alone, 0 for all; asks: whether they are to be removed."""
        staff, tongue = visit.desk.staff, self._tongue(visit.operator)
        everybody = await staff.everybody()
        chosen = everybody.get(telegram_id)
        if chosen is None:
            text = people.everybody(everybody.values(), tongue, configures=staff.configures)
            buttons = people.choices(everybody.values())
        else:
            text = people.one(chosen, tongue, configured=staff.configures(telegram_id), asks=asks)
            buttons = people.deeds(chosen, tongue, asks=asks)
        shown = buttons if visit.operator.role is Role.ADMIN else None
        await _show("staff", text, shown, visit, anew=anew)

    async def _pressed(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        require(operator, Role.ADMIN, "/operators")
        tongue, asks, shown = self._tongue(operator), False, what.id
        toast = None
        match what.verb:
            case "role" if what.argument in list(Role):
                changed = await self._change(what.id, Role(what.argument), operator, desk)
                toast = tongue.say("{name}: {role}", name=changed.name, role=tongue.word(changed.role))
            case "away":
                gone = await self._dismiss(what.id, operator, desk)
                toast, shown = tongue.say("{name}: removed", name=gone.name), 0
            case "ask":
                asks = True
            case "open":
                pass
            case _:
                raise CommandError("This button is from another time. Send the command again.")
        await self._show_staff(shown, _Visit(call, operator, desk), asks=asks)
        return toast

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


async def _show(subject: str, text: str, buttons: Buttons | None, visit: _Visit, *, anew: bool) -> None:
    call, language = visit.call, visit.operator.language
    await visit.desk.cards.show(subject, call.chat_id, text, buttons, language=language, topic=call.topic, anew=anew)
