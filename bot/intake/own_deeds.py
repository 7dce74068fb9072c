"""What automation publishes stands in the audit log as the service's own deed."""

from __future__ import annotations

from bot.domain.model import Incident
from bot.intake.transaction import Transaction
from bot.store import staff
from bot.store.incidents import UpdateRow

_LONGEST = 200


async def note_own(transaction: Transaction, incident: Incident, update: UpdateRow) -> None:
    """An update is published without anybody having said so: by a rule, or by its deadline."""
    await staff.note(
        transaction.connection,
        at=transaction.now,
        telegram_id=None,
        name="",
        deed="publish",
        incident_id=incident.id,
        details=f"update {update.number} {update.status}: {update.because}"[:_LONGEST],
    )
