"""What happens by itself to planned maintenance, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Status
from bot.domain.planned import Plan, Turn, turn, turns_at

STARTS = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def plan(status: Status = Status.SCHEDULED, *, told: timedelta = -7 * DAY, asked: bool = False) -> Plan:
    """Of two hours. told: when customers last heard of it, relative to its beginning."""
    return Plan(status=status, starts=STARTS, ends=STARTS + 2 * HOUR, told_at=STARTS + told, asked=asked)


@pytest.mark.parametrize(
    ("plan", "at", "expected"),
    [
        pytest.param(plan(), -25 * HOUR, None, id="far away"),
        pytest.param(plan(), -DAY, Turn.REMINDER, id="a day before"),
        pytest.param(plan(), -HOUR, Turn.REMINDER, id="late, but before it begins"),
        pytest.param(plan(told=-DAY), -HOUR, None, id="told since"),
        pytest.param(plan(), timedelta(), Turn.BEGINNING, id="no reminder once it begins"),
        pytest.param(plan(), HOUR, Turn.BEGINNING, id="late, but before it ends"),
        pytest.param(plan(), 2 * HOUR, Turn.END, id="no beginning once it is over"),
        pytest.param(plan(Status.IN_PROGRESS), HOUR, None, id="in progress"),
        pytest.param(plan(Status.IN_PROGRESS), -HOUR, None, id="begun early"),
        pytest.param(plan(Status.IN_PROGRESS), 2 * HOUR, Turn.END, id="over"),
        pytest.param(plan(Status.IN_PROGRESS, asked=True), 9 * HOUR, None, id="over, and asked"),
        pytest.param(plan(Status.COMPLETED), 2 * HOUR, None, id="ended by a human"),
        pytest.param(plan(Status.CANCELLED), timedelta(), None, id="cancelled by a human"),
    ],
)
def test_only_what_is_true_now_is_told(plan: Plan, at: timedelta, expected: Turn | None) -> None:
    assert turn(plan, remind=DAY, now=STARTS + at) is expected


AROUND = st.integers(-10_000, 10_000).map(lambda minutes: timedelta(minutes=minutes))


@given(st.sampled_from([status for status in Status if status.planned]), AROUND, AROUND, st.booleans(), AROUND)
def test_something_is_told_exactly_when_it_is_due(
    status: Status, told: timedelta, at: timedelta, asked: bool, remind: timedelta
) -> None:
    """Else the timers would turn without end, or sleep through it."""
    now, before = STARTS + at, max(remind, timedelta()) or None
    stands = plan(status, told=told, asked=asked)
    due = turns_at(stands, remind=before)
    assert (turn(stands, remind=before, now=now) is not None) == (due is not None and due <= now)
