"""The service's database, looked at from outside: what is in it, and whether all is done. Never written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.delivery import DeliveryState
from bot.domain.following import BroadcastState
from bot.store.schema import incidents
from tests.fakes.telegram import FakeTelegram

Rows = list[dict[str, Any]]

_VIEWS: Mapping[str, tuple[str, str]] = {
    "open incidents": ("incidents", "closed_at IS NULL"),
    "drafts": ("updates", "state = 'draft'"),
    "owed": ("deliveries", "state IN ('pending', 'leased')"),
    "open dialogues": ("dialogues", "ended_at IS NULL"),
}
_HEADLINES = {"audit": "deed", "incidents": "status", "updates": "state", "operators": "role", "deliveries": "state"}
"""The column that a bare word is compared with."""
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class Shelf:
    """An open database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rows(self, name: str) -> Rows:
        """All rows of a table or a view of ours, by primary key."""
        table_name, condition = _VIEWS.get(name, (name, "1 = 1"))
        table = incidents.metadata.tables[table_name]
        query = sa.select(table).where(sa.text(condition)).order_by(*table.primary_key)
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def traces(self, *words: str, besides: Collection[str]) -> list[str]:
        """Every row that holds one of these words, shortened. besides: tables that are not looked at."""
        tables = [name for name in incidents.metadata.tables if name not in besides]
        found = [(name, row) for name in tables for row in await self.rows(name)]
        return [f"{name}: {row}"[:300] for name, row in found if any(word in str(row) for word in words)]

    async def mismatch(self, wanted: Mapping[str, Any]) -> str:
        """What of it is not so, "" when all is. wanted: table or view -> count, or rows as words or parts."""
        wrong = []
        for name, expected in wanted.items():
            found = _like(await self.rows(name), expected, _HEADLINES.get(_VIEWS.get(name, (name, ""))[0], ""))
            if found != expected:
                wrong.append(f"{name}: found {found}, not {expected}")
        return "; ".join(wrong)

    async def at_rest(self, fake: FakeTelegram) -> bool:
        """Whether every update is handled and nothing is owed any more."""
        done = {row["update_id"] for row in await self.rows("telegram_updates") if row["handled_at"] is not None}
        told = {update["update_id"] for update in fake.updates.told}
        states = {row["state"] for row in await self.rows("deliveries")}
        spreading = any(row["state"] is BroadcastState.SPREADING for row in await self.rows("broadcasts"))
        return told <= done and not spreading and not states & {DeliveryState.PENDING, DeliveryState.LEASED}


@asynccontextmanager
async def open_shelf(url: str) -> AsyncIterator[Shelf]:
    """The database at this URL of ours; it need not be there yet."""
    parsed = make_url(url)
    engine = create_async_engine(parsed.set(drivername=_DRIVERS[parsed.drivername]), poolclass=sa.NullPool)
    try:
        yield Shelf(engine)
    finally:
        await engine.dispose()


def _like(rows: Sequence[Mapping[str, Any]], expected: object, headline: str) -> object:
    """The rows in the form of what is expected, so that the two can be compared and shown."""
    if not isinstance(expected, list):
        return len(rows)
    forms = [*expected, *[None] * (len(rows) - len(expected))]
    return [_row_like(row, form, headline) for row, form in zip(rows, forms, strict=False)]


def _row_like(row: Mapping[str, Any], form: object, headline: str) -> object:
    if isinstance(form, Mapping):
        return {name: _plain(row[name]) for name in form}
    return _plain(row[headline] if headline else row)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | list | dict) else str(value)
