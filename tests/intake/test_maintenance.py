"""The whole life of planned maintenance, on both databases, with a clock that goes on only when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.changes import Change
from bot.domain.model import Impact, Status, UpdateState
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from bot.store.schema import updates
from tests.worlds import START, StillClock, World, signal, world

ROME = ZoneInfo("Europe/Rome")
STARTS = START + timedelta(hours=48)
ENDS = STARTS + timedelta(hours=2)
WINDOW = Window(starts=STARTS, ends=ENDS)


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


@asynccontextmanager
async def asking(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where automation must not say by itself that the work is done."""
    async with world(store, clock, maintenance={"complete": "ask"}) as opened:
        yield opened


async def plan(
    here: World,
    window: Window = WINDOW,
    *,
    draft: bool = False,
    by: str = "Ada",
    texts: Mapping[str, str] | None = None,
) -> Change:
    async def work(desk: IntakeDesk) -> Change:
        return await desk.plans.announce(
            components=["shop"], window=window, impact=Impact.MINOR, texts=texts or {}, by=by, draft=draft
        )

    return await here.intake.transact(work)


async def postpone(here: World, starts: datetime, ends: datetime | None = None, *, draft: bool = False) -> Change:
    async def work(desk: IntakeDesk) -> Change:
        return await desk.plans.postpone(1, starts=starts, ends=ends, texts={}, by="Ada", draft=draft)

    return await here.intake.transact(work)


async def extend(here: World, longer: timedelta | datetime, *, draft: bool = False) -> Change:
    async def work(desk: IntakeDesk) -> Change:
        return await desk.plans.extend(1, longer=longer, texts={}, by="Ada", draft=draft)

    return await here.intake.transact(work)


async def update(here: World, status: Status) -> Change:
    async def work(desk: IntakeDesk) -> Change:
        return await desk.stories.add_update(1, status=status, texts={}, by="Bruno", draft=False)

    return await here.intake.transact(work)


async def publish(here: World, draft_id: int) -> Change:
    return await here.intake.transact(lambda desk: desk.drafts.publish(draft_id, by="Duty phone"))


async def until(here: World, at: datetime) -> None:
    """Time goes on, and all that is due by then is done when it is due, as the timers do it."""
    while (due := await here.intake.next_due()) is not None and due <= at:
        here.clock.time = max(due, here.clock.time)
        await here.intake.do_due()
    here.clock.time = at


async def said(here: World, incident_id: int = 1) -> list[str]:
    """What customers were told, in order: the occasion, or the status."""
    return [
        str(row["occasion"] or row["status"])
        for row in await here.updates()
        if row["state"] is UpdateState.PUBLISHED and row["incident_id"] == incident_id
    ]


async def told(here: World) -> list[str]:
    """The first lines of what one of the operators was told unasked."""
    rows = await here.owed(to_operators=True)
    return [row["text"].partition("\n")[0] for row in rows if row["address"] == "1001"]


async def titles(here: World) -> list[str]:
    return [row["title"] for row in await here.notices() if row["language"] == "en"]


# --- as planned ---


async def test_it_is_announced_recalled_begun_and_completed_by_itself(here: World) -> None:
    change = await plan(here)
    assert (change.number, change.deliveries) == (1, {"telegram": 3})
    assert await here.intake.next_due() == STARTS - timedelta(hours=24)
    await until(here, STARTS - timedelta(hours=23))
    assert await said(here) == ["scheduled", "reminder"]
    assert await here.intake.next_due() == STARTS
    await until(here, STARTS)
    assert await said(here) == ["scheduled", "reminder", "in_progress"]
    assert await here.intake.next_due() == ENDS
    await until(here, ENDS + timedelta(days=2))
    assert await said(here) == ["scheduled", "reminder", "in_progress", "completed"]
    assert await here.intake.next_due() is None
    (incident,) = await here.incidents()
    assert (incident["closed_at"], incident["scheduled_for"], incident["scheduled_until"]) == (ENDS, STARTS, ENDS)
    assert await titles(here) == [
        "Planned maintenance: Online shop",
        "Reminder of planned maintenance: Online shop",
        "Maintenance in progress: Online shop",
        "Maintenance completed: Online shop",
    ]


async def test_operators_are_told_and_the_planner_stands_behind_it(here: World) -> None:
    await plan(here, by="Anna")
    await until(here, ENDS)
    assert [line.partition(" (")[0] for line in await told(here)] == [
        f"**Published by itself: incident 1, update {number}**" for number in (2, 3, 4)
    ]
    why = await here.intake.transact(lambda desk: desk.insight.why(1))
    assert [(step.by, step.because) for step in why.steps] == [
        ("Anna", ""),
        ("Anna", "it begins soon, as Anna planned it"),
        ("Anna", "its window has begun, as Anna planned it"),
        ("Anna", "its window is over, as Anna planned it"),
    ]


