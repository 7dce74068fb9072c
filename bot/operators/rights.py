"""What an operator may do: asked at every command and every press, of the role they have in that very transaction."""

from __future__ import annotations

from bot.domain.changes import Draft
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.errors import Denied
from bot.intake.desk import IntakeDesk


def require(operator: Operator, needs: Role, wanted: str) -> None:
    """Raises Denied when the operator's role is lower. wanted: what they want to do, for the audit log."""
    if operator.role.includes(needs):
        return
    if needs is Role.ADMIN:
        raise Denied("this needs an admin, and you are a {role}.", role=operator.role, deed=wanted)
    raise Denied("this needs a {needs}, and you are a {role}.", needs=needs, role=operator.role, deed=wanted)


async def require_drop(draft: Draft, operator: Operator, desk: IntakeDesk, wanted: str) -> None:
    """Raises Denied when the operator may not drop the draft: a publisher may, and a drafter what is their own alone.

    wanted: as for ``require``.
    """
    namesakes = [each for each in (await desk.staff.everybody()).values() if each.name == operator.name]
    own = draft.is_of(operator.name) and len(namesakes) == 1
    require(operator, Role.DRAFTER if own else Role.PUBLISHER, wanted)
