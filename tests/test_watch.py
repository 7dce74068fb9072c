"""What is known of the newest revision, and of a store that gives no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from bot.errors import StoreBusy
from bot.metrics import Metrics
from bot.store.connection import Connection
from bot.store.engine import Store
from bot.watch import UNSEEN, Revision, Watch
from tests.worlds import StillClock


class Shaky(Store):
    """A store on top of another one, which is gone when told so."""

    def __init__(self, store: Store) -> None:
        self._under = store
        self.gone = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        if self.gone:
            raise StoreBusy("gone")
        async with self._under.read() as connection:
            yield connection


def never() -> NoReturn:
    raise AssertionError("nothing has changed")


def test_listeners_are_told_of_growth_and_of_nothing_else() -> None:
    revision, heard = Revision(3), list[int]()
    revision.tells(lambda: heard.append(revision()))
    for number in (3, 2, 4, 4, 9):
        revision.saw(number)
    assert heard == [4, 9]


async def test_a_store_that_gives_no_answer_is_lost_after_a_while_and_found_at_once(
    store: Store, clock: StillClock
) -> None:
    shaky, revision = Shaky(store), Revision()
    watch = Watch(shaky, clock, revision=revision, metrics=Metrics(), changed=never)
    seen_at = clock.go(minutes=1)
    await watch.tick()
    shaky.gone = True
    clock.go(seconds=UNSEEN.total_seconds() - 1)
    await watch.tick()
    assert revision.lost is None
    clock.go(seconds=1)
    await watch.tick()
    assert revision.lost == seen_at
    clock.go(minutes=10)
    await watch.tick()
    assert revision.lost == seen_at
    shaky.gone = False
    await watch.tick()
    assert revision.lost is None
