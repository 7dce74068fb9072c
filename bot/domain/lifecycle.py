"""What a signal changes: open, advance, withdraw, hold, ignore - each with its reason. Pure; one function decides.

It does not know how notices are worded, stored or sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.model import Impact, Incident, Origin, Publish, Signal, SignalState, Status, worst
from bot.domain.routing import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """What we hold about one problem of one source.

    state: FIRING or RESOLVED, the last we believed; at: when the sender says that state began, else when we heard;
    seen_at: when we heard; incident_id: the incident it opened or joined, None when customers were never told.
    """

    state: SignalState
    at: datetime
    seen_at: datetime
    incident_id: int | None


OVERTAKEN_WITHIN = timedelta(minutes=2)
"""Requests overtake each other by seconds; a monitor repeats what still fires after minutes."""


class WaitingDraft(StrEnum):
    """Which draft of automation's an incident has waiting."""

    NONE = "none"
    OPENING = "opening"  # it would tell customers for the first time
    ENDING = "ending"  # it would close the story
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known when a signal comes in.

    problem: what we hold about the same problem;
    incident: the one that problem belongs to if open, else an open one on the rule's component, else the newest closed
    one on it that automation opened; others_firing: how many other problems of that incident still fire;
    waiting: its draft.
    """

    problem: ProblemRecord | None
    incident: Incident | None
    others_firing: int
    waiting: WaitingDraft
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new incident."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A new update of an incident, which the problem belongs to from now on.

    It takes the place of a draft of automation's that still waits. publish is never ``NEVER``.
    """

    incident_id: int
    status: Status
    impact: Impact
    publish: Publish
    rule: Rule | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Automation's waiting draft has become pointless; one that would have opened the story takes it along."""

    incident_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Remember it; customers see nothing new. incident_id: the incident it joins, None when it belongs to none."""

    incident_id: int | None
    reason: str
    tell_operators: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Nothing changes."""

    reason: str


Decision = Open | Advance | Withdraw | Hold | Ignore


def name_of(decision: Decision) -> str:
    """What logs and metrics call it: open, advance, withdraw, hold or ignore."""
    return type(decision).__name__.lower()


_SILENT = {
    SignalState.PENDING: "the sender is not sure yet",
    SignalState.MAINTENANCE: "the sender has it under maintenance",
    SignalState.ACKNOWLEDGED: "an acknowledgement changes nothing for customers",
    SignalState.NO_DATA: "the sender has no data: neither up nor down",
    SignalState.TEST: "a test of the connection",
    SignalState.UNKNOWN: "a state this source does not define: never up, never down",
}


def decide(signal: Signal, rule: Rule | None, situation: Situation) -> Decision:
    """What the signal changes. Total: every signal gets a decision with a reason."""
    if signal.state in _SILENT:
        return Ignore(reason=_SILENT[signal.state])
    if _late(signal, situation.problem, situation.now):
        return Ignore(reason="sent before what we already know about this problem")
    if signal.state is SignalState.FIRING:
        return _firing(rule, situation)
    return _resolved(rule, situation)


def _late(signal: Signal, problem: ProblemRecord | None, now: datetime) -> bool:
    """A firing counts as overtaken by its recovery only for a while.

    A monitor that had lost sight of a problem says, when it sees it again, that it began before that "recovery".
    """
    if problem is None or signal.at is None or signal.state is problem.state or signal.at >= problem.at:
        return False
    return signal.state is SignalState.RESOLVED or now - problem.seen_at < OVERTAKEN_WITHIN


def _firing(rule: Rule | None, situation: Situation) -> Decision:
    problem, incident = situation.problem, situation.incident
    known = problem is not None and problem.state is SignalState.FIRING
    if known and problem is not None and problem.incident_id is not None:
        return Ignore(reason=f"already part of incident {problem.incident_id}")
    if rule is None:
        return _held(known, "no rule matches", tell_operators=True)
    if rule.publish is Publish.NEVER:
        return _held(known, f"rule {rule.number} says never")
    if incident is None:
        return Open(rule=rule, reason=f"rule {rule.number}")
    return _joins(rule, incident, situation) if incident.open else _relapse(rule, incident, situation)


