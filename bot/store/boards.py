"""What pages and feeds are made from, read in one consistent view. Reading only; nothing is rendered here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.domain.model import Board, Incident, Story
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Span
from bot.store.columns import Moment
from bot.store.connection import Connection
from bot.store.engine import Store
from bot.store.incidents import load_incidents, load_revision
from bot.store.schema import former_notices, incidents, notices, updates
from bot.store.spans import load_spans
from bot.store.stories import load_stories

_PUBLISHED = incidents.c.published_at.is_not(None)
_CLOSED = sa.and_(_PUBLISHED, incidents.c.closed_at.is_not(None))


class Boards:
    """Reads stories in one language, or in several at once; cost depends on what is asked for, not on how much history
    there is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def revision(self) -> int:
        """Grows with every change of what customers see."""
        async with self._store.read() as connection:
            return await load_revision(connection)

    async def load_board(self, language: str, *, past: int) -> Board:
        """All open stories, and the newest ``past`` (0 and up) closed ones."""
        return (await self.load_boards([language], past=past))[language]

    async def load_boards(self, languages: Sequence[str], *, past: int) -> dict[str, Board]:
        """The same in several languages, in one consistent view: what they share is read once."""
        async with self._store.read() as connection:
            open_now = await load_incidents(connection, sa.and_(_PUBLISHED, incidents.c.closed_at.is_(None)))
            closed = await load_incidents(connection, incidents.c.id.in_(_newest_closed(past, offset=0)))
            revision = await load_revision(connection)
            told = await load_stories(connection, [*open_now, *closed], languages)
        return {
            language: Board(
                revision=revision,
                language=language,
                changed_at=max((story.changed_at for story in stories.values()), default=None),
                open=_newest_first(stories, open_now),
                past=_newest_first(stories, closed),
            )
            for language, stories in told.items()
        }

    async def amended(self, since: datetime) -> Sequence[tuple[int, datetime | None]]:
        """The published incidents of which any words were replaced since, and when each ended: None while open."""
        query = (
            sa.select(incidents.c.id, incidents.c.closed_at)
            .join(updates, updates.c.incident_id == incidents.c.id)
            .join(notices, notices.c.update_id == updates.c.id)
            .join(former_notices, former_notices.c.notice_id == notices.c.id)
            .where(_PUBLISHED, former_notices.c.until >= since)
            .distinct()
        )
        async with self._store.read() as connection:
            return [(row.id, row.closed_at) for row in await connection.execute(query)]

    async def load_story(self, language: str, incident_id: int) -> Story | None:
        """One published incident, None when there is none with this id."""
        async with self._store.read() as connection:
            found = await load_incidents(connection, sa.and_(_PUBLISHED, incidents.c.id == incident_id))
            return (await load_stories(connection, found, [language]))[language].get(incident_id)

    async def load_history(self, language: str, *, page: int, size: int) -> tuple[Sequence[Story], int]:
        """Closed stories, newest first: the ``page``-th (1 and up) ``size`` of them, and how many pages there are."""
        async with self._store.read() as connection:
            query = sa.select(sa.func.count()).where(_CLOSED)
            total = int((await connection.execute(query)).scalar_one())
            ids = _newest_closed(size, offset=(page - 1) * size)
            closed = await load_incidents(connection, incidents.c.id.in_(ids))
            stories = (await load_stories(connection, closed, [language]))[language]
            return _newest_first(stories, closed), -(-total // size)

    async def load_chapter(self, language: str, month: Month | None, *, zone: ZoneInfo) -> Chapter | None:
        """What ended in a month of the zone, None when nothing did. month: None is the newest in which anything did."""
        async with self._store.read() as connection:
            newest = await _ended(connection, sa.func.max)
            if newest is None:
                return None
            month = month or Month.of(newest, zone)
            start, end = month.bounds(zone)
            within = sa.and_(_CLOSED, incidents.c.closed_at >= start, incidents.c.closed_at < end)
            closed = await load_incidents(connection, within)
            stories = (await load_stories(connection, closed, [language], latest_only=True))[language]
            if not stories:
                return None
            older = await _ended(connection, sa.func.max, incidents.c.closed_at < start)
            newer = await _ended(connection, sa.func.min, incidents.c.closed_at >= end)
            return Chapter(
                month=month,
                stories=_newest_first(stories, closed),
                older=Month.of(older, zone) if older else None,
                newer=Month.of(newer, zone) if newer else None,
            )

    async def load_record(self, *, since: datetime, now: datetime) -> tuple[Sequence[Span], datetime | None]:
        """When what was disrupted between two instants, and the first instant on record, None when there is none."""
        async with self._store.read() as connection:
            return await load_spans(connection, since=since, now=now)


def _newest_closed(count: int, *, offset: int) -> sa.Select[tuple[int]]:
    return (
        sa.select(incidents.c.id)
        .where(_CLOSED)
        .order_by(incidents.c.closed_at.desc(), incidents.c.id.desc())
        .limit(count)
        .offset(offset)
    )


async def _ended(
    connection: Connection, which: Callable[..., sa.ColumnElement[datetime]], *conditions: sa.ColumnElement[bool]
) -> datetime | None:
    """When the first or last of the closed incidents ended, None when there is none. which: SQL's min or max."""
    query = sa.select(sa.type_coerce(which(incidents.c.closed_at), Moment)).where(_CLOSED, *conditions)
    ended: datetime | None = (await connection.execute(query)).scalar_one()
    return ended


def _newest_first(stories: dict[int, Story], of: Sequence[Incident]) -> tuple[Story, ...]:
    listed = [stories[incident.id] for incident in of if incident.id in stories]
    return tuple(sorted(listed, key=lambda story: (story.latest.at, story.incident.id), reverse=True))
