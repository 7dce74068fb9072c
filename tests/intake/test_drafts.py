"""What operators' cards of drafts show, whoever acts and by whatever way, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from bot.channels.telegram.markdown import render
from bot.domain.model import Impact, Role
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.rewording import Rewording
from bot.store.engine import Store
from bot.store.schema import deliveries
from tests.worlds import BASE, StillClock, World, signal, world

T = TypeVar("T")

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
ADA = Operator(telegram_id=1002, name="Ada", role=Role.DRAFTER, language="en")
BRUNO = Operator(telegram_id=1003, name="Bruno", role=Role.PUBLISHER, language="en")
ZITA = Operator(telegram_id=1004, name="Zita", role=Role.VIEWER, language="it")
STAFF = (ANNA, ADA, BRUNO)
TWO_OF_THE_SHOP = {**BASE["components"], "shop": {**BASE["components"]["shop"], "approvals": 2}}


def configured(staff: Sequence[Operator]) -> list[dict[str, Any]]:
    return [
        {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
        for each in staff
    ]


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, operators=configured(STAFF)) as opened:
        yield opened


@pytest.fixture
async def both(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where one more operator reads Italian."""
    async with world(store, clock, operators=configured((*STAFF, ZITA))) as opened:
        yield opened


@pytest.fixture
async def two(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where two must agree on what is said about the shop."""
    async with world(store, clock, operators=configured(STAFF), components=TWO_OF_THE_SHOP) as opened:
        yield opened


async def at_desk(here: World, work: Callable[[IntakeDesk], Awaitable[T]]) -> T:
    return await here.intake.transact(work)


async def drafted(here: World, *, by: str = "Ada", component: str = "whatsapp", **texts: str) -> int:
    async def work(desk: IntakeDesk) -> int:
        change = await desk.stories.open(components=[component], impact=Impact.MINOR, texts=texts, by=by, draft=True)
        return change.update_id

    return await at_desk(here, work)


async def agreed(here: World, draft_id: int, by: Operator, *, wording: str | None = None) -> bool:
    """Say yes as somebody; whether it is published by that."""

    async def work(desk: IntakeDesk) -> bool:
        return not (await desk.drafts.publish(draft_id, by=by.name, person=by, wording=wording)).draft

    return await at_desk(here, work)


async def cards(here: World) -> dict[int, str]:
    """What the newest card of each chat shows now, by chat."""
    owed = [row for row in await here.owed(to_operators=True) if ":card:" in row["lane"]]
    return {int(row["address"]): render(row["text"]).text for row in owed}


async def labels(here: World, chat_id: int) -> list[str]:
    """What the buttons of a chat's newest card say."""
    owed = [
        row for row in await here.owed(to_operators=True) if row["address"] == str(chat_id) and ":card:" in row["lane"]
    ]
    keyboard = owed[-1]["keyboard"] or {"buttons": []}
    return [button["text"] for row in keyboard["buttons"] for button in row]


async def test_every_operator_gets_one_card_in_words_of_their_own_language(both: World) -> None:
    await drafted(both, it="Ci siamo.", en="We are on it.")
    shown = await cards(both)
    assert sorted(shown) == [1001, 1002, 1003, 1004]
    assert "Ci siamo." in shown[1004]
    assert "We are on it." not in shown[1004]
    assert all("We are on it." in shown[each.telegram_id] for each in STAFF)


async def test_a_card_has_the_buttons_of_its_readers_role(here: World) -> None:
    await drafted(here, by="Bruno")
    assert {"Publish", "Drop", "Edit words", "Change impact"} <= set(await labels(here, 1003))
    assert await labels(here, 1002) == ["◀ it", "en 1/2", "it ▶", "Edit words", "Change impact"]
    await drafted(here, by="Ada", component="shop")
    assert await labels(here, 1002) == ["◀ it", "en 1/2", "it ▶", "Edit words", "Change impact", "Drop"]


async def test_when_one_publishes_every_card_says_who_and_has_no_buttons_but_the_pages(here: World) -> None:
    draft = await drafted(here)
    assert await agreed(here, draft, BRUNO)
    for text in (await cards(here)).values():
        assert "Published by Bruno at 15:03" in text
    assert await labels(here, 1003) == ["◀ it", "en 1/2", "it ▶"]


async def test_a_dropped_draft_says_who_dropped_it(here: World) -> None:
    draft = await drafted(here)
    await at_desk(here, lambda desk: desk.drafts.drop(draft, by="Bruno"))
    assert all("Dropped by Bruno at 15:03" in text for text in (await cards(here)).values())


async def test_a_recovery_withdraws_the_draft_on_every_card_and_says_why(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    await here.report(signal(state="resolved", service="whatsapp"))
    for text in (await cards(here)).values():
        assert "Withdrawn at 15:03: it recovered before the draft was published." in text


async def test_the_deadline_is_counted_down_on_the_cards_and_then_says_that_it_published(
    here: World, clock: StillClock
) -> None:
    await here.report(signal(service="whatsapp"))
    assert "Published by itself in 10 mins (15:13 Europe/Rome)" in (await cards(here))[1003]
    seen: list[str] = []
    while (due := await here.intake.next_due()) is not None and len(seen) < 20:
        clock.time = due
        await here.intake.do_due()
        seen.append((await cards(here))[1003].split("\n\n")[1])
    shown = [line.split(" (")[0].removeprefix("⏳ Published by itself in ") for line in seen[:-1]]
    assert shown == ["8 mins", "6 mins", "4 mins", "3 mins", "2 mins", "1 min"]
    assert seen[-1].startswith("✅ Deadline passed: published at 15:13.")


async def test_ten_minutes_more_move_the_deadline_and_a_draft_without_one_says_so(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    await at_desk(here, lambda desk: desk.drafts.wait(1, timedelta(minutes=10), by="Anna"))
    assert "in 20 mins (15:23 Europe/Rome)" in (await cards(here))[1003]
    draft = await drafted(here, component="checkout")
    with pytest.raises(CommandError, match="has no deadline"):
        await at_desk(here, lambda desk: desk.drafts.wait(draft, timedelta(minutes=10), by="Anna"))


async def test_two_who_publish_at_once_publish_once_and_the_other_reads_who_was_quicker(here: World) -> None:
    draft = await drafted(here)
    outcomes = await asyncio.gather(agreed(here, draft, ANNA), agreed(here, draft, BRUNO), return_exceptions=True)
    assert outcomes[0] is True
    assert str(outcomes[1]) == f"draft {draft} was published by Anna already"
    assert [row["number"] for row in await here.updates()] == [1]
    assert all("Published by Anna" in text for text in (await cards(here)).values())


async def test_of_two_nodes_that_publish_at_once_one_does_and_the_cards_are_drawn_once(here: World) -> None:
    draft = await drafted(here)
    async with world(here.store, here.clock, operators=configured(STAFF)) as other:
        outcomes = await asyncio.gather(agreed(here, draft, ANNA), agreed(other, draft, BRUNO), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["CommandError", "bool"]
    assert [row["number"] for row in await here.updates()] == [1]
    owed = [row for row in await here.owed(to_operators=True) if "**Published**" in row["text"]]
    assert len(owed) == len(STAFF)


async def test_who_has_read_other_words_than_there_are_now_does_not_publish_them(here: World) -> None:
    draft = await drafted(here, en="We look into it.")
    read = (await at_desk(here, lambda desk: desk.drafts.load(draft))).wording
    await at_desk(here, lambda desk: desk.drafts.reword(draft, Rewording(texts={"en": "All is lost."}), by="Ada"))
    with pytest.raises(CommandError, match="the words have changed meanwhile"):
        await agreed(here, draft, BRUNO, wording=read)
    now = (await at_desk(here, lambda desk: desk.drafts.load(draft))).wording
    assert await agreed(here, draft, BRUNO, wording=now)
    assert "All is lost." in {row["body"] for row in await here.notices()}


async def test_what_is_on_the_card_when_somebody_says_yes_is_what_is_published(here: World) -> None:
    draft = await drafted(here, it="Ci siamo.")
    before = (await at_desk(here, lambda desk: desk.drafts.load(draft))).notices
    await agreed(here, draft, ANNA)
    assert {row["language"]: row["body"] for row in await here.notices()} == {
        tag: notice.body for tag, notice in before.items()
    }


async def test_other_words_and_another_impact_are_shown_on_every_card_of_the_same_draft(both: World) -> None:
    draft = await drafted(both, en="We look into it.")
    await at_desk(both, lambda desk: desk.drafts.reword(draft, Rewording(impact=Impact.CRITICAL), by="Bruno"))
    await at_desk(both, lambda desk: desk.drafts.reword(draft, Rewording(texts={"it": "Eccoci."}), by="Bruno"))
    shown = await cards(both)
    english = [shown[each.telegram_id] for each in STAFF]
    assert all("Draft 1 · incident 1 · whatsapp · critical" in text for text in english)
    assert all("We look into it." in text for text in english)
    assert "Eccoci." in shown[1004]
    assert [row["impact"] for row in await both.incidents()] == [Impact.CRITICAL]


async def test_no_own_words_at_all_brings_back_the_ready_made_ones(here: World) -> None:
    draft = await drafted(here, en="We look into it.")
    await at_desk(here, lambda desk: desk.drafts.reword(draft, Rewording(texts={}), by="Bruno"))
    assert "We look into it." not in (await cards(here))[1002]


async def test_once_automations_draft_has_an_operators_words_automation_only_proposes(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    await at_desk(here, lambda desk: desk.drafts.reword(1, Rewording(texts={"en": "It is Meta."}), by="Bruno"))
    await agreed(here, 1, BRUNO)
    [incident] = await here.incidents()
    assert incident["human"], "what an operator has written into is spoken over by no machine"


async def test_an_operators_words_in_automations_draft_survive_when_it_gets_worse(
    store: Store, clock: StillClock
) -> None:
    worse = {
        "match": {"labels": {"service": "worse"}},
        "component": "whatsapp",
        "impact": "critical",
        "deadline": "10m",
    }
    rules = [*BASE["rules"], worse]
    async with world(store, clock, operators=configured(STAFF), rules=rules) as here:
        await here.report(signal(service="whatsapp"))
        await at_desk(here, lambda desk: desk.drafts.reword(1, Rewording(texts={"en": "It is Meta."}), by="Bruno"))
        await here.report(signal("p2", service="worse"))
        [draft] = await at_desk(here, lambda desk: desk.drafts.waiting())
        assert (draft.id, draft.impact, draft.notices["en"].body) == (2, Impact.CRITICAL, "It is Meta.")


async def test_an_operators_words_do_not_keep_a_draft_that_has_become_pointless(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    await at_desk(here, lambda desk: desk.drafts.reword(1, Rewording(texts={"en": "It is Meta."}), by="Bruno"))
    await here.report(signal(state="resolved", service="whatsapp"))
    assert all("Withdrawn" in text for text in (await cards(here)).values())


async def test_a_quiet_draft_of_a_storm_has_no_card_until_somebody_asks_for_it(store: Store, clock: StillClock) -> None:
    async with world(store, clock, operators=configured(STAFF), storm={"notices": 1, "within": "10m"}) as here:
        await here.report(signal())
        rules = [signal(key="p9", state="resolved"), signal(state="resolved")]
        await here.report(*rules)
        assert await cards(here) == {}
        [quiet] = await at_desk(here, lambda desk: desk.drafts.waiting())
        await at_desk(here, lambda desk: desk.drafts.show(quiet.id, chat_id=1003, language="en", anew=True))
        assert list(await cards(here)) == [1003]


async def test_whoever_is_no_operator_any_more_gets_no_news_of_the_draft(here: World) -> None:
    draft = await drafted(here)
    async with world(here.store, here.clock, operators=configured((ANNA, BRUNO))) as later:
        await at_desk(later, lambda desk: desk.drafts.drop(draft, by="Bruno"))
        shown = await cards(later)
    assert "Dropped" in shown[1001]
    assert "Dropped" in shown[1003]
    assert "Dropped" not in shown[1002]


async def test_a_group_of_operators_gets_one_card_in_its_topic_and_nobody_gets_one_in_private(
    store: Store, clock: StillClock
) -> None:
    telegram = {"operators_chat": -100500, "operators_topic": 7}
    async with world(store, clock, operators=configured(STAFF), channels={"telegram": telegram}) as here:
        await here.report(signal(service="whatsapp"))
        owed = await here.owed(to_operators=True)
        assert {(row["address"], row["topic"]) for row in owed} == {("-100500", 7)}


async def test_cards_whose_texts_are_forgotten_are_forgotten_too_and_no_others(here: World, clock: StillClock) -> None:
    draft = await drafted(here)
    await here.intake.tidy()
    assert len(await here.rows("cards")) == len(STAFF)
    await at_desk(here, lambda desk: desk.drafts.drop(draft, by="Anna"))
    async with here.store.write() as connection:
        await connection.execute(sa.update(deliveries).values(state="sent", receipt="7", settled_at=clock()))
    clock.go(days=31)
    await here.intake.tidy()
    assert await here.rows("cards") == []


# --- where two must agree ---


async def test_where_two_must_agree_one_yes_is_noted_and_the_second_publishes(two: World) -> None:
    draft = await drafted(two, component="shop")
    assert not await agreed(two, draft, ANNA)
    assert "Yes from Anna: 1 of 2." in (await cards(two))[1003]
    assert await agreed(two, draft, BRUNO)
    assert "Published by Anna and Bruno at 15:03." in (await cards(two))[1003]


async def test_the_same_person_cannot_be_the_second(two: World) -> None:
    draft = await drafted(two, component="shop")
    await agreed(two, draft, ANNA)
    with pytest.raises(CommandError, match="you have said yes already; it takes 1 more"):
        await agreed(two, draft, ANNA)
    assert [row["number"] for row in await two.updates()] == [None]


async def test_what_a_publisher_says_about_it_is_a_draft_with_their_own_yes(two: World) -> None:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Anna", draft=False)

    change = await at_desk(two, work)
    assert change.draft
    assert "Yes from Anna: 1 of 2." in (await cards(two))[1003]
    assert await agreed(two, change.update_id, BRUNO)


async def test_other_words_need_every_yes_again(two: World) -> None:
    draft = await drafted(two, component="shop")
    await agreed(two, draft, ANNA)
    await at_desk(two, lambda desk: desk.drafts.reword(draft, Rewording(texts={"en": "Otherwise."}), by="Ada"))
    assert "It takes 2 publishers." in (await cards(two))[1003]
    assert not await agreed(two, draft, BRUNO)


async def test_what_a_rule_publishes_asks_nobody(two: World) -> None:
    await two.report(signal())
    assert [row["number"] for row in await two.updates()] == [1]


async def test_of_several_components_the_strictest_counts(two: World) -> None:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(
            components=["whatsapp", "shop"], impact=Impact.MAJOR, texts={}, by="Anna", draft=False
        )

    assert (await at_desk(two, work)).draft


@pytest.mark.parametrize("role", [Role.DRAFTER, None])
async def test_the_yes_of_somebody_who_may_publish_no_more_does_not_count(two: World, role: Role | None) -> None:
    draft = await drafted(two, component="shop")
    dario = Operator(telegram_id=1005, name="Dario", role=Role.PUBLISHER, language="en")
    await at_desk(two, lambda desk: desk.staff.appoint(dario, by=BRUNO))
    await agreed(two, draft, dario)
    await at_desk(two, lambda desk: lose(desk, dario, role))
    assert "It takes 2 publishers." in (await cards(two))[1003]
    assert not await agreed(two, draft, BRUNO)
    assert await agreed(two, draft, ANNA)
    assert "Published by Anna and Bruno at 15:03." in (await cards(two))[1003]


async def lose(desk: IntakeDesk, person: Operator, role: Role | None) -> None:
    """Give somebody a lower role, or none."""
    if role is None:
        await desk.staff.dismiss(person.telegram_id, by=BRUNO)
    else:
        await desk.staff.change_role(person.telegram_id, role, by=BRUNO)


async def test_whoever_gets_another_role_has_its_buttons_on_the_cards_they_have(here: World) -> None:
    await drafted(here)
    await at_desk(here, lambda desk: lose(desk, ANNA, Role.VIEWER))
    assert await labels(here, 1001) == ["◀ it", "en 1/2", "it ▶"]
    await at_desk(here, lambda desk: desk.staff.change_role(1001, Role.PUBLISHER, by=BRUNO))
    assert "Publish" in await labels(here, 1001)
