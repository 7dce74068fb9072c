"""What the rest of the store needs of a connection and of a database; ``sqlite`` and ``postgres`` have one each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


class Connection(Protocol):
    """A connection inside a transaction. SQLAlchemy's AsyncConnection is one."""

    @property
    def dialect(self) -> sa.Dialect:
        """Which SQL it speaks; ``dialect.name`` is "sqlite" or "postgresql"."""
        ...

    async def execute(self, statement: sa.Executable, parameters: Any = None, /) -> sa.CursorResult[Any]:
        """Run one statement, with one set of parameters or a list of them."""
        ...

    def begin_nested(self) -> AbstractAsyncContextManager[Any]:
        """A part of the transaction that can be undone alone."""
        ...

    async def run_sync(self, work: Callable[[sa.Connection], T], /) -> T:
        """Hand the connection to synchronous code."""
        ...


class Database(Protocol):
    """A database that is open."""

    shared: bool
    """True when other processes may work on it too."""

    @property
    def node(self) -> int:
        """The number that leases of this process carry."""
        ...

    def begin(self, *, writes: bool, alone: bool) -> AbstractAsyncContextManager[Connection]:
        """A transaction, committed at the end, rolled back on any error. Raises SQLAlchemy's errors, and OSError.

        writes: it may; alone: no other one that asked to be alone runs meanwhile, on any node.
        """
        ...

    async def stay_alive(self) -> None:
        """See that other processes still know that this one lives."""
        ...

    async def lead(self, what: str) -> bool:
        """Whether this process is the only one that leads in this; it tries to. Raises like ``begin``."""
        ...

    def listen(self, listener: Callable[[str], None]) -> None:
        """Tell it what other processes have committed, in the words of ``nodes.speak``."""
        ...
