"""What intake tells those who asked: changes, drafts, how things stand. Reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.config.settings import Settings
from bot.domain.changes import Change, Draft, Overview
from bot.domain.delivery import DeliveryState
from bot.domain.model import Incident, Notice, OnDeadline, UpdateState
from bot.domain.wording import wording_of
from bot.intake.publishing import Published, Publisher
from bot.intake.rendering import page_of
from bot.intake.transaction import Transaction
from bot.store import approvals, broadcasts, holders, nodes, outbox, problems, proposals, quiet, recurrences, standing
from bot.store import incidents as rows
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
    change = _change(publisher, incident, update, {}, sum(waiting.values()))
    agreed = tuple(await approvals.names(transaction.connection, update.id))
    return replace(change, approvals=agreed, needed=needed_for(publisher.settings, incident))


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
        promised_at=update.promised_at,
    )


async def draft_of(connection: Connection, incident: Incident, update: UpdateRow, settings: Settings) -> Draft:
    """A draft with its words, also when it waits no more. settings: say how many must agree to it."""
    found = await rows.load_notices(connection, [update.id])
    return await _draft(connection, incident, update, _words(found, update), settings)


def _words(found: Mapping[int, Mapping[str, tuple[int, Notice]]], update: UpdateRow) -> dict[str, Notice]:
    return {language: notice for language, (_, notice) in found[update.id].items()}


async def _draft(
    connection: Connection, incident: Incident, update: UpdateRow, notices: Mapping[str, Notice], settings: Settings
) -> Draft:
    series = await recurrences.begun_with(connection, update.id) if incident.kind.planned else None
    begins = update.state is UpdateState.DRAFT and incident.published_at is None
    return Draft(
        id=update.id,
        incident=incident,
        status=update.status,
        impact=update.impact,
        made_at=update.made_at,
        deadline=update.deadline,
        on_deadline=update.on_deadline or OnDeadline.PUBLISH,
        because=update.because,
        notices=notices,
        wording=wording_of(notices),
        quiet=update.quiet,
        state=update.state,
        approvals=tuple(await approvals.names(connection, update.id)),
        needed=needed_for(settings, incident),
        promised_at=update.promised_at,
        ended_at=update.ended_at,
        ended_by=update.decided_by if update.ended_at else None,
        ended_because=update.ended_because,
        author=update.author,
        touched_by=update.touched_by,
        window=update.window,
        page=page_of(settings, settings.languages[0], incident.id),
        again=series.again if series else None,
        own_words=tuple(language for language in notices if language in update.texts),
        elsewhere=await told_elsewhere(connection, incident) if begins else (),
    )


async def told_elsewhere(connection: Connection, incident: Incident) -> tuple[int, ...]:
    """The other open incidents that tell of the same components, lowest first; none for maintenance."""
    if incident.kind.planned:
        return ()
    found = await holders.told_elsewhere(connection, incident.components, other_than=incident.id)
    return tuple(sorted(set(found.values())))


def needed_for(settings: Settings, incident: Incident) -> int:
    """How many publishers must agree to what operators say in this story."""
    known = [settings.components[name].approvals for name in incident.components if name in settings.components]
    return max(known, default=1)


async def waiting_drafts(connection: Connection, settings: Settings) -> Sequence[Draft]:
    """All drafts, oldest first."""
    waiting = await rows.load_updates(connection, updates.c.state == UpdateState.DRAFT)
    concerned = await rows.load_incidents(connection, incidents.c.id.in_({draft.incident_id for draft in waiting}))
    by_id = {incident.id: incident for incident in concerned}
    words = await rows.load_notices(connection, [draft.id for draft in waiting])
    return [
        await _draft(connection, by_id[draft.incident_id], draft, _words(words, draft), settings) for draft in waiting
    ]


async def overview(connection: Connection, *, now: datetime) -> Overview:
    """How things stand at this instant."""
    open_now = sa.and_(incidents.c.published_at.is_not(None), incidents.c.closed_at.is_(None))
    day_ago = now - timedelta(hours=24)
    _, unspoken = await problems.unspoken(connection, limit=1)
    return Overview(
        open=tuple(await rows.load_incidents(connection, open_now)),
        drafts=len(await rows.load_updates(connection, updates.c.state == UpdateState.DRAFT)),
        waiting=await outbox.waiting(connection),
        oldest=await standing.waiting_since(connection),
        dead=await outbox.count_ended(connection, DeliveryState.DEAD, since=day_ago),
        unknown=await outbox.count_ended(connection, DeliveryState.UNKNOWN, since=day_ago),
        failed_in=tuple(await standing.failed_in(connection, since=day_ago)),
        broadcasts=tuple(await broadcasts.running(connection, now=now)),
        unspoken=unspoken,
        silences=tuple(await quiet.silences_now(connection, now=now)),
        silent=tuple(await quiet.told_silent(connection)),
        nodes=await nodes.count_alive(connection),
        proposals=len(await proposals.waiting(connection)),
    )
