"""What intake tells those who asked: changes, drafts, how things stand. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.changes import Change, Draft, Overview
from bot.domain.delivery import DeliveryState
from bot.domain.model import Incident, OnDeadline, UpdateState
from bot.intake.publishing import Published, Publisher
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store import outbox
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import incidents, updates


async def change_of(transaction: Transaction, publisher: Publisher, published: Published) -> Change:
    """What publishing an update has changed."""
    waiting = await outbox.waiting(transaction.connection, incident_id=published.incident.id)
    return _change(publisher, published.incident, published.update, dict(published.deliveries), sum(waiting.values()))


async def drafted(transaction: Transaction, publisher: Publisher, incident: Incident, update: UpdateRow) -> Change:
    """What drafting an update, or dropping one, has changed: nothing for customers."""
    waiting = await outbox.waiting(transaction.connection, incident_id=incident.id)
    return _change(publisher, incident, update, {}, sum(waiting.values()))


def _change(
    publisher: Publisher, incident: Incident, update: UpdateRow, deliveries: dict[str, int], waiting: int
) -> Change:
    languages = publisher.languages
    return Change(
        incident=incident,
        update_id=update.id,
        number=update.number,
        draft=update.state is UpdateState.DRAFT,
        languages=languages,
        own_words=tuple(language for language in languages if language in update.texts),
        translating=publisher.translating.wants(update) if update.state is UpdateState.PUBLISHED else (),
        deliveries=deliveries,
        waiting=waiting,
        page=publisher.page_of(incident.id),
    )


async def draft_of(connection: Connection, incident: Incident, update: UpdateRow) -> Draft:
    """A waiting draft with its words."""
    notices = (await rows.load_notices(connection, [update.id]))[update.id]
    return Draft(
        id=update.id,
        incident=incident,
        status=update.status,
        impact=update.impact,
        made_at=update.made_at,
        deadline=update.deadline,
        on_deadline=update.on_deadline or OnDeadline.PUBLISH,
        because=update.because,
        notices={language: notice for language, (_, notice) in notices.items()},
    )


async def waiting_drafts(connection: Connection) -> Sequence[Draft]:
    """All drafts, oldest first."""
    waiting = await rows.load_updates(connection, updates.c.state == UpdateState.DRAFT)
    concerned = await rows.load_incidents(connection, incidents.c.id.in_({draft.incident_id for draft in waiting}))
    by_id = {incident.id: incident for incident in concerned}
    return [await draft_of(connection, by_id[draft.incident_id], draft) for draft in waiting]


async def overview(connection: Connection, *, now: datetime) -> Overview:
    """How things stand at this instant."""
    open_now = sa.and_(incidents.c.published_at.is_not(None), incidents.c.closed_at.is_(None))
    day_ago = now - timedelta(hours=24)
    return Overview(
        open=tuple(await rows.load_incidents(connection, open_now)),
        drafts=len(await rows.load_updates(connection, updates.c.state == UpdateState.DRAFT)),
        waiting=await outbox.waiting(connection),
        dead=await outbox.count_ended(connection, DeliveryState.DEAD, since=day_ago),
        unknown=await outbox.count_ended(connection, DeliveryState.UNKNOWN, since=day_ago),
    )
