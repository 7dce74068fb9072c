"""When automation speaks and when it keeps quiet, on both databases, with a clock that goes on only when told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bot.domain.model import Impact, Kind, Occasion, Origin, Publish, Signal, Status, UpdateState
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from bot.store.schema import incident_components, incidents
from tests.worlds import BASE, START, StillClock, World, signal, world


def rule(component: str | None = "shop", **more: Any) -> dict[str, Any]:
    """A rule about signals whose service is the component."""
    return {"match": {"labels": {"service": component}}, "component": component, "publish": "automatically"} | more


@asynccontextmanager
async def judging(
    store: Store, clock: StillClock, *rules: dict[str, Any], components: dict[str, Any] | None = None, **more: Any
) -> AsyncIterator[World]:
    changes = {"rules": list(rules), "components": BASE["components"] | (components or {}), **more}
    async with world(store, clock, **changes) as opened:
        yield opened


async def said(here: World) -> list[tuple[str, str | None]]:
    """What customers were told: status and occasion of each published update."""
    return [
        (row["status"].value, row["occasion"].value if row["occasion"] else None)
        for row in await here.updates()
        if row["state"] is UpdateState.PUBLISHED
    ]


async def wait_for(here: World, **by: float) -> None:
    """Time goes on, and what is due by then is done."""
    here.clock.go(**by)
    await here.intake.do_due()


async def write_into(here: World, incident_id: int) -> None:
    """An operator continues the story."""
    await here.intake.transact(
        lambda desk: desk.stories.add_update(incident_id, status=Status.IDENTIFIED, texts={}, by="Ada", draft=False)
    )


async def told(here: World) -> list[str]:
    """What one of the operators was told."""
    return [row["text"] for row in await here.owed(to_operators=True) if row["address"] == "1001"]


# --- confirm_for, recover_for ---


async def test_a_problem_must_keep_firing_before_anything_is_said(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        assert await here.report(signal()) == ["hold"]
        assert await here.intake.next_due() == START + timedelta(minutes=5)
        await wait_for(here, minutes=4)
        assert await said(here) == []
        assert await here.report(signal()) == ["ignore"]
        await wait_for(here, minutes=1)
        assert await said(here) == [("investigating", None)]
        assert await here.intake.next_due() is None


async def test_one_that_recovers_before_is_never_told(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        await here.report(signal())
        here.clock.go(minutes=2)
        assert await here.report(signal(state="resolved")) == ["hold"]
        await wait_for(here, hours=1)
        assert await here.incidents() == []
        assert await told(here) == []


async def test_one_that_has_fired_for_long_by_the_senders_clock_is_confirmed(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        assert await here.report(signal(at=START - timedelta(minutes=6))) == ["open"]


async def test_it_must_stay_well_before_it_is_over(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(recover_for="3m")) as here:
        await here.report(signal())
        here.clock.go(minutes=10)
        assert await here.report(signal(state="resolved")) == ["hold"]
        await wait_for(here, minutes=2)
        assert await said(here) == [("investigating", None)]
        await wait_for(here, minutes=1)
        assert await said(here) == [("investigating", None), ("resolved", None)]


async def test_a_relapse_while_it_must_stay_well_is_the_same_outage(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(recover_for="3m", confirm_for="1m")) as here:
        await here.report(signal(at=START - timedelta(minutes=2)))
        await here.report(signal(state="resolved"))
        here.clock.go(minutes=1)
        assert await here.report(signal()) == ["hold"]
        await wait_for(here, minutes=30)
        assert await said(here) == [("investigating", None)]


async def test_all_must_have_stayed_well_for_long_enough(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(recover_for="5m")) as here:
        await here.report(signal("a"), signal("b"))
        await here.report(signal("a", "resolved"))
        here.clock.go(minutes=3)
        await here.report(signal("b", "resolved"))
        await wait_for(here, minutes=2)
        assert await said(here) == [("investigating", None)], "b has been well for two minutes only"
        await wait_for(here, minutes=3)
        assert await said(here) == [("investigating", None), ("resolved", None)]


# --- flapping ---


async def flap(here: World, times: int, *, every: float = 2) -> None:
    for number in range(times):
        await here.report(signal(state="firing" if number % 2 == 0 else "resolved"))
        await wait_for(here, minutes=every)


async def test_what_comes_and_goes_is_told_once_and_then_only_when_calm(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await flap(here, 40)
        before = await said(here)
        assert before[-1] == ("monitoring", "unstable")
        assert [occasion for _, occasion in before].count("unstable") == 1
        await wait_for(here, minutes=20)
        assert await said(here) == [*before, ("resolved", "stable")]
        assert [row["closed_at"] is not None for row in await here.incidents()] == [True]


async def test_what_fires_steadily_after_coming_and_going_stays_open(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await flap(here, 9)
        await wait_for(here, hours=3)
        assert (await said(here))[-1] == ("monitoring", "unstable")
        await here.report(signal(state="resolved"))
        assert (await said(here))[-1] == ("monitoring", "unstable"), "first it must stay well"
        await wait_for(here, minutes=15)
        assert (await said(here))[-1] == ("resolved", "stable")


async def test_operators_get_no_card_for_each_turn_of_a_flapping_draft(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval")) as here:
        await flap(here, 40)
        assert len(await told(here)) <= 4
        await wait_for(here, minutes=20)
        assert [row["state"] for row in await here.updates()].count(UpdateState.DRAFT) == 0


async def test_many_problems_that_take_turns_are_one_that_comes_and_goes(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        for number in range(20):
            await here.report(signal(f"p{number}"))
            here.clock.go(minutes=1)
            await here.report(signal(f"p{number}", "resolved"))
            await wait_for(here, minutes=1)
        assert len(await said(here)) <= 4
        await wait_for(here, minutes=20)
        assert (await said(here))[-1] == ("resolved", "stable")


# --- groups ---

GROUPED = (
    rule("shop", group="site"),
    rule("checkout", group="site", impact="critical"),
    rule("whatsapp", group="site"),
)


async def test_a_group_is_one_incident_with_several_components(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, *GROUPED) as here:
        await here.report(signal("a"))
        here.clock.go(seconds=5)
        assert await here.report(signal("b", service="whatsapp")) == ["hold"]
        await wait_for(here, seconds=30)
        assert await said(here) == [("investigating", None), ("investigating", None)]
        last = [notice["title"] for notice in await here.notices() if notice["language"] == "en"][-1]
        assert "Online shop and WhatsApp" in last
        assert len(await here.incidents()) == 1


async def test_the_worst_impact_of_a_group_counts_and_it_is_over_when_all_have_recovered(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, *GROUPED) as here:
        await here.report(signal("a"), signal("c", service="checkout"))
        assert [row["impact"] for row in await here.incidents()] == [Impact.CRITICAL]
        assert [row["component"] for row in await here.rows("incident_components")] == ["checkout", "shop"]
        await here.report(signal("a", "resolved"))
        assert (await said(here))[-1][0] == "investigating"
        await here.report(signal("c", "resolved", service="checkout"))
        assert (await said(here))[-1][0] == "resolved"


async def test_a_group_gathers_only_for_a_while(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, *GROUPED) as here:
        await here.report(signal("a"))
        here.clock.go(minutes=11)
        assert await here.report(signal("b", service="whatsapp")) == ["open"]


async def test_a_draft_that_waits_is_worded_anew_when_its_group_grows(store: Store, clock: StillClock) -> None:
    rules = [each | {"publish": "after_approval", "deadline": "10m"} for each in GROUPED]
    async with judging(store, clock, *rules) as here:
        await here.report(signal("a"))
        await here.report(signal("b", service="whatsapp"))
        await wait_for(here, seconds=30)
        await wait_for(here, minutes=10)
        assert await said(here) == [("investigating", None)]
        titles = [notice["title"] for notice in await here.notices() if notice["language"] == "en"]
        assert "Online shop and WhatsApp" in titles[-1]


async def test_a_group_shows_nothing_of_a_component_whose_rule_wants_a_yes(store: Store, clock: StillClock) -> None:
    asking = rule("whatsapp", group="site", publish="after_approval")
    async with judging(store, clock, rule("shop", group="site"), asking) as here:
        await here.report(signal("a"))
        assert await here.report(signal("b", service="whatsapp")) == ["open"]
        await wait_for(here, minutes=1)
        assert await said(here) == [("investigating", None)]
        assert [row["published_at"] is not None for row in await here.incidents()] == [True, False]


async def test_what_was_approved_does_not_grow_by_what_was_not(store: Store, clock: StillClock) -> None:
    rules = [each | {"publish": "after_approval"} for each in GROUPED]
    async with judging(store, clock, *rules) as here:
        await here.report(signal("a"))
        await here.intake.transact(lambda desk: desk.drafts.publish(1, by="Ada"))
        assert await here.report(signal("b", service="whatsapp")) == ["open"]


async def test_a_group_does_not_grow_into_what_a_human_has_written(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, *GROUPED) as here:
        await here.report(signal("a"))
        await here.intake.transact(
            lambda desk: desk.stories.add_update(1, status=Status.IDENTIFIED, texts={}, by="Ada", draft=False)
        )
        assert await here.report(signal("b", service="whatsapp")) == ["open"]


# --- inhibition ---

INHIBITED = {"checkout": BASE["components"]["checkout"] | {"inhibited_by": ["shop"]}}


async def test_a_component_says_nothing_of_its_own_while_what_explains_it_is_down(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule("shop"), rule("checkout"), components=INHIBITED) as here:
        await here.report(signal("a"))
        assert await here.report(signal("c", service="checkout")) == ["hold"]
        assert len(await here.incidents()) == 1
        await here.report(signal("c", "resolved", service="checkout"))
        await here.report(signal("a", "resolved"))
        await wait_for(here, minutes=1)
        assert await said(here) == [("investigating", None), ("resolved", None)]


async def test_it_speaks_when_it_is_still_down_after_that(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule("shop"), rule("checkout"), components=INHIBITED) as here:
        await here.report(signal("a"), signal("c", service="checkout"))
        here.clock.go(minutes=5)
        await here.report(signal("a", "resolved"))
        assert await here.intake.next_due() == here.clock()
        await here.intake.do_due()
        assert await said(here) == [("investigating", None), ("resolved", None), ("investigating", None)]


# --- silence ---


async def silence(here: World, *components: str, hours: float = 2) -> None:
    await here.intake.transact(lambda desk: desk.silences.silence(components, length=timedelta(hours=hours), by="Ada"))


async def test_a_silenced_component_begins_nothing_until_the_silence_ends(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await silence(here, "shop")
        assert await here.report(signal()) == ["hold"]
        await wait_for(here, minutes=119)
        assert await said(here) == []
        await wait_for(here, minutes=1)
        assert await said(here) == [("investigating", None)]


async def test_lifting_a_silence_judges_again_at_once(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await silence(here, "shop")
        await here.report(signal())
        assert await here.intake.transact(lambda desk: desk.silences.lift(["shop", "whatsapp"])) == ["shop"]
        await here.intake.do_due()
        assert await said(here) == [("investigating", None)]


async def test_what_is_open_goes_on_through_a_silence(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal())
        await silence(here, "shop")
        assert await here.report(signal("b")) == ["hold"]
        await here.report(signal(state="resolved"), signal("b", "resolved"))
        assert (await said(here))[-1] == ("resolved", None)


async def test_a_window_of_maintenance_silences_its_components(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        async with store.write() as connection:
            window = {"scheduled_for": START, "scheduled_until": START + timedelta(hours=1)}
            values = {
                "kind": Kind.MAINTENANCE,
                "origin": Origin.OPERATOR,
                "status": Status.SCHEDULED,
                "impact": Impact.MINOR,
                "publish": Publish.AFTER_APPROVAL,
                "started_at": START,
                "published_at": START,
                "human": True,
                **window,
            }
            made = await connection.execute(insert(incidents).values(values).returning(incidents.c.id))
            row = {"incident_id": made.scalar_one(), "component": "shop", "position": 0, "claimed": False}
            await connection.execute(insert(incident_components).values(row))
        assert await here.report(signal()) == ["hold"]
        (problem,) = await here.rows("problems")
        assert "silenced by maintenance" in problem["reason"]
        await wait_for(here, hours=1)
        assert await said(here) == [("investigating", None)]


# --- the storm brake ---


def many(count: int) -> dict[str, Any]:
    return {f"part{number}": {"name": f"Part {number}"} for number in range(count)}


async def test_beyond_the_brake_notices_become_drafts_and_operators_get_one_text(
    store: Store, clock: StillClock
) -> None:
    rules = [rule(f"part{number}") for number in range(30)]
    async with judging(store, clock, *rules, components=many(30), storm={"notices": 5, "within": "10m"}) as here:
        for number in range(30):
            await here.report(signal(f"p{number}", service=f"part{number}"))
        assert len(await said(here)) == 5
        assert [row["state"] for row in await here.updates()].count(UpdateState.DRAFT) == 25
        assert len([text for text in await told(here) if "Storm brake" in text]) == 1
        assert len(await told(here)) == 6
        await wait_for(here, minutes=5)
        assert "24 more" in (await told(here))[-1]
        assert len(await told(here)) == 7


async def test_a_storm_words_each_held_draft_once(store: Store, clock: StillClock) -> None:
    rules = [rule(f"part{number}") for number in range(4)]
    async with judging(store, clock, *rules, components=many(4), storm={"notices": 2, "within": "10m"}) as here:
        for number in range(400):
            await here.report(signal(f"p{number}", service=f"part{number % 4}"))
        assert [row["state"] for row in await here.updates()].count(UpdateState.DROPPED) == 0
        assert len(await here.notices()) == 4 * 2


async def test_what_was_braked_and_recovers_is_withdrawn_without_a_word(store: Store, clock: StillClock) -> None:
    rules = [rule(f"part{number}") for number in range(8)]
    async with judging(store, clock, *rules, components=many(8), storm={"notices": 2, "within": "10m"}) as here:
        everything = [signal(f"p{number}", service=f"part{number}") for number in range(8)]
        await here.report(*everything)
        texts = len(await told(here))
        await here.report(*(signal(f"p{number}", "resolved", service=f"part{number}") for number in range(2, 8)))
        assert len(await told(here)) == texts
        assert [row["state"] for row in await here.updates()].count(UpdateState.DRAFT) == 0


async def test_a_deadline_does_not_get_around_the_brake(store: Store, clock: StillClock) -> None:
    rules = [rule(f"part{number}", publish="after_approval", deadline="5m") for number in range(8)]
    async with judging(store, clock, *rules, components=many(8), storm={"notices": 3, "within": "10m"}) as here:
        await here.report(*(signal(f"p{number}", service=f"part{number}") for number in range(8)))
        await wait_for(here, minutes=5)
        assert len(await said(here)) == 3
        await wait_for(here, hours=3)
        assert len(await said(here)) == 3, "the rest waits for a human"


async def test_ten_thousand_problems_are_one_incident_per_component_and_a_handful_of_notices(
    store: Store, clock: StillClock
) -> None:
    names = ["shop", "whatsapp", "checkout"]
    async with judging(store, clock, *(rule(name) for name in names)) as here:
        for start in range(0, 10_000, 2_000):
            await here.report(*(signal(f"p{at}", service=names[at % 3]) for at in range(start, start + 2_000)))
        assert len(await here.incidents()) == 3
        assert len(await said(here)) == 3
        assert len(await told(here)) <= 9


# --- a human's words from another system ---


async def test_words_written_elsewhere_become_a_draft_in_their_language_only(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal())
        words = replace(signal(state="statement"), statement="We are on it.")
        assert await here.report(words) == ["advance"]
        (draft,) = [row for row in await here.updates() if row["state"] is UpdateState.DRAFT]
        assert draft["texts"] == {"en": "We are on it."}
        bodies = {
            notice["language"]: notice["body"] for notice in await here.notices() if notice["update_id"] == draft["id"]
        }
        assert bodies["en"] == "We are on it."
        assert bodies["it"] != "We are on it."


async def test_the_same_words_sent_again_are_no_second_draft(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal())
        words = replace(signal(state="statement", at=START), statement="We are on it.", labels={})
        assert await here.report(words) == ["advance"]
        await here.intake.transact(lambda desk: desk.drafts.drop(2, by="Ada"))
        here.clock.go(hours=1)
        assert await here.report(words) == ["ignore"]
        assert await here.report(replace(words, at=START + timedelta(minutes=30), statement="Soon.")) == ["advance"]


async def test_better_words_for_a_draft_keep_its_deadline(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal())
        here.clock.go(minutes=3)
        await here.report(replace(signal(state="statement"), statement="We are on it."))
        await wait_for(here, minutes=7)
        assert await said(here) == [("investigating", None)]
        assert "We are on it." in [notice["body"] for notice in await here.notices()]


async def test_words_about_a_problem_we_do_not_know_take_nobodys_place(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal("a"))
        assert await here.report(replace(signal("b", "statement"), statement="Old words.")) == ["hold"]
        assert [row["state"] for row in await here.updates()] == [UpdateState.DRAFT]


async def test_words_without_an_incident_are_shown_to_operators_only(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(replace(signal(state="statement"), statement="We are on it."))
        assert await here.incidents() == []
        assert "We are on it" in (await told(here))[-1]
        assert await here.rows("problems") == []


# --- somebody else's fault ---

UPSTREAM = {
    "sources": {
        "probe": {"type": "generic", "insecure": "true"},
        "meta": {"type": "meta"},
    },
    "components": BASE["components"]
    | {
        "whatsapp": {
            "name": "WhatsApp",
            "depends_on": ["meta/whatsapp-business-api"],
            "instead": [
                {"text": "Write to us on Messenger.", "depends_on": ["meta/messenger"]},
                {"text": "Call us.", "depends_on": ["checkout"]},
                {"text": "Visit us."},
            ],
        },
        "instagram": {"name": "Instagram", "depends_on": ["meta"]},
    },
    "rules": [{"match": {"source": "meta"}, "publish": "automatically"}, rule("checkout")],
}


def product(name: str, state: str = "firing") -> Signal:
    return replace(signal(name, state), source="meta", labels={"product": name})


async def test_an_upstream_product_hits_what_depends_on_it_and_the_notice_says_whose_fault_it_is(
    store: Store, clock: StillClock
) -> None:
    async with world(store, clock, **UPSTREAM) as here:
        assert await here.report(product("whatsapp-business-api")) == ["open"]
        (incident,) = await here.incidents()
        assert (incident["kind"], incident["upstream"]) == (Kind.UPSTREAM, "Meta")
        assert [row["component"] for row in await here.rows("incident_components")] == ["instagram", "whatsapp"]
        words = [notice for notice in await here.notices() if notice["language"] == "en"][-1]
        assert "Meta" in words["body"]


async def test_a_product_nothing_depends_on_is_held(store: Store, clock: StillClock) -> None:
    changes = {**UPSTREAM, "components": {**UPSTREAM["components"]}}
    changes["components"].pop("instagram")
    async with world(store, clock, **changes) as here:
        assert await here.report(product("ads-manager")) == ["hold"]
        assert await here.incidents() == []


async def test_a_way_that_is_down_at_the_moment_is_left_out(store: Store, clock: StillClock) -> None:
    async with world(store, clock, **UPSTREAM) as here:
        await here.report(product("whatsapp-business-api"))
        words = [notice for notice in await here.notices() if notice["language"] == "en"][-1]
        assert all(way in words["instead"] for way in ("Messenger", "Call us", "Visit us"))
        await here.report(product("messenger"))
        await here.report(signal("c", service="checkout"))
        await here.intake.transact(
            lambda desk: desk.stories.add_update(1, status=Status.IDENTIFIED, texts={}, by="Ada", draft=False)
        )
        words = [notice for notice in await here.notices() if notice["language"] == "en"][-1]
        assert words["instead"] == "Visit us."


# --- sources that must not fall silent ---


async def test_operators_are_told_once_when_a_source_falls_silent_and_when_it_is_heard_again(
    store: Store, clock: StillClock
) -> None:
    sources = {"probe": {"type": "generic", "insecure": "true", "expect_every": "5m"}}
    async with judging(store, clock, rule(), sources=sources) as here:
        await here.intake.expect()
        assert await here.intake.next_due() == START + timedelta(minutes=5)
        here.clock.go(minutes=4)
        await here.intake.heard("probe")
        await wait_for(here, minutes=4)
        assert await told(here) == []
        await wait_for(here, minutes=1)
        await wait_for(here, minutes=60)
        assert [text for text in await told(here) if "Nothing heard from probe" in text] == await told(here)
        assert len(await told(here)) == 1
        await here.intake.heard("probe")
        assert "heard again" in (await told(here))[-1]


async def test_a_source_that_may_be_silent_is_not_missed(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.intake.expect()
        await here.intake.heard("probe")
        assert await here.rows("heard") == []
        assert await here.intake.next_due() is None


# --- why ---


async def test_why_shows_every_step_and_every_problem_with_its_reason(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(recover_for="3m")) as here:
        await here.report(signal("a"), signal("b"))
        await here.report(signal("a", "resolved"))

        async def ask(desk: IntakeDesk) -> Any:
            return await desk.insight.why(1)

        found = await here.intake.transact(ask)
        assert [(step.status, step.by) for step in found.steps] == [(Status.INVESTIGATING, None)]
        assert "rule 1" in found.steps[0].because
        reasons = {cause.key: (cause.firing, cause.waits, cause.reason) for cause in found.causes}
        assert reasons["a"] == (False, "recover", "it must stay well for 0:03:00")
        assert reasons["b"][0] is True
        assert found.problems == 2


async def test_occasions_are_remembered_with_the_update(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await flap(here, 6)
        assert Occasion.UNSTABLE in {row["occasion"] for row in await here.updates()}
