"""Carrying decisions out: from what was decided on a problem to incidents, updates, drafts and what operators hear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.config.judgement import Storm
from bot.domain.decisions import Advance, Decision, Hold, Ignore, Open, Withdraw
from bot.domain.model import Incident, OnDeadline, Origin, Publish, Signal, SignalState, Status
from bot.domain.routing import Rule, nature
from bot.domain.story import began
from bot.errors import CommandError
from bot.intake.digests import Digests, Topic
from bot.intake.inheriting import Limit, limit_after, words_after
from bot.intake.ledger import Concern, Ledger
from bot.intake.limits import braking, crowded, refused_by, time_limit
from bot.intake.publishing import Publisher
from bot.intake.rendering import Words
from bot.intake.summaries import change_of, needed_for
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import incidents as rows
from bot.store.incidents import UpdateRow

GATHER = timedelta(seconds=30)
"""Components that join an incident are told together, so long after the first of them."""


LATER = timedelta(minutes=5)
"""While another draft of the incident waits, they are looked at again this often."""


@dataclass(frozen=True, slots=True)
class Case:
    """One signal, with what is known while it is applied. free: the components it hits that may be spoken of."""

    transaction: Transaction
    ledger: Ledger
    concern: Concern
    free: tuple[str, ...] = ()

    def speaking_of(self, components: tuple[str, ...]) -> Case:
        """The same, of these components."""
        return replace(self, free=components)

    @property
    def signal(self) -> Signal:
        """What came in, or what is judged again."""
        return self.concern.signal


class Carrier:
    """Does what was decided. upstreams: by source, the platform as customers know it; languages: by source, the one
    people write statements in.
    """

    def __init__(
        self,
        publisher: Publisher,
        teller: Teller,
        *,
        storm: Storm,
        upstreams: Mapping[str, str],
        languages: Mapping[str, str],
    ) -> None:
        self._publisher, self._teller, self._digests = publisher, teller, Digests(teller)
        self._storm, self._upstreams, self._languages = storm, upstreams, languages

    async def carry_out(self, case: Case, decision: Decision) -> int | None:
        """Do it; returns the incident the problem belongs to from now on."""
        match decision:
            case Open():
                return await self._open(case, decision)
            case Advance() if case.signal.state is SignalState.STATEMENT:
                await self._propose(case, case.ledger.incidents[decision.incident_id], decision)
                return decision.incident_id
            case Advance():
                await self._advance(case, decision)
                return decision.incident_id
            case Withdraw():
                await self._withdraw(case, case.ledger.incidents[decision.incident_id], decision.reason)
                return decision.incident_id
            case Hold():
                if decision.incident_id is not None and decision.widens:
                    await self._widen(case, decision.incident_id, decision.widens)
                return decision.incident_id
            case Ignore():
                problem = case.ledger.problems.get(case.concern.key)
                return problem.incident_id if problem else None

    async def _open(self, case: Case, decision: Open) -> int:
        rule, now = decision.rule, case.transaction.now
        kind, upstream = nature(rule, self._upstreams.get(case.signal.source))
        values = {
            "kind": kind,
            "origin": Origin.AUTOMATION,
            "status": Status.INVESTIGATING,
            "impact": rule.impact,
            "publish": rule.publish,
            "upstream": upstream,
            "cluster": rule.group,
            "started_at": began(case.signal.at, now),
            "human": False,
        }
        incident = await rows.insert_incident(case.transaction.connection, values, case.free)
        words = self._words(case, decision, Status.INVESTIGATING, incident)
        if by := await refused_by(case.transaction, case.free, rule.impact):
            held = replace(words, because=f"{words.because}; {by} has dropped the same a short time ago")
            await self._say(case, incident, held, publish=Publish.AFTER_APPROVAL, rule=None)
        else:
            await self._say(case, incident, words, publish=rule.publish, rule=rule)
        return incident.id

    async def _advance(self, case: Case, decision: Advance) -> None:
        superseded = case.ledger.drafts.pop(decision.incident_id, None)
        if superseded is not None:
            await self._publisher.discard(case.transaction, superseded, because=decision.reason)
        if decision.widens:
            await self._widen(case, decision.incident_id, decision.widens)
        incident = case.ledger.incidents[decision.incident_id]
        if incident.published_at is None:  # what would open the story is worded anew: it is that from now on
            incident = replace(incident, impact=decision.impact, publish=decision.publish)
            await rows.save_incident(case.transaction.connection, incident)
        words = self._words(case, decision, decision.status, incident)
        if superseded is not None and decision.publish is not Publish.AUTOMATICALLY:  # else nobody has agreed to them
            words = words_after(superseded, words, now=case.transaction.now)
        await self._say(case, incident, words, publish=decision.publish, rule=decision.rule, inherits=superseded)

    async def _propose(self, case: Case, incident: Incident, decision: Advance) -> None:
        """Words a human wrote elsewhere, as a draft beside automation's own; it waits for a yes, for ever."""
        signal = case.signal
        words = Words(
            status=decision.status,
            impact=decision.impact,
            because=f"{signal.source}: {signal.summary or signal.key} ({decision.reason})",
            texts={self._languages[signal.source]: signal.statement},
            author=signal.source,
        )
        before = await rows.waiting_drafts(case.transaction.connection, incident.id)
        mine = [each for each in before if each.author == signal.source]
        if any(each.texts == words.texts for each in mine):
            return
        for each in mine:
            await self._publisher.discard(case.transaction, each, because=decision.reason)
        try:
            await self._publisher.draft(case.transaction, incident, words)
        except CommandError as error:
            why = [(signal, str(error))]
            cards = self._teller.cards
            await self._digests.note(case.transaction, Topic.NOTICED, lambda language: cards.noticed(why, language))

    def _words(self, case: Case, decision: Open | Advance, status: Status, incident: Incident) -> Words:
        signal = case.signal
        return Words(
            status=status,
            impact=decision.impact if isinstance(decision, Advance) else incident.impact,
            because=f"{signal.source}: {signal.summary or signal.key} ({decision.reason})",
            texts={},
            author=None,
            occasion=decision.occasion if isinstance(decision, Advance) else None,
        )

    async def _widen(self, case: Case, incident_id: int, components: tuple[str, ...]) -> None:
        incident = case.ledger.incidents[incident_id]
        tell_at = case.transaction.now + GATHER
        case.transaction.effects.due = True
        connection = case.transaction.connection
        case.ledger.incidents[incident_id] = await rows.widen_incident(
            connection, incident, components, tell_at=tell_at
        )
        if incident.published_at is not None:  # pages show at once what a published incident concerns
            case.transaction.effects.revision = await rows.bump_revision(connection)

    async def tell_of_joined(self, transaction: Transaction, incident: Incident) -> None:
        """An update that names every component that has joined the incident; one that would open it is worded anew."""
        drafts = await rows.automatic_drafts(transaction.connection, [incident.id])
        if drafts and incident.published_at is not None:  # first a yes or a no to what waits
            await rows.tell_of_joined(transaction.connection, incident.id, at=transaction.now + LATER)
            transaction.effects.due = True
            return
        if drafts:
            await self._word_anew(transaction, incident, drafts[0])
            return
        words = Words(
            status=incident.status,
            impact=incident.impact,
            because=f"more of group {incident.cluster} is affected",
            texts={},
            author=None,
        )
        await self._publish_or_ask(transaction, incident, words, publish=incident.publish, limit=None)

    async def _word_anew(self, transaction: Transaction, incident: Incident, draft: UpdateRow) -> None:
        await self._publisher.discard(transaction, draft, because="more is affected")
        words = Words(
            status=draft.status,
            impact=draft.impact,
            because=draft.because,
            texts={},
            author=None,
            occasion=draft.occasion,
            quiet=draft.quiet,
        )
        words = words_after(draft, words, now=transaction.now)
        deadline, then = self._limit_after(draft, incident, words, None) or (None, None)
        await self._publisher.draft(transaction, incident, words, deadline=deadline, on_deadline=then)

    def _limit_after(self, draft: UpdateRow, incident: Incident, words: Words, own: Limit | None) -> Limit | None:
        return limit_after(draft, words, own, needed=needed_for(self._publisher.settings, incident))

    async def _publish(self, transaction: Transaction, incident: Incident, words: Words) -> Incident:
        published = await self._publisher.publish(transaction, incident, words)
        change = await change_of(transaction, self._publisher, published)
        because = words.because
        await self._tell(transaction, lambda language: self._teller.cards.published(change, because, language))
        return published.incident

    async def _say(
        self,
        case: Case,
        incident: Incident,
        words: Words,
        *,
        publish: Publish,
        rule: Rule | None,
        inherits: UpdateRow | None = None,
    ) -> None:
        """Publish at once, or draft and ask; the ledger knows it.

        inherits: the draft whose place it takes.
        """
        now = case.transaction.now
        wait = time_limit(rule, incident, words.status)
        limit = (now + wait, rule.on_deadline) if rule and wait else None
        if inherits is not None:
            limit = self._limit_after(inherits, incident, words, limit)
        result = await self._publish_or_ask(case.transaction, incident, words, publish=publish, limit=limit)
        if isinstance(result, Incident):
            case.ledger.incidents[incident.id] = result
            if len(result.components) > 1:  # all that had joined is named now
                await rows.tell_of_joined(case.transaction.connection, incident.id, at=None)
            turned = words.status.ends or words.occasion is not None or not incident.open or not incident.published_at
            case.ledger.turns[incident.id] += turned
        else:
            case.ledger.incidents[incident.id] = incident
            case.ledger.drafts[incident.id] = result

    async def _publish_or_ask(
        self,
        transaction: Transaction,
        incident: Incident,
        words: Words,
        *,
        publish: Publish,
        limit: Limit | None,
    ) -> Incident | UpdateRow:
        """The incident after the update, or the draft of it. In a storm all is drafted, and waits for ever.

        limit: the draft's deadline and what happens then.
        """
        if publish is not Publish.AUTOMATICALLY:
            deadline, then = limit or (None, None)
            if await crowded(transaction, self._storm):
                words = replace(words, quiet=True)
                await self._digests.note(transaction, Topic.CROWD, self._crowded)
            return await self._publisher.draft(transaction, incident, words, deadline=deadline, on_deadline=then)
        if await braking(transaction, self._storm):
            # What customers were told of must end one day, even if no human looks: as soon as the brake is off.
            ends = (transaction.now + self._storm.within, OnDeadline.PUBLISH) if words.status.ends else (None, None)
            draft = await self._publisher.draft(
                transaction, incident, replace(words, quiet=True), deadline=ends[0], on_deadline=ends[1]
            )
            await self._digests.note(transaction, Topic.STORM, self._braked)
            return draft
        return await self._publish(transaction, incident, words)

    def _braked(self, language: str) -> str:
        return self._teller.cards.storm(self._storm.notices, self._storm.within, language)

    def _crowded(self, language: str) -> str:
        return self._teller.cards.crowd(self._storm.notices, self._storm.within, language)

    async def _withdraw(self, case: Case, incident: Incident, reason: str) -> None:
        draft = case.ledger.drafts.pop(incident.id)
        if incident.published_at is None:  # nobody's words are wanted any more
            for other in await rows.waiting_drafts(case.transaction.connection, incident.id):
                await self._publisher.discard(case.transaction, other, because=reason)
        ended = await self._publisher.drop(case.transaction, incident, draft, because=reason)
        case.ledger.incidents[incident.id] = ended
        if not draft.quiet:
            cards = self._teller.cards
            await self._tell(case.transaction, lambda language: cards.withdrawn(incident, reason, language))

    async def _tell(self, transaction: Transaction, text: Callable[[str], str]) -> None:
        transaction.effects.deliveries += await self._teller.tell(transaction.connection, text, now=transaction.now)
