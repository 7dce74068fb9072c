"""What becomes of automation's drafts once an operator has had them in hand: nothing is published by waiting that one
who may not publish, or one alone where two must, has worded; and what was chosen is not undone. On both databases.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Draft
from bot.domain.model import Impact, OnDeadline, Publish, Role
from bot.domain.staff import Operator
from bot.intake.rewording import Rewording
from bot.store.engine import Store
from tests.worlds import BASE, StillClock, World, signal, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
ADA = Operator(telegram_id=1002, name="Ada", role=Role.DRAFTER, language="en")
STAFF = [
    {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
    for each in (ANNA, ADA)
]
OWN = Rewording(texts={"en": "It is Meta."})
WORSE = Rewording(impact=Impact.CRITICAL)
TEN_MINUTES = timedelta(minutes=10)


def rules(**worse: str) -> list[dict[str, Any]]:
    """The usual ones, and one of a signal that makes it worse for WhatsApp. worse: what that rule says besides."""
    sooner = {"match": {"labels": {"service": "worse"}}, "component": "whatsapp", "impact": "critical"}
    return [*BASE["rules"], {**sooner, **worse}]


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, operators=STAFF, rules=rules(deadline="2m")) as opened:
        await opened.report(signal(service="whatsapp"))
        yield opened


async def reword(here: World, wish: Rewording, by: Operator, draft_id: int = 1) -> None:
    await here.intake.transact(lambda desk: desk.drafts.reword(draft_id, wish, by=by.name, person=by))


async def the_draft(here: World) -> Draft:
    [draft] = await here.intake.transact(lambda desk: desk.drafts.waiting())
    return draft


async def what_is_published_by_waiting(here: World) -> list[int]:
    here.clock.go(hours=3)
    await here.intake.do_due()
    return [row["id"] for row in await here.updates() if row["number"] is not None]


@pytest.mark.parametrize("wish", [OWN, WORSE, Rewording(texts={})])
async def test_what_a_drafter_has_changed_waits_for_a_publisher(here: World, wish: Rewording) -> None:
    await reword(here, wish, ADA)
    draft = await the_draft(here)
    assert draft.deadline is None
    assert draft.touched_by == "Ada"
    assert await what_is_published_by_waiting(here) == []


@pytest.mark.parametrize("wish", [OWN, WORSE])
async def test_what_a_publisher_has_changed_is_published_at_its_deadline(here: World, wish: Rewording) -> None:
    await reword(here, wish, ANNA)
    assert await what_is_published_by_waiting(here) == [1]


@pytest.mark.parametrize("wish", [OWN, WORSE, Rewording(promised_at=None, texts={})])
async def test_where_two_must_agree_one_publishers_words_wait_for_the_other(
    store: Store, clock: StillClock, wish: Rewording
) -> None:
    components = {**BASE["components"], "whatsapp": {"name": "WhatsApp", "approvals": 2}}
    async with world(store, clock, operators=STAFF, components=components) as here:
        await here.report(signal(service="whatsapp"))
        await reword(here, wish, ANNA)
        assert (await the_draft(here)).deadline is None
        assert await what_is_published_by_waiting(here) == []


async def test_a_draft_that_would_be_dropped_is_dropped_whoever_changes_it(store: Store, clock: StillClock) -> None:
    async with world(store, clock, operators=STAFF) as here:
        await here.report(signal(service="checkout"))
        await reword(here, OWN, ADA)
        assert (await the_draft(here)).on_deadline is OnDeadline.DROP
        assert await what_is_published_by_waiting(here) == []
        assert await here.intake.transact(lambda desk: desk.drafts.waiting()) == []


@pytest.mark.parametrize("by", [ANNA, ADA])
async def test_words_of_a_human_are_not_published_by_waiting_once_it_is_worse(here: World, by: Operator) -> None:
    await reword(here, OWN, by)
    await here.report(signal("p2", service="worse"))
    draft = await the_draft(here)
    assert (draft.impact, draft.notices["en"].body, draft.deadline) == (Impact.CRITICAL, "It is Meta.", None)
    assert await what_is_published_by_waiting(here) == []


async def test_where_automation_may_speak_at_once_it_does_so_in_its_own_words(store: Store, clock: StillClock) -> None:
    at_once = rules(publish=Publish.AUTOMATICALLY.value)
    async with world(store, clock, operators=STAFF, rules=at_once) as here:
        await here.report(signal(service="whatsapp"))
        await reword(here, OWN, ADA)
        await here.report(signal("p2", service="worse"))
        [published] = [row for row in await here.updates() if row["number"] is not None]
        assert published["texts"] == {}
        assert "It is Meta." not in {row["body"] for row in await here.notices() if row["update_id"] == published["id"]}


async def test_the_time_an_operator_asked_for_is_theirs_though_it_gets_worse(here: World, clock: StillClock) -> None:
    await here.intake.transact(lambda desk: desk.drafts.wait(1, TEN_MINUTES, by="Anna"))
    await here.report(signal("p2", service="worse"))
    draft = await the_draft(here)
    assert (draft.id, draft.deadline) == (2, clock() + 2 * TEN_MINUTES)
    assert await what_is_published_by_waiting(here) == [2]


async def test_without_an_operator_the_earlier_deadline_counts(here: World, clock: StillClock) -> None:
    await here.report(signal("p2", service="worse"))
    assert (await the_draft(here)).deadline == clock() + timedelta(minutes=2)


async def test_a_promise_is_kept_in_the_draft_that_takes_its_place(here: World, clock: StillClock) -> None:
    promised_at = clock() + timedelta(minutes=30)
    await reword(here, Rewording(promised_at=promised_at), ANNA)
    await here.report(signal("p2", service="worse"))
    draft = await the_draft(here)
    assert (draft.id, draft.promised_at, draft.deadline) == (2, promised_at, None)
    assert "3:33" in draft.notices["en"].body.replace("\u202f", " ")


async def test_a_promise_whose_time_has_passed_is_not_made_again(here: World, clock: StillClock) -> None:
    await here.intake.transact(lambda desk: desk.drafts.wait(1, timedelta(hours=2), by="Anna"))
    await reword(here, Rewording(promised_at=clock() + timedelta(minutes=30)), ANNA)
    clock.go(hours=1)
    await here.report(signal("p2", service="worse"))
    assert (await the_draft(here)).promised_at is None
