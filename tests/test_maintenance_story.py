"""Planned maintenance with the whole service: commands in Telegram in, posts, pages, feeds, JSON and a calendar out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar, Component

from bot import clock
from bot.domain.delivery import Destination
from bot.domain.model import Impact
from bot.domain.windows import Window
from bot.store.engine import open_store
from tests.story.shop import CONFIG, DUTY, LANGUAGES, Shop, ago, alert, by_class, chat_of, lines, plain, shop, words_in
from tests.worlds import StillClock, world

TITLES = {
    "it": {
        "scheduled": "Manutenzione programmata: Negozio online",
        "in_progress": "Manutenzione in corso: Negozio online",
        "extended": "Manutenzione prolungata: Negozio online",
        "completed": "Manutenzione conclusa: Negozio online",
    },
    "en": {
        "scheduled": "Planned maintenance: Online shop",
        "in_progress": "Maintenance in progress: Online shop",
        "extended": "Maintenance extended: Online shop",
        "completed": "Maintenance completed: Online shop",
    },
}


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/notices.db"


async def listed(here: Shop, which: str) -> list[dict[str, Any]]:
    """What Statuspage's API lists of maintenance."""
    document = json.loads(await here.fetch(f"/api/v2/scheduled-maintenances{which}.json"))
    return list(document["scheduled_maintenances"])


async def entry(here: Shop, language: str = "en") -> Component:
    """The only entry of the calendar."""
    [found] = Calendar.from_ical(await here.fetch(f"/{language}/maintenance.ics")).walk("VEVENT")
    return found


async def tells(here: Shop, step: str, *, headline: str) -> None:
    """Post, front page, story and feed have the title of this step in every language."""
    for language in here.languages:
        title = TITLES[language][step]
        assert title in lines(here.thread(language)[-1])
        front = await here.page(f"/{language}/")
        assert headline in by_class(front, "headline")[0].get("class", "").split()
        assert title in words_in(front)
        assert words_in((await here.page(f"/{language}/incidents/1")).find(".//h1")) == title
        [item] = await here.items(language)
        assert plain(item.title) == title


async def test_it_is_planned_moved_begun_extended_and_ended_by_hand(sqlite: str) -> None:
    day = (clock.now() + timedelta(days=9)).date()
    async with shop(sqlite, languages=("en", "it")) as here:
        here.fake.say(DUTY, f"/maintenance negozio online {day:%d.%m.%Y} 12:00 - 14:00")
        await here.stands(posts=1, pinned=False)
        await tells(here, "scheduled", headline="operational")
        answer = await here.told(DUTY, "Published: incident 1, update 1")
        assert f"Window: {day:%a} {day.day} {day:%b %Y} 12:00 - 14:00" in answer.text
        [upcoming] = await listed(here, "/upcoming")
        announced = await entry(here)
        assert upcoming["status"] == "scheduled"
        assert datetime.fromisoformat(upcoming["scheduled_for"]) == announced["dtstart"].dt
        assert (await listed(here, "/active"), announced["sequence"]) == ([], 0)

        here.fake.say(DUTY, f"/postpone 1 {day + timedelta(days=1)} 12:00")
        await here.stands(posts=2, pinned=False)
        await tells(here, "scheduled", headline="operational")
        moved = await entry(here, "it")
        assert (moved["uid"], moved["sequence"]) == (announced["uid"], 1)
        assert moved["dtstart"].dt.date() == day + timedelta(days=1)
        assert moved["dtend"].dt - moved["dtstart"].dt == timedelta(hours=2)

        here.fake.say(DUTY, "/update 1 in progress")
        await here.stands(posts=3, pinned=False)
        await tells(here, "in_progress", headline="maintenance")
        assert [each["id"] for each in await listed(here, "/active")] == ["1"]
        assert await here.signal(alert("firing", since=ago())) == (202, {"accepted": 1})

        here.fake.say(DUTY, "/extend 1 1h")
        await here.stands(posts=4, pinned=False)
        await tells(here, "extended", headline="maintenance")
        longer = await entry(here)
        assert (longer["sequence"], longer["dtend"].dt) == (3, moved["dtend"].dt + timedelta(hours=1))

        assert await here.signal(alert("resolved", since=ago(minutes=1), until=ago())) == (202, {"accepted": 1})
        here.fake.say(DUTY, "/resolve 1")
        await here.stands(posts=5, pinned=False)
        await tells(here, "completed", headline="operational")
        assert (await listed(here, "/upcoming"), await listed(here, "/active")) == ([], [])
        [completed] = await listed(here, "")
        assert completed["status"] == "completed"
        assert [step["status"] for step in completed["incident_updates"]] == [
            *("completed", "in_progress", "in_progress", "scheduled", "scheduled")
        ]
        assert (await entry(here))["sequence"] == 4


async def test_a_service_that_comes_back_in_the_middle_says_so_by_itself(sqlite: str) -> None:
    """It was planned the evening before, and the service was away when it began."""
    starts = clock.now() - timedelta(minutes=30)
    window = Window(starts=starts, ends=starts + timedelta(hours=2))
    languages = ("en", "it")
    chats = tuple(Destination(channel="telegram", address=chat_of(each), language=each) for each in languages)
    then = StillClock((clock.now() - timedelta(hours=20)).astimezone(UTC))
    async with open_store(sqlite) as store, world(store, then, destinations=chats, **CONFIG) as before:
        await before.intake.transact(
            lambda desk: desk.plans.announce(
                components=["shop"], window=window, impact=Impact.NONE, texts={}, by="Anna", draft=False
            )
        )
    async with shop(sqlite, languages=languages) as here:
        await here.stands(posts=2, pinned=False)
        await tells(here, "in_progress", headline="maintenance")
        told = await here.told(DUTY, "Published by itself: incident 1, update 2")
        assert "its window has begun, as Anna planned it" in told.text
        assert [each["id"] for each in await listed(here, "/active")] == ["1"]
        assert len(LANGUAGES) > len(languages)
        for language in LANGUAGES:
            assert by_class(await here.page(f"/{language}/"), "story")
        here.fake.say(DUTY, "/status")
        assert "1 shop · none · in progress" in (await here.told(DUTY, "Open incidents")).text
