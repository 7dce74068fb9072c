"""Problems that hit several components, stories that share some: nothing gets out without its yes, none is lost."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.model import Impact, Publish, Status, UpdateState
from bot.store.engine import Store
from bot.store.schema import incidents
from tests.intake.test_judgement import judging, rule, said, silence, told, wait_for, write_into
from tests.intake.test_judgement_at_the_edges import ANY_OF_META, META, drop, graph, hitting
from tests.worlds import StillClock, World, signal

ASKING = {"publish": "after_approval", "deadline": "10m"}
TWO = hitting("whatsapp", "checkout")


async def named(here: World, incident_id: int) -> list[str]:
    rows = await here.rows("incident_components")
    return [row["component"] for row in rows if row["incident_id"] == incident_id]


async def test_a_relapse_and_a_joining_in_one_body_do_not_fight_over_a_component(
    store: Store, clock: StillClock
) -> None:
    components = hitting("whatsapp", "checkout") | {"depot": {"name": "Depot"}}
    rules = (rule("whatsapp"), rule("checkout", group="g"), rule("depot", group="g"), ANY_OF_META)
    async with judging(store, clock, *rules, components=components, sources=META) as here:
        await here.report(graph())
        await here.report(graph("resolved"))
        here.clock.go(minutes=5)
        await here.report(signal("d", service="depot"))
        assert await here.report(signal("c", service="checkout"), signal("w", service="whatsapp")) == ["hold", "open"]


async def test_dropping_somebodys_words_leaves_the_opening_draft_waiting(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(**ASKING)) as here:
        await here.report(signal())
        await here.report(replace(signal(state="statement"), statement="We are on it."))
        await drop(here, 2)
        await wait_for(here, minutes=10)
        assert await said(here) == [("investigating", None)]


async def test_somebodys_words_are_wanted_no_more_once_it_recovered_untold(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(**ASKING)) as here:
        await here.report(signal())
        await here.report(replace(signal(state="statement"), statement="We are on it."))
        await here.report(signal(state="resolved"))
        assert [row["state"] for row in await here.updates()] == [UpdateState.DROPPED, UpdateState.DROPPED]
        assert [row["closed_at"] is not None for row in await here.incidents()] == [True]


async def test_newer_words_from_elsewhere_take_the_place_of_older_ones(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal())
        for words in ("One.", "One.", "Two."):
            await here.report(replace(signal(state="statement"), statement=words))
        waiting = [row["texts"] for row in await here.updates() if row["state"] is UpdateState.DRAFT]
        assert waiting == [{"en": "Two."}]


async def test_a_draft_of_two_components_still_tells_of_the_one_nobody_told_of(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, ANY_OF_META | ASKING, components=TWO, sources=META) as here:
        await here.report(graph())
        await here.intake.transact(
            lambda desk: desk.stories.open(
                components=["whatsapp"], impact=Impact.MAJOR, texts={}, by="Ada", draft=False
            )
        )
        await wait_for(here, minutes=10)
        assert len(await said(here)) == 2


async def test_what_needs_no_yes_does_not_take_along_what_does(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule("whatsapp"), ANY_OF_META | ASKING, components=TWO, sources=META) as here:
        await here.report(graph())
        await here.report(signal("w", service="whatsapp"))
        assert await said(here) == []


async def test_a_story_published_without_a_yes_ends_without_one(store: Store, clock: StillClock) -> None:
    slow = {"match": {"labels": {"service": "slow"}}, "component": "shop", **ASKING}
    async with judging(store, clock, rule(), slow) as here:
        await here.report(signal("a", service="slow"))
        await here.report(signal("b"))
        assert [row["publish"] for row in await here.incidents()] == [Publish.AUTOMATICALLY]
        await here.report(signal("a", "resolved", service="slow"), signal("b", "resolved"))
        assert await said(here) == [("investigating", None), ("resolved", None)]


async def test_a_published_story_does_not_grow_by_what_needs_a_yes(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule("whatsapp"), ANY_OF_META | ASKING, components=TWO, sources=META) as here:
        await here.report(signal("w", service="whatsapp"))
        assert await here.report(graph()) == ["hold"]
        await wait_for(here, minutes=1)
        assert await named(here, 1) == ["whatsapp"]
        assert "checkout" in (await told(here))[-1]


async def test_a_component_another_story_told_of_is_told_again_when_that_is_over(
    store: Store, clock: StillClock
) -> None:
    rules = (rule("whatsapp"), rule("checkout"), ANY_OF_META)
    async with judging(store, clock, *rules, components=TWO, sources=META) as here:
        await here.report(signal("w", service="whatsapp"), signal("c", service="checkout"))
        await here.report(graph())
        await here.report(signal("w", "resolved", service="whatsapp"))
        await here.intake.do_due()
        assert await named(here, 2) == ["checkout", "whatsapp"]


async def test_what_fires_worse_and_wider_before_the_all_clear_is_told_whole(store: Store, clock: StillClock) -> None:
    wide = ANY_OF_META | {"impact": "critical"}
    async with judging(store, clock, rule("whatsapp", impact="minor"), wide, components=TWO, sources=META) as here:
        await here.report(signal("w", service="whatsapp"))
        async with store.write() as connection:
            await connection.execute(incidents.update().values(publish=Publish.AFTER_APPROVAL))
        await here.report(signal("w", "resolved", service="whatsapp"))
        assert await here.report(graph()) == ["withdraw"]
        await here.intake.do_due()
        assert [row["impact"] for row in await here.updates()][-1] is Impact.CRITICAL
        assert await named(here, 1) == ["checkout", "whatsapp"]


async def test_what_becomes_worse_under_a_silence_is_told_when_that_ends(store: Store, clock: StillClock) -> None:
    severe = {"match": {"labels": {"service": "shop-worst"}}, "component": "shop", "impact": "critical"}
    async with judging(store, clock, rule(impact="minor"), severe | {"publish": "automatically"}) as here:
        await here.report(signal())
        await silence(here, "shop", hours=1)
        assert await here.report(signal("b", service="shop-worst")) == ["hold"]
        await wait_for(here, hours=1)
        assert [row["impact"] for row in await here.incidents()] == [Impact.CRITICAL]


async def test_operators_hear_when_what_a_human_tells_becomes_worse(store: Store, clock: StillClock) -> None:
    severe = {"match": {"labels": {"service": "shop", "severity": "critical"}}, "component": "shop"}
    rules = (severe | {"impact": "critical", "publish": "automatically"}, rule("shop", impact="minor"))
    async with judging(store, clock, *rules) as here:
        await here.report(signal())
        await write_into(here, 1)
        worse = replace(signal(), labels={"service": "shop", "severity": "critical"})
        assert await here.report(worse) == ["hold"]
        assert "worse" in (await told(here))[-1]


async def test_one_problem_that_turns_beside_a_steady_one_is_not_called_unstable(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule()) as here:
        await here.report(signal("p1"), signal("p2"))
        here.clock.go(minutes=40)
        for state in ("resolved", "firing", "resolved", "firing"):
            await here.report(signal("p1", state))
            here.clock.go(minutes=2)
        assert await said(here) == [("investigating", None)]


async def test_a_relapse_that_waits_for_a_yes_waits_for_the_end_of_a_silence_too(
    store: Store, clock: StillClock
) -> None:
    async with judging(store, clock, rule(**ASKING)) as here:
        await here.report(signal())
        await wait_for(here, minutes=10)
        await here.report(signal(state="resolved"))
        await wait_for(here, minutes=10)
        await here.report(signal())
        await silence(here, "shop")
        await wait_for(here, minutes=10)
        assert [status for status, _ in await said(here)] == ["investigating", "resolved"]
        await wait_for(here, hours=2)
        assert [status for status, _ in await said(here)][-1] == Status.INVESTIGATING


async def test_a_probe_that_never_fires_long_enough_is_shown_once_not_all_day(store: Store, clock: StillClock) -> None:
    async with judging(store, clock, rule(confirm_for="5m")) as here:
        for _ in range(40):
            await here.report(signal())
            await wait_for(here, minutes=4)
            await here.report(signal(state="resolved"))
            await wait_for(here, minutes=10)
        assert len(await told(here)) <= 2
