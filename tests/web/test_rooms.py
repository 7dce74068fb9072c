"""Room for so many requests and bytes: who is refused when it is full, and that nobody is forgotten in it."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.web.rooms import Room


async def test_who_comes_into_a_full_room_is_refused_and_let_in_when_somebody_leaves() -> None:
    room = Room(at_once=1, bytes_at_once=10)
    async with room.enter():
        with pytest.raises(web.HTTPTooManyRequests) as refused:
            async with room.enter():
                pass
        assert refused.value.headers["Retry-After"] == "5"
    async with room.enter():
        pass


async def test_bytes_are_counted_together_and_given_back() -> None:
    room = Room(at_once=5, bytes_at_once=10)
    async with room.enter() as took:
        took(6)
        with pytest.raises(web.HTTPTooManyRequests):
            async with room.enter() as also_took:
                also_took(5)
        took(4)
    async with room.enter() as took:
        took(10)


async def test_where_the_oldest_leaves_the_newest_stays() -> None:
    room, in_order = Room(at_once=2, bytes_at_once=10, oldest_leaves=True), list[str]()

    async def wait(name: str) -> None:
        try:
            async with room.enter():
                in_order.append(f"{name} in")
                await asyncio.Event().wait()
        except web.HTTPTooManyRequests:
            in_order.append(f"{name} out")

    waiting = [asyncio.ensure_future(wait(name)) for name in ("a", "b", "c", "d")]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait(waiting[:2])
    assert in_order == ["a in", "b in", "c in", "d in", "a out", "b out"]
    assert [each.done() for each in waiting] == [True, True, False, False]
    for each in waiting[2:]:
        each.cancel()


async def test_who_alone_brings_more_than_there_is_room_for_leaves_too() -> None:
    room = Room(at_once=2, bytes_at_once=10, oldest_leaves=True)

    async def bring_too_much() -> None:
        async with room.enter() as took:
            took(11)
            took(1)
            await asyncio.Event().wait()

    with pytest.raises(web.HTTPTooManyRequests):
        await bring_too_much()
    async with room.enter() as took:
        took(10)


async def test_a_time_out_of_somebody_elses_is_not_called_a_full_room() -> None:
    with pytest.raises(TimeoutError):
        async with Room(at_once=1, bytes_at_once=1).enter():
            raise TimeoutError


async def test_whatever_ends_a_stay_gives_its_place_back() -> None:
    room = Room(at_once=1, bytes_at_once=1)

    async def end_by(error: type[BaseException]) -> None:
        async with room.enter() as took:
            took(1)
            raise error

    for error in (ValueError, asyncio.CancelledError):
        with pytest.raises(error):
            await end_by(error)
    async with room.enter() as took:
        took(1)
