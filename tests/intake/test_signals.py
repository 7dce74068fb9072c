"""What signals change in the store, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.delivery import Action
from bot.domain.model import Impact, Status, UpdateState
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from tests.worlds import START, StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


async def test_a_first_signal_publishes_in_every_language_and_owes_every_chat(here: World) -> None:
    assert await here.report(signal()) == ["open"]
    (incident,) = await here.incidents()
    assert (incident["status"], incident["impact"], incident["published_at"]) == (
        Status.INVESTIGATING,
        Impact.MAJOR,
        START,
    )
    assert [notice["language"] for notice in await here.notices()] == ["en", "it"]
    owed = await here.owed()
    assert [(row["address"], row["action"]) for row in owed] == [
        ("@bottega_en", Action.POST),
        ("@bottega_en", Action.PIN),
        ("@bottega_it", Action.POST),
    ]
    assert here.effects[-1].revision == 1


async def test_the_same_delivery_twice_is_one(here: World) -> None:
    await here.report(signal())
    before = await here.everything()
    assert await here.report(signal()) == ["ignore"]
    assert await here.report(signal(), signal()) == ["ignore", "ignore"]
    assert await here.everything() == before


async def test_two_racing_webhooks_open_one_incident(here: World) -> None:
    decisions = await asyncio.gather(*(here.report(signal(f"p{number}")) for number in range(20)))
    assert sorted(kind for (kind,) in decisions) == ["hold"] * 19 + ["open"]
    assert len(await here.incidents()) == 1


async def test_it_is_over_when_the_last_problem_recovers(here: World) -> None:
    await here.report(signal("a"), signal("b"))
    here.clock.go(minutes=80)
    assert await here.report(signal("a", "resolved")) == ["hold"]
    assert await here.report(signal("b", "resolved")) == ["advance"]
    (incident,) = await here.incidents()
    assert (incident["status"], incident["closed_at"]) == (Status.RESOLVED, START + timedelta(minutes=80))
    last = [notice for notice in await here.notices() if notice["language"] == "en"][-1]
    assert last["state"].endswith("Resolved after 1 h 20 min")
    assert last["instead"] is None


async def test_later_updates_reply_and_bring_the_first_post_up_to_date(here: World) -> None:
    await here.report(signal())
    await here.report(signal(state="resolved"))
    actions = [row["action"] for row in await here.owed() if row["address"] == "@bottega_en"]
    assert actions == [Action.POST, Action.PIN, Action.POST, Action.EDIT, Action.UNPIN]


async def test_a_recovery_nobody_announced_changes_nothing_for_anybody(here: World) -> None:
    assert await here.report(signal(state="resolved")) == ["ignore"]
    assert await here.incidents() == []
    assert await here.owed() == []
    assert await here.owed(to_operators=True) == []


async def test_a_firing_that_was_sent_before_the_recovery_we_already_have_changes_nothing(here: World) -> None:
    await here.report(signal(state="resolved", at=START))
    assert await here.report(signal(at=START - timedelta(minutes=5))) == ["ignore"]
    assert await here.incidents() == []


async def test_a_recovery_older_than_the_relapse_changes_nothing(here: World) -> None:
    await here.report(signal(at=START))
    assert await here.report(signal(state="resolved", at=START - timedelta(minutes=1))) == ["ignore"]
    assert (await here.incidents())[0]["closed_at"] is None


@pytest.mark.parametrize("state", ["pending", "maintenance", "acknowledged", "no_data", "test", "unknown"])
async def test_states_that_are_neither_up_nor_down_change_nothing(here: World, state: str) -> None:
    await here.report(signal())
    before = await here.everything()
    assert await here.report(signal(state=state), signal("other", state)) == ["ignore", "ignore"]
    assert await here.everything() == before


async def test_a_relapse_soon_after_continues_the_same_story(here: World) -> None:
    await here.report(signal())
    here.clock.go(minutes=10)
    await here.report(signal(state="resolved"))
    here.clock.go(minutes=20)
    assert await here.report(signal()) == ["advance"]
    (incident,) = await here.incidents()
    assert (incident["status"], incident["closed_at"]) == (Status.INVESTIGATING, None)
    assert [update["number"] for update in await here.updates()] == [1, 2, 3]


async def test_a_relapse_much_later_is_a_new_story(here: World) -> None:
    await here.report(signal())
    await here.report(signal(state="resolved"))
    here.clock.go(minutes=31)
    assert await here.report(signal()) == ["open"]
    assert len(await here.incidents()) == 2


async def test_a_worse_problem_raises_the_impact_and_says_so(here: World) -> None:
    await here.report(signal())
    assert await here.report(signal("b", service="shop-worst")) == ["advance"]
    (incident,) = await here.incidents()
    assert (incident["impact"], incident["status"]) == (Impact.CRITICAL, Status.INVESTIGATING)


async def test_a_signal_without_a_rule_is_told_to_operators_once_and_to_no_customer(here: World) -> None:
    assert await here.report(signal(service="printer"), signal("q", service="printer")) == ["hold", "hold"]
    assert await here.report(signal(service="printer")) == ["ignore"]
    assert await here.incidents() == []
    told = await here.owed(to_operators=True)
    assert [row["address"] for row in told] == ["1001", "1002"]
    assert "2 from probe" in told[0]["text"]


async def test_a_rule_that_says_never_tells_nobody(here: World) -> None:
    assert await here.report(signal(service="backup")) == ["hold"]
    assert await here.owed() == []
    assert await here.owed(to_operators=True) == []


async def test_approval_makes_a_draft_that_customers_do_not_see(here: World) -> None:
    assert await here.report(signal(service="whatsapp")) == ["open"]
    (incident,) = await here.incidents()
    (update,) = await here.updates()
    assert incident["published_at"] is None
    assert (update["state"], update["number"], update["deadline"]) == (
        UpdateState.DRAFT,
        None,
        START + timedelta(minutes=10),
    )
    assert await here.owed() == []
    assert (await here.owed(to_operators=True))[0]["text"].startswith(f"**Draft {update['id']}**")
    assert here.effects[-1].revision is None


async def test_a_draft_is_withdrawn_when_the_problem_recovers_first(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    assert await here.report(signal(state="resolved", service="whatsapp")) == ["withdraw"]
    assert (await here.incidents())[0]["closed_at"] == START
    assert (await here.updates())[0]["state"] is UpdateState.DROPPED


async def test_the_deadline_publishes_the_very_words_that_were_drafted(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    drafted = await here.notices()
    assert await here.intake.next_due() == START + timedelta(minutes=2), "its cards count down"
    here.clock.go(minutes=10)
    await here.intake.do_due()
    assert await here.notices() == drafted
    assert (await here.updates())[0]["number"] == 1
    assert len(await here.owed()) == 3
    assert await here.intake.next_due() is None


async def test_a_language_configured_after_the_draft_gets_its_words_when_it_is_published(
    store: Store, clock: StillClock
) -> None:
    async with world(store, clock, languages=["en"], operators=(), destinations=()) as before:
        await before.report(signal(service="whatsapp"))
    async with world(store, clock) as after:
        clock.go(minutes=10)
        await after.intake.do_due()
        assert [notice["language"] for notice in await after.notices()] == ["en", "it"]
        assert len(await after.owed()) == 3


async def test_the_deadline_drops_where_the_rule_says_so(here: World) -> None:
    await here.report(signal(service="checkout"))
    here.clock.go(minutes=11)
    await here.intake.do_due()
    assert (await here.updates())[0]["state"] is UpdateState.DROPPED
    assert (await here.incidents())[0]["closed_at"] is not None
    assert await here.owed() == []


async def test_the_all_clear_of_an_approved_story_is_a_draft_too(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    here.clock.go(minutes=10)
    await here.intake.do_due()
    assert await here.report(signal(state="resolved", service="whatsapp")) == ["advance"]
    assert [update["state"] for update in await here.updates()] == [UpdateState.PUBLISHED, UpdateState.DRAFT]
    assert (await here.incidents())[0]["closed_at"] is None


async def test_firing_again_withdraws_the_waiting_all_clear(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    here.clock.go(minutes=10)
    await here.intake.do_due()
    await here.report(signal(state="resolved", service="whatsapp"))
    assert await here.report(signal(service="whatsapp")) == ["withdraw"]
    assert (await here.updates())[-1]["state"] is UpdateState.DROPPED
    assert (await here.incidents())[0]["status"] is Status.INVESTIGATING


async def test_ten_thousand_problems_are_one_incident_and_one_text_to_each_operator(here: World) -> None:
    many = [signal(f"k{number}") for number in range(5_000)]
    strange = [signal(f"s{number}", service="unheard-of") for number in range(5_000)]
    await here.report(*many, *strange)
    assert len(await here.incidents()) == 1
    assert len(await here.owed()) == 3
    assert len(await here.owed(to_operators=True)) == 4  # one for the incident, one for the 5,000, to two operators
    assert set(await here.report(*many, *strange)) == {"ignore"}


async def test_one_bad_piece_of_work_spoils_nothing_but_itself(here: World) -> None:
    async def broken(desk: object) -> None:
        raise ZeroDivisionError

    results = await asyncio.gather(
        here.report(signal()), here.intake.transact(broken), here.report(signal("b")), return_exceptions=True
    )
    assert results[0] == ["open"]
    assert isinstance(results[1], ZeroDivisionError)
    assert results[2] == ["hold"]


AN_HOUR = [{"match": {"labels": {"service": "whatsapp"}}, "component": "whatsapp", "deadline": "1h"}]


async def approved_and_over(here: World) -> None:
    """An incident of WhatsApp that was approved by its deadline, recovered, and closed the same way."""
    await here.report(signal(service="whatsapp"))
    here.clock.go(hours=1)
    await here.intake.do_due()
    await here.report(signal(state="resolved", service="whatsapp"))
    here.clock.go(hours=1)
    await here.intake.do_due()


async def test_a_relapse_draft_is_withdrawn_even_long_after_the_story_closed(store: Store, clock: StillClock) -> None:
    async with world(store, clock, rules=AN_HOUR) as here:
        await approved_and_over(here)
        here.clock.go(minutes=20)
        assert await here.report(signal(service="whatsapp")) == ["advance"]
        here.clock.go(minutes=15)
        assert await here.report(signal("b", service="whatsapp")) == ["hold"], "no second story beside the draft"
        here.clock.go(minutes=5)
        await here.report(signal("b", "resolved", service="whatsapp"))
        assert await here.report(signal(state="resolved", service="whatsapp")) == ["withdraw"]
        here.clock.go(hours=2)
        await here.intake.do_due()
        assert len(await here.incidents()) == 1


async def test_the_all_clear_of_an_operators_incident_never_publishes_itself(here: World) -> None:
    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["whatsapp"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)

    await here.intake.transact(work)
    await here.report(signal(service="whatsapp"))
    assert await here.report(signal(state="resolved", service="whatsapp")) == ["advance"]
    assert (await here.updates())[-1]["deadline"] is None
    here.clock.go(days=2)
    await here.intake.do_due()
    assert (await here.incidents())[0]["closed_at"] is None


async def test_an_all_clear_is_never_dropped_for_want_of_a_yes(here: World) -> None:
    await here.report(signal(service="checkout"))
    draft = (await here.updates())[0]["id"]

    async def work(desk: IntakeDesk) -> None:
        await desk.drafts.publish(draft, by="Ada")

    await here.intake.transact(work)
    await here.report(signal(state="resolved", service="checkout"))
    assert ((await here.updates())[-1]["state"], (await here.updates())[-1]["deadline"]) == (UpdateState.DRAFT, None)


async def test_what_an_operator_only_drafted_does_not_swallow_an_automatic_notice(here: World) -> None:
    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Bruno", draft=True)

    await here.intake.transact(work)
    assert await here.report(signal()) == ["open"]
    assert [incident["published_at"] for incident in await here.incidents()] == [None, START]


async def test_an_automatic_rule_publishes_what_another_rules_draft_was_waiting_for(
    store: Store, clock: StillClock
) -> None:
    rules = [
        {"match": {"labels": {"service": "slow"}}, "component": "shop", "impact": "minor"},
        {"match": {"labels": {"service": "down"}}, "component": "shop", "publish": "automatically"},
    ]
    async with world(store, clock, rules=rules) as here:
        await here.report(signal("a", service="slow"))
        assert await here.report(signal("b", service="down")) == ["advance"]
        (incident,) = await here.incidents()
        assert (incident["published_at"], incident["closed_at"], incident["impact"]) == (START, None, Impact.MAJOR)
        assert [update["state"].value for update in await here.updates()] == ["dropped", "published"]
        assert await here.report(signal("c", service="down")) == ["hold"]
        await here.report(signal("a", "resolved", service="slow"), signal("c", "resolved", service="down"))
        assert (await here.incidents())[0]["closed_at"] is None


async def test_a_relapse_draft_that_another_story_has_overtaken_is_withdrawn_at_its_deadline(
    store: Store, clock: StillClock
) -> None:
    slow = {"match": {"labels": {"service": "whatsapp"}}, "component": "whatsapp", "deadline": "1h"}
    down = {"match": {"labels": {"service": "down"}}, "component": "whatsapp", "publish": "automatically"}
    async with world(store, clock, rules=[slow, down]) as here:
        await approved_and_over(here)
        here.clock.go(minutes=20)
        assert await here.report(signal(service="whatsapp")) == ["advance"]
        here.clock.go(minutes=15)
        assert await here.report(signal("b", service="down")) == ["open"]
        here.clock.go(hours=1)
        await here.intake.do_due()
        assert [incident["closed_at"] is None for incident in await here.incidents()] == [False, True]
        assert "incident 2 tells of it" in (await here.owed(to_operators=True))[-1]["text"]
        assert await here.intake.next_due() is None
