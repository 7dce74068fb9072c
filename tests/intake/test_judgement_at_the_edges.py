"""What went wrong once, or would have: stories that meet, words that are lost, duties that fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.domain.model import Impact, Signal, UpdateState
from bot.intake.signals import PUT_OFF
from bot.store.engine import Store
from bot.store.schema import problems
from tests.intake.test_judgement import flap, judging, many, rule, said, silence, told, wait_for, write_into
from tests.worlds import BASE, START, StillClock, World, signal


def hitting(*components: str) -> dict[str, Any]:
    """Components that all depend on one product, and a rule for it."""
    return {name: {"name": name.title(), "depends_on": ["meta/graph"]} for name in components}


META = {"probe": {"type": "generic", "insecure": "true"}, "meta": {"type": "meta"}}
ANY_OF_META = {"match": {"source": "meta"}, "publish": "automatically"}


def graph(state: str = "firing") -> Signal:
    return replace(signal("graph", state), source="meta", labels={"product": "graph"})


async def resolve(here: World, incident_id: int) -> None:
    await here.intake.transact(
        lambda desk: desk.stories.add_update(incident_id, status=None, texts={}, by="Ada", draft=False)
    )


async def drop(here: World, draft_id: int) -> None:
    await here.intake.transact(lambda desk: desk.drafts.drop(draft_id, by="Ada"))


# --- stories that meet ---


async def test_a_problem_that_hits_what_two_stories_tell_of_joins_one_and_takes_nothing_from_the_other(
    store: Store, clock: StillClock
) -> None:
    components = hitting("whatsapp", "checkout", "chat")
    rules = (rule("whatsapp"), rule("checkout"), ANY_OF_META)
    async with judging(store, clock, *rules, components=components, sources=META) as here:
        await here.report(signal("a", service="whatsapp"), signal("b", service="checkout"))
        assert await here.report(graph()) == ["hold"]
        await wait_for(here, minutes=1)
        names = [(row["incident_id"], row["component"]) for row in await here.rows("incident_components")]
        assert names == [(1, "whatsapp"), (2, "chat"), (2, "checkout")]


async def test_a_relapse_whose_component_another_story_tells_of_is_a_story_of_its_own(
    store: Store, clock: StillClock
) -> None:
    rules = (rule("shop", group="site"), rule("checkout", group="site", reopen_within="0s"))
    async with judging(store, clock, *rules) as here:
        await here.report(signal("a"), signal("c", service="checkout"))
        await wait_for(here, seconds=30)
        await here.report(signal("a", "resolved"), signal("c", "resolved", service="checkout"))
        here.clock.go(minutes=1)
        assert await here.report(signal("c", service="checkout")) == ["open"]
        here.clock.go(minutes=11)
        assert await here.report(signal("a")) == ["open"]


async def test_a_relapse_names_what_else_it_hits(store: Store, clock: StillClock) -> None:
    components = hitting("whatsapp", "checkout")
    async with judging(store, clock, rule("whatsapp"), ANY_OF_META, components=components, sources=META) as here:
        await here.report(signal("a", service="whatsapp"))
        await here.report(signal("a", "resolved", service="whatsapp"))
        here.clock.go(minutes=5)
        assert await here.report(graph()) == ["advance"]
        last = [notice for notice in await here.notices() if notice["language"] == "en"][-1]
        assert "Checkout" in last["title"]


async def test_automation_adds_no_component_to_a_humans_story_and_says_so_to_operators(
    store: Store, clock: StillClock
) -> None:
    components = hitting("whatsapp", "checkout")
    async with judging(store, clock, rule("whatsapp"), ANY_OF_META, components=components, sources=META) as here:
        await here.report(signal("a", service="whatsapp"))
        await write_into(here, 1)
        assert await here.report(graph()) == ["hold"]
        assert [row["component"] for row in await here.rows("incident_components")] == ["whatsapp"]
        assert "checkout" in (await told(here))[-1]


async def test_a_draft_is_withdrawn_at_its_deadline_when_an_operator_has_told_of_it_already(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal())
        await here.intake.transact(
            lambda desk: desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False)
        )
        await wait_for(here, minutes=10)
        assert await said(here) == [("investigating", None)]
        assert "incident 2 tells of it" in (await told(here))[-1]


# --- beginnings nobody ended ---


async def test_what_begins_anew_after_a_lost_recovery_is_told_again(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal(at=START))
        await resolve(here, 1)
        here.clock.go(days=20)
        assert await here.report(signal(at=START)) == ["ignore"], "a repeat of what a human has ended"
        assert await here.report(signal(at=here.clock())) == ["open"]


async def test_what_an_operator_dropped_is_not_asked_again_until_it_begins_anew(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule(publish="after_approval")) as here:
        await here.report(signal(at=START))
        await drop(here, 1)
        here.clock.go(hours=1)
        assert await here.report(signal(at=START)) == ["ignore"]
        assert await here.report(signal(at=here.clock())) == ["open"]


async def test_what_is_ended_and_what_it_silenced_may_come_in_one_body(store: Store, clock: StillClock) -> None:
    inhibited = {"checkout": BASE["components"]["checkout"] | {"inhibited_by": ["shop"]}}
    async with judging(store, clock, rule("shop"), rule("checkout"), components=inhibited) as here:
        await here.report(signal("a"))
        await here.report(signal("c", service="checkout"), signal("a", "resolved"))
        await here.intake.do_due()
        assert [status for status, _ in await said(here)] == ["investigating", "resolved", "investigating"]


async def test_an_inhibited_component_of_the_same_group_speaks_when_what_explained_it_is_over(
    store: Store, clock: StillClock
) -> None:
    inhibited = {"checkout": BASE["components"]["checkout"] | {"inhibited_by": ["shop"]}}
    rules = (rule("shop", group="site"), rule("checkout", group="site"))
    async with judging(store, clock, *rules, components=inhibited) as here:
        await here.report(signal("a"))
        await here.report(signal("c", service="checkout"))
        here.clock.go(minutes=1)
        await here.report(signal("a", "resolved"))
        assert (await said(here))[-1] == ("resolved", None)
        await here.intake.do_due()
        assert (await said(here))[-1] == ("investigating", None)
        assert "Checkout" in [notice for notice in await here.notices() if notice["language"] == "en"][-1]["title"]


async def test_what_waits_for_a_yes_silences_nobody(store: Store, clock: StillClock) -> None:
    inhibited = {"checkout": BASE["components"]["checkout"] | {"inhibited_by": ["shop"]}}
    rules = (rule("shop", publish="after_approval"), rule("checkout"))
    async with judging(store, clock, *rules, components=inhibited) as here:
        await here.report(signal("a"))
        assert await here.report(signal("c", service="checkout")) == ["open"]


async def test_a_component_silenced_at_the_beginning_joins_the_story_when_its_silence_ends(
    store: Store, clock: StillClock
) -> None:
    components = hitting("whatsapp", "checkout")
    async with judging(store, clock, ANY_OF_META, components=components, sources=META) as here:
        await silence(here, "checkout", hours=1)
        await here.report(graph())
        assert [row["component"] for row in await here.rows("incident_components")] == ["whatsapp"]
        await wait_for(here, hours=1)
        await wait_for(here, minutes=1)
        assert [row["component"] for row in await here.rows("incident_components")] == ["checkout", "whatsapp"]
        assert len(await said(here)) == 2


async def test_a_silence_does_not_let_the_all_clear_out_while_something_fires(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal("a"))
        await wait_for(here, minutes=10)
        await here.report(signal("a", "resolved"))
        await silence(here, "shop")
        assert await here.report(signal("b")) == ["withdraw"]
        await wait_for(here, minutes=30)
        assert await said(here) == [("investigating", None)]


async def test_a_silence_holds_back_a_draft_that_waits(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal())
        await silence(here, "shop")
        await wait_for(here, minutes=10)
        assert await said(here) == []
        await wait_for(here, hours=2)
        assert await said(here) == [("investigating", None)]


async def test_a_start_judges_again_what_was_muted_under_another_configuration(store: Store, clock: StillClock) -> None:
    inhibited = {"checkout": BASE["components"]["checkout"] | {"inhibited_by": ["shop"]}}
    async with judging(store, clock, rule("shop"), rule("checkout"), components=inhibited) as here:
        await here.report(signal("a"), signal("c", service="checkout"))
    async with judging(store, clock, rule("shop"), rule("checkout")) as here:
        await here.intake.expect()
        await here.intake.do_due()
        assert len(await said(here)) == 2


async def test_when_its_rule_is_gone_by_the_time_it_is_confirmed_operators_hear_of_it(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        await here.report(signal())
    async with judging(store, clock, rule("whatsapp")) as here:
        await wait_for(here, minutes=5)
        assert "no rule matches" in (await told(here))[-1]


# --- how bad it is ---


async def test_a_problem_that_becomes_worse_is_told_as_worse(store: Store, clock: StillClock) -> None:
    severe = {"match": {"labels": {"service": "shop", "severity": "critical"}}, "component": "shop"}
    rules = (severe | {"impact": "critical", "publish": "automatically"}, rule("shop", impact="minor"))
    async with judging(store, clock, *rules) as here:
        await here.report(signal())
        worse = replace(signal(), labels={"service": "shop", "severity": "critical"})
        assert await here.report(worse) == ["advance"]
        assert await here.report(worse) == ["ignore"]
        assert [row["impact"] for row in await here.updates()] == [Impact.MINOR, Impact.CRITICAL]


async def test_one_that_becomes_worse_while_it_waits_is_judged_by_what_it_is_then(
    store: Store, clock: StillClock
) -> None:
    severe = {"match": {"labels": {"service": "shop", "severity": "critical"}}, "component": "shop"}
    severe |= {"impact": "critical", "publish": "automatically", "confirm_for": "5m"}
    async with judging(store, clock, severe, rule("shop", impact="minor", confirm_for="5m")) as here:
        await here.report(signal())
        await here.report(replace(signal(), labels={"service": "shop", "severity": "critical"}))
        await wait_for(here, minutes=5)
        assert [row["impact"] for row in await here.incidents()] == [Impact.CRITICAL]


async def test_a_draft_is_worded_anew_when_a_worse_problem_joins_and_keeps_its_deadline(
    store: Store, clock: StillClock
) -> None:
    slow = {"publish": "after_approval", "deadline": "10m"}
    severe = {"match": {"labels": {"service": "shop-worst"}}, "component": "shop", "impact": "critical", **slow}
    async with judging(store, clock, rule("shop", impact="minor", **slow), severe) as here:
        await here.report(signal())
        here.clock.go(minutes=5)
        assert await here.report(signal("b", service="shop-worst")) == ["advance"]
        await wait_for(here, minutes=5)
        assert [row["impact"] for row in await here.updates() if row["state"] is UpdateState.PUBLISHED] == [
            Impact.CRITICAL
        ]


async def test_a_recovery_without_labels_falls_under_the_rule_it_began_under(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(recover_for="5m")) as here:
        await here.report(signal())
        assert await here.report(replace(signal(state="resolved"), labels={})) == ["hold"]
        await wait_for(here, minutes=5)
        assert (await said(here))[-1] == ("resolved", None)


# --- what comes and goes, and what does not ---


async def test_a_cascade_that_never_came_back_is_not_told_as_unstable(store: Store, clock: StillClock) -> None:
    rules = (
        rule("shop", impact="minor", group="g"),
        rule("checkout", impact="major", group="g"),
        rule("whatsapp", group="g"),
    )
    async with judging(store, clock, *rules) as here:
        for key, service in (("a", "shop"), ("b", "checkout"), ("c", "whatsapp")):
            await here.report(signal(key, service=service))
            await wait_for(here, minutes=1)
        for key in "abc":
            await here.report(signal(key, "resolved"))
        assert [occasion for _, occasion in await said(here)] == [None] * len(await said(here))
        assert (await said(here))[-1][0] == "resolved"


async def test_what_flaps_beside_a_steady_outage_is_not_told(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal("steady"))
        await flap(here, 9)
        assert await said(here) == [("investigating", None)]


async def test_a_dropped_proposal_of_instability_leaves_no_trace(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="1m", recover_for="0s")) as here:
        await here.report(signal())
        await wait_for(here, minutes=1)
        for number in range(6):
            await here.report(signal(state="resolved" if number % 2 == 0 else "firing"))
            here.clock.go(seconds=5)
        waiting = [row["id"] for row in await here.updates() if row["state"] is UpdateState.DRAFT]
        for draft in waiting:
            await drop(here, draft)
        assert [row["unstable"] for row in await here.incidents()] == [False]


async def test_what_never_fires_long_enough_is_at_least_shown_to_operators(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        for _ in range(10):
            await here.report(signal())
            await wait_for(here, minutes=4)
            await here.report(signal(state="resolved"))
            await wait_for(here, minutes=1)
        assert await said(here) == []
        assert len(await told(here)) >= 1


# --- the brake ---


async def test_an_all_clear_that_the_brake_held_goes_out_when_it_is_off(store: Store, clock: StillClock) -> None:
    rules = [rule(f"part{number}") for number in range(3)]
    async with judging(store, clock, *rules, components=many(3), storm={"notices": 3, "within": "10m"}) as here:
        everything = [signal(f"p{number}", service=f"part{number}") for number in range(3)]
        await here.report(*everything)
        here.clock.go(minutes=1)
        await here.report(*(replace(each, state=signal(state="resolved").state) for each in everything))
        assert [status for status, _ in await said(here)] == ["investigating"] * 3
        for _ in range(20):
            await wait_for(here, minutes=1)
        assert [status for status, _ in await said(here)] == ["investigating"] * 3 + ["resolved"] * 3


async def test_a_count_that_was_not_told_yet_is_told_with_the_next(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        for number in range(3):
            await here.report(signal(f"p{number}", service="nobody"))
        here.clock.go(minutes=6)
        await here.report(signal("p9", service="nobody"))
        await wait_for(here, minutes=5)
        assert "2 more" in (await told(here))[-1]


# --- words and duties ---


async def test_words_that_are_too_long_are_shown_to_operators(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal())
        await here.report(replace(signal(state="statement"), statement="🙂" * 3000))
        assert [row["state"] for row in await here.updates()] == [UpdateState.PUBLISHED]
        assert "too long" in (await told(here))[-1]


async def test_words_from_elsewhere_leave_automations_own_draft_alone(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(publish="after_approval", deadline="10m")) as here:
        await here.report(signal())
        await wait_for(here, minutes=10)
        await here.report(signal(state="resolved"))
        await here.report(replace(signal(state="statement"), statement="We are on it."))
        await wait_for(here, minutes=10)
        assert await said(here) == [("investigating", None), ("resolved", None)]


async def test_a_group_of_a_hundred_long_names_is_told_as_far_as_a_notice_goes(store: Store, clock: StillClock) -> None:
    long = "A very long name of a part of the service " * 2
    names = {f"part{number}": {"name": f"{long}{number}"} for number in range(100)}
    async with judging(store, clock, *(rule(name, group="all") for name in names), components=names) as here:
        await here.report(*(signal(f"p{name}", service=name) for name in names))
        await wait_for(here, minutes=1)
        assert len(await said(here)) == 2
        assert "…" in [notice for notice in await here.notices() if notice["language"] == "en"][-1]["title"]


async def test_one_problem_that_cannot_be_judged_does_not_hold_up_the_others(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="1m"), rule("whatsapp", confirm_for="1m")) as here:
        await here.report(signal("poison"), signal("b", service="whatsapp"))
        async with store.write() as connection:
            broken = problems.update().where(problems.c.key == "poison").values(changes=["no time at all"])
            await connection.execute(broken)
        with capture_logs() as logs:
            await wait_for(here, minutes=1)
        assert [row["component"] for row in await here.rows("incident_components")] == ["whatsapp"]
        assert "problem poison of probe" in {entry.get("duty") for entry in logs}
        due = await here.intake.next_due()
        assert due is not None
        assert due - here.clock() <= PUT_OFF


async def test_a_restart_after_a_long_pause_reports_no_silence(store: Store, clock: StillClock) -> None:
    sources = {"probe": {"type": "generic", "insecure": "true", "expect_every": "5m"}}
    async with judging(store, clock, rule(), sources=sources) as here:
        await here.intake.expect()
    here.clock.go(hours=3)
    async with judging(store, clock, rule(), sources=sources) as here:
        await here.intake.expect()
        assert await here.intake.next_due() == here.clock() + timedelta(minutes=5)
