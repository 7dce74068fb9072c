"""What pages and feeds are made from, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.marks import Mark
from bot.domain.model import Impact, Kind, Occasion, Status
from bot.domain.months import Month
from bot.domain.uptime import Span
from bot.intake.desk import IntakeDesk
from bot.store.boards import Boards
from bot.store.engine import Store
from bot.store.schema import incidents, notices, revision, updates
from tests.worlds import StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, destinations=(), operators=()) as opened:
        yield opened


async def closed(here: World, count: int) -> None:
    """So many incidents, opened and closed by hand, a minute apart."""
    for _ in range(count):

        async def work(desk: IntakeDesk) -> None:
            change = await desk.stories.open(
                components=["checkout"], impact=Impact.MINOR, texts={}, by="Ada", draft=False
            )
            await desk.stories.add_update(change.incident.id, status=None, texts={}, by="Ada", draft=False)

        await here.intake.transact(work)
        here.clock.go(minutes=1)


async def test_an_empty_store_makes_an_empty_board(here: World) -> None:
    board = await Boards(here.store).load_board("en", past=10)
    assert (board.open, board.past, board.changed_at, board.revision) == ((), (), None, 0)


async def test_which_incidents_have_new_words_is_known_with_when_they_ended(here: World) -> None:
    await closed(here, 2)
    before = here.clock()
    assert await Boards(here.store).amended(before - timedelta(days=1)) == []
    here.clock.go(days=30)
    first = await Boards(here.store).load_story("it", 1)
    assert first is not None

    async def amend(desk: IntakeDesk) -> None:
        await desk.stories.amend(1, 1, texts={"it": "Parole nuove."}, by="Ada")

    await here.intake.transact(amend)
    assert await Boards(here.store).amended(here.clock()) == [(1, first.incident.closed_at)]
    assert await Boards(here.store).amended(here.clock() + timedelta(seconds=1)) == []


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


async def test_boards_in_several_languages_are_those_of_each(here: World) -> None:
    await closed(here, 2)
    await here.report(signal())
    async with here.store.write() as connection:  # one story is older than a language
        await connection.execute(sa.delete(notices).where(notices.c.language == "it", notices.c.update_id == 1))
    boards = Boards(here.store)
    together = await boards.load_boards(["it", "en"], past=10)
    assert together == {language: await boards.load_board(language, past=10) for language in ("it", "en")}
    languages = [[update.notice.language for update in story.updates] for story in together["it"].past]
    assert languages == [["it", "it"], ["en", "it"]]


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


# ── The past by months ──

ROME = ZoneInfo("Europe/Rome")
MARCH, APRIL, MAY = (Month(year=2026, number=number) for number in (3, 4, 5))


async def test_the_past_is_read_a_month_at_a_time_with_the_months_beside_it(here: World) -> None:
    await closed(here, 1)
    here.clock.time = datetime(2026, 4, 30, 21, 58, tzinfo=here.clock.time.tzinfo)
    await closed(here, 3)  # the last one at midnight in Rome, though not in Greenwich
    boards = Boards(here.store)
    newest = await boards.load_chapter("en", None, zone=ROME)
    assert newest is not None
    assert (newest.month, newest.older, newest.newer) == (MAY, APRIL, None)
    april = await boards.load_chapter("it", APRIL, zone=ROME)
    assert april is not None
    assert [story.incident.id for story in april.stories] == [3, 2]
    assert (april.older, april.newer) == (MARCH, MAY)
    assert {tuple(update.number for update in story.updates) for story in april.stories} == {(2,)}
    assert {story.latest.notice.language for story in april.stories} == {"it"}


async def test_a_month_in_which_nothing_ended_is_none(here: World) -> None:
    boards = Boards(here.store)
    assert await boards.load_chapter("en", None, zone=ROME) is None
    await here.report(signal())
    assert await boards.load_chapter("en", None, zone=ROME) is None
    await closed(here, 1)
    assert await boards.load_chapter("en", APRIL, zone=ROME) is None


# ── What was disrupted when ──


async def recorded(here: World, *, days: int = 90) -> tuple[list[Span], datetime | None]:
    since = here.clock() - timedelta(days=days)
    spans, began = await Boards(here.store).load_record(since=since, now=here.clock())
    return sorted(spans, key=lambda span: span.start), began


async def changed(here: World, table: sa.Table, **values: Any) -> None:
    async with here.store.write() as connection:
        await connection.execute(table.update().values(values))


async def test_a_disruption_lasts_from_one_update_to_the_next_and_an_open_one_until_now(here: World) -> None:
    start = here.clock()
    await changed(here, revision, began_at=start - timedelta(days=7))
    assert await recorded(here) == ([], start - timedelta(days=7)), "nothing has happened yet, and we would know"
    await changed(here, revision, began_at=start)
    await here.report(signal(at=start - timedelta(minutes=5)))
    worse = here.clock.go(minutes=10)
    await here.report(signal("b", service="shop-worst"))
    here.clock.go(minutes=20)
    began = start - timedelta(minutes=5)
    expected = [
        Span(component="shop", impact=Impact.MAJOR, start=began, end=worse),
        Span(component="shop", impact=Impact.CRITICAL, start=worse, end=here.clock()),
    ]
    assert await recorded(here) == (expected, began)
    end = here.clock()
    await here.report(signal(state="resolved"), signal("b", "resolved", service="shop-worst"))
    here.clock.go(minutes=20)
    spans, _ = await recorded(here)
    assert (spans[0], spans[-1].end) == (expected[0], end)
    assert sum((span.end - span.start for span in spans), timedelta()) == end - began


async def test_drafts_maintenance_and_what_was_retracted_are_no_disruption(here: World) -> None:
    await here.report(signal("w", service="whatsapp"))
    assert (await recorded(here))[0] == []
    await here.report(signal())
    here.clock.go(minutes=10)
    assert len((await recorded(here))[0]) == 1
    await changed(here, updates, occasion=Occasion.RETRACTION)
    assert (await recorded(here))[0] == []
    await changed(here, updates, occasion=None)
    await changed(here, notices, mark=Mark.RETRACTED, label="Retracted")
    assert (await recorded(here))[0] == []
    await changed(here, notices, mark=None, label=None)
    await changed(here, incidents, kind=Kind.MAINTENANCE)
    assert (await recorded(here))[0] == []


async def test_what_was_over_before_is_not_read(here: World) -> None:
    await closed(here, 1)
    here.clock.go(days=91)
    assert (await recorded(here))[0] == []
    assert len((await recorded(here, days=92))[0]) == 1
