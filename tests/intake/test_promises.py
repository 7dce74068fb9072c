"""Promised news: what customers read of it, and who is reminded when it does not come; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.telegram.markdown import render
from bot.domain.model import Impact, Status
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.rewording import Rewording
from bot.store.engine import Store
from tests.worlds import StillClock, World, world

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    operators = [
        {"telegram_id": 1001, "name": "Anna", "role": "publisher", "language": "en"},
        {"telegram_id": 1002, "name": "Carla", "role": "viewer", "language": "en"},
    ]
    async with world(store, clock, operators=operators) as opened:
        yield opened


async def opened(here: World, *, promised_at: datetime | None = None, draft: bool = False, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(
            components=["shop"], impact=Impact.MAJOR, texts=texts, by="Anna", draft=draft, promised_at=promised_at
        )

    return await here.intake.transact(work)


async def continued(here: World, status: Status | None, *, promised_at: datetime | None = None) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(
            1, status=status, texts={}, by="Anna", draft=False, promised_at=promised_at
        )

    return await here.intake.transact(work)


async def bodies(here: World) -> dict[str, str]:
    """The newest words, by language."""
    return {row["language"]: render(row["body"]).text.replace("\u202f", " ") for row in await here.notices()}


async def reminders(here: World) -> list[tuple[int, str]]:
    """Which chats were shown what about a promise, oldest first."""
    owed = [row for row in await here.owed(to_operators=True) if ":card:" in row["lane"]]
    return [(int(row["address"]), render(row["text"]).text) for row in owed if "about incident" in row["text"]]


async def at_half_past(here: World, clock: StillClock) -> None:
    clock.time = await here.intake.next_due() or clock.time
    await here.intake.do_due()


async def test_customers_read_in_their_language_by_when_there_will_be_more(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR, it="Ci siamo.")
    said = await bodies(here)
    assert said["en"].endswith("\n\nWe will post the next update by March 2 at 3:33 PM CET.")
    assert (
        said["it"] == "Ci siamo.\n\nPubblicheremo il prossimo aggiornamento entro le ore 15:33 (CET) di lunedì 2 marzo."
    )


async def test_the_time_that_is_promised_is_named_as_an_instant_too(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    [english] = [row["moments"] for row in await here.notices() if row["language"] == "en"]
    assert any(str(each["text"]).startswith("March 2 at 3:33") for each in english)


async def test_when_the_news_does_not_come_every_operator_is_reminded_once(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    await at_half_past(here, clock)
    await at_half_past(here, clock)
    said = (
        "⏰ You promised news by 15:33 about incident 1 (shop · major · investigating), and nothing newer is published."
    )
    assert await reminders(here) == [(1001, said), (1002, said)]


async def test_a_newer_update_keeps_the_promise(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    await continued(here, Status.IDENTIFIED)
    assert await here.intake.next_due() is None
    clock.go(hours=1)
    await here.intake.do_due()
    assert await reminders(here) == []


async def test_late_news_takes_the_buttons_from_the_reminder(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    await at_half_past(here, clock)
    clock.go(minutes=7)
    await continued(here, Status.IDENTIFIED, promised_at=clock() + HALF_AN_HOUR)
    assert [text for _, text in await reminders(here)][-2:] == ["✅ News about incident 1 was published at 15:40."] * 2
    assert await here.intake.next_due() == clock() + HALF_AN_HOUR


async def test_the_end_of_a_story_promises_nothing(here: World, clock: StillClock) -> None:
    await opened(here)
    with pytest.raises(CommandError, match="no news can be promised with resolved"):
        await continued(here, Status.RESOLVED, promised_at=clock() + HALF_AN_HOUR)


async def test_a_promise_in_a_draft_binds_nobody_until_it_is_published(here: World, clock: StillClock) -> None:
    change = await opened(here, promised_at=clock() + HALF_AN_HOUR, draft=True)
    assert await here.intake.next_due() is None
    await here.intake.transact(lambda desk: desk.drafts.publish(change.update_id, by="Anna"))
    assert await here.intake.next_due() == clock() + HALF_AN_HOUR


async def test_nobody_can_say_yes_to_a_promise_for_a_time_that_has_passed(here: World, clock: StillClock) -> None:
    change = await opened(here, promised_at=clock() + HALF_AN_HOUR, draft=True)
    clock.go(minutes=31)
    with pytest.raises(CommandError, match="has passed; promise another one"):
        await here.intake.transact(lambda desk: desk.drafts.publish(change.update_id, by="Anna"))
    anew = Rewording(promised_at=clock() + HALF_AN_HOUR)
    await here.intake.transact(lambda desk: desk.drafts.reword(change.update_id, anew, by="Anna"))
    await here.intake.transact(lambda desk: desk.drafts.publish(change.update_id, by="Anna"))
    assert "4:04 PM" in (await bodies(here))["en"]


async def test_other_words_for_what_was_published_leave_the_promise_where_it_is(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    await here.intake.transact(lambda desk: desk.stories.amend(1, None, texts={"it": "Ecco."}, by="Anna"))
    assert (await bodies(here))["it"].split("\n\n")[0] == "Ecco."
    assert "entro le ore 15:33" in (await bodies(here))["it"]


async def test_promising_again_is_a_draft_that_says_nothing_else_new(here: World, clock: StillClock) -> None:
    await opened(here, promised_at=clock() + HALF_AN_HOUR)
    at = clock() + timedelta(hours=1)
    change = await here.intake.transact(lambda desk: desk.stories.promise_again(1, at, by="Anna"))
    assert change.draft
    await here.intake.transact(lambda desk: desk.drafts.publish(change.update_id, by="Anna"))
    assert await here.intake.next_due() == at
