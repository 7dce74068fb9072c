"""Group commit: one transaction for what arrives together, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.decisions import Decision, Ignore
from bot.domain.model import Signal
from bot.errors import CommandError, StoreBusy
from bot.intake.transaction import Effects, Transaction
from bot.intake.writer import MOST_WAITING, Writer
from bot.store.engine import open_store
from tests.worlds import StillClock, signal


class Counting:
    """A writer on an SQLite store whose transactions are counted."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/notices.db"
        self.transactions: list[int] = []
        self.committed: list[Effects] = []

    async def report(self, transaction: Transaction, signals: Sequence[Signal]) -> list[Decision]:
        self.transactions.append(len(signals))
        return [Ignore(reason=each.key) for each in signals]


@pytest.fixture
def counting(tmp_path: Path) -> Counting:
    return Counting(tmp_path)


async def test_what_arrives_together_is_one_transaction_and_each_gets_its_own(counting: Counting) -> None:
    async with open_store(counting.url) as store:
        writer = Writer(store, StillClock(), report=counting.report, committed=counting.committed.append)
        asked = [asyncio.ensure_future(writer.report([signal(f"{n}a"), signal(f"{n}b")])) for n in range(50)]
        await asyncio.sleep(0)
        writer.close()
        await writer.run()
        answers = await asyncio.gather(*asked)
    assert counting.transactions == [100]
    assert len(counting.committed) == 1
    assert [[decision.reason for decision in each] for each in answers] == [[f"{n}a", f"{n}b"] for n in range(50)]


async def test_order_of_arrival_is_kept_between_signals_and_commands(counting: Counting) -> None:
    done: list[str] = []

    async def report(transaction: Transaction, signals: Sequence[Signal]) -> list[Decision]:
        done.extend(each.key for each in signals)
        return await counting.report(transaction, signals)

    async def command(transaction: Transaction) -> None:
        done.append("command")

    async with open_store(counting.url) as store:
        writer = Writer(store, StillClock(), report=report, committed=counting.committed.append)
        asked = [
            writer.report([signal("a")]),
            writer.report([signal("b")]),
            writer.do(command),
            writer.report([signal("c")]),
        ]
        tasks = [asyncio.ensure_future(each) for each in asked]
        await asyncio.sleep(0)
        writer.close()
        await writer.run()
        await asyncio.gather(*tasks)
    assert done == ["a", "b", "command", "c"]
    assert len(counting.committed) == 1


async def test_a_command_that_cannot_be_carried_out_fails_alone(counting: Counting) -> None:
    async def refused(transaction: Transaction) -> None:
        raise CommandError("no such incident")

    async with open_store(counting.url) as store:
        writer = Writer(store, StillClock(), report=counting.report, committed=counting.committed.append)
        tasks = [asyncio.ensure_future(each) for each in (writer.report([signal()]), writer.do(refused))]
        await asyncio.sleep(0)
        writer.close()
        await writer.run()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == [Ignore(reason="p1")]
    assert isinstance(results[1], CommandError)
    assert len(counting.committed) == 1


async def test_more_than_is_sane_is_asked_to_come_again(counting: Counting) -> None:
    async with open_store(counting.url) as store:
        writer = Writer(store, StillClock(), report=counting.report, committed=counting.committed.append)
        task = asyncio.ensure_future(writer.report([signal(str(n)) for n in range(MOST_WAITING)]))
        await asyncio.sleep(0)
        with pytest.raises(StoreBusy, match="wait for the database already"):
            await writer.report([signal()])
        writer.close()
        with pytest.raises(StoreBusy, match="stopping"):
            await writer.report([signal()])
        await writer.run()
        assert len(await task) == MOST_WAITING


async def test_a_caller_that_went_away_does_not_undo_the_work(counting: Counting) -> None:
    async with open_store(counting.url) as store:
        writer = Writer(store, StillClock(), report=counting.report, committed=counting.committed.append)
        gone = asyncio.ensure_future(writer.report([signal()]))
        await asyncio.sleep(0)
        gone.cancel()
        writer.close()
        await writer.run()
    assert counting.transactions == [1]
