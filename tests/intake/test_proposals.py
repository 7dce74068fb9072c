"""Changes of what was published where two must agree; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram.markdown import render
from bot.domain.marks import Mark
from bot.domain.model import Impact, Role, Status
from bot.domain.proposals import Deed, Proposal
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from tests.worlds import BASE, StillClock, World, world

ANNA = Operator(telegram_id=1001, name="Anna", role=Role.PUBLISHER, language="en")
BRUNO = Operator(telegram_id=1002, name="Bruno", role=Role.PUBLISHER, language="en")
DARIO = Operator(telegram_id=1004, name="Dario", role=Role.PUBLISHER, language="en")
CARLA = Operator(telegram_id=1003, name="Carla", role=Role.VIEWER, language="en")


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Where two must agree about the shop, and both have agreed to its incident 1."""
    staff = [
        {"telegram_id": each.telegram_id, "name": each.name, "role": each.role.value, "language": each.language}
        for each in (ANNA, BRUNO, CARLA)
    ]
    components = {**BASE["components"], "shop": {**BASE["components"]["shop"], "approvals": 2}}
    async with world(store, clock, operators=staff, components=components) as opened:

        async def work(desk: IntakeDesk) -> None:
            change = await desk.stories.open(
                components=["shop"], impact=Impact.MAJOR, texts={"en": "We look."}, by="Anna", draft=False
            )
            await desk.drafts.publish(change.update_id, by="Bruno", person=BRUNO)

        await opened.intake.transact(work)
        yield opened


async def proposed(here: World, deed: Deed, **texts: str) -> Proposal:
    return await here.intake.transact(lambda desk: desk.proposals.make(deed, 1, None, texts=texts, by=ANNA))


async def agreed(here: World, by: Operator) -> Proposal:
    return await here.intake.transact(lambda desk: desk.proposals.agree(1, by))


async def cards(here: World) -> dict[int, str]:
    owed = [row for row in await here.owed(to_operators=True) if "Proposal" in row["text"]]
    return {int(row["address"]): render(row["text"]).text for row in owed}


async def words(here: World) -> dict[str, Any]:
    return {row["language"]: (row["body"], row["mark"]) for row in await here.notices()}


async def test_a_correction_waits_until_a_second_publisher_agrees(here: World) -> None:
    before = await words(here)
    await proposed(here, Deed.CORRECT, en="All is well.")
    assert await words(here) == before
    assert all("Yes from Anna: 1 of 2." in text and "All is well." in text for text in (await cards(here)).values())
    await agreed(here, BRUNO)
    assert (await words(here))["en"] == ("All is well.", Mark.CORRECTED)
    assert all("Done at 15:03: Anna and Bruno said yes." in text for text in (await cards(here)).values())


async def test_more_words_and_a_withdrawal_wait_in_the_same_way(here: World) -> None:
    await proposed(here, Deed.TRANSLATE, it="Ci siamo.")
    await agreed(here, BRUNO)
    assert (await words(here))["it"] == ("Ci siamo.", None)
    await here.intake.transact(lambda desk: desk.proposals.make(Deed.RETRACT, 1, None, texts={}, by=BRUNO))
    assert [row["closed_at"] for row in await here.incidents()] == [None]
    await here.intake.transact(lambda desk: desk.proposals.agree(2, ANNA))
    assert [row["closed_at"] for row in await here.incidents()] != [None]


