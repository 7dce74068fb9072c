"""Texts wanted from a machine, as rows: wanted with the update they are for, claimed by one process, settled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.translation import TranslationState
from bot.store.connection import Connection
from bot.store.nodes import NOBODY, is_dead
from bot.store.schema import translations, updates

_PENDING = translations.c.state == sa.literal_column("'pending'")  # a constant, so that the index on these is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One text that is wanted.

    language: into which; texts: what people wrote, by language; deadline: when the template's words stay for good;
    attempts: how many claims this one is, 1 for the first.
    """

    update_id: int
    language: str
    texts: Mapping[str, str]
    deadline: datetime
    attempts: int


async def want(connection: Connection, update_id: int, languages: Sequence[str], *, deadline: datetime) -> None:
    """From now on the update's text is wanted in these languages."""
    fixed = {"update_id": update_id, "state": TranslationState.PENDING, "deadline": deadline, "attempts": 0}
    if languages:
        await connection.execute(translations.insert(), [{"language": language} | fixed for language in languages])


async def claim(connection: Connection, *, now: datetime, limit: int, node: int = NOBODY) -> list[Wanted]:
    """Take up to ``limit`` texts whose time has not run out and that no living process has, the most urgent first."""
    free: sa.ColumnElement[bool] = translations.c.claimed_by.is_(None)
    if connection.dialect.name == "postgresql":
        free = sa.or_(free, is_dead(translations.c.claimed_by))
    query = (
        sa.select(translations, updates.c.texts)
        .join(updates, updates.c.id == translations.c.update_id)
        .where(_PENDING, free, translations.c.deadline > now)
        .order_by(translations.c.deadline, translations.c.id)
        .limit(limit)
        .with_for_update(of=translations, skip_locked=True)
    )
    rows = (await connection.execute(query)).mappings().all()
    claimed = {"claimed_by": node, "attempts": translations.c.attempts + 1}
    mine = translations.c.id.in_([row["id"] for row in rows])
    await connection.execute(translations.update().where(mine).values(claimed))
    return [
        Wanted(
            update_id=row["update_id"],
            language=row["language"],
            texts=row["texts"],
            deadline=row["deadline"],
            attempts=row["attempts"] + 1,
        )
        for row in rows
    ]


async def release(connection: Connection) -> None:
    """Nobody has claimed anything: for a process that has the database to itself, when it starts."""
    await connection.execute(translations.update().where(_PENDING).values(claimed_by=None))


async def settle(
    connection: Connection, update_id: int, language: str, state: TranslationState, *, error: str | None = None
) -> bool:
    """End the wait for one text; False when it had ended before, and nothing was changed."""
    mine = translations.c.update_id == update_id, translations.c.language == language
    ended = {"state": state, "claimed_by": None, "error": error}
    return (await connection.execute(translations.update().where(_PENDING, *mine).values(ended))).rowcount == 1


async def settle_all(connection: Connection, update_id: int, state: TranslationState, *, error: str) -> None:
    """End the wait for all of an update's texts that are still wanted."""
    ended = {"state": state, "claimed_by": None, "error": error}
    mine = translations.c.update_id == update_id
    await connection.execute(translations.update().where(_PENDING, mine).values(ended))


async def outcome(connection: Connection, update_id: int) -> dict[str, tuple[TranslationState, str]]:
    """How the texts wanted for an update stand, by language, with what went wrong ("" for nothing)."""
    query = sa.select(translations).where(translations.c.update_id == update_id).order_by(translations.c.id)
    return {row.language: (row.state, row.error or "") for row in await connection.execute(query)}


async def overdue(connection: Connection, *, before: datetime) -> list[tuple[int, str]]:
    """Update and language of the texts that should have been there by then."""
    query = sa.select(translations.c.update_id, translations.c.language).where(
        _PENDING, translations.c.deadline <= before
    )
    return [(row.update_id, row.language) for row in await connection.execute(query.order_by(translations.c.id))]


async def next_deadline(connection: Connection) -> datetime | None:
    """The next deadline of a text that is still wanted, None when none is."""
    at: datetime | None = (
        await connection.execute(sa.select(sa.func.min(translations.c.deadline)).where(_PENDING))
    ).scalar_one()
    return at
