"""What is known while a batch of signals is applied: loaded once, kept true in memory as decisions fall."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lifecycle import ProblemRecord, Situation, WaitingDraft
from bot.domain.model import Incident, Kind, Origin, Signal, SignalState, UpdateState
from bot.domain.routing import Rule
from bot.store import incidents as rows
from bot.store.incidents import ProblemKey, UpdateRow
from bot.store.schema import incidents, updates


@dataclass(slots=True)
class Ledger:
    """Problems by key; incidents that are open or may be reopened; which problems of each fire; automation's drafts."""

    problems: dict[ProblemKey, ProblemRecord]
    incidents: dict[int, Incident]
    firing: dict[int, set[ProblemKey]]
    drafts: dict[int, UpdateRow]
    changed: dict[ProblemKey, dict[str, Any]]

    def situation(self, signal: Signal, rule: Rule | None, now: datetime) -> Situation:
        """What ``decide`` needs to know about a signal."""
        key = (signal.source, signal.key)
        problem = self.problems.get(key)
        incident = self._concerned(problem, rule)
        others = self.firing.get(incident.id, set()) - {key} if incident else set()
        return Situation(
            problem=problem,
            incident=incident,
            others_firing=len(others),
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
        if previous is not None and previous.incident_id is not None:
            self.firing.get(previous.incident_id, set()).discard(key)
        self.problems[key] = ProblemRecord(state=signal.state, at=at, incident_id=incident_id)
        if signal.state is SignalState.FIRING and incident_id is not None:
            self.firing.setdefault(incident_id, set()).add(key)
        self.changed[key] = {
            "source": signal.source,
            "key": signal.key,
            "state": signal.state,
            "at": at,
            "seen_at": now,
            "incident_id": incident_id,
            "reason": reason,
        }

    async def save(self, connection: AsyncConnection) -> None:
        """Write the problems that changed."""
        await rows.save_problems(connection, list(self.changed.values()))
        self.changed.clear()


async def load_ledger(
    connection: AsyncConnection, keys: Collection[ProblemKey], *, now: datetime, reopen_within: timedelta
) -> Ledger:
    """Everything these problems may concern. reopen_within: the longest of all rules."""
    may_reopen = sa.and_(incidents.c.origin == Origin.AUTOMATION, incidents.c.closed_at >= now - reopen_within)
    concerned = await rows.load_incidents(
        connection,
        sa.and_(incidents.c.kind == Kind.OUTAGE, sa.or_(incidents.c.closed_at.is_(None), may_reopen)),
    )
    waiting = await rows.load_updates(
        connection, sa.and_(updates.c.state == UpdateState.DRAFT, updates.c.author.is_(None))
    )
    return Ledger(
        problems=await rows.load_problems(connection, keys),
        incidents={incident.id: incident for incident in concerned},
        firing=await rows.firing_by_incident(connection, [incident.id for incident in concerned]),
        drafts={draft.incident_id: draft for draft in waiting},
        changed={},
    )
