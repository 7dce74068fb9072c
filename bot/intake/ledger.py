"""What is known while a batch of signals is applied: loaded once, kept true in memory as decisions fall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.changes import Silence
from bot.domain.decisions import Judgement, Muted, ProblemRecord, Situation, Wait, WaitingDraft, Waits
from bot.domain.flapping import changes
from bot.domain.model import Incident, Origin, Signal, SignalState
from bot.domain.routing import Rule, may_grow
from bot.domain.story import began
from bot.store import holders, problems, quiet
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.problems import ProblemKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarters:
    """What the ledger must know of the configuration.

    inhibitors: by component, all those that silence it while they are down; reopen_within: the longest of all rules.
    """

    inhibitors: Mapping[str, frozenset[str]]
    reopen_within: timedelta
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One signal with its rule and the components it hits. due: nobody said it now; its time has come."""

    signal: Signal
    rule: Rule | None
    components: tuple[str, ...]
    due: bool = False

    @property
    def key(self) -> ProblemKey:
        """Names the problem."""
        return (self.signal.source, self.signal.key)


@dataclass(slots=True)
class Ledger:
    """Problems by key; incidents that are open or may reopen; how many problems hold each open; automation's drafts.

    held: components of those that may reopen which another open incident of automation's holds.
    """

    quarters: Quarters
    problems: dict[ProblemKey, ProblemRecord]
    incidents: dict[int, Incident]
    holding: Counter[int]
    drafts: dict[int, UpdateRow]
    turns: Counter[int]
    silences: Mapping[str, Silence]
    held: frozenset[str]
    changed: dict[ProblemKey, dict[str, Any]]

    def situation(self, concern: Concern, now: datetime) -> Situation:
        """What ``decide`` needs to know about a signal."""
        problem = self.problems.get(concern.key)
        incident = self._concerned(problem, concern, now)
        own = problem is not None and incident is not None and _holds_open(problem) == incident.id
        muted = {name: why for name in concern.components if (why := self._muted(name))}
        elsewhere = {
            name for each in self.incidents.values() if each.open and each is not incident for name in each.components
        }
        free = tuple(name for name in concern.components if name not in muted)
        everything = bool(muted) and not free
        return Situation(
            problem=problem,
            incident=incident,
            others_firing=self.holding[incident.id] - own if incident else 0,
            waiting=self._waiting(incident),
            now=now,
            hit=concern.components,
            components=tuple(name for name in free if name not in elsewhere),
            muted=next(iter(muted.values())) if everything else None,
            partly=_until_all_may(muted.values(), elsewhere=bool(elsewhere & set(free))) if not everything else None,
            contested=incident is not None and not incident.open and self._told_of(incident, elsewhere),
            turns=self.turns[incident.id] if incident else 0,
            due=concern.due,
            braked=incident is not None and incident.id in self.drafts and self.drafts[incident.id].quiet,
        )

    def _told_of(self, over: Incident, elsewhere: set[str]) -> bool:
        """Whether another open story tells of a component of one that is over."""
        return bool((self.held | elsewhere) & set(over.components))

    def _muted(self, component: str) -> Muted | None:
        """Why nothing new may be said about a component."""
        if silence := self.silences.get(component):
            reason = f"{component} is silenced by {silence.by} until {silence.until:%Y-%m-%d %H:%M} UTC"
            return Muted(wait=Wait(why=Waits.SILENCED, until=silence.until), reason=reason)
        above = self.quarters.inhibitors.get(component, frozenset())
        for incident in self.incidents.values():
            if incident.open and incident.published_at and above & set(incident.components):
                reason = f"{component} says nothing of its own while incident {incident.id} tells of what explains it"
                return Muted(wait=Wait(why=Waits.INHIBITED, until=None), reason=reason)
        return None

    def _concerned(self, problem: ProblemRecord | None, concern: Concern, now: datetime) -> Incident | None:
        own = self.incidents.get(problem.incident_id) if problem and problem.incident_id else None
        if own is not None and (own.open or own.id in self.drafts):
            return own
        hit = set(concern.components)
        on_it = [each for each in self.incidents.values() if hit & set(each.components)]
        open_now = [each for each in on_it if each.open] or self._gathering(concern, now)
        return max(open_now or on_it, key=lambda each: (each.origin is Origin.AUTOMATION, each.id), default=own)

    def _gathering(self, concern: Concern, now: datetime) -> list[Incident]:
        """The open incident that problems of the rule's group join, however different their components."""
        rule = concern.rule
        if rule is None or rule.group is None:
            return []
        since = began(concern.signal.at, now)
        return [
            each
            for each in self.incidents.values()
            if each.open
            and each.cluster == rule.group
            and abs(since - each.started_at) <= rule.group_within
            and may_grow(each, rule)
        ]

    def _waiting(self, incident: Incident | None) -> WaitingDraft:
        draft = self.drafts.get(incident.id) if incident else None
        if incident is None or draft is None:
            return WaitingDraft.NONE
        if incident.published_at is None:
            return WaitingDraft.OPENING
        return WaitingDraft.ENDING if draft.status.ends else WaitingDraft.OTHER

    def record(
        self, concern: Concern, *, incident_id: int | None, reason: str, now: datetime, wait: Wait | None = None
    ) -> None:
        """The problem is in the signal's state from now on and belongs to this incident."""
        signal, previous = concern.signal, self.problems.get(concern.key)
        before, kept = (previous.state, previous.changes) if previous else (None, ())
        present = ProblemRecord(
            state=signal.state,
            at=min(signal.at or now, now),  # a sender's clock that is ahead must not make its next word look late
            seen_at=previous.seen_at if concern.due and previous else now,
            incident_id=incident_id,
            changes=changes(before, kept, signal.state, now=now, judgement=self.quarters.judgement),
            wait=wait,
            spoken_at=previous.spoken_at if previous else None,
            labels=previous.labels if previous and signal.state is SignalState.RESOLVED else signal.labels,
        )
        for record, change in ((previous, -1), (present, 1)):
            held_open = _holds_open(record)
            if held_open is not None:
                self.holding[held_open] += change
        self.problems[concern.key] = present
        self.changed[concern.key] = _row(signal, present, reason)

    def record_statement(self, concern: Concern, *, reason: str, now: datetime) -> None:
        """A statement of a known problem was taken; all else stays as it is."""
        previous = self.problems.get(concern.key)
        if previous is not None:
            present = replace(previous, spoken_at=concern.signal.at or now)
            self.problems[concern.key] = present
            self.changed[concern.key] = _row(concern.signal, present, reason)

    def relabel(self, concern: Concern, *, reason: str) -> None:
        """The sender describes a problem that waits otherwise than before; it is judged by that when its time comes."""
        previous = self.problems.get(concern.key)
        if previous is not None and previous.labels != concern.signal.labels:
            present = replace(previous, labels=concern.signal.labels)
            self.problems[concern.key] = present
            self.changed[concern.key] = _row(concern.signal, present, reason)

    async def save(self, connection: Connection) -> None:
        """Write the problems that changed."""
        await problems.save_problems(connection, list(self.changed.values()))
        self.changed.clear()


