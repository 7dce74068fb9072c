"""What else has to do with subscribers: operators who watch, deliveries that fail, what Telegram said."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from bot.dispatcher.settling import Settler
from bot.dispatcher.turns import Turns
from bot.dispatcher.verdict import Bury
from bot.domain.following import BroadcastState, Progress
from bot.domain.pacing import Pacer
from bot.intake.spread_cards import SpreadCards
from bot.intake.transaction import Effects, Transaction
from bot.languages.tongue import ENGLISH
from bot.metrics import Metrics
from bot.operators.spread import spread
from bot.store import claims, outbox
from bot.store.engine import Store
from bot.store.schema import deliveries
from tests.subscribers.house import CARLA, House
from tests.subscribers.test_broadcasting import people
from tests.worlds import START, StillClock

ROME = ZoneInfo("Europe/Rome")


def progress(**changes: object) -> Progress:
    values = {
        "broadcast_id": 4, "incident_id": 7, "amends": False, "state": BroadcastState.SENDING, "sent": 580,
        "owed": 2900, "failed": 0, "superseded": 0, "began_at": START, "at": START.replace(second=20),
        "shown_at": None, "shown_sent": 0,
    }  # fmt: skip
    return Progress(**{**values, **changes})  # type: ignore[arg-type]  # the values above


def test_operators_read_how_far_it_is_and_when_it_ends() -> None:
    shown = spread(progress(), ENGLISH, zone=ROME)
    assert shown == "**To subscribers: incident 7**\nSent: 580 of 3480.\nAt 29 a second it ends at 15:05."


def test_at_the_end_they_read_what_came_of_it() -> None:
    shown = spread(progress(owed=0, sent=3000, failed=3, state=BroadcastState.DONE), ENGLISH, zone=ROME)
    assert shown == "**To subscribers: incident 7**, done\nSent: 3000 of 3000.\nCould not be sent: 3."
    called_off = spread(progress(owed=0, superseded=9, state=BroadcastState.SUPERSEDED), ENGLISH, zone=ROME)
    assert called_off.endswith("a newer update goes out instead\nSent: 580 of 580.\nCalled off before they went: 9.")


def test_while_nothing_goes_nobody_can_tell_when_it_ends() -> None:
    assert "cannot be told yet" in spread(progress(sent=0), ENGLISH, zone=ROME)
    assert "changing words that are out" in spread(progress(amends=True), ENGLISH, zone=ROME)


async def test_every_operator_has_one_card_that_is_edited_and_let_go_at_the_end(here: House) -> None:
    cards = SpreadCards(here.world.teller, lambda each, language: f"{language} {each.owed}")

    async def shown(each: Progress) -> None:
        async with here.world.store.write() as connection:
            await cards(Transaction(connection=connection, now=START, effects=Effects()), each)

    await shown(progress())
    await shown(progress(owed=100))
    assert {row["subject"] for row in await here.world.rows("cards")} == {"broadcast:4"}
    await shown(progress(owed=0))
    assert await here.world.rows("cards") == []
    assert [text.split()[1] for text in await here.texts(1001)] == ["2900", "100", "0"]
    assert {row["lane"] for row in await here.rows(1001)} == {(await here.rows(1001))[0]["lane"]}


async def test_who_blocked_the_bot_is_unsubscribed_by_the_first_delivery_that_finds_out(here: House) -> None:
    await here.says("/start")
    await here.sends()
    await here.opens("shop")
    await here.opens("whatsapp")
    await here.broadcaster.work()
    [delivery] = await here.claims(1)
    settler = Settler(here.world.store, here.world.clock, here.world.teller, Metrics())
    told = len(await here.texts(1001))
    verdict = Bury(error="Forbidden: bot was blocked by the user", shut_out=True)
    await settler.settle(delivery, verdict, Turns(Pacer(), lambda: 0.0))
    assert await here.world.rows("subscribers") == []
    assert sorted(row["state"] for row in await here.posts()) == ["dead", "superseded"]
    assert [row["reason"] for row in await here.world.rows("departures")] == ["blocked"]
    assert len(await here.texts(1001)) == told, "operators are not told of every person who leaves"


async def test_what_somebody_said_is_kept_no_longer_than_until_it_is_handled(here: House) -> None:
    await here.world.intake.keep([(1, '{"update_id": 1, "message": "secret"}')])
    await here.world.intake.transact(lambda desk: desk.handled(1))
    [row] = await here.world.rows("telegram_updates")
    assert row["body"] == ""
    assert row["handled_at"] is not None


async def test_operators_and_channels_go_before_however_many_subscribers(here: House) -> None:
    await people(here, 100)
    await here.opens("shop")
    await here.broadcaster.work()
    await here.world.intake.transact(lambda desk: desk.tell(1001, "An answer"))
    [first, *_] = await here.claims(5)
    assert first.address == "1001"


async def test_what_is_put_off_is_not_looked_at_again_and_again(store: Store, clock: StillClock, here: House) -> None:
    """On SQLite: the claim reads the index on urgency and time, and sorts nothing."""
    await people(here, 10)
    await here.opens("shop")
    await here.broadcaster.work()
    async with store.write() as connection:
        await connection.execute(deliveries.update().values(due_at=clock.go(hours=1)))
        clock.go(hours=-1)
        assert (
            await claims.claim(connection, lease="x", until=clock(), now=clock(), limit=5, channels=["telegram"]) == []
        )
        assert await outbox.next_due(connection, after=clock()) == clock.go(hours=1)
        if connection.dialect.name == "sqlite":
            plan = await connection.execute(
                text("EXPLAIN QUERY PLAN SELECT id FROM deliveries WHERE state = 'pending' AND priority = 3"
                     " AND due_at <= '2026' ORDER BY due_at, id")
            )  # fmt: skip
            assert "ix_deliveries_pending (priority=? AND due_at<?)" in str(plan.all())
        assert (await connection.execute(select(deliveries.c.id).where(deliveries.c.address == str(CARLA)))).all() == []


async def test_a_new_process_does_not_look_through_all_that_waits(store: Store, clock: StillClock, here: House) -> None:
    """On SQLite: those that were tried are found by an index that holds nothing else."""
    await people(here, 10)
    await here.opens("shop")
    await here.broadcaster.work()
    async with store.write() as connection:
        await connection.execute(deliveries.update().where(deliveries.c.address == "1003").values(attempts=1))
        since = {"since": clock(), "broadcasts_since": clock()}
        [(address, _, answered)] = await outbox.calls_since(connection, channel="telegram", **since)
        assert (address, answered) == ("1003", None)
        if connection.dialect.name == "sqlite":
            plan = await connection.execute(
                text("EXPLAIN QUERY PLAN SELECT address, priority, settled_at FROM deliveries WHERE state = 'pending'"
                     " AND due_at >= '2026' AND attempts > 0 AND channel = 'telegram' ORDER BY settled_at")
            )  # fmt: skip
            assert "ix_deliveries_tried (channel=? AND due_at>?)" in str(plan.all())
