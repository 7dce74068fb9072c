"""Does at a desk what a command says, notes it in the audit log, and words the answers.

Knows nothing of Telegram, or of what is handled. What operators say about each other is ``staff``'s.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config.settings import Settings
from bot.config.values import Localised
from bot.domain import command_reading
from bot.domain.changes import Amendment, Change
from bot.domain.commands import (
    AskWhy,
    Command,
    Correct,
    DropDraft,
    Guided,
    Help,
    LiftSilence,
    OpenIncident,
    Retract,
    RewordDraft,
    ShowDeliveries,
    ShowDrafts,
    ShowStatus,
    SilenceComponents,
    Start,
    Translate,
)
from bot.domain.dates import Here
from bot.domain.proposals import Proposal
from bot.domain.staff import Operator
from bot.domain.staff_commands import StaffCommand
from bot.intake.desk import IntakeDesk
from bot.intake.rewording import Rewording
from bot.languages.days import day_names
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import answers, manual, reasons, windows
from bot.operators.carrying import Amending, Telling, amend, tell
from bot.operators.deeds import LONGEST, deed_of, details_of
from bot.operators.menus import aliases, menu
from bot.operators.overview import Outlook
from bot.operators.phrases import moment, own_words, told_elsewhere
from bot.operators.proposing import waits
from bot.operators.rights import require


class Clerk:
    """Serves one operator at a time; keeps nothing between commands."""

    def __init__(self, settings: Settings, clock: Clock, tongues: Tongues | None = None) -> None:
        """clock: for the times in answers; tongues: None for English only."""
        self._clock, self._tongues = clock, tongues
        self._zone = ZoneInfo(settings.timezone)
        self._languages, self._machine = settings.languages, settings.translate is not None
        self._components = {name: _names(component.name) for name, component in settings.components.items()}
        at_once = {"website": settings.channels.website, "feed": settings.channels.feed}
        self._maintenance = settings.maintenance
        self._projections = [name for name, channel in at_once.items() if channel is not None]

    def read(self, text: str, operator: Operator, *, username: str | None) -> Command | Guided | StaffCommand:
        """The command an operator typed. Raises CommandError, also when their role is too low for it."""
        command = command_reading.parse(
            text,
            language=operator.language,
            languages=self._languages,
            components=self._components,
            bot_username=username,
            here=Here(now=self._clock(), zone=self._zone, names=day_names(operator.language)),
            aliases=aliases(self._tongue(operator)),
            words=own_words(self._tongue(operator)),
            offered=[name for name, _ in menu(operator.role, self._tongue(operator))],
        )
        require(operator, command.needs, text[:LONGEST])
        return command

    async def carry_out(self, command: Command, operator: Operator, desk: IntakeDesk) -> Sequence[str]:
        """Do it; the answers as Markdown, one or more. Raises CommandError and whatever the desk raises."""
        tongue = self._tongue(operator)
        match command:
            case ShowStatus():
                outlook = Outlook(tongue, zone=self._zone, now=self._clock(), host=platform.node())
                return [outlook.of(await desk.insight.overview())]
            case ShowDrafts() | ShowDeliveries():
                return []  # their cards show themselves
            case RewordDraft():
                return [await self._reword(command, operator, desk)]
            case Help():
                return [self._manual(operator, tongue)]
            case Start():
                return [manual.welcome(_reader(operator), tongue)]
            case AskWhy():
                return [await self._reasons(command.incident_id, desk, tongue)]
            case SilenceComponents() | LiftSilence():
                return [await self._quiet(command, operator, desk)]
            case Translate() | Correct() | Retract():
                return [await self._amend(command, operator, desk)]
            case _:
                return [await self._tell(command, operator, desk)]

    async def _reasons(self, incident_id: int | None, desk: IntakeDesk, tongue: Tongue) -> str:
        if incident_id is None:
            causes, total = await desk.insight.unspoken()
            return reasons.unspoken(causes, total, zone=self._zone, now=self._clock(), tongue=tongue)
        return reasons.why(await desk.insight.why(incident_id), zone=self._zone, now=self._clock(), tongue=tongue)

    async def _quiet(self, command: SilenceComponents | LiftSilence, operator: Operator, desk: IntakeDesk) -> str:
        now, tongue = self._clock(), self._tongue(operator)
        if not command.components:
            return reasons.silences(await desk.silences.standing(), zone=self._zone, now=now, tongue=tongue)
        await desk.staff.note(operator, deed_of(command), details_of(command))
        if isinstance(command, LiftSilence):
            return reasons.lifted(await desk.silences.lift(command.components), tongue)
        until = await desk.silences.silence(command.components, length=command.length, by=operator.name)
        return reasons.silenced(command.components, until, zone=self._zone, now=now, tongue=tongue)

    async def _reword(self, command: RewordDraft, operator: Operator, desk: IntakeDesk) -> str:
        draft = await desk.drafts.load(command.draft_id)
        wish = Rewording(texts=command.texts)
        await desk.drafts.reword(draft.id, wish, by=operator.name, person=operator)
        await desk.staff.note(operator, "reword", f"draft {draft.id}", incident_id=draft.incident.id)
        tongue = self._tongue(operator)
        said = tongue.say(
            "Draft {id} says something else now: its card above shows it. Nothing is published yet.", id=draft.id
        )
        after = await desk.drafts.load(draft.id)
        left = answers.left_as_they_were([each for each in after.own_words if each not in command.texts], tongue)
        return "\n".join([said, *left, *answers.counted(after, operator.name, tongue)])

    async def _tell(self, command: Telling, operator: Operator, desk: IntakeDesk) -> str:
        change = await tell(command, operator, desk)
        await self._note(command, operator, desk, change)
        tongue = self._tongue(operator)
        if isinstance(command, DropDraft):
            return answers.dropped(change, tongue)
        plan = windows.plan(change.incident, self._maintenance, zone=self._zone, now=self._clock(), tongue=tongue)
        if change.again is not None:
            plan = [*plan, windows.comes_again(change.again, zone=self._zone, tongue=tongue)]
        if change.promised_at is not None:
            at = moment(change.promised_at, zone=self._zone, now=self._clock(), tongue=tongue)
            plan = [*plan, tongue.say("It promises more news by {time}.", time=at)]
        if isinstance(command, OpenIncident):
            plan = [*plan, *told_elsewhere(await desk.insight.told_elsewhere(change.incident), tongue)]
        if change.draft:
            return answers.drafted(change, plan=plan, tongue=tongue)
        return answers.published(change, projections=self._projections, plan=plan, tongue=tongue)

    async def _amend(self, command: Amending, operator: Operator, desk: IntakeDesk) -> str:
        done, tongue = await amend(command, operator, desk), self._tongue(operator)
        if isinstance(done, Proposal):
            await desk.staff.note(operator, "propose", f"proposal {done.id}", incident_id=done.incident_id)
            return waits(done, tongue)
        await self._note(command, operator, desk, done)
        if isinstance(done, Change):
            return answers.retracted(done, projections=self._projections, tongue=tongue)
        worded = answers.withdrawn if isinstance(command, Retract) else answers.amended
        return worded(done, projections=self._projections, tongue=tongue)

    async def _note(
        self, command: Telling | Amending, operator: Operator, desk: IntakeDesk, done: Change | Amendment
    ) -> None:
        deed = deed_of(command, done)
        await desk.staff.note(operator, deed, details_of(command, done), incident_id=done.incident.id)

    def _manual(self, operator: Operator, tongue: Tongue) -> str:
        return manual.commands(
            _reader(operator),
            languages=self._languages,
            components=[*self._components],
            machine=self._machine,
            tongue=tongue,
        )

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


def _reader(operator: Operator) -> manual.Reader:
    return manual.Reader(name=operator.name, role=operator.role, language=operator.language)


def _names(name: Localised) -> tuple[str, ...]:
    return (name,) if isinstance(name, str) else tuple(name.values())
