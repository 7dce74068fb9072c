"""Work that must not sink what is done beside it in the same transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.errors import StoreBusy
from bot.intake.transaction import Transaction

log = structlog.get_logger(__name__)


async def apart(transaction: Transaction, what: str, work: Callable[[Transaction], Awaitable[object]]) -> bool:
    """Do it; when it goes wrong nothing of it remains, the log says so, and False is returned.

    Raises StoreBusy: then nothing else can be done either.
    """
    revision = transaction.effects.revision
    try:
        async with transaction.connection.begin_nested():
            await work(transaction)
    except StoreBusy:
        raise
    except Exception:  # a defect in one of many duties; the others are no less due
        log.exception("a duty failed and is left out", duty=what)
        transaction.effects.revision = revision  # a number that was taken back will be given again
        return False
    return True
