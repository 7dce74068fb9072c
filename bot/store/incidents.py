"""Incidents, their problems, updates and notices, as rows. What they mean is decided elsewhere; only intake writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.model import Impact, Incident, Kind, Notice, Occasion, OnDeadline, Origin, Status, UpdateState
from bot.domain.stated import from_json, to_json
from bot.domain.windows import Window
from bot.store.connection import Connection
from bot.store.schema import incident_components, incidents, notices, revision, updates

CHUNK = 400
"""Keys per query: SQLite allows 32,766 bound values, PostgreSQL 32,767."""

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Item = TypeVar("Item")

_AUTOMATIC_DRAFT = sa.and_(updates.c.state == sa.literal_column("'draft'"), updates.c.author.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """One update as stored: a draft, or part of the story.

    number: None until it is published; quiet: operators got no card of it;
    scheduled_for, scheduled_until: the window that planned maintenance gets by it, None when it stays as it is;
    promised_at: by when it promises more news, None for no promise; touched_by: who last had a hand in the draft;
    ended_at: None while it is a draft, and if it never was; ended_because: why, "" where an operator decided.
    """

    id: int
    incident_id: int
    number: int | None
    state: UpdateState
    status: Status
    impact: Impact
    at: datetime
    made_at: datetime
    author: str | None
    because: str
    decided_by: str | None = None
    deadline: datetime | None = None
    on_deadline: OnDeadline | None = None
    occasion: Occasion | None = None
    quiet: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    promised_at: datetime | None = None
    touched_by: str | None = None
    ended_at: datetime | None = None
    ended_because: str = ""

    @property
    def window(self) -> Window | None:
        """The same as one value."""
        if self.scheduled_for is None or self.scheduled_until is None:
            return None
        return Window(starts=self.scheduled_for, ends=self.scheduled_until)


async def load_incidents(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Incident]:
    """The incidents a condition on the ``incidents`` table selects, oldest first."""
    rows = (await connection.execute(sa.select(incidents).where(condition).order_by(incidents.c.id))).mappings().all()
    components = await _components(connection, [row["id"] for row in rows])
    return [_incident(row, components.get(row["id"], ())) for row in rows]


def _incident(row: sa.RowMapping, components: tuple[str, ...]) -> Incident:
    """The columns that an incident has; when it is to be told of, or spoken of again, is the timers' business."""
    own = {name: value for name, value in row.items() if name not in ("tell_at", "remind_at")}
    return Incident(**own, components=components)


