"""Somebody chooses otherwise while something is on its way to them, or waits for their morning: on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.model import Impact
from bot.store.engine import Store
from bot.store.schema_subscribers import subscribers
from tests.subscribers.house import CARLA, DARIO, House, house
from tests.worlds import StillClock

EVENING = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # 22:30 in Rome
ROME = ZoneInfo("Europe/Rome")


async def on_its_way(here: House, *incidents: str, impact: Impact = Impact.MAJOR) -> None:
    """Carla and Dario are owed notices of these components, in Italian."""
    for chat in (CARLA, DARIO):
        await here.says("/start", chat=chat)
    await here.sends()
    here.world.clock.time = EVENING
    for component in incidents:
        await here.opens(component, impact=impact)
    await here.broadcaster.work()


async def languages(here: House, chat: int = CARLA) -> list[str]:
    known = {row["id"]: row["language"] for row in await here.world.notices()}
    return [known[post["notice_id"]] for post in await here.posts(chat, "pending")]


async def missed(here: House) -> list[tuple[Any, Any, str]]:
    """Chat, incident, and when they wake, on a clock in Rome."""
    rows = await here.world.rows("missed")
    return [(row["chat_id"], row["incident_id"], f"{row['wake_at'].astimezone(ROME):%d %H:%M}") for row in rows]


async def test_what_has_not_gone_yet_is_read_in_the_language_just_chosen(here: House) -> None:
    await on_its_way(here, "shop", "whatsapp")
    await here.presses("sub:0:speak:en")
    assert await languages(here) == ["en", "en"]
    assert await languages(here, DARIO) == ["it", "it"]
    sent = [each.notice.language for each in await here.sends() if each.notice and each.address == str(CARLA)]
    assert sent == ["en", "en"]


async def test_what_is_in_flight_keeps_its_language(here: House) -> None:
    await on_its_way(here, "shop")
    flying = await here.claims()
    await here.presses("sub:0:speak:en")
    await here.lands(flying)
    known = {row["id"]: row["language"] for row in await here.world.notices()}
    assert [known[post["notice_id"]] for post in await here.posts()] == ["it"]


async def test_quiet_hours_that_have_begun_hold_back_what_has_not_gone_yet(here: House) -> None:
    await on_its_way(here, "shop")
    await here.presses("sub:0:until:22-7")
    assert [(post["state"], post["error"]) for post in await here.posts()] == [("superseded", "quiet hours")]
    assert await missed(here) == [(CARLA, 1, "03 07:00")]
    assert [post["state"] for post in await here.posts(DARIO)] == ["pending"]


async def test_quiet_hours_that_have_not_begun_hold_back_nothing(here: House) -> None:
    await on_its_way(here, "shop")
    await here.presses("sub:0:until:23-7")
    assert [post["state"] for post in await here.posts()] == ["pending"]
    assert await missed(here) == []


async def test_what_is_critical_comes_through_quiet_hours_just_chosen(here: House) -> None:
    await on_its_way(here, "shop", impact=Impact.CRITICAL)
    await here.presses("sub:0:until:22-7")
    assert [post["state"] for post in await here.posts()] == ["pending"]


async def test_what_is_no_longer_wanted_goes_no_more(here: House) -> None:
    await on_its_way(here, "shop", "whatsapp")
    await here.presses("sub:0:without:shop")
    assert [post["state"] for post in await here.posts()] == ["superseded", "pending"]
    assert [post["state"] for post in await here.posts(DARIO)] == ["pending", "pending"]


async def asleep(here: House, *incidents: str) -> None:
    """Carla misses these in quiet hours that last until seven."""
    await here.says("/start")
    await here.presses("sub:0:until:22-7")
    await here.sends()
    here.world.clock.time = EVENING
    for component in incidents:
        await here.opens(component)
    await here.broadcaster.work()


async def test_who_chooses_to_sleep_longer_is_told_when_they_wake_then(here: House) -> None:
    await asleep(here, "shop")
    await here.presses("sub:0:until:22-10")
    assert await missed(here) == [(CARLA, 1, "03 10:00")]


async def test_who_wants_no_quiet_hours_any_more_is_told_at_once(here: House) -> None:
    await asleep(here, "shop")
    await here.presses("sub:0:loud")
    await here.broadcaster.work()
    assert await missed(here) == []
    assert [row["state"] for row in await here.rows() if row["lane"].endswith(":digest")] == ["pending"]


async def test_what_somebody_missed_but_wants_no_longer_is_not_told(here: House) -> None:
    await asleep(here, "shop", "whatsapp")
    await here.presses("sub:0:without:shop")
    assert await missed(here) == [(CARLA, 2, "03 07:00")]


async def test_a_language_that_is_no_longer_configured_is_served_by_the_nearest(
    store: Store, clock: StillClock
) -> None:
    async with house(store, clock, languages=["en", "es"]) as here:
        await here.says("/start", language="en")
        await here.presses("sub:0:until:22-7")
        await here.says("/start", chat=DARIO, language="en")
        async with store.write() as connection:
            await connection.execute(subscribers.update().values(language="ca"))
        here.world.clock.time = EVENING
        await here.opens("whatsapp")
        await here.broadcaster.work()
        assert await languages(here, DARIO) == ["es"]
        here.world.clock.go(hours=10)
        await here.broadcaster.work()
        [notice] = [row for row in await here.world.notices() if row["language"] == "es"]
        assert notice["title"] in (await here.texts())[-1]
