"""What pages and feeds are made from, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.domain.model import Impact, Status
from bot.intake.desk import IntakeDesk
from bot.store.boards import Boards
from bot.store.engine import Store
from bot.store.schema import notices
from tests.worlds import StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, destinations=(), operators=()) as opened:
        yield opened


async def closed(here: World, count: int) -> None:
    """So many incidents, opened and closed by hand, a minute apart."""
    for _ in range(count):

        async def work(desk: IntakeDesk) -> None:
            change = await desk.open_incident(
                components=["checkout"], impact=Impact.MINOR, texts={}, by="Ada", draft=False
            )
            await desk.add_update(change.incident.id, status=None, texts={}, by="Ada", draft=False)

        await here.intake.transact(work)
        here.clock.go(minutes=1)


async def test_an_empty_store_makes_an_empty_board(here: World) -> None:
    board = await Boards(here.store).load_board("en", past=10)
    assert (board.open, board.past, board.changed_at, board.revision) == ((), (), None, 0)


async def test_a_board_holds_what_is_open_with_all_its_updates_in_one_language(here: World) -> None:
    await closed(here, 1)
    await here.report(signal())
    await here.report(signal("b", service="shop-worst"))
    board = await Boards(here.store).load_board("it", past=10)
    (story,) = board.open
    assert [update.number for update in story.updates] == [1, 2]
    assert {update.notice.language for update in story.updates} == {"it"}
    assert (story.incident.components, story.latest.impact) == (("shop",), Impact.CRITICAL)
    assert [story.latest.status for story in board.past] == [Status.RESOLVED]
    assert board.changed_at == here.clock()


async def test_drafts_are_on_no_board(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    boards = Boards(here.store)
    assert (await boards.load_board("en", past=10)).open == ()
    assert await boards.load_story("en", 1) is None


async def test_history_is_read_a_page_at_a_time_newest_first(here: World) -> None:
    await closed(here, 5)
    boards = Boards(here.store)
    first, pages = await boards.load_history("en", page=1, size=2)
    last, _ = await boards.load_history("en", page=3, size=2)
    beyond, _ = await boards.load_history("en", page=4, size=2)
    assert pages == 3
    assert [story.incident.id for story in first] == [5, 4]
    assert [story.incident.id for story in last] == [1]
    assert beyond == ()
    assert len((await boards.load_board("en", past=2)).past) == 2


async def test_a_story_older_than_a_language_is_shown_in_the_first_of_its_own(here: World) -> None:
    await here.report(signal())
    async with here.store.write() as connection:
        await connection.execute(sa.delete(notices).where(notices.c.language == "it"))
    story = await Boards(here.store).load_story("it", 1)
    assert story is not None
    assert story.latest.notice.lang == "en"


async def test_the_revision_grows_with_what_customers_see_and_with_nothing_else(here: World) -> None:
    boards = Boards(here.store)
    await here.report(signal("w", service="whatsapp"))
    assert await boards.revision() == 0
    await here.report(signal())
    assert await boards.revision() == 1
    await here.report(signal())
    assert await boards.revision() == 1
