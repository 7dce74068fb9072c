"""Many drafts at once: their cards are drawn a few at a time, no crash loses one, and they do not bury each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.intake.drawing import AGAIN, AT_ONCE
from bot.store.engine import Store, open_store
from tests.operators.interruptions import refusing
from tests.worlds import StillClock, World, signal, world

MANY = 3 * AT_ONCE + 1


@asynccontextmanager
async def company(store: Store, clock: StillClock, **changes: Any) -> AsyncIterator[World]:
    """Many components, each with a rule that asks first; two operators."""
    names = [f"c{number}" for number in range(MANY)]
    rules = [{"match": {"labels": {"service": name}}, "component": name, "deadline": "60m"} for name in names]
    components = {name: {"name": name.upper()} for name in names}
    async with world(store, clock, components=components, rules=rules, **changes) as here:
        yield here


async def everything_fails(here: World) -> None:
    await here.report(*[signal(f"p{number}", service=f"c{number}") for number in range(MANY)])


async def drawn(here: World) -> list[str]:
    """What there are cards about, each once."""
    return sorted({row["subject"] for row in await here.rows("cards")})


async def test_one_transaction_draws_few_cards_and_the_next_ones_the_others(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 1000}) as here:
        await everything_fails(here)
        assert len(await drawn(here)) == AT_ONCE
        assert here.effects[-1].due
        for round_ in (2, 3):
            assert await here.intake.next_due() == clock()
            await here.intake.do_due()
            assert len(await drawn(here)) == round_ * AT_ONCE
        await here.intake.do_due()
        assert len(await drawn(here)) == MANY
        assert len(await here.rows("cards")) == 2 * MANY
        assert await here.intake.next_due() != clock()


async def test_cards_that_a_crash_left_undrawn_are_drawn_after_it(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 1000}) as here:
        await everything_fails(here)
        await here.crash()
    async with company(store, clock, storm={"notices": 1000}) as here:
        for _ in range(3):
            await here.intake.do_due()
        assert len(await drawn(here)) == MANY


async def test_a_draft_that_ended_before_its_card_was_drawn_gets_none(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 1000}) as here:
        await everything_fails(here)
        last = (await here.updates())[-1]["id"]
        await here.intake.transact(lambda desk: desk.drafts.drop(last, by="Duty phone"))
        for _ in range(4):
            await here.intake.do_due()
        assert f"draft:{last}" not in await drawn(here)
        assert len(await drawn(here)) == MANY - 1


async def test_countdowns_of_many_cards_go_on_a_few_at_a_time(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 1000}) as here:
        await everything_fails(here)
        for _ in range(3):
            await here.intake.do_due()
        clock.go(minutes=31)
        before = len(await here.owed(to_operators=True))
        await here.intake.do_due()
        assert len(await here.owed(to_operators=True)) - before <= 2 * AT_ONCE
        due = await here.intake.next_due()
        assert due is not None
        assert due <= clock()


async def test_in_a_storm_further_drafts_come_without_a_card_and_are_counted(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 3, "within": "10m"}) as here:
        await everything_fails(here)
        assert len(await drawn(here)) == 3
        texts = [row["text"] for row in await here.owed(to_operators=True) if row["lane"] == "telegram:1001:told"]
        [told] = [text for text in texts if "without a card" in text]
        assert told.startswith("**3 drafts of the last 10 min wait for you.**")

        clock.go(minutes=6)
        await here.intake.do_due()
        counted = (await here.owed(to_operators=True))[-1]["text"]
        assert counted.endswith(f"{MANY - 4} more** drafts without a card (`/drafts`).")
        waiting = await here.intake.transact(lambda desk: desk.drafts.waiting())
        assert len(waiting) == MANY


async def test_once_the_first_are_decided_the_next_draft_has_a_card_again(store: Store, clock: StillClock) -> None:
    async with company(store, clock, storm={"notices": 1}) as here:
        await here.report(signal("p0", service="c0"))
        await here.report(signal("p1", service="c1"))
        assert await drawn(here) == ["draft:1"]
        await here.intake.transact(lambda desk: desk.drafts.drop(1, by="Duty phone"))
        await here.report(signal("p2", service="c2"))
        assert await drawn(here) == ["draft:1", "draft:3"]


async def test_a_card_that_could_not_be_drawn_is_drawn_a_minute_later(tmp_path: Path, clock: StillClock) -> None:
    async with open_store(f"sqlite:///{tmp_path}/notices.db") as store, company(store, clock) as here:
        async with refusing(store, "cards"):
            await here.report(signal("p0", service="c0"))
        assert await drawn(here) == []
        assert await here.intake.next_due() == clock() + AGAIN
        clock.time += AGAIN
        await here.intake.do_due()
        assert await drawn(here) == ["draft:1"]
