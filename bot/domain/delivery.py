"""The nouns of publishing: what is owed, to whom, and how it stands. Frozen values, as in ``model``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.model import Notice


class Action(StrEnum):
    """What a delivery asks of the far side. POST creates; the others change what is there, so repeating is safe."""

    POST = "post"
    EDIT = "edit"  # bring the first post of the lane up to the present state
    PIN = "pin"
    UNPIN = "unpin"
    AMEND = "amend"  # let a later post of the lane carry the words its notice has by now


class Priority(IntEnum):
    """Who goes first when a channel's rate is scarce; lower goes first."""

    OPERATOR = 0
    CHANNEL = 1
    SUBSCRIBER = 2


class DeliveryState(StrEnum):
    """Where a delivery stands in the outbox."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    SUPERSEDED = "superseded"  # pointless before it went out: a newer one took its place, or its post is gone
    UNKNOWN = "unknown"  # perhaps published, cannot be settled, policy says leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The obligation to publish one notice (or one text to an operator) at one destination.

    Exactly one of ``notice`` and ``text`` (Markdown, for operators) is set.
    opening: for EDIT, the notice of the lane's first post, whose words stay below the new state line;
    anchor: receipt of the lane's first post, for AMEND of the post that carries this notice; None while there is none;
    earlier: for an uncertain POST, what the notice said when it may have been published, if its words have changed;
    attempts: how many tries this one is, 1 for the first; owed_at: when it was committed;
    uncertain: an earlier try may have been published: find out before sending again;
    lease: the random token that names this claim.
    """

    id: int
    action: Action
    channel: str
    address: str
    lane: str
    priority: Priority
    notice: Notice | None
    text: str | None
    opening: Notice | None
    anchor: str | None
    attempts: int
    uncertain: bool
    owed_at: datetime
    lease: str
    earlier: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The far side's proof of acceptance. id: such as a message id; "" where the far side gives none."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address in one channel, with its language. pin: keep the first post pinned while the incident is open."""

    channel: str
    address: str
    language: str
    pin: bool = False
