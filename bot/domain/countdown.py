"""How a deadline is counted down where it is shown: seldom while it is far, every minute at last. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_STEPS = (
    (timedelta(hours=1), 30 * _MINUTE),
    (15 * _MINUTE, 5 * _MINUTE),
    (5 * _MINUTE, 2 * _MINUTE),
    (timedelta(), _MINUTE),
)
"""While more than so much is left, it is shown anew whenever a multiple of this is left."""


def minutes_left(deadline: datetime, now: datetime) -> int:
    """Whole minutes, rounded up; 0 once it has passed."""
    return max(0, -((now - deadline) // _MINUTE))


def next_step(deadline: datetime, now: datetime) -> datetime | None:
    """When to show it anew; None when the deadline itself is the next that happens."""
    left = deadline - now
    step = next((step for above, step in _STEPS if left > above), None)
    if step is None:
        return None
    steps = -(-left // step) - 1  # so many are left at the next multiple
    return deadline - steps * step if steps > 0 else None
