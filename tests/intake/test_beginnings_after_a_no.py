"""An operator has said no to a story: automation does not tell it by waiting a moment later. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Draft
from bot.store.engine import Store
from tests.worlds import BASE, StillClock, World, signal, world

RULES: list[dict[str, Any]] = [
    {"match": {"labels": {"service": "at-once"}}, "component": "whatsapp", "publish": "automatically"},
    {"match": {"labels": {"service": "worse"}}, "component": "whatsapp", "impact": "critical", "deadline": "10m"},
    {"match": {"labels": {"service": "cold"}}, "component": "checkout", "deadline": "10m"},
    *BASE["rules"],
]


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Duty phone has dropped what automation would have told of WhatsApp."""
    async with world(store, clock, rules=RULES) as opened:
        await opened.report(signal(service="whatsapp"))
        await opened.intake.transact(lambda desk: desk.drafts.drop(1, by="Duty phone"))
        yield opened


async def waiting(here: World) -> list[Draft]:
    return list(await here.intake.transact(lambda desk: desk.drafts.waiting()))


@pytest.mark.parametrize("service", ["whatsapp", "at-once"])
async def test_the_next_problem_of_the_same_component_waits_for_a_yes(here: World, service: str) -> None:
    here.clock.go(minutes=2)
    await here.report(signal("p2", service=service))
    [draft] = await waiting(here)
    assert draft.deadline is None
    assert draft.because.endswith("; Duty phone has dropped the same a short time ago")
    here.clock.go(hours=3)
    await here.intake.do_due()
    assert [row["number"] for row in await here.updates()] == [None, None]


async def test_an_hour_later_it_has_its_deadline_again(here: World, clock: StillClock) -> None:
    clock.go(hours=1, seconds=1)
    await here.report(signal("p2", service="whatsapp"))
    assert [draft.deadline for draft in await waiting(here)] == [clock() + timedelta(minutes=10)]


@pytest.mark.parametrize("service", ["worse", "cold"])
async def test_worse_than_what_was_dropped_and_other_components_have_theirs(
    here: World, clock: StillClock, service: str
) -> None:
    await here.report(signal("p2", service=service))
    assert [draft.deadline for draft in await waiting(here)] == [clock() + timedelta(minutes=10)]


async def test_what_recovered_by_itself_holds_back_nothing(store: Store, clock: StillClock) -> None:
    async with world(store, clock, rules=RULES) as here:
        await here.report(signal(service="whatsapp"))
        await here.report(signal(state="resolved", service="whatsapp"))
        await here.report(signal("p2", service="whatsapp"))
        assert [draft.deadline for draft in await waiting(here)] == [clock() + timedelta(minutes=10)]