async def test_signals_of_its_component_are_held_and_what_still_fires_afterwards_is_told(here: World) -> None:
    await plan(here)
    await until(here, STARTS)
    assert await here.report(signal("during"), signal("gone")) == ["hold", "hold"]
    assert await here.report(signal("other", service="whatsapp")) == ["open"]
    here.clock.go(minutes=30)
    assert await here.report(signal("gone", "resolved")) == ["hold"]
    await until(here, ENDS - timedelta(seconds=1))
    assert [row["id"] for row in await here.incidents()] == [1, 2]
    await until(here, ENDS)
    assert await said(here) == ["scheduled", "reminder", "in_progress", "completed"]
    assert await said(here, 3) == ["investigating"]
    (opened,) = [row for row in await here.incidents() if row["id"] == 3]
    assert opened["kind"].value == "outage"
    by_title = [row["title"] for row in await here.notices() if row["language"] == "en"]
    assert by_title[-2:] == ["Maintenance completed: Online shop", "Disruption affecting Online shop"]


@pytest.mark.parametrize("ending", [Status.COMPLETED, Status.CANCELLED])
async def test_what_fires_is_told_as_soon_as_a_human_ends_it_early(here: World, ending: Status) -> None:
    await plan(here)
    await until(here, STARTS)
    await here.report(signal())
    here.clock.go(minutes=10)
    await update(here, ending)
    assert await here.intake.next_due() == here.clock.time
    await until(here, here.clock.time)
    assert await said(here, 2) == ["investigating"]


async def test_what_was_open_before_goes_on_during_it(here: World) -> None:
    await here.report(signal())
    await plan(here)
    await until(here, STARTS)
    assert await here.report(signal(state="resolved")) == ["advance"]
    assert await said(here, 1) == ["investigating", "resolved"]
    assert await said(here, 2) == ["scheduled", "reminder", "in_progress"]


async def test_the_storm_brake_neither_counts_nor_stops_what_a_human_planned(store: Store, clock: StillClock) -> None:
    async with world(store, clock, storm={"notices": 1, "within": "10m"}) as here:
        await plan(here)
        await until(here, STARTS)
        assert await here.report(signal("a", service="whatsapp"), signal("b", service="shop")) == ["open", "hold"]
        await publish(here, (await here.updates())[-1]["id"])
        await update(here, Status.COMPLETED)
        await until(here, here.clock.time)
        assert await said(here, 3) == ["investigating"], "three notices, and none of them was automation's own"
    async with world(store, clock, storm={"notices": 1, "within": "10m"}) as here:
        incident = (
            await plan(here, Window(starts=clock.time + timedelta(minutes=1), ends=clock.time + timedelta(2)))
        ).incident
        await until(here, clock.time + timedelta(minutes=1))
        assert await said(here, incident.id) == ["scheduled", "in_progress"], "though the brake is on"


# --- the reminder ---


async def test_who_was_told_the_day_before_needs_no_reminder(here: World) -> None:
    await plan(here, Window(starts=START + timedelta(hours=23), ends=START + timedelta(hours=25)))
    await until(here, START + timedelta(hours=25))
    assert await said(here) == ["scheduled", "in_progress", "completed"]


@pytest.mark.parametrize(("remind", "at"), [("1h", timedelta(hours=1)), ("0s", None)])
async def test_the_reminder_comes_when_the_configuration_says(
    store: Store, clock: StillClock, remind: str, at: timedelta | None
) -> None:
    async with world(store, clock, maintenance={"remind": remind}) as here:
        await plan(here)
        assert await here.intake.next_due() == (STARTS - at if at else STARTS)
        await until(here, STARTS)
        assert await said(here) == ["scheduled", *(["reminder"] if at else []), "in_progress"]


async def test_a_human_word_shortly_before_is_a_reminder_enough(here: World) -> None:
    await plan(here)
    here.clock.time = STARTS - timedelta(hours=24)
    await update(here, Status.SCHEDULED)
    await until(here, STARTS)
    assert await said(here) == ["scheduled", "scheduled", "in_progress"]


# --- moved ---


