"""Readings in turn: what is asked for together is read together, and never from before it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.domain.model import Board
from bot.errors import StoreBusy
from bot.web.turns import AT_ONCE, TOGETHER, Turns
from tests.channels.boards import board
from tests.web.shelf import Shelf


class Shelves(Shelf):
    """Also reads several languages at once, and remembers which. inside, most: readings now, and at most."""

    def __init__(self) -> None:
        super().__init__(lambda language: board(language=language, revision=self.revision))
        self.asked: list[list[str]] = []
        self.inside = self.most = 0

    async def load_boards(self, languages: Sequence[str], *, past: int) -> Mapping[str, Board]:
        self.asked.append(list(languages))
        return {language: await self.load_board(language, past=past) for language in languages}

    async def _read(self, language: str) -> Board:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            return await super()._read(language)
        finally:
            self.inside -= 1


@pytest.fixture
def shelves() -> Shelves:
    return Shelves()


async def begun() -> None:
    """Whatever was asked for is being read, as far as it may."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_boards_asked_for_at_once_are_read_in_one_go(shelves: Shelves) -> None:
    turns = Turns(shelves)
    found = await asyncio.gather(*(turns.load_board(language, past=3) for language in ("it", "en", "it")))
    assert [each.language for each in found] == ["it", "en", "it"]
    assert shelves.asked == [["it", "en"]]


async def test_boards_of_another_length_are_another_reading(shelves: Shelves) -> None:
    turns = Turns(shelves)
    await asyncio.gather(turns.load_board("it", past=3), turns.load_board("it", past=4))
    assert shelves.asked == [["it"], ["it"]]


async def test_one_reading_has_no_more_than_so_many_languages(shelves: Shelves) -> None:
    turns, many = Turns(shelves), [f"x{number}" for number in range(TOGETHER + 1)]
    await asyncio.gather(*(turns.load_board(language, past=3) for language in many))
    assert [len(asked) for asked in shelves.asked] == [TOGETHER, 1]


async def test_who_asks_while_a_reading_goes_on_is_not_given_what_it_read(shelves: Shelves) -> None:
    turns = Turns(shelves)
    shelves.gate.clear()
    early = asyncio.create_task(turns.load_board("it", past=3))
    await begun()
    assert shelves.asked == [["it"]]
    shelves.revision += 1
    late = asyncio.create_task(turns.load_board("it", past=3))
    await asyncio.sleep(0)
    shelves.gate.set()
    assert ((await early).revision, (await late).revision) == (1, 2)


async def test_few_readings_go_on_at_the_same_time(shelves: Shelves) -> None:
    turns = Turns(shelves)
    shelves.gate.clear()
    waiting = [asyncio.create_task(turns.load_story("it", number)) for number in range(3 * AT_ONCE)]
    await begun()
    shelves.gate.set()
    await asyncio.gather(*waiting)
    assert shelves.most == AT_ONCE


async def test_a_busy_store_is_told_to_everybody_who_waits_and_tried_again_for_the_next(shelves: Shelves) -> None:
    turns, shelves.busy = Turns(shelves), True
    told = await asyncio.gather(
        *(turns.load_board(language, past=3) for language in ("it", "en")), return_exceptions=True
    )
    assert [type(each) for each in told] == [StoreBusy, StoreBusy]
    shelves.busy = False
    assert (await turns.load_board("it", past=3)).language == "it"


async def test_a_reader_who_leaves_takes_nothing_from_the_others(shelves: Shelves) -> None:
    turns = Turns(shelves)
    leaving, staying = (asyncio.create_task(turns.load_board("it", past=3)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).language == "it"
    with pytest.raises(asyncio.CancelledError):
        await leaving
