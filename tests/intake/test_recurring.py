"""Maintenance that comes again: announced in good time, on the same clock, once; and only what somebody approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.changes import Change
from bot.domain.model import Impact, Status
from bot.domain.recurring import Every
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.intake.rewording import Rewording
from bot.store.engine import Store
from tests.worlds import BASE, START, StillClock, World, world

FIRST = datetime(2026, 3, 21, 1, 0, tzinfo=UTC)  # a Saturday, 02:00 in Rome; clocks go forward eight days later
WINDOW = Window(starts=FIRST, ends=FIRST + timedelta(hours=2))


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, maintenance={"announce": "3d", "remind": "0s"}) as opened:
        yield opened


async def announce(here: World, *, draft: bool = False, every: Every = Every.WEEK) -> Change:
    return await here.intake.transact(
        lambda desk: desk.plans.announce(
            components=["shop"],
            window=WINDOW,
            impact=Impact.NONE,
            texts={"en": "We tidy up."},
            by="Ada",
            draft=draft,
            every=every,
        )
    )


async def wait_for(here: World, at: datetime) -> None:
    """Let time pass, with everything done as it falls due."""
    while (due := await here.intake.next_due()) is not None and due <= at:
        here.clock.time = max(here.clock.time, due)
        await here.intake.do_due()
    here.clock.time = at


async def windows(here: World) -> list[tuple[Status, datetime, datetime]]:
    return [(row["status"], row["scheduled_for"], row["scheduled_until"]) for row in await here.incidents()]


async def test_the_next_window_is_announced_ahead_of_time_on_the_same_clock(here: World) -> None:
    await announce(here)
    second, third = datetime(2026, 3, 28, 1, 0, tzinfo=UTC), datetime(2026, 4, 4, 0, 0, tzinfo=UTC)
    await wait_for(here, second - timedelta(days=3, minutes=1))
    assert len(await here.incidents()) == 1
    await wait_for(here, third - timedelta(days=3))
    assert await windows(here) == [
        (Status.COMPLETED, WINDOW.starts, WINDOW.ends),
        (Status.COMPLETED, second, second + timedelta(hours=2)),
        (Status.SCHEDULED, third, third + timedelta(hours=2)),
    ]
    announced = [row for row in await here.updates() if row["status"] is Status.SCHEDULED]
    assert {(row["author"], row["texts"]["en"]) for row in announced} == {("Ada", "We tidy up.")}


async def test_operators_are_told_of_what_is_announced_by_itself(here: World) -> None:
    await announce(here)
    await wait_for(here, datetime(2026, 3, 25, 1, 0, tzinfo=UTC))
    texts = [row["text"] for row in await here.owed(to_operators=True)]
    told = [text for text in texts if "incident 2, update 1" in text]
    assert len(told) == 2  # one for each operator
    assert all("Published by itself" in text and "as Ada planned it" in text for text in told)


async def test_a_draft_that_is_approved_approves_the_series(here: World) -> None:
    draft = await announce(here, draft=True)
    await here.intake.transact(lambda desk: desk.drafts.publish(draft.update_id, by="Duty phone"))
    await wait_for(here, datetime(2026, 3, 25, 1, 0, tzinfo=UTC))
    assert [row["status"] for row in await here.incidents()] == [Status.COMPLETED, Status.SCHEDULED]


@pytest.mark.parametrize("dropped", [True, False])
async def test_a_series_that_nobody_approved_ends_with_its_first_window(here: World, *, dropped: bool) -> None:
    draft = await announce(here, draft=True)
    if dropped:
        await here.intake.transact(lambda desk: desk.drafts.drop(draft.update_id, by="Duty phone"))
    await wait_for(here, datetime(2026, 4, 25, 1, 0, tzinfo=UTC))
    assert len(await here.incidents()) == 1
    assert await here.intake.transact(lambda desk: desk.recurring.standing()) == []


async def test_what_was_missed_while_the_service_was_away_is_not_announced(here: World) -> None:
    await announce(here)
    here.clock.time = datetime(2026, 4, 5, 12, 0, tzinfo=UTC)  # the third window is over, too
    await here.intake.do_due()
    fourth = datetime(2026, 4, 11, 0, 0, tzinfo=UTC)
    assert [row["scheduled_for"] for row in await here.incidents()] == [WINDOW.starts, fourth]


async def test_the_same_moment_on_two_nodes_announces_it_once(here: World) -> None:
    await announce(here)
    here.clock.time = datetime(2026, 3, 25, 1, 0, tzinfo=UTC)
    await here.intake.do_due()
    await here.intake.do_due()
    assert len(await here.incidents()) == 2


async def test_a_series_that_was_ended_comes_no_more(here: World) -> None:
    await announce(here)
    [series] = await here.intake.transact(lambda desk: desk.recurring.standing())
    await here.intake.transact(lambda desk: desk.recurring.end(series.id))
    await wait_for(here, datetime(2026, 4, 25, 1, 0, tzinfo=UTC))
    assert len(await here.incidents()) == 1
    with pytest.raises(CommandError, match="does not come again"):
        await here.intake.transact(lambda desk: desk.recurring.end(series.id))


async def test_a_series_of_components_that_are_gone_ends(here: World, store: Store) -> None:
    await announce(here)
    clock = StillClock(datetime(2026, 3, 26, 1, 0, tzinfo=UTC))
    others: dict[str, Any] = {"components": {"whatsapp": {"name": "WhatsApp"}}, "rules": []}
    async with world(store, clock, **others) as later:
        await later.intake.do_due()
        assert await later.intake.transact(lambda desk: desk.recurring.standing()) == []


async def test_a_window_longer_ahead_than_a_week_is_announced_with_those_before_it(
    store: Store, clock: StillClock
) -> None:
    async with world(store, clock, maintenance={"announce": "30d"}) as here:
        await announce(here)
        await wait_for(here, START + timedelta(minutes=1))
        starts = [row["scheduled_for"] for row in await here.incidents()]
    assert starts == [FIRST, FIRST + timedelta(days=7)]


# --- what was approved, and no other words ---


async def second_announced(here: World) -> list[tuple[dict[str, str], Impact]]:
    """Once the second window is near: own words and impact of each announcement of it that customers read."""
    await wait_for(here, datetime(2026, 3, 25, 1, 0, tzinfo=UTC))
    told = [row for row in await here.updates() if row["incident_id"] == 2 and row["number"] is not None]
    return [(row["texts"], row["impact"]) for row in told]


async def test_the_words_and_impact_that_were_approved_come_again_and_not_those_first_drafted(here: World) -> None:
    first = (await announce(here, draft=True)).update_id
    wish = Rewording(texts={"en": "We clean."}, impact=Impact.MINOR)
    await here.intake.transact(lambda desk: desk.drafts.reword(first, wish, by="Duty phone"))
    await here.intake.transact(lambda desk: desk.drafts.publish(first, by="Duty phone"))
    assert await second_announced(here) == [({"en": "We clean."}, Impact.MINOR)]


async def test_a_correction_of_the_first_announcement_comes_again_too(here: World) -> None:
    await announce(here)
    await here.intake.transact(lambda desk: desk.corrections.correct(1, 1, texts={"en": "We clean."}, by="Ada"))
    assert await second_announced(here) == [({"en": "We clean."}, Impact.NONE)]


async def test_a_series_whose_first_announcement_was_withdrawn_comes_no_more(here: World) -> None:
    await announce(here)
    await here.intake.transact(lambda desk: desk.corrections.retract(1, None, by="Ada"))
    assert await second_announced(here) == []
    assert await here.intake.transact(lambda desk: desk.recurring.standing()) == []


async def test_where_two_must_agree_their_yes_to_the_first_window_is_that_to_all(
    store: Store, clock: StillClock
) -> None:
    staff = [
        {"telegram_id": number, "name": name, "role": "publisher", "language": "en"}
        for number, name in ((1001, "Ada"), (1002, "Bruno"))
    ]
    components = {**BASE["components"], "shop": {**BASE["components"]["shop"], "approvals": 2}}
    async with world(store, clock, operators=staff, components=components, maintenance={"announce": "3d"}) as here:
        first = await announce(here)
        assert first.draft
        await here.intake.transact(lambda desk: desk.drafts.publish(first.update_id, by="Bruno"))
        said_yes = await here.rows("approvals")
        assert await second_announced(here) == [({"en": "We tidy up."}, Impact.NONE)]
        assert await here.intake.transact(lambda desk: desk.drafts.waiting()) == []
        assert await here.rows("approvals") == said_yes, "nobody has said yes to the second window: nobody was asked"
        told = [row["text"] for row in await here.owed(to_operators=True) if "incident 2, update" in row["text"]]
        assert told
        assert all("incident 2, update 1" in text for text in told)
