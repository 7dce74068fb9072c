"""Applying signals: decide on each in order, have the decision carried out, all in the caller's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.decisions import Advance, Decision, Hold, Ignore, Open, Withdraw, name_of
from bot.domain.lifecycle import decide
from bot.domain.model import Incident, Signal, SignalState
from bot.domain.routing import Rule, first_match, hit
from bot.intake.apart import apart
from bot.intake.carrying import Carrier, Case
from bot.intake.digests import Digests, Topic
from bot.intake.ledger import Concern, Ledger, Quarters, load_ledger
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import problems

BREATH = 100
"""Others get a turn after so many decisions: a storm must not hold up pages and health checks."""

MOST_AT_ONCE = 500
"""Problems judged again in one transaction; the rest follow in the next."""

PUT_OFF = timedelta(minutes=5)
"""When a problem that could not be judged is tried again."""

log = structlog.get_logger(__name__)


class Signals:
    """Applies signals by the configured rules. depends_on: by component, the upstream products it stands on."""

    def __init__(
        self,
        rules: Sequence[Rule],
        carrier: Carrier,
        teller: Teller,
        quarters: Quarters,
        depends_on: Mapping[str, Collection[str]],
    ) -> None:
        self._rules, self._carrier, self._teller, self._digests = tuple(rules), carrier, teller, Digests(teller)
        self._quarters, self._depends_on = quarters, depends_on

    async def apply(self, transaction: Transaction, signals: Sequence[Signal]) -> list[Decision]:
        """What was decided on each signal, carried out in order."""
        return await self._judge(transaction, signals, due=False)

    async def reconsider(self, transaction: Transaction) -> int:
        """Judge again the problems whose time has come; returns how many they were."""
        due = await problems.due_problems(transaction.connection, now=transaction.now, limit=MOST_AT_ONCE)
        together = due and await apart(transaction, "problems together", lambda each: self._judge(each, due, due=True))
        for signal in [] if together else due:
            await self._judge_alone(transaction, signal)
        return len(due)

    async def _judge_alone(self, transaction: Transaction, signal: Signal) -> None:
        """One that cannot be judged is put off, so that it does not hold up the others for ever."""
        what = f"problem {signal.key} of {signal.source}"
        if not await apart(transaction, what, lambda each: self._judge(each, [signal], due=True)):
            later = transaction.now + PUT_OFF
            await problems.put_off(transaction.connection, (signal.source, signal.key), until=later)
            why = [(signal, "it cannot be judged; see the log")]
            cards = self._teller.cards
            await self._digests.note(transaction, Topic.NOTICED, lambda language: cards.noticed(why, language))

    async def tell_of_joined(self, transaction: Transaction, incident: Incident) -> None:
        """Customers, or the draft that waits, are to know of the components that joined an incident."""
        await self._carrier.tell_of_joined(transaction, incident)

    async def _judge(self, transaction: Transaction, signals: Sequence[Signal], *, due: bool) -> list[Decision]:
        concerns = [self._concern(signal, due) for signal in signals]
        ledger = await load_ledger(transaction.connection, concerns, self._quarters, now=transaction.now)
        concerns = [self._as_it_began(concern, ledger) for concern in concerns]
        decisions = []
        for number, concern in enumerate(concerns, start=1):
            decisions.append(await self._apply_one(Case(transaction, ledger, concern)))
            if number % BREATH == 0:
                await asyncio.sleep(0)
        await ledger.save(transaction.connection)
        await self._tell_held(transaction, concerns, decisions)
        for signal, decision in zip(signals, decisions, strict=True):
            transaction.effects.decisions[signal.source, name_of(decision)] += 1
            _note(signal, decision)
        return decisions

    def _concern(self, signal: Signal, due: bool) -> Concern:
        rule = first_match(self._rules, signal)
        return Concern(signal=signal, rule=rule, components=hit(rule, signal, self._depends_on), due=due)

    def _as_it_began(self, concern: Concern, ledger: Ledger) -> Concern:
        """What ends a problem, or speaks of it, falls under the rule it began under, whatever labels come with it."""
        problem = ledger.problems.get(concern.key)
        if problem is None or not problem.labels or concern.signal.state is SignalState.FIRING:
            return concern
        began = replace(concern.signal, labels=problem.labels)
        rule = first_match(self._rules, began)
        return replace(concern, rule=rule, components=hit(rule, began, self._depends_on)) if rule else concern

    async def _apply_one(self, case: Case) -> Decision:
        now = case.transaction.now
        situation = case.ledger.situation(case.concern, now)
        decision = decide(case.signal, case.concern.rule, situation, self._quarters.judgement)
        incident_id = await self._carrier.carry_out(case.speaking_of(situation.components), decision)
        if case.signal.state is SignalState.STATEMENT and isinstance(decision, Advance):
            case.ledger.record_statement(case.concern, reason=decision.reason, now=now)
        elif _worth_recording(case, decision):
            wait = decision.wait if isinstance(decision, Open | Advance | Withdraw | Hold) else None
            case.ledger.record(case.concern, incident_id=incident_id, reason=decision.reason, now=now, wait=wait)
            case.transaction.effects.due |= wait is not None
        elif case.signal.state is SignalState.FIRING:
            case.ledger.relabel(case.concern, reason=decision.reason)
        return decision

    async def _tell_held(
        self, transaction: Transaction, concerns: Sequence[Concern], decisions: Sequence[Decision]
    ) -> None:
        """One text for all that no rule matches, and one for all else that operators should know; however many."""
        held = [
            (concern, decision.reason)
            for concern, decision in zip(concerns, decisions, strict=True)
            if isinstance(decision, Hold) and decision.tell_operators
        ]
        cards = self._teller.cards
        if unmatched := [concern.signal for concern, _ in held if concern.rule is None]:
            await self._digests.note(
                transaction,
                Topic.UNMATCHED,
                lambda language: cards.unmatched(unmatched, language),
                count=len(unmatched),
            )
        if noticed := [(concern.signal, reason) for concern, reason in held if concern.rule is not None]:
            await self._digests.note(
                transaction, Topic.NOTICED, lambda language: cards.noticed(noticed, language), count=len(noticed)
            )


def _note(signal: Signal, decision: Decision) -> None:
    """Into the log: what changes a story, or makes it wait. A storm of problems that do neither must not fill it."""
    quiet = isinstance(decision, Ignore) or (isinstance(decision, Hold) and decision.wait is None)
    say = log.debug if quiet else log.info
    say("signal decided", source=signal.source, key=signal.key, decision=name_of(decision), reason=decision.reason)


def _worth_recording(case: Case, decision: Decision) -> bool:
    """Everything that changed something; of what is ignored only what had waited, and a recovery we had not heard of,
    so that the firing it ended is recognised as late should it come in after it.
    """
    if case.signal.state not in (SignalState.FIRING, SignalState.RESOLVED):
        return False
    if case.concern.due or not isinstance(decision, Ignore):
        return True
    return case.concern.key not in case.ledger.problems and case.signal.state is SignalState.RESOLVED