async def test_postponed_it_keeps_its_length_and_is_recalled_for_the_new_time(here: World) -> None:
    await plan(here)
    await until(here, STARTS - timedelta(hours=1))
    later = STARTS + timedelta(days=3)
    change = await postpone(here, later)
    assert (change.incident.scheduled_for, change.incident.scheduled_until) == (later, later + timedelta(hours=2))
    assert await here.intake.next_due() == later - timedelta(hours=24)
    await until(here, later + timedelta(hours=2))
    assert await said(here) == ["scheduled", "reminder", "scheduled", "reminder", "in_progress", "completed"]
    bodies = [row["body"] for row in await here.notices() if row["language"] == "en"]
    assert "March 4, from 3:03" in bodies[0]
    assert "March 7, from 3:03" in bodies[2]


async def test_moved_away_while_it_silences_it_silences_no_longer(here: World) -> None:
    await plan(here)
    here.clock.time = STARTS
    assert await here.report(signal()) == ["hold"]
    await postpone(here, STARTS + timedelta(days=1))
    await until(here, here.clock.time)
    assert await said(here, 2) == ["investigating"]


async def test_extended_it_ends_later_and_by_itself(here: World) -> None:
    await plan(here)
    await until(here, ENDS - timedelta(minutes=5))
    change = await extend(here, timedelta(hours=1))
    assert change.incident.scheduled_until == ENDS + timedelta(hours=1)
    assert await here.report(signal()) == ["hold"]
    await until(here, ENDS + timedelta(minutes=59))
    assert await said(here) == ["scheduled", "reminder", "in_progress", "extended"]
    assert await said(here, 2) == []
    await extend(here, ENDS + timedelta(hours=3))
    await until(here, ENDS + timedelta(hours=3))
    assert await said(here) == ["scheduled", "reminder", "in_progress", "extended", "extended", "completed"]
    assert await said(here, 2) == ["investigating"]


async def test_cancelled_nothing_happens_any_more(here: World) -> None:
    await plan(here)
    await update(here, Status.CANCELLED)
    assert await here.intake.next_due() is None
    await until(here, ENDS + timedelta(days=1))
    assert await said(here) == ["scheduled", "cancelled"]


# --- humans first ---


async def test_where_a_human_has_begun_it_only_a_human_says_that_it_is_done(here: World) -> None:
    await plan(here)
    here.clock.time = STARTS - timedelta(minutes=10)
    await update(here, Status.IN_PROGRESS)
    assert await here.report(signal()) == ["hold"]
    await until(here, ENDS + timedelta(hours=5))
    assert await said(here) == ["scheduled", "in_progress"]
    [card] = [line for line in await told(here) if line.startswith("**Draft")]
    assert "incident 1 · shop · minor · completed" in card
    assert await said(here, 2) == ["investigating"], "the window silences no longer than planned"


async def test_it_asks_once_and_again_after_an_extension(store: Store, clock: StillClock) -> None:
    async with asking(store, clock) as here:
        await plan(here)
        await until(here, ENDS)
        assert await said(here) == ["scheduled", "reminder", "in_progress"]
        first = (await here.updates())[-1]
        assert (first["state"], first["status"], first["author"]) == (UpdateState.DRAFT, Status.COMPLETED, None)
        assert await here.intake.next_due() is None
        await here.intake.transact(lambda desk: desk.drafts.drop(first["id"], by="Duty phone"))
        await here.intake.do_due()
        assert len(await here.updates()) == 4, "a no is a no"
        here.clock.go(minutes=10)
        await extend(here, timedelta(hours=1))
        await until(here, ENDS + timedelta(hours=1))
        second = (await here.updates())[-1]
        assert (second["state"], second["status"]) == (UpdateState.DRAFT, Status.COMPLETED)
        assert (await publish(here, second["id"])).incident.closed_at == here.clock.time
        assert await said(here) == ["scheduled", "reminder", "in_progress", "extended", "completed"]


async def test_an_extension_takes_the_question_back(store: Store, clock: StillClock) -> None:
    async with asking(store, clock) as here:
        await plan(here)
        await until(here, ENDS)
        await extend(here, timedelta(hours=1))
        assert [row["state"].value for row in await here.updates()][-2:] == ["dropped", "published"]


# --- drafts ---


async def test_a_drafters_plan_is_no_plan_until_a_publisher_says_yes(here: World) -> None:
    change = await plan(here, draft=True, texts={"it": "Cambiamo i dischi."})
    assert (change.draft, await here.intake.next_due()) == (True, None)
    published = await publish(here, change.update_id)
    assert published.incident.scheduled_for == STARTS
    await until(here, ENDS)
    assert await said(here) == ["scheduled", "reminder", "in_progress", "completed"]
    why = await here.intake.transact(lambda desk: desk.insight.why(1))
    assert {step.by for step in why.steps} == {"Duty phone"}


