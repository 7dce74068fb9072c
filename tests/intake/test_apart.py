"""What goes wrong with one duty spoils no other; a database that cannot be used spoils all, and all is tried again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.errors import StoreBusy
from bot.intake.apart import apart
from bot.intake.transaction import Effects, Transaction
from bot.store.engine import Store, open_store
from tests.conftest import fresh_postgres
from tests.worlds import START


def transaction_on(connection: Any) -> Transaction:
    return Transaction(connection=connection, now=START, effects=Effects())


async def moves(store: Store) -> list[str]:
    async with store.read() as connection:
        return list((await connection.execute(sa.text("SELECT old_address FROM moves"))).scalars())


async def move(transaction: Transaction, old: str = "@a") -> None:
    """Write a row whose key there can be only once."""
    row = sa.text("INSERT INTO moves (channel, old_address, new_address) VALUES ('telegram', :old, '-1')")
    await transaction.connection.execute(row, {"old": old})


async def test_a_duty_that_cannot_be_done_is_left_out_and_the_others_are_done(store: Store) -> None:
    async def twice(transaction: Transaction) -> None:
        await move(transaction, "@b")
        await move(transaction)

    async with store.write() as connection:
        transaction = transaction_on(connection)
        assert await apart(transaction, "first", move)
        assert not await apart(transaction, "second", twice)
    assert await moves(store) == ["@a"]


async def test_a_lock_that_is_not_to_be_had_sinks_everything_so_that_it_is_tried_again(postgres: str) -> None:
    async def impatient(transaction: Transaction) -> None:
        await transaction.connection.execute(sa.text("SET LOCAL lock_timeout = '20ms'"))
        await transaction.connection.execute(sa.text("LOCK TABLE cards"))

    url = await fresh_postgres(postgres)
    async with open_store(url) as one, open_store(url) as other:
        async with one.write() as holding:
            await holding.execute(sa.text("LOCK TABLE cards"))
            with pytest.raises(StoreBusy):
                await _done(other, impatient)
        assert await moves(other) == []


async def _done(store: Store, work: Any) -> None:
    """One duty that can be done, and another one."""
    async with store.write() as connection:
        transaction = transaction_on(connection)
        await apart(transaction, "first", move)
        await apart(transaction, "second", work)
