"""One transaction of intake, and what must happen once it has committed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.decisions import Waits
from bot.domain.model import Status
from bot.store.connection import Connection


@dataclass(slots=True, kw_only=True)
class Effects:
    """What a committed transaction has changed.

    revision: the new one when customers see something new, None when not; deliveries: owed by it, wakes the dispatcher;
    due: something will be due at a time, wakes the timers;
    drafts: ids of those that were made, changed or decided on: their cards are drawn anew before it commits;
    told: ids of incidents that customers were told something newer of;
    awake: what problems wait for that has come; translations: wanted from the machine, wakes who asks it;
    broadcasts: begun, wakes who makes their deliveries;
    kept: what Telegram said and nobody has handled yet, wakes who does; staff: operators have changed, and so do the
    commands that Telegram offers them; updates: published ones by status;
    decisions: by (source, decision).
    """

    revision: int | None = None
    deliveries: int = 0
    due: bool = False
    drafts: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    awake: set[Waits] = field(default_factory=set)
    translations: int = 0
    broadcasts: int = 0
    kept: int = 0
    staff: bool = False
    updates: Counter[Status] = field(default_factory=Counter)
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def tidings(self) -> str:
        """What other processes on the same database must know of it, "" for nothing; ``heard`` reads it."""
        told = {name: getattr(self, name) for name in _TOLD}
        return json.dumps(told) if any(told.values()) else ""

    @classmethod
    def heard(cls, tidings: str) -> Effects:
        """What another process has committed, as far as it concerns this one."""
        return cls(**json.loads(tidings))


_TOLD = ("revision", "deliveries", "due", "translations", "broadcasts", "kept", "staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An open transaction. now: the one instant all of it happens at."""

    connection: Connection
    now: datetime
    effects: Effects