def _held(known: bool, reason: str, *, tell_operators: bool = False) -> Decision:
    if known:
        return Ignore(reason=f"still firing, and {reason}")
    return Hold(incident_id=None, reason=reason, tell_operators=tell_operators)


def _joins(rule: Rule, incident: Incident, situation: Situation) -> Decision:
    """The component is already the subject of an open incident: a second one would only repeat it."""
    if situation.waiting is WaitingDraft.ENDING:
        return Withdraw(incident_id=incident.id, reason="it fires again before the all-clear was published")
    worse = worst(rule.impact, incident.impact)
    if situation.waiting is WaitingDraft.OPENING and rule.publish is Publish.AUTOMATICALLY:
        return Advance(
            incident_id=incident.id,
            status=incident.status,
            impact=worse,
            publish=Publish.AUTOMATICALLY,
            rule=rule,
            reason=f"rule {rule.number} needs no yes, the draft of incident {incident.id} did",
        )
    if worse is incident.impact or incident.human or situation.waiting is not WaitingDraft.NONE:
        return Hold(incident_id=incident.id, reason=f"incident {incident.id} already tells customers")
    return Advance(
        incident_id=incident.id,
        status=incident.status,
        impact=worse,
        publish=rule.publish,
        rule=rule,
        reason=f"rule {rule.number}: a worse problem joined incident {incident.id}",
    )


def _relapse(rule: Rule, incident: Incident, situation: Situation) -> Decision:
    publish = _unless_human(incident, rule.publish)
    if situation.waiting is not WaitingDraft.NONE and publish is not Publish.AUTOMATICALLY:
        return Hold(incident_id=incident.id, reason=f"a draft of incident {incident.id} already waits")
    closed_at = incident.closed_at
    if incident.published_at is None or closed_at is None or situation.now - closed_at > rule.reopen_within:
        return Open(rule=rule, reason=f"rule {rule.number}")
    return Advance(
        incident_id=incident.id,
        status=Status.INVESTIGATING,
        impact=rule.impact,
        publish=publish,
        rule=rule,
        reason=f"relapse of incident {incident.id} within {rule.reopen_within}",
    )


def _resolved(rule: Rule | None, situation: Situation) -> Decision:
    problem, incident = situation.problem, situation.incident
    if problem is None:
        return Ignore(reason="recovery of a problem never announced")
    if problem.state is SignalState.RESOLVED:
        return Ignore(reason="already recovered")
    if problem.incident_id is None:
        return Hold(incident_id=None, reason="recovered; customers were never told")
    if incident is None or incident.id != problem.incident_id:
        return Hold(incident_id=problem.incident_id, reason=f"recovered; incident {problem.incident_id} is over")
    if situation.others_firing:
        return Hold(incident_id=incident.id, reason=f"{situation.others_firing} other problems still fire")
    return _all_recovered(rule, incident, situation.waiting)


def _all_recovered(rule: Rule | None, incident: Incident, waiting: WaitingDraft) -> Decision:
    if waiting is WaitingDraft.OPENING or (waiting is WaitingDraft.OTHER and not incident.open):
        return Withdraw(incident_id=incident.id, reason="it recovered before the draft was published")
    if not incident.open:
        return Hold(incident_id=incident.id, reason=f"recovered; incident {incident.id} is closed already")
    if waiting is WaitingDraft.ENDING:
        return Hold(incident_id=incident.id, reason="recovered; the all-clear already waits for a yes")
    return Advance(
        incident_id=incident.id,
        status=Status.RESOLVED,
        impact=incident.impact,
        publish=_unless_human(incident, incident.publish),
        rule=rule,
        reason=f"all problems of incident {incident.id} have recovered",
    )


def _unless_human(incident: Incident, publish: Publish) -> Publish:
    """Automation never speaks over a human's words: there it only proposes."""
    return Publish.AFTER_APPROVAL if incident.human or incident.origin is Origin.OPERATOR else publish
