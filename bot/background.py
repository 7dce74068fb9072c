"""A part of the service that runs beside the others, from its start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

GRACE = timedelta(seconds=4)
"""How long what is in flight may take to finish once the service is told to stop; ``docker stop`` kills after 10 s."""


@asynccontextmanager
async def background(
    broken: asyncio.Future[None],
    run: Callable[[], Awaitable[None]],
    finish: Callable[[], None] | None = None,
) -> AsyncIterator[None]:
    """A part that runs beside the others. finish: asks it to end by itself; without it, it is cancelled."""
    task = asyncio.ensure_future(run())

    def ended(task: asyncio.Future[None]) -> None:
        if not task.cancelled() and task.exception() and not broken.done():
            broken.set_exception(task.exception() or AssertionError)

    task.add_done_callback(ended)
    try:
        yield
    finally:
        if finish is not None and not task.done():
            finish()
        else:
            task.cancel()
        _, late = await asyncio.wait([task], timeout=(GRACE + GRACE / 2).total_seconds())
        if late:  # what hangs must not keep the service from ending; nothing that is committed is lost
            task.cancel()
            await asyncio.wait([task], timeout=1)
