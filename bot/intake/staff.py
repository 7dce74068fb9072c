"""Who may command the bot right now, and what they did: the part of a desk about operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.model import Role
from bot.domain.staff import Deed, Operator
from bot.errors import CommandError
from bot.intake.cards import Cards
from bot.intake.transaction import Transaction
from bot.store import approvals, cards, outbox, proposals, staff
from bot.store.connection import Connection

SUBSCRIBERS_OWN = ("settings",)
"""Cards in a private chat that are not an operator's: whoever is dismissed may subscribe on."""


async def operators_now(connection: Connection, configured: Sequence[Operator]) -> dict[int, Operator]:
    """Everybody who may command the bot, by Telegram id: the configured ones, as commands have changed them."""
    known = {operator.telegram_id: operator for operator in configured}
    for telegram_id, name, role, language in await staff.changed(connection):
        if role is None:
            known.pop(telegram_id, None)
        else:
            known[telegram_id] = Operator(telegram_id=telegram_id, name=name, role=role, language=language)
    return known


class Staff:
    """Operators and the audit log, in one transaction."""

    def __init__(self, transaction: Transaction, configured: Sequence[Operator]) -> None:
        self._transaction, self._configured = transaction, configured

    async def everybody(self) -> dict[int, Operator]:
        """All operators by Telegram id."""
        return await operators_now(self._transaction.connection, self._configured)

    async def find(self, telegram_id: int) -> Operator | None:
        """An operator, as they are in this transaction; None when they are none."""
        return (await self.everybody()).get(telegram_id)

    async def note(self, by: Operator | None, deed: str, details: str = "", *, incident_id: int | None = None) -> None:
        """Add to the audit log. by: None for the service itself."""
        await staff.note(
            self._transaction.connection,
            at=self._transaction.now,
            telegram_id=by.telegram_id if by else None,
            name=by.name if by else "",
            deed=deed,
            incident_id=incident_id,
            details=details,
        )

    async def deeds(
        self, *, incident_id: int | None = None, before: int | None = None, most: int = 20
    ) -> Sequence[Deed]:
        """The newest entries of the audit log first."""
        return await staff.deeds(self._transaction.connection, incident_id=incident_id, before=before, most=most)

    def configures(self, telegram_id: int) -> bool:
        """Whether the configuration names this person."""
        return any(each.telegram_id == telegram_id for each in self._configured)

    async def appoint(self, person: Operator, *, by: Operator) -> Operator:
        """Let a person command the bot. Raises CommandError when they can already."""
        if await self.find(person.telegram_id):
            raise CommandError("{id} is an operator already; /operators role changes the role", id=person.telegram_id)
        await self._save(person, by=by)
        await self.note(by, "operators", f"add {person.telegram_id} {person.name} {person.role} {person.language}")
        return person

    async def change_role(self, telegram_id: int, role: Role, *, by: Operator) -> Operator:
        """Give an operator another role. Raises CommandError: no such operator, or nobody would be admin."""
        person = await self._somebody(telegram_id)
        if role is not Role.ADMIN:
            await self._refuse_losing(person, by=by)
        changed = replace(person, role=role)
        await self._save(changed, by=by)
        await self._judge_anew(telegram_id, role)
        await self.note(by, "operators", f"role {telegram_id} {person.name}: {person.role} -> {role}")
        return changed

    async def dismiss(self, telegram_id: int, *, by: Operator) -> Operator:
        """Let a person command the bot no longer. Raises CommandError: no such operator, or nobody would be admin."""
        person = await self._somebody(telegram_id)
        await self._refuse_losing(person, by=by)
        await self._save(person, by=by, role=None)
        await self._judge_anew(telegram_id, None)
        await Cards(self._transaction).take_away(telegram_id, but=SUBSCRIBERS_OWN)
        lanes = [f"telegram:{telegram_id}:{lane}" for lane in ("told", "answers")]
        await outbox.take_back(self._transaction.connection, lanes, now=self._transaction.now)
        await self.note(by, "operators", f"remove {telegram_id} {person.name}")
        return person

    async def choose_language(self, language: str, *, by: Operator) -> Operator:
        """Answer an operator in this language from now on, and take what they write to be in it."""
        changed = replace(by, language=language)
        await self._save(changed, by=by)
        await self.note(by, "language", language)
        return changed

    async def offered(self) -> Mapping[tuple[str, str], str]:
        """What Telegram has been told to offer: place and language -> a digest of it."""
        return await staff.offered(self._transaction.connection)

    async def note_offered(self, place: tuple[str, str], digest: str | None) -> None:
        """Telegram has been told what to offer there; digest: None for nothing any more."""
        await staff.note_offered(self._transaction.connection, *place, digest)

    async def _somebody(self, telegram_id: int) -> Operator:
        person = await self.find(telegram_id)
        if person is None:
            raise CommandError("there is no operator {id}; /operators lists them all", id=telegram_id)
        return person

    async def _refuse_losing(self, person: Operator, *, by: Operator) -> None:
        """An admin who goes by mistake could not come back."""
        if person.role is not Role.ADMIN:
            return
        if person.telegram_id == by.telegram_id:
            raise CommandError("nobody takes the role of an admin from themselves; another admin can")
        admins = [each for each in (await self.everybody()).values() if each.role is Role.ADMIN]
        if len(admins) < 2:
            raise CommandError("{name} is the last admin; make somebody else one first", name=person.name)

    async def _judge_anew(self, telegram_id: int, role: Role | None) -> None:
        """What somebody has said yes to, and what their cards offer, is a matter of the role they have now."""
        connection, drafts = self._transaction.connection, self._transaction.effects.drafts
        if role is None or not role.includes(Role.PUBLISHER):
            drafts |= {*await approvals.withdraw(connection, telegram_id)}
            await proposals.withdraw(connection, telegram_id)
        drafts |= {*await cards.drafts_in(connection, telegram_id)}

    async def _save(self, person: Operator, *, by: Operator, **changes: Role | None) -> None:
        values = {"name": person.name, "role": person.role, "language": person.language, **changes}
        transaction = self._transaction
        await staff.save(
            transaction.connection,
            telegram_id=person.telegram_id,
            changed_by=by.name,
            changed_at=transaction.now,
            **values,
        )
        transaction.effects.staff = True
