"""The part of a desk that keeps what operators are in the middle of saying, and shows what they can choose from.

What is asked, and what becomes of the answers, is ``operators.dialogues``' matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from bot.domain.dialogues import Dialogue, Talk
from bot.domain.model import Incident, Notice, Status, UpdateState
from bot.intake.cards import Cards, lane_of
from bot.intake.transaction import Transaction
from bot.store import dialogues
from bot.store import incidents as rows
from bot.store.schema import incidents, updates

STALE = timedelta(hours=12)
"""What nobody has gone on with for so long is over: words typed then are not meant for it."""

_MOST_STORIES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A published update. number: within its incident; notices: what customers read, by language."""

    number: int
    status: Status
    notices: Mapping[str, Notice]


class Dialogues:
    """``desk.dialogues``: at most one open dialogue for each chat and person."""

    def __init__(self, transaction: Transaction, cards: Cards) -> None:
        self._transaction, self._cards = transaction, cards

    async def begin(self, kind: str, talk: Talk, *, chat_id: int, topic: int | None, telegram_id: int) -> Dialogue:
        """Begin one; there must be no open one of that person in that chat."""
        now = self._transaction.now
        dialogue_id = await dialogues.insert(
            self._transaction.connection,
            kind=kind,
            talk=talk,
            step=1,
            changed_at=now,
            chat_id=chat_id,
            topic=topic,
            telegram_id=telegram_id,
        )
        found = await dialogues.load(self._transaction.connection, dialogue_id)
        if found is None:
            raise AssertionError("it has just been written down")
        return found

    async def one(self, dialogue_id: int) -> Dialogue | None:
        """A dialogue, None when there is none; one that is stale counts as ended."""
        found = await dialogues.load(self._transaction.connection, dialogue_id)
        return replace(found, ended=found.ended or self._is_stale(found)) if found else None

    async def current(self, chat_id: int, telegram_id: int) -> Dialogue | None:
        """What a person is in the middle of in a chat, None for nothing; one that is stale is there as ended."""
        found = await dialogues.load_open(self._transaction.connection, chat_id, telegram_id)
        return replace(found, ended=self._is_stale(found)) if found else None

    async def go_on(self, dialogue: Dialogue, talk: Talk) -> Dialogue:
        """Keep what has been said by now. Another look at the same question is no new step."""
        step = dialogue.step + (talk.given != dialogue.talk.given)
        changed = replace(dialogue, talk=talk, step=step, changed_at=self._transaction.now)
        await dialogues.save(self._transaction.connection, changed)
        return changed

    async def end(self, dialogue: Dialogue) -> None:
        """Nobody goes on with it."""
        await dialogues.end(self._transaction.connection, dialogue.id, now=self._transaction.now)

    async def is_shown_at(self, dialogue: Dialogue, message_id: int) -> bool:
        """Whether this message of its chat is the dialogue's card."""
        card = await self._cards.one(dialogue.subject, dialogue.chat_id, dialogue.topic)
        return card is not None and await dialogues.stands_at(self._transaction.connection, lane_of(card), message_id)

    async def open_stories(self) -> Sequence[Incident]:
        """At most 30 open incidents that customers know of, newest first."""
        return await self._stories(incidents.c.closed_at.is_(None))

    async def told_stories(self) -> Sequence[Incident]:
        """At most 30 incidents that customers know of, closed ones too, newest first."""
        return await self._stories(sa.true())

    async def story(self, incident_id: int) -> Incident | None:
        """An incident that customers know of, closed or not; None when there is none."""
        found = await rows.load_incident(self._transaction.connection, incident_id)
        return found if found and found.published_at else None

    async def told(self, incident_id: int) -> Sequence[Told]:
        """The published updates of an incident, newest first."""
        connection = self._transaction.connection
        published = sa.and_(updates.c.incident_id == incident_id, updates.c.state == UpdateState.PUBLISHED)
        found = await rows.load_updates(connection, published)
        notices = await rows.load_notices(connection, [each.id for each in found])
        told = [
            Told(
                number=each.number or 0,
                status=each.status,
                notices={language: notice for language, (_, notice) in notices.get(each.id, {}).items()},
            )
            for each in found
        ]
        return sorted(told, key=lambda each: each.number, reverse=True)

    async def _stories(self, condition: sa.ColumnElement[bool]) -> Sequence[Incident]:
        connection = self._transaction.connection
        query = sa.select(incidents.c.id).where(condition, incidents.c.published_at.is_not(None))
        newest = (await connection.execute(query.order_by(incidents.c.id.desc()).limit(_MOST_STORIES))).scalars()
        return (await rows.load_incidents(connection, incidents.c.id.in_(list(newest))))[::-1]

    def _is_stale(self, dialogue: Dialogue) -> bool:
        return self._transaction.now - dialogue.changed_at > STALE
