"""What planned maintenance does by itself: a reminder, its beginning, its end. When is for ``domain.planned`` to say.

An operator has decided on all of it beforehand: it is told in their name, and the storm brake does not count it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from bot.config.maintenance import Maintenance
from bot.domain.model import Incident, Kind, Occasion, Status, UpdateState
from bot.domain.planned import Plan, Turn, turn, turns_at
from bot.intake.apart import apart
from bot.intake.publishing import Publisher
from bot.intake.rendering import Words
from bot.intake.summaries import change_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import incidents, updates

_TOLD: Mapping[Turn, tuple[Status, Occasion | None, str]] = {
    Turn.REMINDER: (Status.SCHEDULED, Occasion.REMINDER, "it begins soon"),
    Turn.BEGINNING: (Status.IN_PROGRESS, None, "its window has begun"),
    Turn.END: (Status.COMPLETED, None, "its window is over"),
}
_OPEN = sa.and_(
    incidents.c.closed_at.is_(None),
    incidents.c.kind == Kind.MAINTENANCE,
    incidents.c.published_at.is_not(None),
    incidents.c.scheduled_for.is_not(None),
    incidents.c.scheduled_until.is_not(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """planner: the operator who announced it, None when automation did;
    by_hand: an operator has written into it since it began, so that only they can know how it ends.
    """

    incident: Incident
    plan: Plan
    planner: str | None
    by_hand: bool


class Plans:
    """Carries out what is due of all plans."""

    def __init__(self, publisher: Publisher, teller: Teller, settings: Maintenance) -> None:
        self._publisher, self._teller, self._settings = publisher, teller, settings
        self._remind = settings.remind or None

    async def next(self, connection: Connection) -> datetime | None:
        """When the next thing is due, None when nothing is."""
        moments = [turns_at(story.plan, remind=self._remind) for story in await _stories(connection)]
        return min((moment for moment in moments if moment is not None), default=None)

    async def carry_out(self, transaction: Transaction) -> None:
        """Everything that is due now; one story that cannot be told does not hold up the others."""
        for story in await _stories(transaction.connection):
            due = turn(story.plan, remind=self._remind, now=transaction.now)
            if due is not None:
                what = f"maintenance {story.incident.id}"
                await apart(transaction, what, partial(self._tell_of, story=story, due=due))

    async def _tell_of(self, transaction: Transaction, *, story: _Story, due: Turn) -> None:
        status, occasion, reason = _TOLD[due]
        asks = due is Turn.END and (story.by_hand or self._settings.complete == "ask")
        words = Words(
            status=status,
            impact=story.incident.impact,
            because=f"{reason}, as {story.planner} planned it" if story.planner else reason,
            texts={},
            author=None,
            occasion=occasion,
            planner=None if asks else story.planner,
        )
        await (self._ask if asks else self._publish)(transaction, story.incident, words)

    async def _publish(self, transaction: Transaction, incident: Incident, words: Words) -> None:
        published = await self._publisher.publish(transaction, incident, words)
        change = await change_of(transaction, self._publisher, published)
        await self._tell(transaction, lambda language: self._teller.cards.published(change, words.because, language))

    async def _ask(self, transaction: Transaction, incident: Incident, words: Words) -> None:
        await self._publisher.draft(transaction, incident, words)

    async def _tell(self, transaction: Transaction, text: Callable[[str], str]) -> None:
        transaction.effects.deliveries += await self._teller.tell(transaction.connection, text, now=transaction.now)


async def _stories(connection: Connection) -> list[_Story]:
    """Open maintenance that customers know of, and whose window is known."""
    found = await rows.load_incidents(connection, _OPEN)
    if not found:
        return []
    made = await rows.load_updates(connection, updates.c.incident_id.in_([incident.id for incident in found]))
    stories = (_story(incident, [each for each in made if each.incident_id == incident.id]) for incident in found)
    return [story for story in stories if story is not None]


def _story(incident: Incident, made: list[UpdateRow]) -> _Story | None:
    told = sorted((each for each in made if each.state is UpdateState.PUBLISHED), key=lambda each: each.number or 0)
    if not told or incident.scheduled_for is None or incident.scheduled_until is None:
        return None
    first, newest = told[0], told[-1]
    asked = any(
        each.status is Status.COMPLETED and each.author is None and each.made_at >= incident.scheduled_until
        for each in made
    )
    plan = Plan(
        status=incident.status,
        starts=incident.scheduled_for,
        ends=incident.scheduled_until,
        told_at=newest.at,
        asked=asked,
    )
    goes_on = newest.status is Status.IN_PROGRESS and newest.occasion is not Occasion.EXTENDED
    return _Story(
        incident=incident,
        plan=plan,
        planner=first.decided_by or first.author,
        by_hand=newest.author is not None and goes_on,
    )
