"""An event loop with a time of its own: when nothing is ready, the clock jumps to the next timer.

Everything runs on one thread: what would go to another one is done in place. So an hour passes in as long as its
computing takes, and always in the same way.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.worlds import START

T = TypeVar("T")


class _Impatient(selectors.DefaultSelector):
    """Waits for nothing; tells how long it was to wait."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing is ready and no timer is set: everybody waits for ever")
        if timeout > 0:
            self._jump(timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs on a clock that starts at 0 and jumps."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(_Impatient(self._jump))
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Seconds."""
        return self._passed

    def now(self) -> datetime:
        """The same as a date."""
        return START + timedelta(seconds=self._passed)

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """In place: another thread lives in real time."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _jump(self, seconds: float) -> None:
        self._passed += seconds


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the work returns; time passes only where it waits."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
