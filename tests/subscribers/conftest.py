"""The house that tests of subscribers happen in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store.engine import Store
from tests.subscribers.house import House, house
from tests.worlds import StillClock


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[House]:
    async with house(store, clock) as opened:
        yield opened
