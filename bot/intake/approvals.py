"""Who has agreed to what operators want to publish, where it takes more than one. What automation may publish is a
rule's matter: what a rule or a deadline publishes asks nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.transaction import Transaction
from bot.store import approvals


async def agree(
    transaction: Transaction, draft_id: int, person: Operator, *, needed: int, staff: Mapping[int, Operator]
) -> bool:
    """Put down somebody's yes to a draft; True when enough have said it. Raises CommandError: they had said it.

    staff: the operators of now; a yes of somebody who may not publish any more counts no longer.
    """
    await approvals.leave(transaction.connection, draft_id, of=publishers(staff))
    said = await approvals.add(transaction.connection, draft_id, person.telegram_id, person.name, now=transaction.now)
    transaction.effects.drafts.add(draft_id)
    missing = needed - len(await approvals.names(transaction.connection, draft_id))
    if missing > 0 and not said:
        raise CommandError("you have said yes already; it takes {n} more of the other publishers.", n=missing)
    return missing <= 0


def publishers(staff: Mapping[int, Operator]) -> Collection[int]:
    """The Telegram ids of those who may publish."""
    return [telegram_id for telegram_id, each in staff.items() if each.role.includes(Role.PUBLISHER)]


def publisher_called(name: str, staff: Iterable[Operator]) -> Operator | None:
    """The one who may publish and is called that; None when nobody is, or two are and it may be either."""
    found = [each for each in staff if each.name == name]
    return found[0] if len(found) == 1 and found[0].role.includes(Role.PUBLISHER) else None
