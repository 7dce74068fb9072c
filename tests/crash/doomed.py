"""``python -m tests.crash.doomed WHEN NTH HOLDING run ...``: the service, which kills itself at one exact commit.

It watches SQLAlchemy's own events and changes nothing: up to that instant this is ``python -m bot``, and after it there
is nothing. "after" is when the connection goes back to its pool, before anybody has learned of the commit.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from bot.cli import main

_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Watch:
    """Counts the transactions that wrote, and kills this process at the chosen one."""

    def __init__(self, when: str, nth: int, holding: str) -> None:
        self._when, self._left, self._holding = when, nth, holding
        self._statements: dict[int, list[str]] = {}
        self._condemned: int | None = None

    def begun(self, connection: sa.Connection) -> None:
        """A transaction begins."""
        self._statements[_number(connection)] = []

    def executed(self, connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
        """A statement is about to run."""
        self._statements.setdefault(_number(connection), []).append(statement)

    def commits(self, connection: sa.Connection) -> None:
        """A transaction is about to be committed."""
        number = _number(connection)
        if not self._counts(self._statements.pop(number, [])):
            return
        self._left -= 1
        if self._left == 0 and self._when == "before":
            _die()
        if self._left == 0:
            self._condemned = number

    def returned(self, driver_connection: Any, _: Any) -> None:
        """A connection goes back to its pool, its transaction being over."""
        if self._condemned == id(driver_connection):
            _die()

    def _counts(self, statements: list[str]) -> bool:
        written = [statement for statement in statements if statement.lstrip().upper().startswith(_WRITES)]
        return any(self._holding in statement for statement in written)


def _number(connection: sa.Connection) -> int:
    return id(connection.connection.dbapi_connection)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    when, nth, holding, *arguments = sys.argv[1:]
    watch = Watch(when, int(nth), holding)
    sa.event.listen(Engine, "begin", watch.begun)
    sa.event.listen(Engine, "before_cursor_execute", watch.executed)
    sa.event.listen(Engine, "commit", watch.commits)
    sa.event.listen(Pool, "checkin", watch.returned)
    main(arguments)
