"""Stories in the words customers read, in several languages at once. Which incidents those are is for ``boards``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.model import Incident, Notice, Story, StoryUpdate, UpdateState
from bot.store.connection import Connection
from bot.store.incidents import NOTICE_COLUMNS, chunks
from bot.store.schema import notices, updates

_Row = sa.Row[Any]

_UPDATE = tuple(updates.c[name] for name in ("id", "incident_id", "number", "status", "impact", "at", "occasion"))
_NOTICE = (notices.c.update_id, notices.c.amended_at, *(notices.c[name] for name in NOTICE_COLUMNS))


async def load_stories(
    connection: Connection, of: Collection[Incident], languages: Sequence[str], *, latest_only: bool = False
) -> dict[str, dict[int, Story]]:
    """By language, the published stories of these incidents by id; an incident of which nothing is told is left out.

    A story older than a language is told in the first of its own. latest_only: each with its latest update alone, for
    those who only list them.
    """
    published = await _published(connection, [incident.id for incident in of], latest_only=latest_only)
    told = await _notices(connection, [row.id for row in published], languages)
    missing = {row.id for row in published if any((row.id, language) not in told for language in languages)}
    first = await _first_notices(connection, sorted(missing))
    return {language: _stories(of, published, language, told, first) for language in languages}


async def _published(connection: Connection, ids: Sequence[int], *, latest_only: bool) -> list[_Row]:
    """The published updates of these incidents, in the order of their numbers."""
    found: list[_Row] = []
    for chunk in chunks(ids):
        query = (
            sa.select(*_UPDATE)
            .where(updates.c.incident_id.in_(chunk), updates.c.state == UpdateState.PUBLISHED)
            .order_by(updates.c.incident_id, updates.c.number)
        )
        if latest_only:
            query = query.where(updates.c.number == _latest_number())
        found += await connection.execute(query)
    return found


async def _notices(
    connection: Connection, update_ids: Sequence[int], languages: Sequence[str]
) -> dict[tuple[int, str], _Row]:
    """The notices of these updates, by update and language."""
    found: dict[tuple[int, str], _Row] = {}
    for chunk in chunks(update_ids):
        query = sa.select(*_NOTICE).where(notices.c.update_id.in_(chunk), notices.c.language.in_(languages))
        found |= {(row.update_id, row.language): row for row in await connection.execute(query)}
    return found


async def _first_notices(connection: Connection, update_ids: Sequence[int]) -> dict[int, _Row]:
    """The first notice there is of each of these updates."""
    found: dict[int, _Row] = {}
    for chunk in chunks(update_ids):
        query = sa.select(*_NOTICE).where(notices.c.update_id.in_(chunk)).order_by(notices.c.id)
        for row in await connection.execute(query):
            found.setdefault(row.update_id, row)
    return found


def _stories(
    of: Collection[Incident],
    published: Sequence[_Row],
    language: str,
    told: Mapping[tuple[int, str], _Row],
    first: Mapping[int, _Row],
) -> dict[int, Story]:
    by_incident: dict[int, list[StoryUpdate]] = {}
    for row in published:
        words = told.get((row.id, language)) or first.get(row.id)
        if words is not None:
            by_incident.setdefault(row.incident_id, []).append(_update(row, words))
    return {
        incident.id: Story(incident=incident, updates=tuple(by_incident[incident.id]))
        for incident in of
        if incident.id in by_incident
    }


def _update(row: _Row, words: _Row) -> StoryUpdate:
    id, _, number, status, impact, at, occasion = tuple(row)
    _, amended_at, *texts = tuple(words)
    notice = Notice(status=status, impact=impact, **dict(zip(NOTICE_COLUMNS, texts, strict=True)))
    return StoryUpdate(
        id=id,
        number=number,
        status=status,
        impact=impact,
        at=at,
        notice=notice,
        amended_at=amended_at,
        occasion=occasion,
    )


def _latest_number() -> sa.ScalarSelect[int]:
    """The number of the newest published update of the update's incident."""
    other = updates.alias()
    return (
        sa.select(sa.func.max(other.c.number))
        .where(other.c.incident_id == updates.c.incident_id)
        .correlate(updates)
        .scalar_subquery()
    )
