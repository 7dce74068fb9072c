"""What a firing changes where there is a story already: an open one it joins, or one that was over. Pure."""

from __future__ import annotations

from bot.domain.decisions import (
    Advance,
    Decision,
    Hold,
    Judgement,
    Open,
    Situation,
    WaitingDraft,
    Withdraw,
    unless_human,
)
from bot.domain.flapping import may_reopen, turns_too_often, unstable
from bot.domain.model import Incident, Origin, Publish, SignalState, Status, worst
from bot.domain.routing import Rule


def joins(rule: Rule, incident: Incident, situation: Situation) -> Decision:
    """The open incident already tells of it, or of its group: a second one would only repeat it."""
    if situation.waiting is WaitingDraft.ENDING:
        return Withdraw(incident_id=incident.id, reason="it fires again before the all-clear was published")
    widens = tuple(name for name in situation.components if name not in incident.components)
    worse = worst(rule.impact, incident.impact) is not incident.impact and situation.muted is None
    if incident.human or incident.origin is Origin.OPERATOR:
        return _beside_a_human(incident, widens, worse=worse)
    opening = situation.waiting is WaitingDraft.OPENING
    if opening and rule.publish is Publish.AUTOMATICALLY and not situation.braked and situation.muted is None:
        reason = f"rule {rule.number} needs no yes, the draft of incident {incident.id} did"
        return _advance(incident, rule, Publish.AUTOMATICALLY, reason, widens=widens)
    if not worse or situation.waiting is WaitingDraft.OTHER:
        reason = f"incident {incident.id} already tells customers"
        grown = f"joins incident {incident.id}: {', '.join(widens)}"
        return Hold(incident_id=incident.id, reason=grown if widens else reason, widens=widens)
    reason = f"rule {rule.number}: a worse problem joined incident {incident.id}"
    publish = Publish.AFTER_APPROVAL if opening else rule.publish
    return _advance(incident, rule, publish, reason, widens=widens)


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
    return Advance(
        incident_id=incident.id,
        status=Status.INVESTIGATING,
        impact=rule.impact,
        publish=publish,
        rule=rule,
        reason=f"relapse of incident {incident.id} within {rule.reopen_within}",
        widens=tuple(name for name in situation.components if name not in incident.components),
    )
