"""Waiting for something to become true, without sleeping. Not a clock: only a guard against waiting for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """Counts changes and wakes whoever waits for one."""

    def __init__(self) -> None:
        self.version = 0
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Something changed."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def next(self) -> None:
        """Return at the next change."""
        await self._changed.wait()

    async def until(self, predicate: Callable[[], object], *, seconds: float, describe: Callable[[], str]) -> None:
        """Return once the predicate is true; asked again at every change. Raises TimeoutError, with a description."""
        try:
            async with asyncio.timeout(seconds):
                while not predicate():
                    await self.next()
        except TimeoutError as error:
            raise TimeoutError(f"not within {seconds} s; the fake saw:\n{describe()}") from error
