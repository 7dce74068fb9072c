"""Does at a desk what a command says, and words the answers. Knows nothing of Telegram, or of what is handled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config.settings import OperatorSettings, Settings
from bot.config.values import Localised
from bot.domain import command_reading, commands
from bot.domain.changes import Change
from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    DropDraft,
    ExtendMaintenance,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    SilenceComponents,
    Translate,
)
from bot.domain.dates import Here
from bot.domain.model import Role, Status
from bot.errors import CommandError
from bot.languages.days import day_names
from bot.operators import answers, cards, manual, reasons, windows
from bot.operators.desk import Desk


class Clerk:
    """Serves one operator at a time; keeps nothing between commands."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """clock: for the times in answers."""
        self._clock = clock
        self._zone = ZoneInfo(settings.timezone)
        self._languages, self._machine = settings.languages, settings.translate is not None
        self._components = {name: _names(component.name) for name, component in settings.components.items()}
        at_once = {"website": settings.channels.website, "feed": settings.channels.feed}
        self._maintenance = settings.maintenance
        self._projections = [name for name, channel in at_once.items() if channel is not None]

    def read(self, text: str, operator: OperatorSettings, *, username: str | None) -> Command:
        """The command an operator typed. Raises CommandError, also when their role is too low for it."""
        command = command_reading.parse(
            text,
            language=operator.language,
            languages=self._languages,
            components=self._components,
            bot_username=username,
            here=Here(now=self._clock(), zone=self._zone, names=day_names(operator.language)),
        )
        if not operator.role.includes(command.needs):
            raise CommandError(f"this needs a {command.needs}, and you are a {operator.role}.")
        return command

    async def carry_out(self, command: Command, operator: OperatorSettings, desk: Desk) -> Sequence[str]:
        """Do it; the answers as Markdown, one or more. Raises CommandError and whatever the desk raises."""
        match command:
            case commands.ShowStatus():
                return [answers.overview(await desk.overview(), zone=self._zone, now=self._clock())]
            case commands.ShowDrafts():
                return await self._cards(desk)
            case commands.Help():
                return [self._manual(operator)]
            case commands.Start():
                return [manual.welcome(_reader(operator))]
            case AskWhy():
                return [await self._reasons(command.incident_id, desk)]
            case SilenceComponents() | LiftSilence():
                return [await self._quiet(command, operator, desk)]
            case Translate():
                return [await self._amend(command, operator, desk)]
            case DropDraft():
                return [answers.dropped(await desk.drop(command.draft_id, by=operator.name))]
            case PlanMaintenance() | PostponeMaintenance() | ExtendMaintenance():
                return [self._told(await _schedule(command, operator, desk))]
            case OpenIncident() | AddUpdate() | Resolve() | PublishDraft():
                return [self._told(await _change(command, operator, desk))]
            case _:
                assert_never(command)

    async def _reasons(self, incident_id: int | None, desk: Desk) -> str:
        if incident_id is None:
            causes, total = await desk.unspoken()
            return reasons.unspoken(causes, total, zone=self._zone, now=self._clock())
        return reasons.why(await desk.why(incident_id), zone=self._zone, now=self._clock())

    async def _quiet(self, command: SilenceComponents | LiftSilence, operator: OperatorSettings, desk: Desk) -> str:
        now = self._clock()
        if isinstance(command, LiftSilence):
            return reasons.lifted(await desk.lift_silence(command.components))
        if not command.components:
            return reasons.silences(await desk.silences(), zone=self._zone, now=now)
        until = await desk.silence(command.components, length=command.length, by=operator.name)
        return reasons.silenced(command.components, until, zone=self._zone, now=now)

    def _manual(self, operator: OperatorSettings) -> str:
        components = [*self._components]
        return manual.commands(
            _reader(operator), languages=self._languages, components=components, machine=self._machine
        )

    async def _amend(self, command: Translate, operator: OperatorSettings, desk: Desk) -> str:
        amendment = await desk.amend_text(command.incident_id, command.number, texts=command.texts, by=operator.name)
        return answers.amended(amendment, projections=self._projections)

    async def _cards(self, desk: Desk) -> Sequence[str]:
        drafts = await desk.drafts()
        now = self._clock()
        shown = [cards.card(draft, zone=self._zone, now=now) for draft in drafts[: cards.MOST]]
        hidden = [f"... and {len(drafts) - len(shown)} more."] if len(drafts) > len(shown) else []
        return [*shown, *hidden] or [answers.NO_DRAFTS]

    def _told(self, change: Change) -> str:
        plan = windows.plan(change.incident, self._maintenance, zone=self._zone, now=self._clock())
        if change.draft:
            return answers.drafted(change, plan=plan)
        return answers.published(change, projections=self._projections, plan=plan)


async def _change(
    command: OpenIncident | AddUpdate | Resolve | PublishDraft, operator: OperatorSettings, desk: Desk
) -> Change:
    """Carry out a command that publishes, or drafts when its operator may not publish."""
    if isinstance(command, PublishDraft):
        return await desk.publish(command.draft_id, by=operator.name)
    draft = not operator.role.includes(Role.PUBLISHER)
    if isinstance(command, OpenIncident):
        return await desk.open_incident(
            components=command.components, impact=command.impact, texts=command.texts, by=operator.name, draft=draft
        )
    status: Status | None = command.status if isinstance(command, AddUpdate) else None
    return await desk.add_update(command.incident_id, status=status, texts=command.texts, by=operator.name, draft=draft)


async def _schedule(
    command: PlanMaintenance | PostponeMaintenance | ExtendMaintenance, operator: OperatorSettings, desk: Desk
) -> Change:
    """The same for what is planned."""
    draft = not operator.role.includes(Role.PUBLISHER)
    match command:
        case PlanMaintenance():
            return await desk.plan(
                components=command.components,
                window=command.window,
                impact=command.impact,
                texts=command.texts,
                by=operator.name,
                draft=draft,
            )
        case PostponeMaintenance():
            return await desk.postpone(
                command.incident_id,
                starts=command.starts,
                ends=command.ends,
                texts=command.texts,
                by=operator.name,
                draft=draft,
            )
        case ExtendMaintenance():
            return await desk.extend(
                command.incident_id, longer=command.by, texts=command.texts, by=operator.name, draft=draft
            )


def _reader(operator: OperatorSettings) -> manual.Reader:
    return manual.Reader(name=operator.name, role=operator.role, language=operator.language)


def _names(name: Localised) -> tuple[str, ...]:
    return (name,) if isinstance(name, str) else tuple(name.values())
