"""What operators' commands change in the store, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.model import Impact, Status, UpdateState
from bot.errors import AlreadyHandled, CommandError
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from tests.worlds import StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


async def opened(here: World, *, draft: bool = False, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(
            components=["shop", "whatsapp"], impact=Impact.MINOR, texts=texts, by="Ada", draft=draft
        )

    return await here.intake.transact(work)


async def continued(here: World, incident_id: int, status: Status | None, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(incident_id, status=status, texts=texts, by="Ada", draft=False)

    return await here.intake.transact(work)


async def test_free_text_is_published_in_its_own_language_only(here: World) -> None:
    change = await opened(here, it="Stiamo verificando.")
    by_language = {notice["language"]: notice for notice in await here.notices()}
    assert by_language["it"]["body"] == "Stiamo verificando."
    assert "Stiamo" not in by_language["en"]["body"]
    assert (change.own_words, change.languages) == (("it",), ("en", "it"))


async def test_the_answer_counts_what_was_made_and_what_still_waits(here: World) -> None:
    first = await opened(here)
    assert (dict(first.deliveries), first.waiting) == ({"telegram": 3}, 3)
    second = await continued(here, first.incident.id, Status.IDENTIFIED)
    assert (dict(second.deliveries), second.waiting) == ({"telegram": 4}, 7)
    third = await continued(here, first.incident.id, None)
    assert third.incident.status is Status.RESOLVED
    assert third.incident.closed_at is not None


async def test_only_the_newest_state_is_shown_when_edits_pile_up(here: World) -> None:
    first = await opened(here)
    await continued(here, first.incident.id, Status.IDENTIFIED)
    await continued(here, first.incident.id, Status.MONITORING)
    edits = [row["state"].value for row in await here.owed() if row["action"].value == "edit"]
    assert edits == ["superseded", "superseded", "pending", "pending"]


@pytest.mark.parametrize(
    ("incident_id", "status", "says"),
    [
        pytest.param(99, Status.IDENTIFIED, "there is no incident 99", id="unknown"),
        pytest.param(1, Status.SCHEDULED, "cannot become scheduled", id="of the other kind"),
    ],
)
async def test_an_impossible_update_says_why_and_changes_nothing(
    here: World, incident_id: int, status: Status, says: str
) -> None:
    await opened(here)
    before = await here.everything()
    with pytest.raises(CommandError, match=says):
        await continued(here, incident_id, status)
    assert await here.everything() == before


async def test_a_closed_story_takes_no_update(here: World) -> None:
    change = await opened(here)
    await continued(here, change.incident.id, None)
    with pytest.raises(CommandError, match="closed already"):
        await continued(here, change.incident.id, Status.MONITORING)


async def test_too_long_a_text_is_refused_while_it_can_still_be_mended(here: World) -> None:
    with pytest.raises(CommandError, match="characters too long"):
        await opened(here, en="x" * 4000)
    assert await here.incidents() == []


async def test_a_drafters_words_wait_for_a_publisher(here: World) -> None:
    change = await opened(here, draft=True, en="Our own words.")
    assert change.draft
    assert await here.owed() == []

    async def publish(desk: IntakeDesk) -> Any:
        return await desk.drafts.publish(change.update_id, by="Duty phone")

    published = await here.intake.transact(publish)
    assert (published.number, published.draft) == (1, False)
    assert published.incident.human
    (update,) = await here.updates()
    assert (update["author"], update["decided_by"], update["state"]) == ("Ada", "Duty phone", UpdateState.PUBLISHED)
    with pytest.raises(CommandError, match="was published by Duty phone already"):
        await here.intake.transact(publish)


async def test_a_dropped_opening_closes_a_story_nobody_saw(here: World) -> None:
    change = await opened(here, draft=True)

    async def drop(desk: IntakeDesk) -> Any:
        return await desk.drafts.drop(change.update_id, by="Duty phone")

    dropped = await here.intake.transact(drop)
    assert (dropped.draft, dropped.incident.published_at) == (False, None)
    assert dropped.incident.closed_at is not None


async def test_automation_only_proposes_where_a_human_has_written(here: World) -> None:
    await here.report(signal())
    await continued(here, 1, Status.IDENTIFIED, en="We found it.")
    assert await here.report(signal(state="resolved")) == ["advance"]
    assert [update["state"] for update in await here.updates()][-1] is UpdateState.DRAFT
    assert (await here.incidents())[0]["closed_at"] is None


async def test_a_signal_joins_the_incident_an_operator_opened_and_never_speaks_over_it(here: World) -> None:
    await opened(here)
    assert await here.report(signal("b", service="shop-worst")) == ["hold"]
    assert len(await here.incidents()) == 1
    assert len(await here.updates()) == 1


async def test_a_human_update_drops_the_draft_automation_had_waiting(here: World) -> None:
    await here.report(signal())
    await continued(here, 1, Status.IDENTIFIED)
    await here.report(signal(state="resolved"))
    await continued(here, 1, None, en="All is well again.")
    assert [update["state"].value for update in await here.updates()] == [
        "published",
        "published",
        "dropped",
        "published",
    ]


async def test_everything_done_at_one_desk_commits_together_or_not_at_all(here: World) -> None:
    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)
        await desk.tell(1001, "Published.")
        await desk.stories.add_update(77, status=None, texts={}, by="Ada", draft=False)

    before = await here.everything()
    with pytest.raises(CommandError):
        await here.intake.transact(work)
    assert await here.everything() == before


async def test_updates_are_kept_once_and_handled_once(here: World) -> None:
    await here.intake.keep([(7, "{}"), (8, "{}")])
    await here.intake.keep([(8, '{"other": 1}'), (9, "{}")])
    assert await here.intake.unhandled() == [(7, "{}", None), (8, "{}", None), (9, "{}", None)]

    async def work(desk: IntakeDesk) -> None:
        await desk.handled(7)

    await here.intake.transact(work)
    assert [number for number, _, _ in await here.intake.unhandled()] == [8, 9]
    assert await here.intake.newest() == 9
    here.clock.go(days=8)
    await here.intake.keep([(3, "{}")])
    assert await here.intake.newest() == 3, "after a quiet week Telegram goes on from a random number"


async def test_what_is_no_longer_needed_is_forgotten_and_the_story_is_kept(here: World) -> None:
    await here.report(signal())
    await here.report(signal(state="resolved"))
    await here.intake.keep([(7, "{}")])

    async def work(desk: IntakeDesk) -> None:
        await desk.handled(7)

    await here.intake.transact(work)
    here.clock.go(days=31)
    await here.intake.tidy()
    assert await here.rows("problems") == []
    assert await here.intake.newest() == 7
    assert len(await here.updates()) == 2


async def test_a_humans_draft_that_is_published_takes_automations_all_clear_away(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    here.clock.go(minutes=10)
    await here.intake.do_due()
    await here.report(signal(state="resolved", service="whatsapp"))

    async def draft(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(
            1, status=Status.IDENTIFIED, texts={"en": "Found."}, by="Bruno", draft=True
        )

    async def publish(desk: IntakeDesk) -> Any:
        return await desk.drafts.publish(change.update_id, by="Ada")

    change = await here.intake.transact(draft)
    await here.intake.transact(publish)
    here.clock.go(hours=1)
    await here.intake.do_due()
    assert (await here.incidents())[0]["closed_at"] is None


async def test_a_draft_of_a_story_that_has_ended_is_withdrawn(here: World) -> None:
    change = await opened(here)

    async def draft(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(1, status=Status.MONITORING, texts={}, by="Bruno", draft=True)

    waiting = await here.intake.transact(draft)
    await continued(here, change.incident.id, None)

    async def publish(desk: IntakeDesk) -> Any:
        return await desk.drafts.publish(waiting.update_id, by="Ada")

    with pytest.raises(CommandError, match="draft 2 was dropped already"):
        await here.intake.transact(publish)
    gone = await here.intake.transact(lambda desk: desk.drafts.load(waiting.update_id))
    assert (gone.ended_by, gone.ended_because) == (None, "the incident has ended meanwhile")


async def test_a_command_that_another_node_has_carried_out_is_undone(here: World) -> None:
    await here.intake.keep([(7, "{}")])

    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)
        await desk.handled(7)

    await here.intake.transact(work)
    with pytest.raises(AlreadyHandled):
        await here.intake.transact(work)
    assert len(await here.incidents()) == 1
