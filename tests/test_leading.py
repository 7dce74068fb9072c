"""Of several processes on one database one leads, another follows it at once, and each hears what the others commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from bot.errors import StoreBusy
from bot.intake.transaction import Effects
from bot.leading import Leadership
from bot.store.connection import Connection
from bot.store.engine import Store, open_store
from bot.store.nodes import speak
from tests.conftest import fresh_postgres
from tests.fakes.telegram.waiting import Changes
from tests.worlds import CHATS, StillClock, signal, world

AT_ONCE = timedelta(milliseconds=10)


@pytest.fixture
async def shared(postgres: str) -> str:
    return await fresh_postgres(postgres)


class Candidate:
    """A leadership, and what it was told."""

    def __init__(self, store: Store, what: str = "telegram") -> None:
        self.said: list[str] = []
        self.leadership = Leadership(
            store,
            what,
            gained=lambda: self.said.append("gained"),
            lost=lambda: self.said.append("lost"),
            every=AT_ONCE,
        )


@asynccontextmanager
async def at_work(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


class Diary:
    """What was done, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changes = Changes()

    def note(self, line: str) -> None:
        self.lines.append(line)
        self._changes.announce()

    async def until(self, *lines: str) -> None:
        await self._changes.until(lambda: self.lines == list(lines), seconds=10, describe=lambda: str(self.lines))


async def test_alone_one_leads(store: Store) -> None:
    candidate = Candidate(store)
    for _ in range(2):
        await candidate.leadership.look()
    assert candidate.leadership.leads
    assert candidate.said == ["gained"]


async def test_of_two_one_leads_and_the_other_follows_when_it_is_gone(shared: str) -> None:
    async with open_store(shared) as second:
        async with open_store(shared) as first:
            one, two = Candidate(first), Candidate(second)
            for each in (one, two, one, two):
                await each.leadership.look()
            assert (one.said, two.said) == (["gained"], [])
        await two.leadership.look()
        assert two.said == ["gained"]


async def test_each_bot_may_have_another_leader(shared: str) -> None:
    async with open_store(shared) as first, open_store(shared) as second:
        one, two = Candidate(first, "telegram"), Candidate(second, "telegram.second")
        for each in (one, two):
            await each.leadership.look()
        assert one.leadership.leads
        assert two.leadership.leads


async def test_who_loses_its_connection_leads_no_longer_if_another_was_quicker(shared: str) -> None:
    async with open_store(shared) as first, open_store(shared) as second:
        one, two = Candidate(first), Candidate(second)
        await one.leadership.look()
        await cut_all_connections(shared)
        await two.leadership.look()
        await one.leadership.look()
        assert (one.said, two.said) == (["gained", "lost"], ["gained"])


async def cut_all_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    finally:
        await connection.close()


class Gone(Store):
    """A store that cannot be reached once it is told so."""

    def __init__(self) -> None:
        self.gone = False

    async def lead(self, what: str) -> bool:
        if self.gone:
            raise StoreBusy("gone")
        return True


async def test_who_cannot_reach_the_database_does_not_lead() -> None:
    store = Gone()
    candidate = Candidate(store)
    await candidate.leadership.look()
    store.gone = True
    await candidate.leadership.look()
    store.gone = False
    await candidate.leadership.look()
    assert candidate.said == ["gained", "lost", "gained"]


async def test_work_of_the_leader_begins_and_ends_with_its_leading() -> None:
    store, diary = Gone(), Diary()
    store.gone = True
    candidate = Candidate(store)

    async def work() -> None:
        diary.note("begun")
        try:
            await asyncio.Event().wait()
        finally:
            diary.note("ended")

    async with at_work(candidate.leadership.run), at_work(candidate.leadership.only(work)):
        await candidate.leadership.look()
        assert diary.lines == []
        store.gone = False
        await diary.until("begun")
        store.gone = True
        await diary.until("begun", "ended")
        store.gone = False
        await diary.until("begun", "ended", "begun")
    assert diary.lines == ["begun", "ended"] * 2


async def test_work_that_returns_is_not_begun_again_and_a_defect_in_it_is_not_hidden() -> None:
    candidate, begun = Candidate(Gone()), list[str]()

    async def work() -> None:
        begun.append("begun")

    async def defect() -> None:
        raise ZeroDivisionError

    async with at_work(candidate.leadership.run):
        await candidate.leadership.only(work)()
        with pytest.raises(ZeroDivisionError):
            await candidate.leadership.only(defect)()
    assert begun == ["begun"]


async def test_a_commit_is_heard_by_the_others_and_not_by_oneself(shared: str, clock: StillClock) -> None:
    async with open_store(shared) as first, open_store(shared) as second:
        heard, own = asyncio.Queue[Effects](), list[str]()
        second.listen(lambda tidings: heard.put_nowait(Effects.heard(tidings)))
        first.listen(own.append)
        async with world(first, clock, destinations=CHATS) as here:
            await here.report(signal())
            async with asyncio.timeout(10):
                tidings = await heard.get()
            assert tidings.deliveries == here.effects[-1].deliveries > 0
            assert tidings.revision == here.effects[-1].revision
            await here.intake.keep([(7, "{}")])
            async with asyncio.timeout(10):
                assert (await heard.get()).kept == 1
        assert own == []


async def test_what_is_rolled_back_is_not_heard(shared: str) -> None:
    async with open_store(shared) as first, open_store(shared) as second:
        heard = asyncio.Queue[str]()
        second.listen(heard.put_nowait)
        with pytest.raises(ZeroDivisionError):
            await say(first, "rolled back", error=ZeroDivisionError())
        await say(first, "committed")
        async with asyncio.timeout(10):
            assert await heard.get() == "committed"


async def say(store: Store, words: str, *, error: Exception | None = None) -> None:
    async with store.write() as connection:
        await _speak(connection, store, words)
        if error is not None:
            raise error


async def _speak(connection: Connection, store: Store, words: str) -> None:
    await speak(connection, store.node, words)


async def test_after_a_lost_connection_the_others_are_heard_again(shared: str) -> None:
    async with open_store(shared) as first, open_store(shared) as second:
        heard = asyncio.Queue[str]()
        second.listen(heard.put_nowait)
        await cut_all_connections(shared)
        await second.stay_alive()
        async with asyncio.timeout(10):
            while heard.empty():
                try:
                    await say(first, "still here")
                except StoreBusy:  # a connection of the pool that was cut
                    continue
                await asyncio.sleep(0)
        assert heard.get_nowait() == "still here"


async def test_on_sqlite_nothing_is_said(tmp_path: object) -> None:
    async with open_store(f"sqlite:///{tmp_path}/notices.db") as store:
        store.listen(pytest.fail)
        await say(store, "nobody hears this")
