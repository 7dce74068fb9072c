"""The nouns of those who asked for notices, and of what is on its way to all of them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.quiet_hours import QuietHours


class BroadcastState(StrEnum):
    """How far an update is on its way to all subscribers."""

    SPREADING = "spreading"  # deliveries are being made
    SENDING = "sending"  # all are made, some are still to go
    DONE = "done"
    SUPERSEDED = "superseded"  # a newer update of the incident goes out instead


class Departure(StrEnum):
    """Why somebody gets no more notices."""

    STOPPED = "stopped"  # said so
    FORGOTTEN = "forgotten"  # wanted everything about them erased
    BLOCKED = "blocked"  # blocked the bot
    DELETED = "deleted"  # the account is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody who asked for notices in their private chat; nothing else is known of them.

    components: what they want to hear of, None for everything; quiet: when they want to hear nothing, None for never;
    stopped: True while they want nothing, but their choices are kept.
    """

    chat_id: int
    language: str
    components: frozenset[str] | None
    quiet: QuietHours | None
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many get notices in private chats. subscribers: by language; stopped: those who want none at present;

    departures: how many have ever left, by the reason.
    """

    subscribers: Mapping[str, int]
    stopped: int
    departures: Mapping[Departure, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a broadcast is at an instant. amends: it brings new words to posts, no new posts.

    sent, owed, failed, superseded: deliveries that are out, still to go, given up, and pointless before they went;
    shown_at, shown_sent: when it was looked at the last time, None when never, and what had gone by then.
    """

    broadcast_id: int
    incident_id: int
    amends: bool
    state: BroadcastState
    sent: int
    owed: int
    failed: int
    superseded: int
    began_at: datetime
    at: datetime
    shown_at: datetime | None
    shown_sent: int

    @property
    def per_second(self) -> float:
        """How many have gone a second of late; 0.0 while nobody can tell."""
        since, before = (self.shown_at, self.shown_sent) if self.shown_at is not None else (self.began_at, 0)
        seconds = (self.at - since).total_seconds()
        return max(0.0, (self.sent - before) / seconds) if seconds > 0 else 0.0

    @property
    def ends_at(self) -> datetime | None:
        """When the last one will have gone if it goes on like this; None while nobody can tell."""
        if self.owed == 0:
            return self.at
        speed = self.per_second
        return self.at + timedelta(seconds=self.owed / speed) if speed > 0 else None
