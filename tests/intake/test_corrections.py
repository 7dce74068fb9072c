"""What was published is put right: corrected or withdrawn, in every language, wherever it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Amendment, Change
from bot.domain.delivery import Action
from bot.domain.marks import Mark
from bot.domain.model import Impact, Notice, Occasion, Status
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from bot.store.incidents import load_incident, load_notices, load_updates
from bot.store.schema import updates
from bot.store.spans import load_spans
from tests.dispatcher.far_side import FarSide, dispatching
from tests.worlds import CHATS, StillClock, World, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """A shop that publishes in English and Italian, with one Italian channel, and nobody else to tell."""
    async with world(store, clock, destinations=(CHATS[1],), operators=()) as opened:
        yield opened


async def opened(here: World, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts=texts, by="Ada", draft=False)

    return await here.intake.transact(work)


async def continued(here: World, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(1, status=Status.IDENTIFIED, texts=texts, by="Ada", draft=False)

    return await here.intake.transact(work)


async def corrected(here: World, number: int | None = None, **texts: str) -> Amendment:
    async def work(desk: IntakeDesk) -> Amendment:
        return await desk.corrections.correct(1, number, texts=texts, by="Bruno")

    return await here.intake.transact(work)


async def retracted(here: World, number: int | None = None) -> Amendment | Change:
    async def work(desk: IntakeDesk) -> Amendment | Change:
        return await desk.corrections.retract(1, number, by="Bruno")

    return await here.intake.transact(work)


async def words(here: World, number: int = 1) -> dict[str, Notice]:
    """An update's notices by language."""
    async with here.store.read() as connection:
        [update] = await load_updates(connection, updates.c.number == number)
        return {key: notice for key, (_, notice) in (await load_notices(connection, [update.id]))[update.id].items()}


async def test_a_correction_stands_marked_where_the_wrong_words_stood(here: World) -> None:
    await opened(here, en="The shop is down in Rome.", it="Il negozio è fermo a Roma.")

    amendment = await corrected(here, en="The shop is down in Milan.", it="Il negozio è fermo a Milano.")

    now = await words(here)
    assert amendment.languages == ("en", "it")
    assert now["en"].body.startswith("The shop is down in Milan.")
    assert {notice.mark for notice in now.values()} == {Mark.CORRECTED}
    assert now["it"].label


async def test_words_that_came_from_the_wrong_ones_make_way_for_the_templates(here: World) -> None:
    await opened(here, en="The shop is down in Rome.", it="Il negozio è fermo a Roma.")

    amendment = await corrected(here, en="The shop is down in Milan.")

    now = await words(here)
    assert amendment.templated == ("it",)
    assert "Roma" not in now["it"].body
    assert now["it"].mark is Mark.CORRECTED


async def test_the_templates_words_stay_when_only_a_humans_were_wrong(here: World) -> None:
    await opened(here, en="The shop is down in Rome.")
    before = (await words(here))["it"]

    await corrected(here, en="The shop is down in Milan.")

    assert (await words(here))["it"] == before


async def test_a_second_correction_takes_the_place_of_the_first(here: World) -> None:
    await opened(here, en="One.")
    await corrected(here, en="Two.")

    await corrected(here, en="Three.")

    now = (await words(here))["en"]
    assert now.body.startswith("Three.")
    assert now.mark is Mark.CORRECTED


async def test_posts_that_are_out_are_edited_to_the_correction(here: World) -> None:
    far = FarSide()
    await opened(here, it="Il negozio è fermo a Roma.")
    async with dispatching(here, far) as running:
        await running.settler.seen(1)
        await corrected(here, it="Il negozio è fermo a Milano.")
        running.dispatcher.wake()
        await running.settler.seen(2)
    delivery, _ = running.settler.verdicts[-1]
    assert delivery.action is Action.EDIT
    assert delivery.opening == (await words(here))["it"]


async def test_a_story_is_withdrawn_in_every_update_and_ends(here: World) -> None:
    await opened(here, en="The shop is down.")
    await continued(here, en="We know why.")

    change = await retracted(here)

    assert isinstance(change, Change)
    for number in (1, 2):
        for notice in (await words(here, number)).values():
            assert notice.mark is Mark.RETRACTED
            assert "shop is down" not in notice.body
    async with here.store.read() as connection:
        incident = await load_incident(connection, 1)
        story = await load_updates(connection, updates.c.incident_id == 1)
    assert incident is not None
    assert incident.closed_at is not None
    assert story[-1].occasion is Occasion.RETRACTION


async def test_a_withdrawn_story_never_was_a_disruption(here: World) -> None:
    await opened(here)
    here.clock.go(hours=1)
    await retracted(here)
    async with here.store.read() as connection:
        spans, _ = await load_spans(connection, since=here.clock() - timedelta(days=1), now=here.clock())
    assert spans == []


async def test_one_update_is_withdrawn_and_the_story_goes_on(here: World) -> None:
    await opened(here, en="The shop is down.")
    await continued(here, en="Wrong guess.")

    amendment = await retracted(here, number=2)

    assert isinstance(amendment, Amendment)
    assert (await words(here, 2))["en"].mark is Mark.RETRACTED
    assert (await words(here, 1))["en"].mark is None
    async with here.store.read() as connection:
        incident = await load_incident(connection, 1)
    assert incident is not None
    assert incident.open


async def test_what_was_withdrawn_can_be_neither_corrected_nor_withdrawn_again(here: World) -> None:
    await opened(here, en="The shop is down.")
    await retracted(here)
    with pytest.raises(CommandError, match="was withdrawn"):
        await corrected(here, number=1, en="Or is it?")
    with pytest.raises(CommandError, match="was withdrawn already"):
        await retracted(here)


async def test_planned_maintenance_is_withdrawn_as_cancelled(here: World) -> None:
    async def plan(desk: IntakeDesk) -> Any:
        starts = here.clock() + timedelta(days=1)
        window = Window(starts=starts, ends=starts + timedelta(hours=2))
        return await desk.plans.announce(
            components=["shop"], window=window, impact=Impact.MINOR, texts={}, by="Ada", draft=False
        )

    await here.intake.transact(plan)
    change = await retracted(here)
    assert isinstance(change, Change)
    assert change.incident.status is Status.CANCELLED
