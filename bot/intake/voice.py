"""How an operator's words get into a story: said at once, or drafted for a publisher. Which words: the desk's parts."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bot.domain.changes import Change
from bot.domain.model import Impact, Incident, Status, UpdateState
from bot.errors import CommandError
from bot.intake.approvals import agree, publisher_called
from bot.intake.publishing import Publisher
from bot.intake.rendering import Words
from bot.intake.summaries import change_of, drafted, needed_for
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import updates

OVERTAKEN = "an operator has spoken meanwhile"
"""Why what waited is dropped without anybody having decided on it."""


class Voice:
    """What the parts of a desk that speak to customers share. Within one transaction."""

    def __init__(self, transaction: Transaction, publisher: Publisher, teller: Teller) -> None:
        self.transaction, self.publisher, self.teller = transaction, publisher, teller

    async def story(self, incident_id: int, *, becoming: Status | None) -> tuple[Incident, Status]:
        """The incident, which can go on, and what it can become.

        becoming: None for the one that ends a story of its kind (resolved or completed).
        Raises CommandError: no such incident, still a draft, already closed, or a status of the other kind.
        """
        incident = await known_incident(self.transaction.connection, incident_id)
        status = becoming or (Status.COMPLETED if incident.kind.planned else Status.RESOLVED)
        _check(incident, status)
        return incident, status

    async def say(self, incident: Incident, words: Words, *, draft: bool, agreed: bool = False) -> Change:
        """Publish the words, or draft them, also where more than one must agree; the author has then. Every operator
        gets a draft's card. agreed: enough have agreed to these words before. Raises CommandError: too long a text.
        """
        if not draft and (agreed or needed_for(self.publisher.settings, incident) == 1):
            published = await self.publisher.publish(self.transaction, incident, words)
            return await change_of(self.transaction, self.publisher, published)
        update = await self.publisher.draft(self.transaction, incident, words)
        await self.agree_to_own(incident, update.id, by=words.author or "")
        return await drafted(self.transaction, self.publisher, incident, update)

    async def agree_to_own(self, incident: Incident, draft_id: int, *, by: str) -> None:
        """Where more than one must agree to a draft, whoever worded it has, if they may publish."""
        needed = needed_for(self.publisher.settings, incident)
        staff = await self.teller.staff(self.transaction.connection) if needed > 1 else {}
        if author := publisher_called(by, staff.values()):
            await agree(self.transaction, draft_id, author, needed=needed, staff=staff)

    async def go_on(self, incident: Incident, words: Words, *, draft: bool) -> Change:
        """Say it in a story that has begun: a human speaks, so what automation had drafted is dropped."""
        if not draft and needed_for(self.publisher.settings, incident) == 1:
            await self.drop_automatic_drafts(incident)
        return await self.say(incident, words, draft=draft)

    async def drop_automatic_drafts(self, incident: Incident) -> None:
        """End what automation had drafted for this story; nobody is told."""
        await self._discard(incident, updates.c.author.is_(None))

    async def drop_drafts(self, incident: Incident) -> None:
        """End all drafts of this story; nobody is told."""
        await self._discard(incident, sa.true())

    async def _discard(self, incident: Incident, which: sa.ColumnElement[bool]) -> None:
        waiting = sa.and_(updates.c.incident_id == incident.id, updates.c.state == UpdateState.DRAFT, which)
        for update in await rows.load_updates(self.transaction.connection, waiting):
            await self.publisher.discard(self.transaction, update, because=OVERTAKEN)


async def known_incident(connection: Connection, incident_id: int) -> Incident:
    """The incident with this number, published or not. Raises CommandError when there is none."""
    incident = await rows.load_incident(connection, incident_id)
    if incident is None:
        raise CommandError("there is no incident {id}; /status lists the open ones", id=incident_id)
    return incident


async def published_update(connection: Connection, incident_id: int, number: int | None) -> tuple[Incident, UpdateRow]:
    """An update that customers have read, and its incident. number: None for the newest.

    Raises CommandError when there is none.
    """
    incident = await rows.load_incident(connection, incident_id)
    told = sa.and_(updates.c.incident_id == incident_id, updates.c.state == UpdateState.PUBLISHED)
    published = {each.number: each for each in await rows.load_updates(connection, told)}
    if incident is None or not published:
        raise CommandError("there is no published incident {id}; /status lists the open ones", id=incident_id)
    update = published.get(number or max(each for each in published if each))
    if update is None:
        raise CommandError(
            "incident {id} has no update {number}; it has {count}", id=incident_id, number=number, count=len(published)
        )
    return incident, update


def words_of(status: Status, impact: Impact, texts: Mapping[str, str], by: str) -> Words:
    """An update in an operator's words; that they said so is all the reason it has. texts: by language, may be empty;
    by: the operator's name.
    """
    return Words(status=status, impact=impact, because="", texts=texts, author=by)


def closed_already(incident: Incident) -> CommandError:
    """Why nothing more can be said in a story that is over."""
    if incident.kind.planned:
        return CommandError("incident {id} is closed already; /maintenance announces a new one", id=incident.id)
    return CommandError("incident {id} is closed already; /incident opens a new one", id=incident.id)


def _check(incident: Incident, status: Status) -> None:
    if incident.published_at is None and incident.open:
        raise CommandError(
            "incident {id} is still a draft: /drafts shows it, /publish or /drop it first", id=incident.id
        )
    if not incident.open:
        raise closed_already(incident)
    if status.planned is not incident.kind.planned:
        raise CommandError(
            "incident {id} cannot become {status}; possible are {possible}",
            id=incident.id,
            status=status.value,
            possible=", ".join(each for each in Status if each.planned is incident.kind.planned),
        )
