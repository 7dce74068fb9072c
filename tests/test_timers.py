"""What happens because time has passed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.model import Impact
from bot.metrics import Metrics
from bot.store.engine import Store
from bot.timers import SAFETY_NET, TIDY_EVERY, Timers
from bot.watch import Revision, Watch
from tests.worlds import StillClock, World, signal, world


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock, operators=()) as opened:
        yield opened


async def test_a_draft_is_ended_when_its_time_is_up_and_not_before(here: World) -> None:
    timers = Timers(here.intake, here.clock)
    await here.report(signal(service="whatsapp"))
    here.clock.go(minutes=9, seconds=50)
    assert await timers.tick() == timedelta(seconds=10)
    assert (await here.updates())[0]["number"] is None
    here.clock.go(seconds=10)
    assert await timers.tick() == SAFETY_NET
    assert (await here.updates())[0]["number"] == 1


async def test_what_was_overdue_at_the_start_is_done_at_once(here: World) -> None:
    await here.report(signal(service="whatsapp"))
    here.clock.go(hours=3)
    await Timers(here.intake, here.clock).tick()
    assert (await here.updates())[0]["number"] == 1


async def test_it_tidies_up_now_and_then(here: World) -> None:
    timers = Timers(here.intake, here.clock)
    await here.report(signal())
    await here.report(signal(state="resolved"))
    here.clock.go(days=31)
    await timers.tick()
    assert await here.rows("problems") == []
    assert timedelta(minutes=30) < TIDY_EVERY < timedelta(days=1)


async def test_the_watch_sees_what_another_node_has_done(here: World) -> None:
    changes: list[bool] = []
    revision, metrics = Revision(), Metrics()
    watch = Watch(here.store, here.clock, revision=revision, metrics=metrics, changed=lambda: changes.append(True))
    await watch.look()
    assert (revision(), changes) == (0, [])
    await here.report(signal())
    await here.report(signal(service="checkout", key="c"))
    await watch.look()
    await watch.look()
    assert (revision(), changes) == (1, [True])
    shown = metrics.render()[0].decode()
    assert f'notice_bot_open_incidents{{impact="{Impact.MAJOR}"}} 1.0' in shown
    assert "notice_bot_drafts_waiting 1.0" in shown
    assert 'notice_bot_deliveries_waiting{channel="telegram"} 3.0' in shown