async def test_what_a_drafter_would_move_moves_with_the_yes(here: World) -> None:
    await plan(here)
    later = STARTS + timedelta(days=1)
    change = await postpone(here, later, draft=True)
    assert (await here.incidents())[0]["scheduled_for"] == STARTS
    await publish(here, change.update_id)
    (incident,) = await here.incidents()
    assert (incident["scheduled_for"], incident["scheduled_until"]) == (later, later + timedelta(hours=2))
    await until(here, later)
    change = await extend(here, timedelta(hours=1), draft=True)
    assert (await here.incidents())[0]["scheduled_until"] == later + timedelta(hours=2)
    await publish(here, change.update_id)
    assert (await here.incidents())[0]["scheduled_until"] == later + timedelta(hours=3)
    assert (await said(here))[-1] == "extended"


async def test_a_draft_that_time_has_overtaken_is_refused(here: World) -> None:
    opening = await plan(here, draft=True)
    here.clock.time = STARTS
    with pytest.raises(CommandError, match="its window has begun meanwhile; /drop 1"):
        await publish(here, opening.update_id)
    assert await said(here) == []


async def test_drafts_that_the_story_has_left_behind_are_withdrawn(here: World) -> None:
    await plan(here)
    moving = await postpone(here, STARTS + timedelta(days=1), draft=True)
    await until(here, STARTS)
    with pytest.raises(CommandError, match=f"draft {moving.update_id} was dropped already"):
        await publish(here, moving.update_id)
    longer = await extend(here, timedelta(hours=1), draft=True)
    await until(here, ENDS)
    with pytest.raises(CommandError, match=f"draft {longer.update_id} was dropped already"):
        await publish(here, longer.update_id)
    async with here.store.read() as connection:
        query = sa.select(updates.c.ended_because).where(updates.c.state == UpdateState.DROPPED).order_by(updates.c.id)
        reasons = list((await connection.execute(query)).scalars())
    assert reasons == ["the incident has gone on meanwhile", "the incident has ended meanwhile"]


async def test_what_has_not_begun_is_not_completed_but_called_off(here: World) -> None:
    await plan(here)

    async def end(desk: IntakeDesk, status: Status | None) -> Change:
        return await desk.stories.add_update(1, status=status, texts={}, by="Ada", draft=False)

    for status in (None, Status.COMPLETED):
        with pytest.raises(CommandError, match="incident 1 has not begun; /update 1 cancelled calls it off"):
            await here.intake.transact(partial(end, status=status))
    await here.intake.transact(partial(end, status=Status.IN_PROGRESS))  # earlier than planned
    await here.intake.transact(partial(end, status=Status.COMPLETED))
    assert await said(here) == ["scheduled", "in_progress", "completed"]


# --- what cannot be ---


async def test_an_impossible_plan_changes_nothing(here: World) -> None:
    before = await here.everything()
    for window, answer in (
        (Window(starts=START, ends=ENDS), "begins in the past"),
        (Window(starts=STARTS, ends=STARTS), "ends before it begins"),
        (Window(starts=STARTS, ends=STARTS + timedelta(days=31)), "longer than 30 days"),
    ):
        with pytest.raises(CommandError, match=answer):
            await plan(here, window)
    assert await here.everything() == before


async def test_an_impossible_move_changes_nothing(here: World) -> None:
    await plan(here)
    before = await here.everything()
    for starts, ends, answer in (
        (START - timedelta(hours=1), None, "begins in the past"),
        (STARTS, STARTS - timedelta(hours=1), "ends before it begins"),
    ):
        with pytest.raises(CommandError, match=answer):
            await postpone(here, starts, ends)
    with pytest.raises(CommandError, match="has not begun; /postpone 1 START - END moves it"):
        await extend(here, timedelta(hours=1))
    assert await here.everything() == before


async def test_an_impossible_extension_changes_nothing(here: World) -> None:
    await plan(here)
    await until(here, STARTS)
    before = await here.everything()
    with pytest.raises(CommandError, match="is in progress; /extend 1 1h makes it longer"):
        await postpone(here, STARTS + timedelta(days=1))
    with pytest.raises(CommandError, match="would not end later than planned"):
        await extend(here, ENDS)
    with pytest.raises(CommandError, match="longer than 30 days"):
        await extend(here, timedelta(days=30))
    assert await here.everything() == before
    await until(here, ENDS)
    with pytest.raises(CommandError, match="is closed already; /maintenance announces a new one"):
        await extend(here, timedelta(hours=1))


