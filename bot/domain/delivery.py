"""The nouns of publishing: what is owed, to whom, and how it stands. Frozen values, as in ``model``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.buttons import Keyboard
from bot.domain.model import Impact, Notice


class Action(StrEnum):
    """What a delivery asks of the far side. POST creates; the others change what is there, so repeating is safe."""

    POST = "post"
    EDIT = "edit"  # bring the first post of the lane up to the present state, or to another text
    PIN = "pin"
    UNPIN = "unpin"
    AMEND = "amend"  # let a later post of the lane carry the words its notice has by now


class Priority(IntEnum):
    """Who goes first when a channel's rate is scarce; lower goes first."""

    OPERATOR = 0
    CHANNEL = 1
    GUEST = 2  # an answer to somebody who is no operator
    SUBSCRIBER = 3  # one of very many alike


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

    Exactly one of ``notice`` and ``text`` (Markdown, for operators and single subscribers) is set.
    keyboard: what a text has below it, None for nothing; topic: of a forum, None for the chat itself;
    silent: arrives without a sound; broadcast: one of very many of the same kind, to a subscriber.
    opening: for EDIT, the notice of the lane's first post, whose words stay below the new state line;
    anchor: receipt of the lane's first post, for AMEND of the post that carries this notice; None while there is none;
    earlier: for an uncertain POST, what the notice said when it may have been published, if its words have changed;
    attempts: how many tries this one is, 1 for the first; owed_at: when it was committed;
    uncertain: an earlier try may have been published: find out before sending again;
    lease: the random token that names this claim; incident_id: whose story it tells, None for a text.
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
    keyboard: Keyboard | None = None
    topic: int | None = None
    silent: bool = False
    broadcast: bool = False
    incident_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The far side's proof of acceptance. id: such as a message id; "" where the far side gives none."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address in one channel, with its language.

    pin: keep the first post pinned while the incident is open; topic: of a forum, None for the chat itself;
    silent: impacts whose posts arrive without a sound.
    """

    channel: str
    address: str
    language: str
    pin: bool = False
    topic: int | None = None
    silent: frozenset[Impact] = frozenset()
