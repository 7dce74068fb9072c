"""One transaction of intake, and what must happen once it has committed."""

from __future__ import annotations

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
    awake: what problems wait for that has come; translations: wanted from the machine, wakes who asks it;
    updates: published ones by status;
    decisions: by (source, decision).
    """

    revision: int | None = None
    deliveries: int = 0
    due: bool = False
    awake: set[Waits] = field(default_factory=set)
    translations: int = 0
    updates: Counter[Status] = field(default_factory=Counter)
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An open transaction. now: the one instant all of it happens at."""

    connection: Connection
    now: datetime
    effects: Effects
