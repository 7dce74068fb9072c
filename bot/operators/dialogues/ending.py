"""What becomes of a dialogue's answers, or of a tap on the quick keyboard: a draft, whose card is decided on."""

from __future__ import annotations

from typing import TypeAlias

from bot.domain.changes import Change
from bot.domain.commands import (
    AddUpdate,
    ExtendMaintenance,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    Resolve,
)
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.operators.carrying import tell
from bot.operators.deeds import deed_of, details_of

Drafted: TypeAlias = OpenIncident | AddUpdate | Resolve | PlanMaintenance | PostponeMaintenance | ExtendMaintenance
"""Commands that say something to customers."""


async def drafted(command: Drafted, operator: Operator, desk: IntakeDesk) -> Change:
    """Make a draft of it, whoever says it: its card shows what customers will read, and asks for the yes."""
    draft = await tell(command, operator, desk, draft=True)
    await desk.staff.note(operator, deed_of(command), details_of(command, draft), incident_id=draft.incident.id)
    return draft
