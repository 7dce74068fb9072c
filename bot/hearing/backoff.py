"""Pauses between tries of something that keeps failing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30))
"""What a loop waits after its first, second ... failure in a row; the last one for all further ones."""


class Backoff:
    """Counts failures in a row, and waits longer with each."""

    def __init__(self, pauses: Sequence[timedelta] = PAUSES) -> None:
        """pauses: at least one, from the first failure on."""
        self._pauses, self._failures = tuple(pauses), 0

    async def failed(self, *, at_least: timedelta = timedelta()) -> None:
        """Note a failure and wait; at_least: what the far side asked for."""
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures += 1
        await asyncio.sleep(max(pause, at_least).total_seconds())

    def worked(self) -> None:
        """Note a success: the next failure is a first one again."""
        self._failures = 0
