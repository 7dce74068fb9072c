"""What is known while a batch of signals is applied: loaded once, kept true in memory as decisions fall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.lifecycle import ProblemRecord, Situation, WaitingDraft
from bot.domain.model import Incident, Origin, Signal, SignalState
from bot.domain.routing import Rule
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import ProblemKey, UpdateRow


@dataclass(slots=True)
class Ledger:
    """Problems by key; incidents that are open or may reopen; how many problems of each fire; automation's drafts."""

    problems: dict[ProblemKey, ProblemRecord]
    incidents: dict[int, Incident]
    firing: Counter[int]
    drafts: dict[int, UpdateRow]
    changed: dict[ProblemKey, dict[str, Any]]

    def situation(self, signal: Signal, rule: Rule | None, now: datetime) -> Situation:
        """What ``decide`` needs to know about a signal."""
        key = (signal.source, signal.key)
        problem = self.problems.get(key)
        incident = self._concerned(problem, rule)
        own = problem is not None and incident is not None and _fires_for(problem) == incident.id
        return Situation(
            problem=problem,
            incident=incident,
            others_firing=self.firing[incident.id] - own if incident else 0,
            waiting=self._waiting(incident),
            now=now,
        )

    def _concerned(self, problem: ProblemRecord | None, rule: Rule | None) -> Incident | None:
        own = self.incidents.get(problem.incident_id) if problem and problem.incident_id else None
        if own is not None and (own.open or own.id in self.drafts):
            return own
        if rule is None or rule.component is None:
            return own
        on_it = [each for each in self.incidents.values() if rule.component in each.components]
        open_now = [each for each in on_it if each.open]
        return max(open_now or on_it, key=lambda each: (each.origin is Origin.AUTOMATION, each.id), default=own)

    def _waiting(self, incident: Incident | None) -> WaitingDraft:
        draft = self.drafts.get(incident.id) if incident else None
        if incident is None or draft is None:
            return WaitingDraft.NONE
        if incident.published_at is None:
            return WaitingDraft.OPENING
        return WaitingDraft.ENDING if draft.status.ends else WaitingDraft.OTHER

    def record(self, signal: Signal, *, incident_id: int | None, reason: str, now: datetime) -> None:
        """The problem is in the signal's state from now on and belongs to this incident."""
        key = (signal.source, signal.key)
        at = min(signal.at or now, now)  # a sender's clock that is ahead must not make its next word look late
        previous = self.problems.get(key)
        present = ProblemRecord(state=signal.state, at=at, seen_at=now, incident_id=incident_id)
        for record, change in ((previous, -1), (present, 1)):
            fires_for = _fires_for(record)
            if fires_for is not None:
                self.firing[fires_for] += change
        self.problems[key] = present
        self.changed[key] = {
            "source": signal.source,
            "key": signal.key,
            "state": signal.state,
            "at": at,
            "seen_at": now,
            "incident_id": incident_id,
            "reason": reason,
        }

    async def save(self, connection: Connection) -> None:
        """Write the problems that changed."""
        await rows.save_problems(connection, list(self.changed.values()))
        self.changed.clear()


def _fires_for(problem: ProblemRecord | None) -> int | None:
    """The incident that a problem keeps open."""
    return problem.incident_id if problem is not None and problem.state is SignalState.FIRING else None


async def load_ledger(
    connection: Connection,
    keys: Collection[ProblemKey],
    components: Collection[str],
    *,
    now: datetime,
    reopen_within: timedelta,
) -> Ledger:
    """Everything that these problems, and problems of these components, may concern.

    reopen_within: the longest of all rules.
    """
    problems = await rows.load_problems(connection, keys)
    own = {problem.incident_id for problem in problems.values() if problem.incident_id is not None}
    concerned = await rows.load_concerned(connection, own, components, closed_after=now - reopen_within)
    ids = [incident.id for incident in concerned]
    return Ledger(
        problems=problems,
        incidents={incident.id: incident for incident in concerned},
        firing=Counter(await rows.count_firing(connection, ids)),
        drafts={draft.incident_id: draft for draft in await rows.automatic_drafts(connection, ids)},
        changed={},
    )
