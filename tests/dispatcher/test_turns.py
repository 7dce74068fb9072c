"""Turns in virtual time: who goes when, who is sent away, and what is not held up by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.dispatcher.turns import PATIENCE, NotNow, Turns
from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.pacing import Pacer
from bot.domain.rates import TELEGRAM
from tests.dispatcher.test_verdict import delivery
from tests.simulation.virtual import run


def to(address: str, priority: Priority = Priority.SUBSCRIBER, action: Action = Action.POST) -> Delivery:
    return replace(delivery(action), address=address, priority=priority, broadcast=priority is Priority.SUBSCRIBER)


@asynccontextmanager
async def turns(*, paid: bool = False) -> AsyncIterator[Turns]:
    given = Turns(Pacer(), asyncio.get_running_loop().time, paid=paid)
    granting = asyncio.create_task(given.run())
    yield given
    granting.cancel()
    await asyncio.wait([granting])


async def when(given: Turns, one: Delivery) -> float | str:
    """The time of its turn, or when to ask again, as text."""
    try:
        await given.take(one)
    except NotNow as later:
        return f"in {later.seconds:.3f}"
    return round(asyncio.get_running_loop().time(), 3)


async def all_of(given: Turns, deliveries: list[Delivery]) -> list[float | str]:
    return await asyncio.gather(*(when(given, each) for each in deliveries))


def test_those_who_came_first_go_first() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            return await all_of(given, [to(str(number)) for number in range(1, 61)])

    times = run(story())
    assert times == sorted(times, key=float)
    assert times[-1] == pytest.approx(2 * TELEGRAM.overall.seconds, abs=0.15)


def test_operators_and_channels_pass_those_who_wait() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            waiting = [asyncio.create_task(when(given, to(str(number)))) for number in range(1, 100)]
            await asyncio.sleep(1.5)
            urgent = [to("9001", Priority.OPERATOR), to("9002", Priority.OPERATOR), to("-1001", Priority.CHANNEL)]
            times = await all_of(given, urgent)
            await asyncio.gather(*waiting)
            return times

    times = [float(time) for time in run(story())]
    assert max(times) - 1.5 < 0.2


def test_who_would_wait_for_longer_than_it_may_be_held_is_told_at_once() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            given.halt("-1001", 17.0)
            return await all_of(given, [to("-1001", Priority.CHANNEL), to("-1002", Priority.CHANNEL)])

    assert run(story()) == ["in 17.000", 0.0]


def test_a_pause_sends_away_those_who_wait_already() -> None:
    async def story() -> tuple[list[float | str], float]:
        async with turns() as given:
            waiting = [asyncio.create_task(when(given, to(str(number)))) for number in range(1, 50)]
            await asyncio.sleep(0.5)
            given.halt(None, 30.0)
            return await asyncio.gather(*waiting), asyncio.get_running_loop().time()

    times, ended = run(story())
    assert "in 30.000" in times
    assert ended == pytest.approx(0.5)


def test_nobody_is_held_for_longer_than_its_patience() -> None:
    async def story() -> tuple[list[float | str], float]:
        async with turns() as given:
            times = await all_of(given, [to(str(number)) for number in range(1, 301)])
            return times, asyncio.get_running_loop().time()

    times, ended = run(story())
    assert ended == pytest.approx(PATIENCE, abs=0.01)
    assert sum(isinstance(time, float) for time in times) == pytest.approx(PATIENCE * 30, abs=4)


def test_an_edit_is_not_held_for_its_chats_next_turn() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            edit = to("9001", Priority.OPERATOR, Action.EDIT)
            return [await when(given, edit), await when(given, edit)]

    assert run(story()) == [0.0, f"in {TELEGRAM.chat.seconds:.3f}"]


def test_closed_turns_send_everybody_away_until_they_open() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            first = [asyncio.create_task(when(given, to(str(number)))) for number in range(1, 40)]
            await asyncio.sleep(0.1)
            given.close()
            told = await asyncio.gather(*first)
            told.append(await when(given, to("77")))
            given.open()
            await asyncio.sleep(5)
            told.append(await when(given, to("77")))
            return told[-3:]

    assert run(story()) == ["in 0.000", "in 0.000", 5.1]


def test_a_broadcast_that_is_paid_for_goes_a_thousand_times_a_second_beside_the_others() -> None:
    async def story() -> list[float | str]:
        async with turns(paid=True) as given:
            paid = [to(str(number)) for number in range(1, 2002)]
            free = [to(f"-{number}", Priority.CHANNEL) for number in range(1, 31)]
            return await all_of(given, [*paid, *free])

    times = run(story())
    assert float(times[2000]) == pytest.approx(2.0, rel=0.06)
    assert times[2001:] == [0.0] * 30


def test_an_edit_cannot_be_paid_for() -> None:
    async def story() -> list[float | str]:
        async with turns(paid=True) as given:
            edits = [to(str(number), action=Action.AMEND) for number in range(1, 61)]
            return await all_of(given, edits)

    assert float(run(story())[-1]) == pytest.approx(2 * TELEGRAM.overall.seconds, abs=0.15)


def test_a_turn_may_be_forgotten_by_who_asked_for_it() -> None:
    async def story() -> float | str:
        async with turns() as given:
            waiting = [asyncio.create_task(when(given, to(str(number)))) for number in range(1, 100)]
            await asyncio.sleep(0.5)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
            return await when(given, to("777"))

    assert float(run(story())) < 0.7


def test_what_another_process_has_sent_counts() -> None:
    async def story() -> list[float | str]:
        async with turns() as given:
            for ago in range(40, 0, -2):
                given.remember("-1001", Priority.CHANNEL, ago=float(ago))
            return await all_of(given, [to("-1001", Priority.CHANNEL), to("-1002", Priority.CHANNEL)])

    assert run(story()) == ["in 20.100", 0.0]
