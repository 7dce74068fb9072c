"""Two nodes on one PostgreSQL: everything is published once, in order, whoever takes it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from bot.domain.delivery import Action
from bot.store.engine import open_store
from tests.conftest import fresh_postgres
from tests.dispatcher.far_side import FarSide, dispatching
from tests.worlds import CHATS, StillClock, signal, world


async def test_two_nodes_share_the_work_and_repeat_nothing(postgres: str, clock: StillClock) -> None:
    chats = tuple(replace(chat, address=f"{chat.address}{number}", pin=False) for chat in CHATS for number in range(5))
    far = FarSide()
    url = await fresh_postgres(postgres)
    async with (
        open_store(url) as one,
        open_store(url) as two,
        world(one, clock, destinations=chats, operators=()) as here,
        world(two, clock, destinations=chats, operators=()) as there,
        dispatching(here, far) as first,
        dispatching(there, far) as second,
    ):
        await asyncio.gather(here.report(signal("a")), there.report(signal("b")))
        await here.report(signal("a", "resolved"))
        await there.report(signal("b", "resolved"))
        async with asyncio.timeout(20):
            while any(row["state"].value != "sent" for row in await here.owed()):
                for node in (first, second):
                    node.dispatcher.wake()
                await asyncio.sleep(0)
    assert max(Counter(number for _, _, number in far.published).values()) == 1
    by_address = {address: [] for address, _, _ in far.published}
    for address, action, _ in far.published:
        by_address[address].append(action)
    assert list(by_address.values()) == [[Action.POST, Action.POST, Action.EDIT]] * 10
