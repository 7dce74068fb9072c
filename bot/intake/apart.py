"""Work that must not sink what is done beside it in the same transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from bot.errors import StoreBusy
from bot.intake.transaction import Transaction

_OF_THE_DUTY = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
"""What the database says where we asked for something wrong; asking again would not help."""
_CLASSES_OF_THE_DUTY = ("22", "23", "42")
"""The same by PostgreSQL's codes, for asyncpg's errors come without SQLAlchemy's names: data, constraints, statements.
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

log = structlog.get_logger(__name__)


async def apart(transaction: Transaction, what: str, work: Callable[[Transaction], Awaitable[object]]) -> bool:
    """Do it; when it goes wrong nothing of it remains, the log says so, and False is returned.

    Raises StoreBusy, and the database's errors that the store makes StoreBusy of: then nothing else can be done either.
    """
    revision = transaction.effects.revision
    try:
        async with transaction.connection.begin_nested():
            await work(transaction)
    except StoreBusy:
        raise
    except Exception as error:  # a defect in one of many duties; the others are no less due
        if isinstance(error, DBAPIError) and not _is_of_the_duty(error):
            raise  # a lock, a deadlock, a lost connection: the store makes StoreBusy of it
        log.exception("a duty failed and is left out", duty=what)
        transaction.effects.revision = revision  # a number that was taken back will be given again
        return False
    return True


def _is_of_the_duty(error: DBAPIError) -> bool:
    code = str(getattr(error.orig, "sqlstate", None) or "")
    return isinstance(error, _OF_THE_DUTY) or code.startswith(_CLASSES_OF_THE_DUTY)
