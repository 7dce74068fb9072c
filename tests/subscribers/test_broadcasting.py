"""An update on its way to all subscribers, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from bot.domain.delivery import Action, DeliveryState, Priority
from bot.domain.following import BroadcastState
from bot.domain.model import Impact, Status
from bot.domain.quiet_hours import DAY, QuietHours
from bot.store import broadcasts, spreading
from bot.store import subscribers as subscriber_rows
from bot.store.engine import Store
from bot.store.schema import deliveries, incidents
from bot.store.schema_subscribers import subscribers
from tests.subscribers.house import CARLA, DARIO, ELENA, House, furnished, house
from tests.worlds import START, StillClock, world

ROME = ZoneInfo("Europe/Rome")
NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # 02:00 in Rome


async def people(here: House, count: int, *, first: int = 1000) -> None:
    """So many subscribers of everything, without quiet hours."""
    rows = [
        {"chat_id": first + n, "language": "it", "everything": True, "since": START - timedelta(days=1)}
        for n in range(count)
    ]
    async with here.world.store.write() as connection:
        await connection.execute(subscribers.insert(), rows)


async def broadcast_rows(here: House) -> list[dict[str, object]]:
    return await here.world.rows("broadcasts")


async def test_the_update_and_what_it_owes_subscribers_commit_together(here: House) -> None:
    await here.says("/start")
    change = await here.opens("shop")
    [row] = await broadcast_rows(here)
    assert (row["incident_id"], row["update_id"]) == (change.incident.id, change.update_id)
    assert await here.posts() == []
    assert here.world.effects[-1].broadcasts == 1


async def test_where_nobody_has_subscribed_there_is_no_broadcast(here: House) -> None:
    await here.says("/start")
    await here.says("/stop")
    await here.opens("shop")
    assert await broadcast_rows(here) == []


async def test_without_subscribers_in_the_configuration_there_is_none_either(store: Store, clock: StillClock) -> None:
    async with world(store, clock) as opened:
        async with store.write() as connection:
            await connection.execute(
                subscribers.insert().values(chat_id=1, language="it", everything=True, since=START)
            )
        await opened.report()
        assert await opened.rows("broadcasts") == []


async def test_each_subscriber_gets_the_notice_in_their_language(here: House) -> None:
    await here.says("/start", language="it")
    await here.says("/start", chat=DARIO, language="en")
    await here.opens("shop")
    await here.broadcaster.work()
    notices = {row["id"]: row["language"] for row in await here.world.notices()}
    for chat, language in ((CARLA, "it"), (DARIO, "en")):
        [post] = await here.posts(chat)
        assert notices[post["notice_id"]] == language
        assert (post["priority"], post["channel"], post["state"]) == (Priority.SUBSCRIBER, "telegram", "pending")


async def test_who_reads_a_language_that_is_no_longer_configured_gets_the_default(here: House) -> None:
    await here.says("/start")
    async with here.world.store.write() as connection:
        await connection.execute(subscribers.update().values(language="fi"))
    await here.opens("shop")
    await here.broadcaster.work()
    [post] = await here.posts()
    assert {row["id"]: row["language"] for row in await here.world.notices()}[post["notice_id"]] == "en"


async def test_only_those_whom_it_concerns_get_it(here: House) -> None:
    await here.says("/start c_shop")
    await here.says("/start c_whatsapp", chat=DARIO)
    await here.says("/start", chat=ELENA)
    await here.opens("shop", "checkout")
    await here.broadcaster.work()
    assert [len(await here.posts(chat)) for chat in (CARLA, DARIO, ELENA)] == [1, 0, 1]


async def test_who_subscribes_while_it_spreads_was_told_on_coming_and_gets_it_not_again(here: House) -> None:
    await people(here, 1)
    await here.opens("shop")
    here.world.clock.go(seconds=1)
    await here.says("/start")
    await here.broadcaster.work()
    assert "Negozio online" in (await here.texts())[0]
    assert await here.posts() == []
    assert len(await here.posts(1000)) == 1


async def test_of_one_incident_posts_are_a_thread(here: House) -> None:
    await here.says("/start")
    change = await here.opens("shop")
    await here.broadcaster.work()
    await here.sends()
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    [reply] = await here.sends()
    [first, _] = await here.posts()
    assert (reply.anchor, reply.action, reply.broadcast) == (first["receipt"], Action.POST, True)


async def test_a_newer_update_supersedes_what_has_not_gone_and_is_sent_once(here: House) -> None:
    await people(here, 3)
    change = await here.opens("shop")
    await here.broadcaster.work()
    await here.sends(1)
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    sent = [delivery.notice.status for delivery in await here.sends() if delivery.notice]
    assert sent == [Status.IDENTIFIED] * 3
    posts = [[(post["state"]) for post in await here.posts(chat)] for chat in (1000, 1001, 1002)]
    assert sorted(posts) == [["sent", "sent"], ["superseded", "sent"], ["superseded", "sent"]]


async def test_the_unmade_rest_of_an_older_update_is_never_made(here: House) -> None:
    await people(here, 250)
    change = await here.opens("shop")
    await here.goes_on(change.incident.id, None)
    await here.broadcaster.work()
    assert len([row for row in await here.world.owed() if row["broadcast_id"] == 1]) == 0
    assert {delivery.notice.status for delivery in await here.sends() if delivery.notice} == {Status.RESOLVED}


async def test_a_post_in_flight_when_the_newer_update_comes_is_not_sent_again(here: House) -> None:
    await people(here, 2)
    change = await here.opens("shop")
    await here.broadcaster.work()
    [flying] = await here.claims(1)
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    assert (await broadcast_rows(here))[0]["ended_at"] is None
    async with here.world.store.write() as connection:  # its turn was too far off, say: it comes back
        await connection.execute(
            deliveries.update()
            .where(deliveries.c.id == flying.id)
            .values(state=DeliveryState.PENDING, lease=None, leased_until=None, leased_by=None)
        )
    await here.broadcaster.work()
    assert {each.notice.status for each in await here.sends() if each.notice} == {Status.IDENTIFIED}
    assert (await broadcast_rows(here))[0]["state"] == BroadcastState.SUPERSEDED
    assert (await broadcast_rows(here))[0]["ended_at"] is not None


async def test_broadcasts_of_different_incidents_leave_each_other_alone(here: House) -> None:
    await here.says("/start")
    await here.opens("shop")
    await here.opens("whatsapp")
    await here.broadcaster.work()
    assert [post["state"] for post in await here.posts()] == ["pending", "pending"]


@pytest.mark.parametrize(
    ("impact", "silent"), [(Impact.NONE, True), (Impact.MINOR, True), (Impact.MAJOR, False), (Impact.CRITICAL, False)]
)
async def test_what_hardly_matters_makes_no_sound(here: House, impact: Impact, silent: bool) -> None:
    await here.says("/start")
    await here.opens("shop", impact=impact)
    await here.broadcaster.work()
    assert [post["silent"] for post in await here.posts()] == [silent]


async def test_a_blocked_chat_is_unsubscribed_and_owed_nothing_more(here: House) -> None:
    await here.says("/start")
    await here.opens("shop")
    await here.opens("whatsapp")
    await here.broadcaster.work()
    async with here.world.store.write() as connection:
        assert await subscriber_rows.shut_out(connection, str(CARLA), "Forbidden: user is deactivated", now=START)
    assert {post["state"] for post in await here.posts()} == {"superseded"}
    assert [(row["reason"], row["count"]) for row in await here.world.rows("departures")] == [("deleted", 1)]


# --- parts ---


async def test_a_large_audience_is_made_in_parts_between_which_others_get_their_turn(
    store: Store, clock: StillClock
) -> None:
    async with house(store, clock) as here:
        await people(here, 4000)
        await here.opens("shop")
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                async with store.write() as connection:
                    await broadcasts.unfinished(connection)
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(others())
        await here.broadcaster.work()
        beside.cancel()
        await asyncio.wait([beside])
        owed = await here.world.owed()
        assert len({row["lane"] for row in owed}) == len(owed) == 4000
        assert turns >= 3


async def test_two_nodes_make_every_delivery_once(here: House) -> None:
    await people(here, 1500)
    await here.opens("shop")
    other = furnished(here.world)
    await asyncio.gather(here.broadcaster.work(), other.broadcaster.work())
    await here.broadcaster.work()
    owed = await here.world.owed()
    assert len({row["lane"] for row in owed}) == len(owed) == 1500


@pytest.mark.parametrize("turns", [1, 10, 100, 1000])
async def test_wherever_it_is_cut_off_it_goes_on_where_it_stopped(here: House, turns: int) -> None:
    await people(here, 450)
    await here.opens("shop")
    work = asyncio.create_task(here.broadcaster.work())
    for _ in range(turns):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])
    await furnished(here.world).broadcaster.work()
    owed = await here.world.owed()
    assert len({row["lane"] for row in owed}) == len(owed) == 450


# --- new words ---


async def test_new_words_reach_the_posts_that_are_out_and_wait_in_those_that_are_not(here: House) -> None:
    await people(here, 3)
    await here.says("/start", language="en")
    await here.sends()
    change = await here.opens("shop")
    await here.broadcaster.work()
    await here.sends(2)
    [flying] = await here.claims(1)
    await here.corrects(change.incident.id, it="Ora è tutto diverso.")
    await here.broadcaster.work()
    amendments = [row for row in await here.world.owed() if row["action"] is Action.AMEND]
    assert {row["lane"] for row in amendments} == {
        f"telegram:{chat}:{change.incident.id}" for chat in (1000, 1001, 1002)
    }
    assert {row["priority"] for row in amendments} == {Priority.SUBSCRIBER}
    await here.lands([flying])
    sent = await here.sends()
    changed = [each for each in sent if each.action is Action.AMEND]
    assert {each.notice.body for each in changed if each.notice} == {"Ora è tutto diverso."}
    assert all(each.anchor for each in changed)
    assert len(await here.posts(CARLA)) == 1, "hers is in another language"
    assert len({row["lane"] for row in await here.world.owed() if row["state"] == "sent"}) == 4


async def test_words_changed_twice_before_they_went_are_sent_once(here: House) -> None:
    await here.says("/start")
    change = await here.opens("shop")
    await here.broadcaster.work()
    await here.sends()
    await here.corrects(change.incident.id, it="Uno.")
    await here.broadcaster.work()
    async with here.world.store.write() as connection:
        notice = (await here.posts())[0]["notice_id"]
        await broadcasts.begin_amending(
            connection, incident_id=change.incident.id, update_id=change.update_id, notices=[notice], now=START
        )
    await here.broadcaster.work()
    assert [row["action"] for row in await here.posts()] == ["post", "amend"]


async def test_new_words_of_what_no_subscriber_has_are_no_broadcast(here: House) -> None:
    change = await here.opens("shop")
    await here.says("/start")
    await here.corrects(change.incident.id, it="Uno.")
    assert await broadcast_rows(here) == []


# --- quiet hours ---


async def quiet_people(here: House) -> None:
    """Carla sleeps from 22 to 7, Dario never."""
    await here.says("/start", language="it")
    await here.presses("sub:0:until:22-7")
    await here.says("/start", chat=DARIO)


async def test_in_quiet_hours_it_is_kept_for_the_digest(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = NIGHT
    change = await here.opens("shop")
    await here.broadcaster.work()
    assert [len(await here.posts(chat)) for chat in (CARLA, DARIO)] == [0, 1]
    [row] = await here.world.rows("missed")
    assert (row["chat_id"], row["incident_id"]) == (CARLA, change.incident.id)
    assert row["wake_at"].astimezone(ROME).isoformat() == "2026-03-03T07:00:00+01:00"


async def test_what_is_critical_comes_through_unless_it_was_planned(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = NIGHT
    await here.opens("shop", impact=Impact.CRITICAL)
    await here.broadcaster.work()
    assert len(await here.posts()) == 1
    assert await here.world.rows("missed") == []


async def test_what_became_critical_is_not_told_again_on_waking(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = NIGHT
    change = await here.opens("shop")
    await here.broadcaster.work()
    async with here.world.store.write() as connection:
        await connection.execute(incidents.update().values(impact=Impact.CRITICAL))
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    assert await here.world.rows("missed") == []


async def test_on_waking_one_text_says_how_all_that_was_missed_stands_by_now(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = NIGHT
    first = await here.opens("shop")
    await here.opens("whatsapp")
    await here.broadcaster.work()
    here.world.clock.go(hours=1)
    await here.goes_on(first.incident.id, None)
    await here.broadcaster.work()
    before = len(await here.texts())
    here.world.clock.go(hours=3, minutes=59)
    await here.broadcaster.work()
    assert len(await here.texts()) == before
    here.world.clock.go(minutes=1)
    await here.broadcaster.work()
    await here.broadcaster.work()
    [digest] = (await here.texts())[before:]
    assert "🟢" in digest
    assert "🔴" in digest
    assert "Negozio online" in digest
    assert "WhatsApp" in digest
    assert await here.world.rows("missed") == []


async def test_who_stops_in_quiet_hours_is_told_nothing_on_waking(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = NIGHT
    await here.opens("shop")
    await here.broadcaster.work()
    await here.says("/stop")
    before = len(await here.texts())
    here.world.clock.go(hours=10)
    await here.broadcaster.work()
    assert len(await here.texts()) == before


async def test_what_has_not_gone_when_quiet_begins_waits_for_the_digest(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = datetime(2026, 3, 2, 20, 58, 30, tzinfo=UTC)
    change = await here.opens("shop")
    await here.broadcaster.work()
    assert [post["state"] for post in await here.posts()] == ["pending"]
    here.world.clock.go(minutes=2)
    await here.broadcaster.work()
    [post] = await here.posts()
    assert (post["state"], post["error"]) == ("superseded", "quiet hours")
    assert [row["incident_id"] for row in await here.world.rows("missed")] == [change.incident.id]
    assert [post["state"] for post in await here.posts(DARIO)] == ["pending"]


async def test_whoever_sleeps_no_more_is_not_kept_waiting(here: House) -> None:
    await quiet_people(here)
    here.world.clock.time = datetime(2026, 3, 2, 20, 58, 30, tzinfo=UTC)
    await here.opens("shop")
    await here.broadcaster.work()
    here.world.clock.go(hours=10)  # nobody was there to send it until morning
    await here.broadcaster.work()
    assert [post["state"] for post in await here.posts()] == ["pending"]


minutes = st.integers(0, DAY - 1)


@given(st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]), minutes)
def test_the_database_knows_quiet_hours_as_we_do(pair: tuple[int, int], minute: int) -> None:
    somebody = {"chat_id": 1, "language": "it", "everything": True, "since": START}
    with DATABASE.begin() as connection:
        subscribers.drop(connection, checkfirst=True)
        subscribers.create(connection)
        connection.execute(subscribers.insert().values(**somebody, quiet_from=pair[0], quiet_until=pair[1]))
        held = connection.execute(select(spreading.quiet_at(minute), spreading.awake_at(minute))).one()
    quiet = QuietHours(*pair).holds(minute)
    assert tuple(map(bool, held)) == (quiet, not quiet)


DATABASE = create_engine("sqlite://", poolclass=StaticPool)


# --- how far it is ---


async def test_operators_are_shown_how_far_a_long_broadcast_is_and_when_it_will_end(here: House) -> None:
    await people(here, 300)
    await here.opens("shop")
    await here.broadcaster.work()
    await here.sends(100)
    assert here.shown == []
    here.world.clock.go(seconds=10)
    await here.broadcaster.work()
    await here.broadcaster.work()
    [first] = here.shown
    assert (first.sent, first.owed, first.per_second) == (100, 200, 10.0)
    assert first.ends_at == here.world.clock() + timedelta(seconds=20)
    here.world.clock.go(seconds=10)
    await here.sends(50)
    await here.broadcaster.work()
    assert here.shown[1].per_second == 5.0
    await here.sends()
    await here.broadcaster.work()
    assert (here.shown[-1].owed, here.shown[-1].state) == (0, BroadcastState.DONE)
    await here.broadcaster.work()
    assert len(here.shown) == 3


async def test_what_is_over_at_once_is_not_shown(here: House) -> None:
    await people(here, 10)
    await here.opens("shop")
    await here.broadcaster.work()
    await here.sends()
    here.world.clock.go(seconds=30)
    await here.broadcaster.work()
    assert here.shown == []
    assert [row["state"] for row in await broadcast_rows(here)] == [BroadcastState.DONE]


async def test_whom_it_reached_is_forgotten_long_after_the_incident_is_over(here: House) -> None:
    await people(here, 600)
    change = await here.opens("shop")
    await here.broadcaster.work()
    await here.sends()
    here.world.clock.go(days=200)
    await here.broadcaster.work()
    assert len(await here.world.owed()) == 600, "the incident is still open"
    await here.goes_on(change.incident.id, None)
    await here.broadcaster.work()
    await here.sends()
    await here.broadcaster.work()
    here.world.clock.go(days=91)
    await here.opens("whatsapp")
    await here.broadcaster.work()
    assert {row["incident_id"] for row in await here.world.owed()} == {change.incident.id + 1}
    assert {row["incident_id"] for row in await broadcast_rows(here)} == {change.incident.id + 1}
