"""What a signal changes, as a table and as laws that hold whatever comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decisions import (
    Advance,
    Decision,
    Hold,
    Ignore,
    Open,
    ProblemRecord,
    Situation,
    WaitingDraft,
    Withdraw,
    name_of,
)
from bot.domain.lifecycle import decide
from bot.domain.model import Impact, Incident, Kind, OnDeadline, Origin, Publish, Signal, SignalState, Status
from bot.domain.routing import Rule

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
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
OPEN = Incident(
    id=12,
    kind=Kind.OUTAGE,
    origin=Origin.AUTOMATION,
    status=Status.INVESTIGATING,
    impact=Impact.MAJOR,
    components=("shop",),
    started_at=NOW - timedelta(hours=1),
    published_at=NOW - timedelta(hours=1),
    publish=Publish.AUTOMATICALLY,
)
CLOSED = replace(OPEN, status=Status.RESOLVED, closed_at=NOW - timedelta(minutes=10))
UNPUBLISHED = replace(OPEN, published_at=None)
HUMAN = replace(OPEN, human=True)

FIRING, RESOLVED = SignalState.FIRING, SignalState.RESOLVED


def known(
    state: SignalState,
    incident_id: int | None = 12,
    at: datetime = NOW - timedelta(hours=1),
    seen_ago: timedelta = timedelta(),
) -> ProblemRecord:
    return ProblemRecord(state=state, at=at, seen_at=NOW - seen_ago, incident_id=incident_id)


def decision(
    state: SignalState,
    *,
    rule: Rule | None = RULE,
    problem: ProblemRecord | None = None,
    incident: Incident | None = None,
    others: int = 0,
    waiting: WaitingDraft = WaitingDraft.NONE,
    at: datetime | None = None,
) -> Decision:
    situation = Situation(
        problem=problem,
        incident=incident,
        others_firing=others,
        waiting=waiting,
        now=NOW,
        hit=("shop",),
        components=("shop",),
    )
    return decide(Signal(source="probe", key="p", state=state, at=at), rule, situation)


@pytest.mark.parametrize(
    ("decided", "kind", "reason"),
    [
        pytest.param(decision(FIRING), Open, "rule 1", id="a first firing opens"),
        pytest.param(decision(FIRING, rule=None), Hold, "no rule matches", id="no rule: operators only"),
        pytest.param(
            decision(FIRING, rule=replace(RULE, publish=Publish.NEVER)), Hold, "rule 1 says never", id="never"
        ),
        pytest.param(
            decision(FIRING, problem=known(FIRING), incident=OPEN), Ignore, "already part of incident 12", id="again"
        ),
        pytest.param(
            decision(FIRING, problem=known(FIRING, None), rule=None), Ignore, "still firing", id="again without a rule"
        ),
        pytest.param(
            decision(FIRING, problem=known(FIRING, None)), Open, "rule 1", id="a rule that was added meanwhile"
        ),
        pytest.param(decision(FIRING, incident=OPEN), Hold, "already tells customers", id="another problem joins"),
        pytest.param(
            decision(FIRING, incident=OPEN, rule=replace(RULE, impact=Impact.CRITICAL)),
            Advance,
            "a worse problem joined",
            id="a worse problem raises the impact",
        ),
        pytest.param(
            decision(FIRING, incident=HUMAN, rule=replace(RULE, impact=Impact.CRITICAL)),
            Hold,
            "a human tells incident 12",
            id="a worse problem does not speak over a human",
        ),
        pytest.param(decision(FIRING, incident=CLOSED), Advance, "relapse of incident 12", id="a relapse"),
        pytest.param(
            decision(FIRING, incident=replace(CLOSED, closed_at=NOW - timedelta(minutes=31))),
            Open,
            "rule 1",
            id="too late for a relapse",
        ),
        pytest.param(
            decision(
                FIRING,
                incident=CLOSED,
                waiting=WaitingDraft.OTHER,
                rule=replace(RULE, publish=Publish.AFTER_APPROVAL),
            ),
            Hold,
            "a draft of incident 12 already waits",
            id="a relapse that is drafted already",
        ),
        pytest.param(
            decision(FIRING, problem=known(RESOLVED), incident=OPEN, waiting=WaitingDraft.ENDING),
            Withdraw,
            "fires again",
            id="firing again before the all-clear went out",
        ),
        pytest.param(decision(RESOLVED), Ignore, "never announced", id="a recovery out of nowhere"),
        pytest.param(
            decision(RESOLVED, problem=known(RESOLVED), incident=CLOSED), Ignore, "already recovered", id="twice"
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING, None)), Hold, "customers were never told", id="never told"
        ),
        pytest.param(decision(RESOLVED, problem=known(FIRING)), Hold, "incident 12 is over", id="long over"),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=CLOSED), Hold, "closed already", id="closed by hand"
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=OPEN, others=2),
            Hold,
            "2 other problems still fire",
            id="others still fire",
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=OPEN), Advance, "have recovered", id="the last recovers"
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=UNPUBLISHED, waiting=WaitingDraft.OPENING),
            Withdraw,
            "recovered before the draft",
            id="before anybody was told",
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=CLOSED, waiting=WaitingDraft.OTHER),
            Withdraw,
            "recovered before the draft",
            id="before the relapse was published",
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING), incident=OPEN, waiting=WaitingDraft.ENDING),
            Hold,
            "already waits",
            id="the all-clear waits already",
        ),
        pytest.param(
            decision(FIRING, problem=known(RESOLVED, at=NOW), at=NOW - timedelta(seconds=1)),
            Ignore,
            "sent before",
            id="a late firing",
        ),
        pytest.param(
            decision(
                FIRING,
                problem=known(RESOLVED, at=NOW - timedelta(minutes=5), seen_ago=timedelta(minutes=5)),
                incident=CLOSED,
                at=NOW - timedelta(hours=2),
            ),
            Advance,
            "relapse of incident 12",
            id="a firing that a monitor had lost sight of",
        ),
        pytest.param(
            decision(FIRING, incident=UNPUBLISHED, waiting=WaitingDraft.OPENING),
            Advance,
            "rule 1 needs no yes",
            id="a rule without approval does not wait for another's draft",
        ),
        pytest.param(
            decision(
                FIRING,
                rule=replace(RULE, publish=Publish.AFTER_APPROVAL),
                incident=replace(CLOSED, closed_at=NOW - timedelta(minutes=50)),
                waiting=WaitingDraft.OTHER,
            ),
            Hold,
            "already waits",
            id="no second story beside a relapse that waits",
        ),
        pytest.param(
            decision(RESOLVED, problem=known(FIRING, at=NOW), incident=OPEN, at=NOW - timedelta(seconds=1)),
            Ignore,
            "sent before",
            id="a late recovery",
        ),
    ],
)
def test_the_decision_and_its_reason(decided: Decision, kind: type, reason: str) -> None:
    assert isinstance(decided, kind)
    assert reason in decided.reason


def test_where_a_senders_times_put_its_words_in_order_an_old_one_is_late_however_late_it_comes() -> None:
    recovered = known(RESOLVED, at=NOW - timedelta(days=2), seen_ago=timedelta(days=2))
    for problem, began in ((recovered, timedelta(days=2, minutes=1)), (None, timedelta(days=31))):
        situation = Situation(
            problem=problem,
            incident=None,
            others_firing=0,
            waiting=WaitingDraft.NONE,
            now=NOW,
            hit=("shop",),
            components=("shop",),
        )
        repeated = Signal(source="probe", key="p", state=FIRING, at=NOW - began, ordered=True)
        assert isinstance(decide(repeated, RULE, situation), Ignore)
        assert isinstance(decide(replace(repeated, ordered=False), RULE, situation), Open)
        assert isinstance(decide(replace(repeated, at=None), RULE, situation), Open)


def test_the_all_clear_of_what_a_human_wrote_is_only_proposed() -> None:
    decided = decision(RESOLVED, problem=known(FIRING), incident=HUMAN)
    assert isinstance(decided, Advance)
    assert (decided.status, decided.publish) == (Status.RESOLVED, Publish.AFTER_APPROVAL)


moments = st.timedeltas(timedelta(days=-1), timedelta(days=1)).map(lambda away: NOW + away)

situations = st.builds(
    Situation,
    problem=st.none()
    | st.builds(
        ProblemRecord,
        state=st.sampled_from([FIRING, RESOLVED]),
        at=moments,
        seen_at=moments,
        incident_id=st.sampled_from([None, 12, 13]),
    ),
    incident=st.none()
    | st.builds(
        replace,
        st.sampled_from([OPEN, CLOSED, UNPUBLISHED, HUMAN]),
        impact=st.sampled_from(Impact),
        origin=st.sampled_from(Origin),
        publish=st.sampled_from([Publish.AUTOMATICALLY, Publish.AFTER_APPROVAL]),
    ),
    others_firing=st.integers(0, 3),
    waiting=st.sampled_from(WaitingDraft),
    now=st.just(NOW),
    hit=st.just(("shop",)),
    components=st.sampled_from([(), ("shop",)]),
    contested=st.booleans(),
    turns=st.integers(0, 5),
    due=st.booleans(),
)
signals = st.builds(
    Signal,
    source=st.just("probe"),
    key=st.just("p"),
    state=st.sampled_from(SignalState),
    at=st.none() | moments,
)
rules = st.none() | st.builds(replace, st.just(RULE), publish=st.sampled_from(Publish), impact=st.sampled_from(Impact))


@given(signal=signals, rule=rules, situation=situations)
def test_whatever_comes_in_there_is_a_decision_with_a_reason(
    signal: Signal, rule: Rule | None, situation: Situation
) -> None:
    decided = decide(signal, rule, situation)
    assert decided.reason
    assert name_of(decided) in {"open", "advance", "withdraw", "hold", "ignore"}


@given(signal=signals, rule=rules, situation=situations)
def test_only_firing_and_resolved_can_ever_change_anything_and_words_are_only_proposed(
    signal: Signal, rule: Rule | None, situation: Situation
) -> None:
    decided = decide(signal, rule, situation)
    if signal.state is SignalState.STATEMENT:
        assert isinstance(decided, Hold) or (isinstance(decided, Advance) and decided.publish is Publish.AFTER_APPROVAL)
    elif signal.state not in {FIRING, RESOLVED}:
        assert isinstance(decided, Ignore)


@given(signal=signals, rule=rules, situation=situations)
def test_automation_never_publishes_by_itself_what_a_human_wrote_into(
    signal: Signal, rule: Rule | None, situation: Situation
) -> None:
    decided = decide(signal, rule, situation)
    if isinstance(decided, Advance) and situation.incident is not None and situation.incident.human:
        assert decided.publish is Publish.AFTER_APPROVAL


@given(rule=rules, situation=situations)
def test_nothing_is_resolved_while_a_problem_still_fires(rule: Rule | None, situation: Situation) -> None:
    decided = decide(Signal(source="probe", key="p", state=RESOLVED), rule, situation)
    if isinstance(decided, Advance) and decided.status is Status.RESOLVED:
        assert situation.others_firing == 0


@given(signal=signals, situation=situations)
def test_without_a_rule_nothing_new_ever_reaches_customers(signal: Signal, situation: Situation) -> None:
    if signal.state is FIRING:
        assert isinstance(decide(signal, None, situation), Hold | Ignore)
