"""Does at a desk what commands that change a story say. Words no answer: ``clerk`` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.domain.changes import Amendment, Change
from bot.domain.commands import (
    AddUpdate,
    Correct,
    DropDraft,
    ExtendMaintenance,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    Retract,
    Translate,
)
from bot.domain.model import Role
from bot.domain.proposals import Deed, Proposal
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.operators.rights import require_drop

Telling: TypeAlias = (
    OpenIncident
    | AddUpdate
    | Resolve
    | PublishDraft
    | DropDraft
    | PlanMaintenance
    | PostponeMaintenance
    | ExtendMaintenance
)
"""Commands that add to a story, or would."""

Amending: TypeAlias = Translate | Correct | Retract
"""Commands about what has been published."""


_DEEDS: Mapping[type[Amending], Deed] = {
    Translate: Deed.TRANSLATE,
    Correct: Deed.CORRECT,
    Retract: Deed.RETRACT,
}


async def tell(command: Telling, operator: Operator, desk: IntakeDesk, *, draft: bool = False) -> Change:
    """Publish, or draft when the operator may not publish. Raises CommandError and whatever the desk raises.

    draft: True for a draft whoever it is.
    """
    by, draft = operator.name, draft or not operator.role.includes(Role.PUBLISHER)
    match command:
        case PublishDraft():
            return await desk.drafts.publish(command.draft_id, by=by, person=operator)
        case DropDraft():
            draft_to_drop = await desk.drafts.load(command.draft_id)
            await require_drop(draft_to_drop, operator, desk, f"/drop {command.draft_id}")
            return await desk.drafts.drop(command.draft_id, by=by)
        case OpenIncident():
            return await desk.stories.open(
                components=command.components,
                impact=command.impact,
                texts=command.texts,
                by=by,
                draft=draft,
                promised_at=command.promised_at,
            )
        case AddUpdate() | Resolve():
            status, promised_at = (
                (command.status, command.promised_at) if isinstance(command, AddUpdate) else (None, None)
            )
            return await desk.stories.add_update(
                command.incident_id, status=status, texts=command.texts, by=by, draft=draft, promised_at=promised_at
            )
        case _:
            return await _plan(command, operator, desk, draft=draft)


async def _plan(
    command: PlanMaintenance | PostponeMaintenance | ExtendMaintenance,
    operator: Operator,
    desk: IntakeDesk,
    *,
    draft: bool,
) -> Change:
    match command:
        case PlanMaintenance():
            return await desk.plans.announce(
                components=command.components,
                window=command.window,
                impact=command.impact,
                texts=command.texts,
                by=operator.name,
                draft=draft,
                every=command.every,
            )
        case PostponeMaintenance():
            return await desk.plans.postpone(
                command.incident_id,
                starts=command.starts,
                ends=command.ends,
                texts=command.texts,
                by=operator.name,
                draft=draft,
            )
        case ExtendMaintenance():
            return await desk.plans.extend(
                command.incident_id, longer=command.by, texts=command.texts, by=operator.name, draft=draft
            )


async def amend(command: Amending, operator: Operator, desk: IntakeDesk) -> Amendment | Change | Proposal:
    """Put other words in what was published; a Change when a whole story is withdrawn, a Proposal where others must
    agree first. Raises CommandError.
    """
    if await desk.proposals.wanted(command.incident_id):
        texts = {} if isinstance(command, Retract) else command.texts
        deed = _DEEDS[type(command)]
        return await desk.proposals.make(deed, command.incident_id, command.number, texts=texts, by=operator)
    match command:
        case Translate():
            return await desk.stories.amend(command.incident_id, command.number, texts=command.texts, by=operator.name)
        case Correct():
            return await desk.corrections.correct(
                command.incident_id, command.number, texts=command.texts, by=operator.name
            )
        case Retract():
            return await desk.corrections.retract(command.incident_id, command.number, by=operator.name)