async def test_an_outage_is_not_moved(here: World) -> None:
    await here.report(signal())
    with pytest.raises(CommandError, match="incident 1 cannot become scheduled"):
        await postpone(here, STARTS)
    with pytest.raises(CommandError, match="incident 1 cannot become in_progress"):
        await extend(here, timedelta(hours=1))


# --- restarts, nodes, clocks ---


@pytest.mark.parametrize(
    ("back_at", "afterwards"),
    [
        pytest.param(STARTS - timedelta(hours=3), ["scheduled", "reminder"], id="after the time of the reminder"),
        pytest.param(STARTS + timedelta(hours=1), ["scheduled", "in_progress"], id="in the middle"),
        pytest.param(ENDS + timedelta(hours=9), ["scheduled", "completed"], id="when all is over"),
    ],
)
async def test_who_was_away_tells_what_is_true_now(
    store: Store, clock: StillClock, back_at: datetime, afterwards: list[str]
) -> None:
    async with world(store, clock) as here:
        await plan(here)
    clock.time = back_at
    async with world(store, clock) as here:
        await here.intake.do_due()
        assert await said(here) == afterwards
        await here.intake.do_due()
        assert await said(here) == afterwards
        await until(here, ENDS + timedelta(days=1))
        assert (await said(here))[-1] == "completed"


async def test_who_was_away_over_both_and_must_ask_asks(store: Store, clock: StillClock) -> None:
    async with asking(store, clock) as here:
        await plan(here)
    clock.time = ENDS + timedelta(hours=1)
    async with asking(store, clock) as here:
        await until(here, clock.time)
        assert await said(here) == ["scheduled"]
        draft = (await here.updates())[-1]
        await publish(here, draft["id"])
        assert await said(here) == ["scheduled", "completed"]


async def test_two_nodes_tell_it_once(store: Store, clock: StillClock) -> None:
    async with world(store, clock) as here, world(store, clock) as there:
        await plan(here)
        for at in (STARTS - timedelta(hours=24), STARTS, ENDS):
            clock.time = at
            await asyncio.gather(*(node.intake.do_due() for node in (here, there, here, there)))
        assert await said(here) == ["scheduled", "reminder", "in_progress", "completed"]


async def test_in_the_night_when_clocks_change_hours_last_as_long_as_ever(here: World) -> None:
    starts = datetime(2026, 3, 29, 1, 0, tzinfo=ROME).astimezone(UTC)
    await plan(here, Window(starts=starts, ends=starts + timedelta(hours=3)))
    await until(here, starts + timedelta(hours=3, days=1))
    body = next(row["body"] for row in await here.notices() if row["language"] == "en")
    assert "1:00\u202fAM" in body
    assert "5:00\u202fAM" in body
    made = {str(row["occasion"] or row["status"]): row["at"] for row in await here.updates()}
    assert made["reminder"].astimezone(ROME).hour == 1
    assert made["completed"] - made["in_progress"] == timedelta(hours=3)


async def test_after_every_step_the_reason_is_on_record(here: World) -> None:
    await plan(here)
    await until(here, ENDS)
    rows: list[dict[str, Any]] = await here.updates()
    assert all(row["because"] or row["author"] for row in rows)
    assert [row["author"] for row in rows] == ["Ada", None, None, None]
    assert [(row["scheduled_for"], row["scheduled_until"]) for row in rows] == [(STARTS, ENDS), *[(None, None)] * 3]


async def test_a_story_that_cannot_be_told_does_not_hold_up_the_others(store: Store, clock: StillClock) -> None:
    async with world(store, clock) as here:
        await plan(here)
        await here.intake.transact(
            lambda desk: desk.plans.announce(
                components=["whatsapp"], window=WINDOW, impact=Impact.MINOR, texts={}, by="Ada", draft=False
            )
        )
        await until(here, STARTS - timedelta(minutes=1))
        async with store.write() as connection:
            largest = {"sqlite": 2**63 - 1, "postgresql": 2**31 - 1}[connection.dialect.name]
            newest = sa.and_(updates.c.incident_id == 1, updates.c.number == 2)
            await connection.execute(sa.update(updates).where(newest).values(number=largest))  # there is no next one
        clock.time = STARTS
        await here.intake.do_due()
        assert await said(here, 2) == ["scheduled", "reminder", "in_progress"]
        assert await said(here, 1) == ["scheduled", "reminder"]
