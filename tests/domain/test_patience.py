"""Weeks of signals in a second: whatever probes do, customers are not told more often than promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decisions import Advance, Decision, Judgement, Open, ProblemRecord, Situation, WaitingDraft, Waits
from bot.domain.flapping import changes
from bot.domain.lifecycle import decide
from bot.domain.model import Impact, Incident, Kind, Occasion, OnDeadline, Origin, Publish, Signal, SignalState, Status
from bot.domain.routing import Rule

START = datetime(2026, 3, 2, tzinfo=UTC)
JUDGEMENT = Judgement(changes=4, within=timedelta(minutes=30), calm_for=timedelta(minutes=15))
RULE = Rule(
    number=1,
    source=None,
    labels={},
    component="shop",
    impact=Impact.MAJOR,
    publish=Publish.AUTOMATICALLY,
    deadline=None,
    on_deadline=OnDeadline.PUBLISH,
    reopen_within=timedelta(minutes=30),
)
FIRING, RESOLVED = SignalState.FIRING, SignalState.RESOLVED


@dataclass
class Day:
    """One problem and its incident through time, as intake keeps them; told: what customers read, and when."""

    rule: Rule = RULE
    now: datetime = START
    problem: ProblemRecord | None = None
    incident: Incident | None = None
    told: list[tuple[datetime, Status, Occasion | None]] = field(default_factory=list)

    def pass_by(self, length: timedelta) -> None:
        """Time goes on; what is due on the way is judged when it is due."""
        until = self.now + length
        while self.problem and self.problem.wait and self.problem.wait.until and self.problem.wait.until <= until:
            self.now = max(self.now, self.problem.wait.until)
            self._judge(self.problem.state, due=True, at=self.problem.at)
        self.now = until

    def say(self, state: SignalState) -> None:
        self._judge(state, due=False, at=self.now)

    def _judge(self, state: SignalState, *, due: bool, at: datetime) -> None:
        signal = Signal(source="probe", key="p", state=state, at=at)
        decision = decide(signal, self.rule, self._situation(due), JUDGEMENT)
        self._carry_out(decision)
        ignored = type(decision).__name__ == "Ignore"
        if ignored and not due:
            return
        before, kept = (self.problem.state, self.problem.changes) if self.problem else (None, ())
        belongs = self.incident.id if self.incident and not _never_told(decision) else None
        self.problem = ProblemRecord(
            state=state,
            at=at,
            seen_at=self.now,
            incident_id=belongs,
            changes=changes(before, kept, state, now=self.now, judgement=JUDGEMENT),
            wait=getattr(decision, "wait", None),
        )

    def _situation(self, due: bool) -> Situation:
        lately = [
            at for at, status, occasion in self.told if self.now - at < JUDGEMENT.within and _turns(status, occasion)
        ]
        return Situation(
            problem=self.problem,
            incident=self.incident,
            others_firing=0,
            waiting=WaitingDraft.NONE,
            now=self.now,
            hit=("shop",),
            components=("shop",),
            turns=len(lately),
            due=due,
        )

    def _carry_out(self, decision: Decision) -> None:
        if isinstance(decision, Open):
            number = self.incident.id + 1 if self.incident else 1
            self.incident = replace(_INCIDENT, id=number, started_at=self.now, published_at=self.now)
            self.told.append((self.now, Status.INVESTIGATING, None))
        if isinstance(decision, Advance) and self.incident:
            self.incident = replace(
                self.incident,
                status=decision.status,
                closed_at=self.now if decision.status.ends else None,
                unstable=(decision.occasion is Occasion.UNSTABLE or self.incident.unstable)
                and not decision.status.ends,
            )
            self.told.append((self.now, decision.status, decision.occasion))


def _turns(status: Status, occasion: Occasion | None) -> bool:
    return status in (Status.INVESTIGATING, Status.RESOLVED) or occasion is not None


def _never_told(decision: Decision) -> bool:
    return getattr(decision, "incident_id", 0) is None


_INCIDENT = Incident(
    id=1,
    kind=Kind.OUTAGE,
    origin=Origin.AUTOMATION,
    status=Status.INVESTIGATING,
    impact=Impact.MAJOR,
    components=("shop",),
    started_at=START,
    publish=Publish.AUTOMATICALLY,
)

pauses = st.lists(st.integers(1, 120), min_size=1, max_size=60).map(
    lambda minutes: [timedelta(minutes=m) for m in minutes]
)


def flapping(day: Day, gaps: list[timedelta]) -> Iterator[None]:
    for number, gap in enumerate(gaps):
        day.say(FIRING if number % 2 == 0 else RESOLVED)
        day.pass_by(gap)
        yield


def test_a_week_of_flapping_is_told_in_five_notices() -> None:
    day = Day()
    for _ in flapping(day, [timedelta(minutes=3)] * (7 * 24 * 20)):
        pass
    day.pass_by(timedelta(hours=1))
    assert [(status, occasion) for _, status, occasion in day.told] == [
        (Status.INVESTIGATING, None),
        (Status.RESOLVED, None),
        (Status.INVESTIGATING, None),
        (Status.MONITORING, Occasion.UNSTABLE),
        (Status.RESOLVED, Occasion.STABLE),
    ]


@settings(max_examples=200, deadline=None)
@given(gaps=pauses)
def test_whatever_a_probe_does_no_half_hour_has_more_notices_than_changes_that_make_it_unstable(
    gaps: list[timedelta],
) -> None:
    day = Day()
    for _ in flapping(day, gaps):
        pass
    moments = [at for at, _, _ in day.told]
    for moment in moments:
        lately = [each for each in moments if timedelta() <= moment - each < JUDGEMENT.within]
        assert len(lately) <= JUDGEMENT.changes + 1


@settings(max_examples=200, deadline=None)
@given(gaps=pauses)
def test_whatever_a_probe_does_the_story_ends_once_it_is_well_for_long_enough(gaps: list[timedelta]) -> None:
    day = Day()
    for _ in flapping(day, gaps):
        pass
    day.say(RESOLVED)
    day.pass_by(timedelta(hours=2))
    assert day.incident is not None
    assert not day.incident.open
    assert day.told[-1][1] is Status.RESOLVED
    assert day.problem is not None
    assert day.problem.wait is None


@settings(max_examples=200, deadline=None)
@given(gaps=pauses)
def test_whatever_a_probe_does_what_fires_for_hours_is_told_as_open(gaps: list[timedelta]) -> None:
    day = Day()
    for _ in flapping(day, gaps):
        pass
    day.say(FIRING)
    day.pass_by(timedelta(hours=2))
    assert day.incident is not None
    assert day.incident.open


@settings(max_examples=200, deadline=None)
@given(gaps=st.lists(st.integers(1, 9).map(lambda minutes: timedelta(minutes=minutes)), min_size=1, max_size=60))
def test_a_probe_that_never_fires_for_as_long_as_a_rule_wants_is_never_told(gaps: list[timedelta]) -> None:
    day = Day(rule=replace(RULE, confirm_for=timedelta(minutes=10)))
    for _ in flapping(day, gaps):
        pass
    if len(gaps) % 2:
        day.say(RESOLVED)
    day.pass_by(timedelta(hours=3))
    assert day.told == []


def test_a_problem_that_waits_says_for_what() -> None:
    day = Day(rule=replace(RULE, confirm_for=timedelta(minutes=10)))
    day.say(FIRING)
    assert day.problem is not None
    assert day.problem.wait is not None
    assert day.problem.wait.why is Waits.CONFIRM
