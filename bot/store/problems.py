"""Problems as rows: what each source last said about each, and which of them wait for their time to come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.domain.changes import Cause
from bot.domain.decisions import ProblemRecord, Wait, Waits
from bot.domain.model import Signal, SignalState
from bot.store.connection import Connection
from bot.store.incidents import INSERTS, chunks
from bot.store.schema import problems

ProblemKey = tuple[str, str]
"""Source and key."""

_HOLDS_OPEN = sa.or_(
    problems.c.state == SignalState.FIRING, problems.c.waits.in_([Waits.RECOVER.value, Waits.CALM.value])
)

_NOBODYS = problems.c.incident_id.is_(None)


async def load_problems(connection: Connection, keys: Collection[ProblemKey]) -> dict[ProblemKey, ProblemRecord]:
    """What we hold about these problems, by (source, key)."""
    found: dict[ProblemKey, ProblemRecord] = {}
    by_source: dict[str, list[str]] = {}
    for source, key in keys:
        by_source.setdefault(source, []).append(key)
    for source, names in by_source.items():
        for chunk in chunks(names):
            query = sa.select(problems).where(problems.c.source == source, problems.c.key.in_(chunk))
            for row in await connection.execute(query):
                found[row.source, row.key] = _record(row)
    return found


def _record(row: sa.Row[Any]) -> ProblemRecord:
    return ProblemRecord(
        state=row.state,
        at=row.at,
        seen_at=row.seen_at,
        incident_id=row.incident_id,
        changes=tuple(datetime.fromisoformat(at) for at in row.changes),
        spoken_at=row.spoken_at,
        labels=row.labels,
        wait=Wait(why=row.waits, until=row.due_at) if row.waits else None,
    )


async def save_problems(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or overwrite problems; each row has every column."""
    if not rows:
        return
    await connection.execute(_upsert(connection.dialect.name), list(rows))


@cache
def _upsert(dialect: str) -> sa.Insert:
    insert = INSERTS[dialect](problems)
    columns = [column.name for column in problems.columns if not column.primary_key]
    upsert: sa.Insert = insert.on_conflict_do_update(
        index_elements=["source", "key"], set_={name: insert.excluded[name] for name in columns}
    )
    return upsert


async def count_firing(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """How many problems of each of these incidents still fire, or have not been well for long enough."""
    found: dict[int, int] = {}
    for chunk in chunks(list(ids)):
        query = (
            sa.select(problems.c.incident_id, sa.func.count().label("firing"))
            .where(problems.c.incident_id.in_(chunk), _HOLDS_OPEN)
            .group_by(problems.c.incident_id)
        )
        found |= {row.incident_id: row.firing for row in await connection.execute(query)}
    return found


async def due_problems(connection: Connection, *, now: datetime, limit: int) -> list[Signal]:
    """What the senders last said about problems whose time has come, those that wait longest first."""
    query = sa.select(problems).where(problems.c.due_at <= now).order_by(problems.c.due_at).limit(limit)
    return [
        Signal(source=row.source, key=row.key, state=row.state, at=row.at, labels=dict(row.labels), summary=row.summary)
        for row in await connection.execute(query)
    ]


async def next_due(connection: Connection) -> datetime | None:
    """When the next problem is to be looked at again."""
    query = sa.select(sa.func.min(problems.c.due_at)).where(problems.c.due_at.is_not(None))
    found: datetime | None = (await connection.execute(query)).scalar_one()
    return found


async def wake(connection: Connection, why: Waits, *, now: datetime) -> int:
    """Problems that waited for this are to be looked at now; returns how many."""
    statement = problems.update().where(problems.c.waits == why.value).values(due_at=now)
    return (await connection.execute(statement)).rowcount


async def put_off(connection: Connection, key: ProblemKey, *, until: datetime) -> None:
    """Look at a problem that waits again then."""
    one = problems.c.source == key[0], problems.c.key == key[1]
    await connection.execute(problems.update().where(*one, problems.c.waits.is_not(None)).values(due_at=until))


async def unspoken(connection: Connection, *, limit: int) -> tuple[list[Cause], int]:
    """Problems that fire and belong to no incident, those heard of last first, and how many they are in all."""
    return await _causes(connection, sa.and_(problems.c.state == SignalState.FIRING, _NOBODYS), limit)


async def firing_keys(connection: Connection, source: str) -> list[str]:
    """The keys of a source's problems that fire."""
    query = sa.select(problems.c.key).where(problems.c.source == source, problems.c.state == SignalState.FIRING)
    return list((await connection.execute(query)).scalars())


async def which_fire(connection: Connection, keys: Collection[ProblemKey]) -> set[ProblemKey]:
    """Those of the problems that fire; a key of "" asks for any problem of the source."""
    fires = problems.c.state == SignalState.FIRING
    found: set[ProblemKey] = set()
    for source, key in keys:
        one = [problems.c.key == key] if key else []
        query = sa.select(problems.c.source).where(problems.c.source == source, fires, *one).limit(1)
        if (await connection.execute(query)).first() is not None:
            found.add((source, key))
    return found


async def causes(connection: Connection, incident_id: int, *, limit: int) -> tuple[list[Cause], int]:
    """The problems that belong to an incident, those heard of last first, and how many they are in all."""
    return await _causes(connection, problems.c.incident_id == incident_id, limit)


async def _causes(connection: Connection, mine: sa.ColumnElement[bool], limit: int) -> tuple[list[Cause], int]:
    query = sa.select(problems).where(mine).order_by(problems.c.seen_at.desc()).limit(limit)
    found = [
        Cause(
            source=row.source,
            key=row.key,
            summary=row.summary,
            firing=row.state is SignalState.FIRING,
            seen_at=row.seen_at,
            reason=row.reason,
            waits=row.waits,
        )
        for row in await connection.execute(query)
    ]
    total = (await connection.execute(sa.select(sa.func.count()).where(mine))).scalar_one()
    return found, int(total)


async def forget_problems(connection: Connection, *, seen_before: datetime) -> int:
    """Delete recovered problems not heard of since then; returns how many."""
    statement = problems.delete().where(problems.c.state == SignalState.RESOLVED, problems.c.seen_at < seen_before)
    return (await connection.execute(statement)).rowcount
