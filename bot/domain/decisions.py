"""What is known when a signal comes in, and what can be decided: the values ``lifecycle`` works with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.model import Impact, Incident, Occasion, Origin, Publish, SignalState, Status
from bot.domain.routing import Rule


class Waits(StrEnum):
    """Why a problem is to be looked at again."""

    CONFIRM = "confirm"  # it must keep firing for a while first
    RECOVER = "recover"  # it must stay well for a while first
    CALM = "calm"  # it comes and goes
    INHIBITED = "inhibited"  # a component that explains it is down
    SILENCED = "silenced"  # an operator or a maintenance window silences its component


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """until: when to look again; None: when something else ends."""

    why: Waits
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How patient automation is with all problems alike.

    changes, within: so many changes in so long make a problem unstable; calm_for: how long it must stay as it is before
    anything more is said.
    """

    changes: int = 4
    within: timedelta = timedelta(minutes=30)
    calm_for: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """What we hold about one problem of one source.

    state: FIRING or RESOLVED, the last we believed; at: when the sender says that state began, else when we heard;
    seen_at: when we heard; incident_id: the incident it opened or joined, None when customers were never told;
    changes: when the state changed lately, oldest first; wait: why it is looked at again, None when it is not;
    spoken_at: when the last statement taken of it was made, None when there was none;
    labels: what the sender said of it when it last fired.
    """

    state: SignalState
    at: datetime
    seen_at: datetime
    incident_id: int | None
    changes: tuple[datetime, ...] = ()
    wait: Wait | None = None
    spoken_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


class WaitingDraft(StrEnum):
    """Which draft of automation's an incident has waiting."""

    NONE = "none"
    OPENING = "opening"  # it would tell customers for the first time
    ENDING = "ending"  # it would close the story
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """Why nothing new may be said about any component the problem hits."""

    wait: Wait
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known when a signal comes in, or a problem is looked at again.

    problem: what we hold about it; hit: the components it is about, in order; components: those of them that may be
    spoken of, and are not the subject of another open incident; muted: why none of them may be spoken of, None when
    some may; partly: the wait for those that may not, None when all may;
    incident: the one that problem belongs to if open, else an open one on its components or of its rule's group, else
    the newest closed one on them that automation opened;
    others_firing: how many other problems of that incident still fire, or have not been well for long enough;
    contested: True when the incident is over, and another one tells of one of its components by now;
    turns: how often automation has told lately that the incident began or ended; waiting: its draft;
    due: True when the time the problem waited for has come, and nobody has said anything new;
    braked: True when that draft waits because automation had published too much.
    """

    problem: ProblemRecord | None
    incident: Incident | None
    others_firing: int
    waiting: WaitingDraft
    now: datetime
    hit: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    muted: Muted | None = None
    partly: Wait | None = None
    contested: bool = False
    turns: int = 0
    due: bool = False
    braked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new incident on the situation's components."""

    rule: Rule
    reason: str
    wait: Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A new update of an incident, which the problem belongs to from now on.

    It takes the place of a draft of automation's that still waits. publish is never ``NEVER``; occasion: None for words
    that follow from the status; widens: components that the incident concerns from now on as well.
    """

    incident_id: int
    status: Status
    impact: Impact
    publish: Publish
    rule: Rule | None
    reason: str
    occasion: Occasion | None = None
    widens: tuple[str, ...] = ()
    wait: Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Automation's waiting draft has become pointless; one that would have opened the story takes it along."""

    incident_id: int
    reason: str
    wait: Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Remember it; customers see nothing new now. incident_id: the incident it joins, None when it belongs to none.

    widens: components the incident concerns from now on as well; they are told a little later, all at once.
    """

    incident_id: int | None
    reason: str
    tell_operators: bool = False
    widens: tuple[str, ...] = ()
    wait: Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Nothing changes."""

    reason: str


Decision = Open | Advance | Withdraw | Hold | Ignore


def name_of(decision: Decision) -> str:
    """What logs and metrics call it: open, advance, withdraw, hold or ignore."""
    return type(decision).__name__.lower()


def unless_human(incident: Incident, publish: Publish) -> Publish:
    """Automation never speaks over a human's words: there it only proposes."""
    return Publish.AFTER_APPROVAL if incident.human or incident.origin is Origin.OPERATOR else publish
