"""How publishing one story stands, place by place, as values: what operators look at once they have published. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery import Action, DeliveryState
from bot.domain.model import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """One delivery that will not be tried again by itself. state: DEAD, or UNKNOWN when it may be there; error: why;

    at: when that was known; overtaken: something newer has gone there since, or will, so that it comes too late.
    """

    id: int
    action: Action
    state: DeliveryState
    error: str
    at: datetime
    overtaken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One destination of a story. sent: how many posts; waiting: how many deliveries; lost: newest last;

    since: when the oldest that waits was owed; next_try: when the next is tried, None when none waits; error: what the
    last try of one that waits said, "" for nothing.
    """

    channel: str
    address: str
    topic: int | None
    language: str
    sent: int = 0
    waiting: int = 0
    since: datetime | None = None
    next_try: datetime | None = None
    error: str = ""
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All of a story's. subscribers: by language and state, how many deliveries to single people; never to whom."""

    incident: Incident
    places: tuple[Place, ...]
    subscribers: Mapping[tuple[str, DeliveryState], int]