def _until_all_may(muted: Iterable[Muted], *, elsewhere: bool) -> Wait | None:
    """The wait that ends first, those without an end last; None when every component may be spoken of now.

    elsewhere: another story tells of some of them, so its end is waited for too.
    """
    waits = [each.wait for each in muted] + ([Wait(why=Waits.INHIBITED, until=None)] if elsewhere else [])
    latest = datetime.max.replace(tzinfo=UTC)
    return min(waits, key=lambda wait: (wait.until is None, wait.until or latest), default=None)


def _row(signal: Signal, record: ProblemRecord, reason: str) -> dict[str, Any]:
    return {
        "source": signal.source,
        "key": signal.key,
        "state": record.state,
        "at": record.at,
        "seen_at": record.seen_at,
        "incident_id": record.incident_id,
        "reason": reason,
        "labels": dict(record.labels),
        "summary": signal.summary,
        "changes": [at.isoformat() for at in record.changes],
        "waits": record.wait.why if record.wait else None,
        "due_at": record.wait.until if record.wait else None,
        "spoken_at": record.spoken_at,
    }


def _holds_open(problem: ProblemRecord | None) -> int | None:
    """The incident that a problem keeps open: it fires, or has not been well for long enough."""
    if problem is None:
        return None
    unsure = problem.wait is not None and problem.wait.why in (Waits.RECOVER, Waits.CALM)
    return problem.incident_id if problem.state is SignalState.FIRING or unsure else None


async def load_ledger(
    connection: Connection, concerns: Collection[Concern], quarters: Quarters, *, now: datetime
) -> Ledger:
    """Everything that these problems, and problems of the same components and groups, may concern."""
    known = await problems.load_problems(connection, {concern.key for concern in concerns})
    own = {problem.incident_id for problem in known.values() if problem.incident_id is not None}
    hit = {name for concern in concerns for name in concern.components}
    concerned = await rows.load_concerned(
        connection,
        own,
        hit.union(*(quarters.inhibitors.get(name, frozenset()) for name in hit)),
        clusters={concern.rule.group for concern in concerns if concern.rule and concern.rule.group},
        closed_after=now - quarters.reopen_within,
    )
    ids = [incident.id for incident in concerned]
    # A storm begins far more than it ends, and only what ends, or begins again, needs to know these.
    restless = any(len(record.changes) + 1 >= quarters.judgement.changes for record in known.values())
    ending = restless or any(each.due or each.signal.state is SignalState.RESOLVED for each in concerns)
    turning = ending or any(not incident.open for incident in concerned)
    since = now - quarters.judgement.within
    over = {name for incident in concerned if not incident.open for name in incident.components}
    return Ledger(
        quarters=quarters,
        problems=known,
        incidents={incident.id: incident for incident in concerned},
        holding=Counter(await problems.count_firing(connection, ids) if ending else {}),
        drafts={draft.incident_id: draft for draft in await rows.automatic_drafts(connection, ids)},
        turns=Counter(await quiet.turns_since(connection, ids, since) if turning else {}),
        silences=await quiet.silenced(connection, now=now) if hit else {},
        held=await holders.held_components(connection, over) if over else frozenset(),
        changed={},
    )
