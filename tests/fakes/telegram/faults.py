"""Faults on demand: what a network or a sick server does to a call. Not Telegram's own refusals: see ``errors``.

Each kind says whether the call was handled (and so published) although its caller never learns it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["refuse", "hang", "close", "error", "slow", "flood", "garbage"]

_HANDLED: dict[Kind, bool] = {
    "refuse": False,
    "hang": True,
    "close": True,
    "error": False,
    "slow": True,
    "flood": False,
    "garbage": True,
}


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A fault that waits for the calls it concerns.

    kind: ``refuse`` cuts the connection before handling; ``hang`` handles and never answers; ``close`` handles and
    cuts; ``error`` answers ``status`` with HTML; ``slow`` handles and answers after ``release()``; ``flood`` answers
    429 with ``retry_after`` seconds (None: without parameters); ``garbage`` answers 200 with something not JSON.
    method, chat: which calls; None means any. after: how many of them pass unharmed first. times: how many it strikes,
    None means for ever. handled: overrides whether the call takes effect.
    """

    kind: Kind
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    after: int = 0
    status: int = 502
    retry_after: int | None = None
    handled: bool | None = None
    hits: int = 0
    _seen: int = 0
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        if self.kind not in _HANDLED:
            raise ValueError(f"no such kind of fault: {self.kind}; there are {', '.join(_HANDLED)}")

    def takes_effect(self) -> bool:
        """Whether the struck call is handled all the same."""
        return _HANDLED[self.kind] if self.handled is None else self.handled

    def strikes(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is struck; counts it."""
        if self.method not in {None, method} or self.chat not in {None, chat_id}:
            return False
        self._seen += 1
        if self._seen <= self.after or (self.times is not None and self.hits >= self.times):
            return False
        self.hits += 1
        return True

    def release(self) -> None:
        """Let slow (and hanging) calls be answered."""
        self._released.set()

    async def released(self) -> None:
        """Wait for ``release``."""
        await self._released.wait()
