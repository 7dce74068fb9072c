"""When to try a delivery again, and when to give up. Pure: chance is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
"""A notice a day late helps nobody; what is older becomes a dead letter that operators hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Try once more, this much later."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Stop trying."""

    reason: str


def after_failure(*, attempts: int, age: timedelta, chance: float) -> TryAgain | GiveUp:
    """What to do after a delivery failed for the ``attempts``-th time (1 and up).

    age: since it was owed; chance: uniform in [0, 1). Waits double from one second to five minutes, each shortened by
    up to half at random, so that many waiting deliveries do not come back at one instant.
    """
    if age >= GIVE_UP_AFTER:
        return GiveUp(reason=f"gave up after {attempts} tries in {age.total_seconds() / 3600:.0f} h")
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 16))
    return TryAgain(wait=ceiling * (1 - chance / 2))
