"""What a signal changes: open, advance, withdraw, hold, ignore - each with its reason. Pure; one function decides.

It does not know how notices are worded, stored or sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.decisions import (
    Advance,
    Decision,
    Hold,
    Ignore,
    Judgement,
    Muted,
    Open,
    ProblemRecord,
    Situation,
    Wait,
    WaitingDraft,
    Waits,
    Withdraw,
    unless_human,
)
from bot.domain.flapping import (
    calming,
    comes_and_goes,
    flaps,
    just_began_to_flap,
    recovers_again,
    turns_too_often,
    unstable,
)
from bot.domain.joining import joins, relapse
from bot.domain.model import Incident, Occasion, Publish, Signal, SignalState, Status, worst
from bot.domain.routing import Rule

REMEMBERED = timedelta(days=30)
"""How long recovered problems are kept: of what is older nobody can say whether it is over."""

OVERTAKEN_WITHIN = timedelta(minutes=2)
"""Requests overtake each other by seconds; a monitor repeats what still fires after minutes."""

_STANDARD = Judgement()
_SILENT = {
    SignalState.PENDING: "the sender is not sure yet",
    SignalState.MAINTENANCE: "the sender has it under maintenance",
    SignalState.ACKNOWLEDGED: "an acknowledgement changes nothing for customers",
    SignalState.NO_DATA: "the sender has no data: neither up nor down",
    SignalState.TEST: "a test of the connection",
    SignalState.UNKNOWN: "a state this source does not define: never up, never down",
}


def decide(signal: Signal, rule: Rule | None, situation: Situation, judgement: Judgement = _STANDARD) -> Decision:
    """What the signal changes. Total: every signal gets a decision with a reason."""
    if signal.state is SignalState.STATEMENT:
        return _statement(signal, situation)
    if signal.state in _SILENT:
        return Ignore(reason=_SILENT[signal.state])
    if _late(signal, situation.problem, situation.now):
        return Ignore(reason="sent before what we already know about this problem")
    if signal.state is SignalState.FIRING:
        return _firing(signal, rule, situation, judgement)
    return _resolved(signal, rule, situation, judgement)


def _late(signal: Signal, problem: ProblemRecord | None, now: datetime) -> bool:
    """A firing counts as overtaken by its recovery only for a while, unless the sender's times put its words in order.

    A monitor that had lost sight of a problem says, when it sees it again, that it began before that "recovery".
    """
    if _forgotten(signal, now):
        return True
    if problem is None or signal.at is None or signal.state is problem.state or signal.at >= problem.at:
        return False
    return signal.ordered or signal.state is SignalState.RESOLVED or now - problem.seen_at < OVERTAKEN_WITHIN


def _statement(signal: Signal, situation: Situation) -> Decision:
    """A human's words for customers, from another system: the best draft there is, and no more than that."""
    incident, problem = situation.incident, situation.problem
    if _forgotten(signal, situation.now) or (problem is not None and _said_already(signal, problem)):
        return Ignore(reason="words we have had already, or could have forgotten")
    its_own = problem is not None and incident is not None and problem.incident_id == incident.id
    if incident is None or not its_own or not incident.open:
        return Hold(incident_id=None, reason="words for customers, but no open incident for them", tell_operators=True)
    return Advance(
        incident_id=incident.id,
        status=incident.status,
        impact=incident.impact,
        publish=Publish.AFTER_APPROVAL,
        rule=None,
        reason="somebody wrote these words for customers",
    )


def _said_already(signal: Signal, problem: ProblemRecord) -> bool:
    return problem.spoken_at is not None and signal.at is not None and signal.at <= problem.spoken_at


def _forgotten(signal: Signal, now: datetime) -> bool:
    """True when the word is so old that what it is about may be over and forgotten."""
    return signal.at is not None and signal.ordered and now - signal.at > REMEMBERED


# --- it fires ---


def _firing(signal: Signal, rule: Rule | None, situation: Situation, judgement: Judgement) -> Decision:
    problem = situation.problem
    known = problem is not None and problem.state is SignalState.FIRING
    if known and problem is not None and (again := _nothing_new(signal, rule, problem, situation)):
        return again
    known = known and not situation.due
    if rule is None:
        return _held(known, "no rule matches", tell_operators=True)
    if rule.publish is Publish.NEVER:
        return _held(known, f"rule {rule.number} says never")
    if not situation.hit:
        return _held(known, f"no component depends on it (rule {rule.number} names none)")
    decision = _patience(signal, rule, situation, judgement) or _begins(signal, rule, situation, judgement)
    if situation.partly is None or isinstance(decision, Ignore) or decision.wait is not None:
        return decision
    silent = isinstance(decision, Withdraw) or (isinstance(decision, Hold) and decision.incident_id is None)
    return decision if silent else replace(decision, wait=situation.partly)


def _begins(signal: Signal, rule: Rule, situation: Situation, judgement: Judgement) -> Decision:
    """It may be spoken of now: as a story of its own, as part of one, or as the relapse of one."""
    incident = situation.incident
    steady = incident is not None and incident.open and situation.others_firing > 0
    if flaps(signal.state, situation, judgement) and not steady:
        return comes_and_goes(signal.state, rule, situation, judgement)
    if incident is None:
        return Open(rule=rule, reason=f"rule {rule.number}")
    return joins(rule, incident, situation) if incident.open else relapse(rule, incident, situation, judgement)


