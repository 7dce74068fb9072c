"""The audit log is only ever added to, on both databases, and read while somebody else writes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import StoreBusy
from bot.store import staff
from bot.store.engine import Store
from bot.store.looking import open_to_look
from bot.store.schema_operators import audit
from tests.worlds import START


async def note(store: Store, deed: str, *, minutes: int = 0) -> None:
    async with store.write() as connection:
        await staff.note(
            connection,
            at=START + timedelta(minutes=minutes),
            telegram_id=1001,
            name="Anna",
            deed=deed,
            incident_id=None,
            details="",
        )


@pytest.mark.parametrize(
    "statement", [audit.update().values(name="Nobody"), audit.delete()], ids=["changed", "taken away"]
)
async def test_what_was_noted_cannot_be(store: Store, statement: sa.Executable) -> None:
    await note(store, "publish")
    with pytest.raises((sa.exc.DBAPIError, StoreBusy), match="only ever added to"):
        async with store.write() as connection:
            await connection.execute(statement)
    async with store.read() as connection:
        [deed] = await staff.deeds(connection)
    assert (deed.name, deed.deed) == ("Anna", "publish")


async def test_the_whole_log_is_read_page_by_page_oldest_first(store: Store) -> None:
    for number in range(7):
        await note(store, f"deed {number}", minutes=number)
    async with store.read() as connection:
        found = [each.deed async for each in staff.history(connection, page=3)]
        late = [each.deed async for each in staff.history(connection, since=START + timedelta(minutes=5), page=3)]
    assert found == [f"deed {number}" for number in range(7)]
    assert late == ["deed 5", "deed 6"]


async def test_it_is_read_while_the_service_has_the_database_and_writes(store: Store, database: str) -> None:
    await note(store, "before")
    async with open_to_look(database) as looking:
        first = [each.deed async for each in staff.history(looking)]
        await note(store, "meanwhile")
        again = [each.deed async for each in staff.history(looking)]
    assert first == again == ["before"]


async def test_whoever_looks_can_write_nothing(store: Store, database: str) -> None:
    with pytest.raises((StoreBusy, sa.exc.DBAPIError), match=r"read.?only"):
        async with open_to_look(database) as looking:
            await looking.execute(audit.insert().values(at=START, name="", deed="x", details=""))


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nothing.db"
    with pytest.raises(StoreBusy, match="there is no database"):
        async with open_to_look(f"sqlite:///{path}"):
            pass
    assert not path.exists()


async def test_a_database_that_the_service_has_never_run_on_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreBusy, match="run the service once"):
        async with open_to_look(f"sqlite:///{tmp_path}/empty.db") as looking:
            assert not [each async for each in staff.history(looking)]
