"""What becomes of a delivery after a try: one pure, total function from outcome to verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.delivery import Action, Delivery, Receipt
from bot.domain.retry import GiveUp, after_failure
from bot.errors import DeliveryError, Moved, Permanent, Reason, Throttled, Transient, Uncertain

MISCONFIGURED_WAIT = timedelta(seconds=60)
"""A wrong token fails every delivery alike; they wait for somebody to mend it, nothing is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The far side has it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try once more at ``due_at``. uncertain: find out first whether it was published.

    halt: pause the "address" or the whole "channel" until then, None for neither.
    """

    due_at: datetime
    error: str
    uncertain: bool
    halt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocate:
    """The address has changed: try at once at the new one."""

    new_address: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """A dead letter: operators are told. shut_out: nothing else can be published there either."""

    error: str
    shut_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The post it was to change has been deleted: nothing is left to do."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """Not tried: its turn is too far off."""

    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Nobody can tell whether it was published, and policy says not to risk it twice: operators are told."""

    error: str


Verdict = Done | Again | Relocate | Bury | Gone | GiveBack | Leave


def judge(delivery: Delivery, outcome: Receipt | DeliveryError, *, now: datetime, chance: float) -> Verdict:
    """The verdict on a try. chance: uniform in [0, 1)."""
    if isinstance(outcome, Receipt):
        return Done(receipt=outcome)
    error = str(outcome) or type(outcome).__name__
    match outcome:
        case Moved():
            return Relocate(new_address=outcome.new_address, error=error)
        case Throttled():
            due_at = now + outcome.retry_after
            return Again(due_at=due_at, error=error, uncertain=delivery.uncertain, halt=outcome.scope)
        case Permanent(reason=Reason.MISCONFIGURED):
            due_at = now + MISCONFIGURED_WAIT
            return Again(due_at=due_at, error=error, uncertain=delivery.uncertain, halt="channel")
        case Permanent(reason=Reason.GONE) if delivery.action is not Action.POST:
            return Gone(error=error)
        case Permanent():
            return Bury(error=error, shut_out=outcome.reason is Reason.BLOCKED)
        case Uncertain():
            return _later(delivery, error, now=now, chance=chance, uncertain=delivery.action is Action.POST)
        case Transient():
            return _later(delivery, error, now=now, chance=chance, uncertain=delivery.uncertain)
        case _:
            raise AssertionError(f"no verdict for {type(outcome).__name__}")


def _later(delivery: Delivery, error: str, *, now: datetime, chance: float, uncertain: bool) -> Again | Bury:
    decision = after_failure(attempts=delivery.attempts, age=now - delivery.owed_at, chance=chance)
    if isinstance(decision, GiveUp):
        return Bury(error=f"{decision.reason}: {error}")
    return Again(due_at=now + decision.wait, error=error, uncertain=uncertain)
