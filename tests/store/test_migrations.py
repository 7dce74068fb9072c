"""The migrations lead to the schema that the code knows, on both databases."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.model import Kind
from bot.errors import StoreBusy
from bot.store import schema
from bot.store.connection import Connection
from bot.store.engine import Store, migrate, open_store
from bot.store.incidents import load_incidents
from bot.store.problems import load_problems
from bot.store.sqlite import LockHeld
from tests.worlds import START

SHAPES = {
    "sqlite": [
        'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk'
        " FROM sqlite_schema t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'alembic_version'",
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name <> 'alembic_version'",
    ],
    "postgresql": [
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    ],
}


_CONSTRAINT = r"CONSTRAINT \w+ (?:CHECK|UNIQUE|PRIMARY KEY|FOREIGN KEY\([^)]*\) REFERENCES \w+) ?\("


async def shape(connection: Connection) -> list[tuple[str, ...]]:
    """Everything a database knows of its tables, white space aside."""
    found: list[tuple[str, ...]] = []
    for query in SHAPES[connection.dialect.name]:
        rows = await connection.execute(sa.text(query))
        found += [tuple(_normal(str(value)) for value in row) for row in rows]
    return sorted(found)


def _normal(text: str) -> str:
    """Without differences that mean nothing: white space, and where in a table's text its constraints stand."""
    text = " ".join(text.split())
    if not text.startswith("CREATE TABLE"):
        return text
    said = {"AUTOINCREMENT"} if "AUTOINCREMENT" in text else set()
    for found in re.finditer(_CONSTRAINT, text):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        said.add(text[found.start() : end])
    return "; ".join(sorted(said))


async def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    async with store.write() as connection:
        migrated = await shape(connection)
        await connection.run_sync(schema.metadata.drop_all)
        await connection.run_sync(schema.metadata.create_all)
        assert migrated == await shape(connection)


async def test_what_the_first_version_stored_is_still_there_after_an_upgrade(store: Store) -> None:
    old = {
        "kind": "outage", "origin": "automation", "status": "resolved", "impact": "major", "publish": "automatically",
        "started_at": START, "closed_at": START, "human": False,
    }  # fmt: skip
    problem = {"source": "probe", "key": "p", "state": "resolved", "at": START, "seen_at": START, "reason": "it was so"}
    async with store.write() as connection:
        await connection.run_sync(schema.metadata.drop_all)
        await connection.execute(sa.text("DROP TABLE alembic_version"))
        await connection.run_sync(lambda plain: migrate(plain, to="0001"))
        for table, row in ((schema.incidents, old), (schema.problems, problem)):
            values = {name: value for name, value in row.items() if name in table.c}
            bare = sa.table(table.name, *(sa.column(name, table.c[name].type) for name in values))
            await connection.execute(bare.insert().values(values))
    async with store.write() as connection:
        await connection.run_sync(migrate)
        (incident,) = await load_incidents(connection, sa.true())
        assert (incident.kind, incident.started_at, incident.unstable) == (Kind.OUTAGE, START, False)
        record = (await load_problems(connection, [("probe", "p")]))["probe", "p"]
        assert (record.at, record.changes, record.wait) == (START, (), None)
        await connection.execute(schema.incidents.update().values(kind=Kind.UPSTREAM, upstream="Meta"))


async def test_an_upgrade_keeps_nothing_of_what_was_said_and_handled(store: Store) -> None:
    said = [
        {"update_id": 1, "body": '{"text": "secret"}', "kept_at": START, "handled_at": START},
        {"update_id": 2, "body": '{"text": "/status"}', "kept_at": START, "handled_at": None},
    ]
    async with store.write() as connection:
        await connection.run_sync(schema.metadata.drop_all)
        await connection.execute(sa.text("DROP TABLE alembic_version"))
        await connection.run_sync(lambda plain: migrate(plain, to="0005"))
        known = schema.telegram_updates
        await connection.execute(
            sa.table(known.name, *(sa.column(name, known.c[name].type) for name in said[0])).insert(), said
        )
        await connection.run_sync(migrate)
        kept = await connection.execute(sa.select(known.c.body).order_by(known.c.update_id))
        assert list(kept.scalars()) == ["", '{"text": "/status"}']


async def test_opening_again_changes_nothing(database: str) -> None:
    async with open_store(database) as store, store.read() as connection:
        before = await shape(connection)
    async with open_store(database) as store, store.read() as connection:
        assert await shape(connection) == before


async def test_a_second_process_is_kept_out_of_an_sqlite_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/notices.db"
    async with open_store(url):
        with pytest.raises(LockHeld, match="another process works on this database"):
            async with open_store(url):
                pass


async def test_a_database_that_is_not_there_is_said_in_one_line() -> None:
    with pytest.raises(StoreBusy, match="cannot be reached"):
        async with open_store("postgresql://nobody@127.0.0.1:1/nothing"):
            pass


async def test_concurrent_read_then_write_loses_nothing(store: Store) -> None:
    async def increment() -> None:
        async with store.write(alone=True) as connection:
            number = (await connection.execute(sa.select(schema.revision.c.number))).scalar_one()
            await connection.execute(schema.revision.update().values(number=number + 1))

    await asyncio.gather(*(increment() for _ in range(100)))
    async with store.read() as connection:
        assert (await connection.execute(sa.select(schema.revision.c.number))).scalar_one() == 100