async def _components(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for chunk in chunks(ids):
        query = (
            sa.select(incident_components.c.incident_id, incident_components.c.component)
            .where(incident_components.c.incident_id.in_(chunk))
            .order_by(incident_components.c.incident_id, incident_components.c.position)
        )
        for row in await connection.execute(query):
            found[row.incident_id] = (*found.get(row.incident_id, ()), row.component)
    return found


async def load_incident(connection: Connection, incident_id: int) -> Incident | None:
    """One incident, None when there is none with this id."""
    found = await load_incidents(connection, incidents.c.id == incident_id)
    return found[0] if found else None


_CHANGING = (
    "status",
    "impact",
    "publish",
    "published_at",
    "closed_at",
    "human",
    "unstable",
    "scheduled_for",
    "scheduled_until",
)


async def insert_incident(connection: Connection, values: Mapping[str, Any], components: Sequence[str]) -> Incident:
    """A new incident; automation claims its components, which raises IntegrityError when another one holds them."""
    result = await connection.execute(incidents.insert().values(values).returning(incidents))
    row = result.mappings().one()
    claimed = row["origin"] is Origin.AUTOMATION
    await connection.execute(
        incident_components.insert(),
        [
            {"incident_id": row["id"], "component": name, "position": position, "claimed": claimed}
            for position, name in enumerate(components)
        ],
    )
    return _incident(row, tuple(components))


async def widen_incident(
    connection: Connection, incident: Incident, components: Sequence[str], *, tell_at: datetime | None
) -> Incident:
    """The incident concerns these components from now on as well; customers are to be told then. None: they are now."""
    rows = [
        {
            "incident_id": incident.id,
            "component": name,
            "position": len(incident.components) + number,
            "claimed": incident.open and incident.origin is Origin.AUTOMATION,
        }
        for number, name in enumerate(components)
    ]
    await connection.execute(incident_components.insert(), rows)
    await connection.execute(incidents.update().where(incidents.c.id == incident.id).values(tell_at=tell_at))
    return replace(incident, components=(*incident.components, *components))


async def tell_of_joined(connection: Connection, incident_id: int, *, at: datetime | None) -> None:
    """Customers are to be told then of the components that joined; None: they know of all."""
    await connection.execute(incidents.update().where(incidents.c.id == incident_id).values(tell_at=at))


async def save_incident(connection: Connection, incident: Incident) -> None:
    """Write back what may change in an incident's life; automation's claim follows whether it is open."""
    changing = {name: getattr(incident, name) for name in _CHANGING}
    await connection.execute(incidents.update().where(incidents.c.id == incident.id).values(changing))
    claimed = incident.open and incident.origin is Origin.AUTOMATION
    await connection.execute(
        incident_components.update()
        .where(incident_components.c.incident_id == incident.id, incident_components.c.claimed != claimed)
        .values(claimed=claimed)
    )


async def load_concerned(
    connection: Connection,
    ids: Collection[int],
    components: Collection[str],
    *,
    clusters: Collection[str] = (),
    closed_after: datetime,
) -> list[Incident]:
    """Outages with one of these ids, components or clusters that matter to signals.

    They are open, or were opened by automation and closed since then, or have a draft of automation's waiting. What an
    operator has only drafted is no story yet.
    """
    on_them = sa.exists().where(
        incident_components.c.incident_id == incidents.c.id, incident_components.c.component.in_(components)
    )
    told = sa.or_(incidents.c.origin == Origin.AUTOMATION, incidents.c.published_at.is_not(None))
    automatic = incidents.c.origin == Origin.AUTOMATION
    # Each of the three has an index of its own: what is long over must not be looked at.
    alive = sa.union_all(
        sa.select(incidents.c.id).where(incidents.c.closed_at.is_(None), told),
        sa.select(incidents.c.id).where(incidents.c.closed_at >= closed_after, automatic),
        sa.select(updates.c.incident_id).where(_AUTOMATIC_DRAFT),
    )
    found: dict[int, Incident] = {}
    for chunk in [*chunks(list(ids))] or [()]:
        condition = sa.and_(
            incidents.c.id.in_(alive),
            incidents.c.kind != Kind.MAINTENANCE,
            sa.or_(incidents.c.id.in_(chunk), on_them, incidents.c.cluster.in_(clusters)),
        )
        found |= {incident.id: incident for incident in await load_incidents(connection, condition)}
    return list(found.values())


async def waiting_drafts(connection: Connection, incident_id: int) -> list[UpdateRow]:
    """All drafts of an incident that wait, whoever's they are."""
    return await load_updates(
        connection, sa.and_(updates.c.incident_id == incident_id, updates.c.state == UpdateState.DRAFT)
    )


async def automatic_drafts(connection: Connection, ids: Collection[int]) -> list[UpdateRow]:
    """Automation's own drafts of these incidents that wait."""
    return [
        update
        for chunk in chunks(list(ids))
        for update in await load_updates(connection, sa.and_(_AUTOMATIC_DRAFT, updates.c.incident_id.in_(chunk)))
    ]


async def load_updates(connection: Connection, condition: sa.ColumnElement[bool]) -> list[UpdateRow]:
    """The updates a condition on the ``updates`` table selects, oldest first."""
    rows = await connection.execute(sa.select(updates).where(condition).order_by(updates.c.id))
    return [UpdateRow(**row) for row in rows.mappings()]


async def insert_update(
    connection: Connection, values: Mapping[str, Any], words: Sequence[Notice]
) -> tuple[UpdateRow, dict[str, int]]:
    """A new update with its frozen notices; returns it and the notices' row ids by language."""
    result = await connection.execute(updates.insert().values(values).returning(updates))
    update = UpdateRow(**result.mappings().one())
    return update, await insert_notices(connection, update.id, words)


async def insert_notices(connection: Connection, update_id: int, words: Sequence[Notice]) -> dict[str, int]:
    """Freeze notices of an update; returns their row ids by language."""
    if not words:
        return {}
    rows = [_notice_row(notice) | {"update_id": update_id} for notice in words]
    made = await connection.execute(notices.insert().returning(notices.c.language, notices.c.id), rows)
    return {row.language: row.id for row in made}


async def save_update(connection: Connection, update_id: int, **values: Any) -> None:
    """Change columns of one update."""
    await connection.execute(updates.update().where(updates.c.id == update_id).values(values))


async def next_number(connection: Connection, incident_id: int) -> int:
    """The number the incident's next published update gets, 1 and up."""
    query = sa.select(sa.func.coalesce(sa.func.max(updates.c.number), 0) + 1).where(
        updates.c.incident_id == incident_id
    )
    return int((await connection.execute(query)).scalar_one())


async def load_notices(connection: Connection, update_ids: Iterable[int]) -> dict[int, dict[str, tuple[int, Notice]]]:
    """Row id and notice of each language, by update."""
    found: dict[int, dict[str, tuple[int, Notice]]] = {}
    for chunk in chunks(list(update_ids)):
        query = (
            sa.select(notices, updates.c.status, updates.c.impact)
            .join(updates, updates.c.id == notices.c.update_id)
            .where(notices.c.update_id.in_(chunk))
            .order_by(notices.c.id)
        )
        for row in (await connection.execute(query)).mappings():
            found.setdefault(row["update_id"], {})[row["language"]] = (row["id"], notice_from(dict(row)))
    return found


NOTICE_COLUMNS = ("language", "lang", "direction", "state", "title", "body", "instead", "more", "url", "mark", "label")


def notice_from(row: Mapping[str, Any], prefix: str = "") -> Notice:
    """The notice in a row that holds the columns of ``notices`` and its update's status and impact."""
    status: Status = row[f"{prefix}status"]
    words = {name: row[prefix + name] for name in NOTICE_COLUMNS}
    moments = from_json(row.get(f"{prefix}moments"))
    return Notice(status=status, impact=row[f"{prefix}impact"], moments=moments, **words)


def _notice_row(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in NOTICE_COLUMNS} | {"moments": to_json(notice.moments)}


async def bump_revision(connection: Connection) -> int:
    """Customers see something new; returns the new revision."""
    statement = revision.update().values(number=revision.c.number + 1).returning(revision.c.number)
    return int((await connection.execute(statement)).scalar_one())


async def load_revision(connection: Connection) -> int:
    """The present revision; grows with every change of what customers see."""
    return int((await connection.execute(sa.select(revision.c.number))).scalar_one())


def chunks(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    """The items in slices of ``CHUNK``."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def insert_of(connection: Connection) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT; the two have no common ancestor that does."""
    return INSERTS[connection.dialect.name]
