"""What a firing changes where there is a story already: an open one it joins, or one that was over. Pure."""

from __future__ import annotations

from bot.domain.decisions import (
    Advance,
    Decision,
    Hold,
    Judgement,
    Open,
    Situation,
    Wait,
    WaitingDraft,
    Waits,
    Withdraw,
    unless_human,
)
from bot.domain.flapping import may_reopen, turns_too_often, unstable
from bot.domain.model import Incident, Origin, Publish, SignalState, Status, worst
from bot.domain.routing import Rule


def joins(rule: Rule, incident: Incident, situation: Situation) -> Decision:
    """The open incident already tells of it, or of its group: a second one would only repeat it."""
    new = tuple(name for name in situation.components if name not in incident.components)
    worse = worst(rule.impact, incident.impact) is not incident.impact
    if situation.waiting is WaitingDraft.ENDING:
        again = Wait(why=Waits.CONFIRM, until=situation.now) if new or worse else None
        return Withdraw(incident_id=incident.id, reason="it fires again before the all-clear was published", wait=again)
    if incident.human or incident.origin is Origin.OPERATOR:
        return _beside_a_human(incident, new, worse=worse)
    if situation.muted is not None:
        reason = f"part of incident {incident.id}; {situation.muted.reason}"
        return Hold(incident_id=incident.id, reason=reason, wait=situation.muted.wait)
    return _grows(rule, incident, situation, new, worse=worse)


def _grows(rule: Rule, incident: Incident, situation: Situation, new: tuple[str, ...], *, worse: bool) -> Decision:
    """Automation's own story becomes wider or worse. What pages show of it must need no yes."""
    opening, automatic = situation.waiting is WaitingDraft.OPENING, rule.publish is Publish.AUTOMATICALLY
    whole = set(incident.components) <= set(situation.hit)
    if opening and automatic and whole and not situation.braked:
        reason = f"rule {rule.number} needs no yes, the draft of incident {incident.id} did"
        return _advance(incident, rule, Publish.AUTOMATICALLY, reason, widens=new)
    widens = new if automatic or incident.published_at is None else ()
    if worse and situation.waiting is not WaitingDraft.OTHER:
        reason = f"rule {rule.number}: a worse problem joined incident {incident.id}"
        publish = Publish.AFTER_APPROVAL if opening and not situation.braked else rule.publish
        return _advance(incident, rule, publish, reason, widens=widens)
    reason = f"incident {incident.id} already tells customers"
    if widens:
        return Hold(incident_id=incident.id, reason=f"joins incident {incident.id}: {', '.join(widens)}", widens=widens)
    if new:
        reason = f"it hits {', '.join(new)} too, of which incident {incident.id} may not tell without a yes"
    return Hold(incident_id=incident.id, reason=reason, tell_operators=bool(new))


def _beside_a_human(incident: Incident, widens: tuple[str, ...], *, worse: bool) -> Hold:
    """Automation adds nothing to a human's story; operators learn what they would want to add."""
    reason = f"incident {incident.id}, which a human tells, already tells customers"
    if widens or worse:
        more = f"it hits {', '.join(widens)} too" if widens else "it is worse than that says"
        reason = f"{more}, and a human tells incident {incident.id}"
    return Hold(incident_id=incident.id, reason=reason, tell_operators=bool(widens) or worse)


def _advance(incident: Incident, rule: Rule, publish: Publish, reason: str, *, widens: tuple[str, ...] = ()) -> Advance:
    """The incident with the worst impact, its status as it is."""
    return Advance(
        incident_id=incident.id,
        status=incident.status,
        impact=worst(rule.impact, incident.impact),
        publish=publish,
        rule=rule,
        reason=reason,
        widens=widens,
    )


def relapse(rule: Rule, incident: Incident, situation: Situation, judgement: Judgement) -> Decision:
    """It fires again after its story was over."""
    publish = unless_human(incident, rule.publish)
    if situation.waiting is not WaitingDraft.NONE and publish is not Publish.AUTOMATICALLY:
        return Hold(incident_id=incident.id, reason=f"a draft of incident {incident.id} already waits")
    if not may_reopen(rule, incident, situation):
        return Open(rule=rule, reason=f"rule {rule.number}")
    if turns_too_often(situation, judgement):
        return unstable(SignalState.FIRING, rule, incident, situation, judgement)
    new = tuple(name for name in situation.components if name not in incident.components)
    return Advance(
        incident_id=incident.id,
        status=Status.INVESTIGATING,
        impact=rule.impact,
        publish=publish,
        rule=rule,
        reason=f"relapse of incident {incident.id} within {rule.reopen_within}",
        widens=new if publish is Publish.AUTOMATICALLY else (),
    )
