"""When a problem, or a whole story, comes and goes so often that telling each time would only disturb. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.domain.decisions import (
    Advance,
    Decision,
    Hold,
    Judgement,
    Situation,
    Wait,
    WaitingDraft,
    Waits,
    Withdraw,
    unless_human,
)
from bot.domain.model import Incident, Occasion, SignalState, Status
from bot.domain.routing import Rule

_MOST_KEPT = 20


def changes(
    before: SignalState | None, kept: tuple[datetime, ...], state: SignalState, *, now: datetime, judgement: Judgement
) -> tuple[datetime, ...]:
    """When a problem changed lately, oldest first, given the state it had and the one it has now."""
    lately = tuple(at for at in kept if now - at <= judgement.within)
    return (*lately, now)[-_MOST_KEPT:] if state is not before else lately


def flaps(state: SignalState, situation: Situation, judgement: Judgement) -> bool:
    """True when the problem in its new state is unstable; it stays so until it has been calm for long enough."""
    problem = situation.problem
    if situation.due:
        return False
    if problem is not None and problem.wait is not None and problem.wait.why is Waits.CALM:
        return True
    before, kept = (problem.state, problem.changes) if problem else (None, ())
    return len(changes(before, kept, state, now=situation.now, judgement=judgement)) >= judgement.changes


def just_began_to_flap(state: SignalState, situation: Situation, judgement: Judgement) -> bool:
    """True when this change is the one that makes the problem unstable."""
    problem = situation.problem
    if problem is None or situation.due:
        return False
    before = len(changes(problem.state, problem.changes, problem.state, now=situation.now, judgement=judgement))
    after = len(changes(problem.state, problem.changes, state, now=situation.now, judgement=judgement))
    return before < judgement.changes <= after


def turns_too_often(situation: Situation, judgement: Judgement) -> bool:
    """True when telling once more that the story began or ended would make it an unstable one."""
    return not situation.due and situation.turns + 1 >= judgement.changes


def may_reopen(rule: Rule, incident: Incident, situation: Situation) -> bool:
    """True when a relapse now continues the story."""
    closed_at = incident.closed_at
    if situation.contested or incident.published_at is None or closed_at is None:
        return False
    return situation.now - closed_at <= rule.reopen_within


def comes_and_goes(state: SignalState, rule: Rule, situation: Situation, judgement: Judgement) -> Decision:
    """One notice says so, then there is quiet until it has been calm for a while."""
    incident = situation.incident
    if incident is not None and not incident.open and may_reopen(rule, incident, situation):
        return unstable(state, rule, incident, situation, judgement)
    wait = _until_calm(situation, judgement)
    if incident is None or not incident.open:
        return Hold(incident_id=None, reason=_UNSTABLE, wait=wait, tell_operators=not _is_calming(situation))
    if situation.waiting is WaitingDraft.ENDING and state is SignalState.FIRING:
        return Withdraw(incident_id=incident.id, reason=f"{_UNSTABLE}; it fires again", wait=wait)
    proposed = situation.waiting is not WaitingDraft.NONE or _is_calming(situation)
    if incident.unstable or incident.human or proposed:
        return Hold(incident_id=incident.id, reason=_UNSTABLE, wait=wait)
    return unstable(state, rule, incident, situation, judgement)


_UNSTABLE = "it comes and goes: quiet until it is calm"


def _is_calming(situation: Situation) -> bool:
    wait = situation.problem.wait if situation.problem else None
    return wait is not None and wait.why is Waits.CALM


def _until_calm(situation: Situation, judgement: Judgement) -> Wait:
    return Wait(why=Waits.CALM, until=situation.now + judgement.calm_for)


def unstable(
    state: SignalState, rule: Rule | None, incident: Incident, situation: Situation, judgement: Judgement
) -> Advance:
    """The one notice that says it comes and goes."""
    publish = rule.publish if rule is not None else incident.publish
    return Advance(
        incident_id=incident.id,
        status=Status.INVESTIGATING if state is SignalState.FIRING else Status.MONITORING,
        impact=incident.impact,
        publish=unless_human(incident, publish),
        rule=rule,
        reason=_UNSTABLE,
        occasion=Occasion.UNSTABLE,
        wait=_until_calm(situation, judgement),
    )


def calming(situation: Situation, judgement: Judgement) -> Wait | None:
    """A problem known to come and go is watched on while it is well."""
    return _until_calm(situation, judgement) if _is_calming(situation) and not situation.due else None


def recovers_again(rule: Rule | None, incident: Incident, situation: Situation, judgement: Judgement) -> Decision:
    """What a recovery of something unstable changes."""
    told = incident.unstable or incident.human or not incident.open or _is_calming(situation)
    if told or situation.others_firing or situation.waiting is not WaitingDraft.NONE:
        return Hold(incident_id=incident.id, reason=_UNSTABLE, wait=_until_calm(situation, judgement))
    return unstable(SignalState.RESOLVED, rule, incident, situation, judgement)