async def test_nobody_agrees_twice(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    with pytest.raises(CommandError, match="you have said yes already"):
        await agreed(here, ANNA)


async def test_a_dropped_proposal_changes_nothing_and_cannot_be_confirmed(here: World) -> None:
    before = await words(here)
    await proposed(here, Deed.CORRECT, en="All is well.")
    await here.intake.transact(lambda desk: desk.proposals.drop(1, BRUNO))
    with pytest.raises(CommandError, match="settled already"):
        await agreed(here, BRUNO)
    assert await words(here) == before
    assert all("Dropped by Bruno at 15:03" in text for text in (await cards(here)).values())


async def test_only_publishers_have_its_buttons(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    owed = [row for row in await here.owed(to_operators=True) if "Proposal" in row["text"]]
    assert {int(row["address"]): bool(row["keyboard"]) for row in owed} == {1001: True, 1002: True, 1003: False}


async def test_of_a_yes_and_a_no_at_once_one_counts(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    outcomes = await asyncio.gather(
        agreed(here, BRUNO),
        here.intake.transact(lambda desk: desk.proposals.drop(1, BRUNO)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["CommandError", "Proposal"]


async def test_nothing_can_be_proposed_about_what_was_never_published(here: World) -> None:
    with pytest.raises(CommandError, match=r"incident 99"):
        await here.intake.transact(lambda desk: desk.proposals.make(Deed.RETRACT, 99, None, texts={}, by=ANNA))


async def test_where_one_is_enough_nothing_is_proposed(here: World) -> None:
    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(components=["whatsapp"], impact=Impact.MAJOR, texts={}, by="Anna", draft=False)

    await here.intake.transact(work)
    assert not await here.intake.transact(lambda desk: desk.proposals.wanted(2))
    assert await here.intake.transact(lambda desk: desk.proposals.wanted(1))


async def go_on(here: World) -> None:
    """Both publish one more update of incident 1."""

    async def work(desk: IntakeDesk) -> None:
        change = await desk.stories.add_update(
            1, status=Status.IDENTIFIED, texts={"en": "Found it."}, by="Anna", draft=False
        )
        await desk.drafts.publish(change.update_id, by="Bruno", person=BRUNO)

    await here.intake.transact(work)


async def bodies(here: World, number: int, language: str = "en") -> list[str]:
    [update_id] = [row["id"] for row in await here.updates() if row["number"] == number]
    return [row["body"] for row in await here.notices() if (row["update_id"], row["language"]) == (update_id, language)]


@pytest.mark.parametrize("deed", [Deed.CORRECT, Deed.TRANSLATE])
async def test_the_last_yes_changes_the_update_that_was_the_newest_at_the_first(here: World, deed: Deed) -> None:
    language = "en" if deed is Deed.CORRECT else "it"
    proposal = await proposed(here, deed, **{language: "Otherwise."})
    assert proposal.number == 1
    await go_on(here)
    before = await bodies(here, 2, language)
    await agreed(here, BRUNO)
    assert await bodies(here, 1, language) == ["Otherwise."]
    assert await bodies(here, 2, language) == before


async def test_the_card_shows_the_words_that_others_would_take_the_place_of(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    for text in (await cards(here)).values():
        assert text.index("We look.") < text.index("All is well.")


async def test_words_that_have_changed_meanwhile_are_not_replaced(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    await proposed(here, Deed.CORRECT, en="All is lost.")
    await here.intake.transact(lambda desk: desk.proposals.agree(2, BRUNO))
    with pytest.raises(CommandError, match="other words by now"):
        await agreed(here, BRUNO)
    assert await bodies(here, 1) == ["All is lost."]


async def test_words_of_another_language_may_change_meanwhile(here: World) -> None:
    await proposed(here, Deed.CORRECT, en="All is well.")
    await here.intake.transact(
        lambda desk: desk.proposals.make(Deed.TRANSLATE, 1, 1, texts={"it": "Ci siamo."}, by=ANNA)
    )
    await here.intake.transact(lambda desk: desk.proposals.agree(2, BRUNO))
    await agreed(here, BRUNO)
    assert await bodies(here, 1) == ["All is well."]


async def test_the_yes_of_somebody_who_may_publish_no_more_does_not_count(here: World) -> None:
    await here.intake.transact(lambda desk: desk.staff.appoint(DARIO, by=ANNA))
    await proposed(here, Deed.CORRECT, en="All is well.")
    await here.intake.transact(lambda desk: desk.staff.change_role(1001, Role.VIEWER, by=BRUNO))
    assert (await agreed(here, BRUNO)).ended_at is None
    await here.intake.transact(lambda desk: desk.proposals.agree(1, DARIO))
    assert await bodies(here, 1) == ["All is well."]
    assert all("Bruno and Dario said yes." in text for text in (await cards(here)).values())
