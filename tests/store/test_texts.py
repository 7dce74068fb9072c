"""Notices in every language at once, on both databases."""

from __future__ import annotations

from bot.store.boards import Boards
from bot.store.engine import Store
from bot.store.texts import Texts
from tests.worlds import StillClock, signal, world


async def test_it_finds_what_a_board_in_each_language_says(store: Store, clock: StillClock) -> None:
    async with world(store, clock, destinations=(), operators=()) as here:
        await here.report(signal())
        await here.report(signal("b", service="shop-worst"))
    stories = {language: (await Boards(store).load_board(language, past=0)).open for language in ("en", "it")}
    ids = [update.id for update in stories["en"][0].updates]
    assert len(ids) == 2
    found = await Texts(store).load(ids)
    for language, (told,) in stories.items():
        assert [found[update.id][language] for update in told.updates] == [update.notice for update in told.updates]
    assert {tuple(sorted(languages)) for languages in found.values()} == {("en", "it")}


async def test_what_is_not_there_has_no_words(store: Store) -> None:
    assert await Texts(store).load([]) == {}
    assert await Texts(store).load([7]) == {7: {}}