def _nothing_new(signal: Signal, rule: Rule | None, problem: ProblemRecord, situation: Situation) -> Decision | None:
    """The answer to what is only repeated, or steady by now; None when it is worth a thought."""
    incident = situation.incident
    if problem.incident_id is None:
        waits = problem.wait is not None and not situation.due
        return Ignore(reason=f"still firing, and waits ({problem.wait.why})") if waits and problem.wait else None
    if incident is not None and incident.id == problem.incident_id and incident.open:
        if rule is not None and _more_to_say(signal, rule, problem, incident, situation):
            return None
        if situation.due and situation.partly is not None:
            return Hold(incident_id=incident.id, reason="some of its components are still muted", wait=situation.partly)
        return Ignore(reason=f"already part of incident {incident.id}")
    if signal.at is None or signal.at <= problem.at or situation.waiting is not WaitingDraft.NONE:
        return Ignore(reason=f"already part of incident {problem.incident_id}")
    return None  # it has begun anew, and nobody told us that it had ended


def _more_to_say(signal: Signal, rule: Rule, problem: ProblemRecord, incident: Incident, situation: Situation) -> bool:
    """Whether a problem that an open incident tells of has become worse, or hits what may be spoken of only now."""
    if rule.publish is Publish.NEVER:
        return False
    otherwise = situation.due or signal.labels != problem.labels
    worse = otherwise and worst(rule.impact, incident.impact) is not incident.impact
    more = situation.due and any(name not in incident.components for name in situation.components)
    return worse or more


def _held(known: bool, reason: str, *, tell_operators: bool = False) -> Decision:
    if known:
        return Ignore(reason=f"still firing, and {reason}")
    return Hold(incident_id=None, reason=reason, tell_operators=tell_operators)


def _patience(signal: Signal, rule: Rule, situation: Situation, judgement: Judgement) -> Decision | None:
    """What makes a beginning wait: its component is muted, or it must keep firing first. What is told goes on."""
    problem, incident = situation.problem, situation.incident
    told = incident is not None and incident.open
    if told and incident is not None and problem is not None and problem.incident_id == incident.id:
        return None
    if situation.muted is not None:
        named = told and incident is not None and bool(set(situation.hit) & set(incident.components))
        return joins(rule, incident, situation) if named and incident else _mute(situation.muted)
    confirmed_at = min(signal.at or situation.now, situation.now) + rule.confirm_for
    if confirmed_at <= situation.now:
        return None
    return Hold(
        incident_id=None,
        reason=f"rule {rule.number}: it must keep firing for {rule.confirm_for}",
        wait=Wait(why=Waits.CONFIRM, until=confirmed_at),
        tell_operators=just_began_to_flap(signal.state, situation, judgement),
    )


def _mute(muted: Muted) -> Hold:
    return Hold(incident_id=None, reason=muted.reason, wait=muted.wait)


# --- it has recovered ---


def _resolved(signal: Signal, rule: Rule | None, situation: Situation, judgement: Judgement) -> Decision:
    problem, incident = situation.problem, situation.incident
    if problem is None:
        return Ignore(reason="recovery of a problem never announced")
    if problem.state is SignalState.RESOLVED and not situation.due:
        return Ignore(reason="already recovered")
    if problem.incident_id is None:
        patient = rule is not None and rule.publish is not Publish.NEVER and rule.confirm_for > timedelta()
        return Hold(
            incident_id=None,
            reason="recovered; customers were never told",
            wait=calming(situation, judgement),
            tell_operators=patient and just_began_to_flap(signal.state, situation, judgement),
        )
    if incident is None or incident.id != problem.incident_id:
        return Hold(incident_id=problem.incident_id, reason=f"recovered; incident {problem.incident_id} is over")
    if flaps(signal.state, situation, judgement) or (incident.unstable and not situation.due):
        return recovers_again(rule, incident, situation, judgement)
    if wait := _must_stay_well(signal, rule, situation):
        reason = f"it must stay well for {rule.recover_for}" if rule else ""
        return Hold(incident_id=incident.id, reason=reason, wait=wait)
    if situation.others_firing:
        return Hold(incident_id=incident.id, reason=f"{situation.others_firing} other problems still fire")
    return _all_recovered(rule, incident, situation, judgement)


def _must_stay_well(signal: Signal, rule: Rule | None, situation: Situation) -> Wait | None:
    if rule is None:
        return None
    well_at = min(signal.at or situation.now, situation.now) + rule.recover_for
    return Wait(why=Waits.RECOVER, until=well_at) if well_at > situation.now else None


def _all_recovered(rule: Rule | None, incident: Incident, situation: Situation, judgement: Judgement) -> Decision:
    waiting = situation.waiting
    if waiting is WaitingDraft.OPENING or (waiting is WaitingDraft.OTHER and not incident.open):
        return Withdraw(incident_id=incident.id, reason="it recovered before the draft was published")
    if not incident.open:
        return Hold(incident_id=incident.id, reason=f"recovered; incident {incident.id} is closed already")
    if waiting is WaitingDraft.ENDING:
        return Hold(incident_id=incident.id, reason="recovered; the all-clear already waits for a yes")
    if turns_too_often(situation, judgement) and not incident.unstable and not incident.human:
        return unstable(SignalState.RESOLVED, rule, incident, situation, judgement)
    return Advance(
        incident_id=incident.id,
        status=Status.RESOLVED,
        impact=incident.impact,
        publish=unless_human(incident, incident.publish),
        rule=rule,
        reason=f"all problems of incident {incident.id} have recovered",
        occasion=Occasion.STABLE if incident.unstable else None,
    )
