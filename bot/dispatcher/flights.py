"""What is being carried out at the moment, and how much more of it there should be. Claims and sends nothing.

Operators and channels have places of their own, which neither guests nor a broadcast can fill. Of a broadcast no more
is claimed than can leave within a moment: what is claimed can no longer be superseded, and keeps an operator who also
subscribed waiting.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.dispatcher.turns import Turns
from bot.domain.delivery import Delivery, Priority

URGENT = 64
"""Places of operators and channels."""
GUESTS = 32
"""Places of answers to everybody else."""
AHEAD = 0.4
"""Seconds' worth of a broadcast that waits for its turns; it is filled up when half of that is left."""
MOST_AHEAD = 400
IN_THE_AIR = 400
"""Calls of a broadcast that may wait for answers besides; all together fewer than there are connections."""

_URGENT = (Priority.OPERATOR, Priority.CHANNEL)
_GUESTS = (Priority.GUEST, Priority.GUEST)
_BROADCAST = (Priority.SUBSCRIBER, Priority.SUBSCRIBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What should be claimed: up to ``limit`` deliveries of these channels and priorities (from, to)."""

    channels: tuple[str, ...]
    priorities: tuple[Priority, Priority]
    limit: int


@dataclass(slots=True)
class _Flight:
    """left: whether its turn has come."""

    delivery: Delivery
    left: bool = False


class Flights:
    """The deliveries in hand."""

    def __init__(self, turns: Mapping[str, Turns]) -> None:
        self._turns = dict(turns)
        self._flights: dict[asyncio.Task[None], _Flight] = {}

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """What carries them out."""
        return set(self._flights)

    @property
    def ids(self) -> list[int]:
        """Of the deliveries."""
        return [flight.delivery.id for flight in self._flights.values()]

    def began(self, task: asyncio.Task[None], delivery: Delivery) -> None:
        """A delivery was claimed."""
        self._flights[task] = _Flight(delivery)

    def left(self, task: asyncio.Task[None] | None) -> None:
        """Its turn has come."""
        if task in self._flights:
            self._flights[task].left = True

    def landed(self, task: asyncio.Task[None]) -> Delivery:
        """It is done with, in whatever way."""
        return self._flights.pop(task).delivery

    def lots(self, channels: Collection[str]) -> list[Lot]:
        """What of these channels there is room for, the urgent first."""
        lots = [
            Lot(channels=tuple(channels), priorities=_URGENT, limit=URGENT - self._taken(_URGENT)),
            Lot(channels=tuple(channels), priorities=_GUESTS, limit=GUESTS - self._taken(_GUESTS)),
        ]
        lots += [Lot(channels=(each,), priorities=_BROADCAST, limit=self._room(each)) for each in channels]
        return [lot for lot in lots if lot.channels and lot.limit > 0]

    def _taken(self, places: tuple[Priority, Priority]) -> int:
        return sum(flight.delivery.priority in places for flight in self._flights.values())

    def _room(self, channel: str) -> int:
        flights = [
            flight
            for flight in self._flights.values()
            if flight.delivery.priority is Priority.SUBSCRIBER and flight.delivery.channel == channel
        ]
        waiting = [flight.delivery for flight in flights if not flight.left]
        pace = self._turns[channel].pace(waiting[0] if waiting else None)
        ahead = min(MOST_AHEAD, max(2, math.ceil(pace * AHEAD)))
        if len(waiting) > ahead / 2:
            return 0
        return min(ahead - len(waiting), ahead + IN_THE_AIR - len(flights))
