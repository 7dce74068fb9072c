"""Applying signals: decide on each in order, carry the decision out, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.changes import Change
from bot.domain.lifecycle import Advance, Decision, Hold, Ignore, Open, Withdraw, decide, name_of
from bot.domain.model import Incident, Kind, OnDeadline, Origin, Publish, Signal, SignalState, Status
from bot.domain.routing import Rule, first_match
from bot.domain.story import began
from bot.intake.ledger import Ledger, load_ledger
from bot.intake.publishing import Publisher, Words
from bot.intake.summaries import change_of, draft_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import incidents as rows

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    """One signal, with what is known while it is applied."""

    transaction: Transaction
    ledger: Ledger
    signal: Signal
    rule: Rule | None


class Signals:
    """Applies signals by the configured rules."""

    def __init__(self, rules: Sequence[Rule], publisher: Publisher, teller: Teller) -> None:
        self._rules, self._publisher, self._teller = tuple(rules), publisher, teller
        self._reopen_within = max((rule.reopen_within for rule in rules), default=timedelta())

    async def apply(self, transaction: Transaction, signals: Sequence[Signal]) -> list[Decision]:
        """What was decided on each signal, carried out in order."""
        matched = [first_match(self._rules, signal) for signal in signals]
        ledger = await load_ledger(
            transaction.connection,
            {(signal.source, signal.key) for signal in signals},
            {rule.component for rule in matched if rule is not None and rule.component is not None},
            now=transaction.now,
            reopen_within=self._reopen_within,
        )
        cases = [_Case(transaction, ledger, *each) for each in zip(signals, matched, strict=True)]
        decisions = [await self._apply_one(case) for case in cases]
        await ledger.save(transaction.connection)
        await self._tell_unmatched(transaction, signals, decisions)
        for signal, decision in zip(signals, decisions, strict=True):
            transaction.effects.decisions[signal.source, name_of(decision)] += 1
            _note(signal, decision)
        return decisions

    async def _apply_one(self, case: _Case) -> Decision:
        now = case.transaction.now
        decision = decide(case.signal, case.rule, case.ledger.situation(case.signal, case.rule, now))
        incident_id = await self._carry_out(case, decision)
        if _worth_recording(case, decision):
            case.ledger.record(case.signal, incident_id=incident_id, reason=decision.reason, now=now)
        return decision

    async def _carry_out(self, case: _Case, decision: Decision) -> int | None:
        """Do it; returns the incident the problem belongs to from now on."""
        match decision:
            case Open():
                return await self._open(case, decision)
            case Advance():
                await self._advance(case, decision)
                return decision.incident_id
            case Withdraw():
                await self._withdraw(case, case.ledger.incidents[decision.incident_id], decision.reason)
                return decision.incident_id
            case Hold():
                return decision.incident_id
            case Ignore():
                return None

    async def _open(self, case: _Case, decision: Open) -> int:
        rule, now = decision.rule, case.transaction.now
        values = {
            "kind": Kind.OUTAGE,
            "origin": Origin.AUTOMATION,
            "status": Status.INVESTIGATING,
            "impact": rule.impact,
            "publish": rule.publish,
            "started_at": began(case.signal.at, now),
            "human": False,
        }
        components = [rule.component] if rule.component else []
        incident = await rows.insert_incident(case.transaction.connection, values, components)
        words = _words(Status.INVESTIGATING, decision, case.signal, incident)
        await self._say(case, incident, words, publish=rule.publish, rule=rule)
        return incident.id

    async def _advance(self, case: _Case, decision: Advance) -> None:
        incident = case.ledger.incidents[decision.incident_id]
        superseded = case.ledger.drafts.pop(incident.id, None)
        if superseded is not None:
            await self._publisher.discard(case.transaction, superseded)
        words = _words(decision.status, decision, case.signal, incident)
        await self._say(case, incident, words, publish=decision.publish, rule=decision.rule)

    async def _say(self, case: _Case, incident: Incident, words: Words, *, publish: Publish, rule: Rule | None) -> None:
        """Publish at once, or draft and ask; tell operators either way."""
        if publish is Publish.AUTOMATICALLY:
            published = await self._publisher.publish(case.transaction, incident, words)
            case.ledger.incidents[incident.id] = published.incident
            change = await change_of(case.transaction, self._publisher, published)
            await self._tell_published(case.transaction, change, words.because)
            return
        limit = _time_limit(rule, incident, words.status)
        draft = await self._publisher.draft(
            case.transaction,
            incident,
            words,
            deadline=case.transaction.now + limit if limit else None,
            on_deadline=rule.on_deadline if rule and limit else None,
        )
        case.ledger.incidents[incident.id] = incident
        case.ledger.drafts[incident.id] = draft
        card = await draft_of(case.transaction.connection, incident, draft)
        await self._tell(case.transaction, lambda language: self._teller.cards.draft(card, language))

    async def _withdraw(self, case: _Case, incident: Incident, reason: str) -> None:
        draft = case.ledger.drafts.pop(incident.id)
        case.ledger.incidents[incident.id] = await self._publisher.drop(case.transaction, incident, draft)
        cards = self._teller.cards
        await self._tell(case.transaction, lambda language: cards.withdrawn(incident, reason, language))

    async def _tell_published(self, transaction: Transaction, change: Change, because: str) -> None:
        await self._tell(transaction, lambda language: self._teller.cards.published(change, because, language))

    async def _tell_unmatched(
        self, transaction: Transaction, signals: Sequence[Signal], decisions: Sequence[Decision]
    ) -> None:
        """One text for all of them, however many."""
        unmatched = [
            signal
            for signal, decision in zip(signals, decisions, strict=True)
            if isinstance(decision, Hold) and decision.tell_operators
        ]
        if unmatched:
            await self._tell(transaction, lambda language: self._teller.cards.unmatched(unmatched, language))

    async def _tell(self, transaction: Transaction, text: Callable[[str], str]) -> None:
        transaction.effects.deliveries += await self._teller.tell(transaction.connection, text, now=transaction.now)


def _time_limit(rule: Rule | None, incident: Incident, status: Status) -> timedelta | None:
    """How long a draft waits for a yes; None: for ever.

    What a human told waits for a human. And an all-clear that were dropped for want of one would never come again.
    """
    if rule is None or incident.human or incident.origin is Origin.OPERATOR:
        return None
    if status.ends and rule.on_deadline is OnDeadline.DROP:
        return None
    return rule.deadline


def _note(signal: Signal, decision: Decision) -> None:
    """Into the log: what changes a story. A storm of problems that change none must not fill it."""
    say = log.debug if isinstance(decision, Hold | Ignore) else log.info
    say("signal decided", source=signal.source, key=signal.key, decision=name_of(decision), reason=decision.reason)


def _worth_recording(case: _Case, decision: Decision) -> bool:
    """Everything that changed something; of what is ignored only a recovery we had not heard of, so that the firing it
    ended is recognised as late should it come in after it.
    """
    if not isinstance(decision, Ignore):
        return True
    unheard_of = (case.signal.source, case.signal.key) not in case.ledger.problems
    return unheard_of and case.signal.state is SignalState.RESOLVED


def _words(status: Status, decision: Open | Advance, signal: Signal, incident: Incident) -> Words:
    return Words(
        status=status,
        impact=decision.impact if isinstance(decision, Advance) else incident.impact,
        because=f"{signal.source}: {signal.summary or signal.key} ({decision.reason})",
        texts={},
        author=None,
    )
