"""Every outcome of a try has a verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.dispatcher.verdict import Again, Bury, Done, Gone, Relocate, judge
from bot.domain.delivery import Action, Delivery, Priority, Receipt
from bot.errors import DeliveryError, Moved, Permanent, Reason, Throttled, Transient, Uncertain

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


def delivery(action: Action = Action.POST, *, uncertain: bool = False) -> Delivery:
    return Delivery(
        id=1,
        action=action,
        channel="telegram",
        address="@bottega_en",
        lane="telegram:@bottega_en:1",
        priority=Priority.CHANNEL,
        notice=None,
        text="words",
        opening=None,
        anchor=None,
        attempts=1,
        uncertain=uncertain,
        owed_at=NOW,
        lease="mine",
    )


EXAMPLES: dict[type[DeliveryError], DeliveryError] = {
    Transient: Transient("down"),
    Throttled: Throttled("flood", retry_after=timedelta(seconds=9)),
    Moved: Moved("upgraded", new_address="-100"),
    Uncertain: Uncertain("no answer"),
    Permanent: Permanent("refused", reason=Reason.REFUSED),
}


def test_every_delivery_error_has_a_verdict() -> None:
    assert set(DeliveryError.__subclasses__()) == set(EXAMPLES)
    verdicts = {kind: judge(delivery(), error, now=NOW, chance=0) for kind, error in EXAMPLES.items()}
    assert {kind: type(verdict) for kind, verdict in verdicts.items()} == {
        Transient: Again,
        Throttled: Again,
        Moved: Relocate,
        Uncertain: Again,
        Permanent: Bury,
    }


@pytest.mark.parametrize(
    ("action", "verdict"),
    [(Action.EDIT, Gone), (Action.AMEND, Gone), (Action.PIN, Gone), (Action.UNPIN, Gone), (Action.POST, Bury)],
)
def test_only_a_change_ends_with_the_post_it_was_for(action: Action, verdict: type[Bury | Gone]) -> None:
    assert isinstance(judge(delivery(action), Permanent("gone", reason=Reason.GONE), now=NOW, chance=0), verdict)


def test_a_receipt_is_the_end() -> None:
    assert judge(delivery(), Receipt(id="7"), now=NOW, chance=0) == Done(receipt=Receipt(id="7"))


@pytest.mark.parametrize(("action", "uncertain"), [(Action.POST, True), (Action.EDIT, False), (Action.PIN, False)])
def test_only_a_post_is_in_doubt_when_its_answer_is_lost(action: Action, uncertain: bool) -> None:
    verdict = judge(delivery(action), Uncertain("no answer"), now=NOW, chance=0)
    assert isinstance(verdict, Again)
    assert verdict.uncertain is uncertain


@pytest.mark.parametrize("error", [EXAMPLES[Throttled], EXAMPLES[Transient]], ids=["throttled", "transient"])
def test_a_doubt_stays_until_it_is_settled(error: DeliveryError) -> None:
    verdict = judge(delivery(uncertain=True), error, now=NOW, chance=0)
    assert isinstance(verdict, Again)
    assert verdict.uncertain


@pytest.mark.parametrize("scope", ["address", "channel"])
def test_a_pause_halts_what_it_is_meant_for(scope: str) -> None:
    error = Throttled("flood", retry_after=timedelta(seconds=9), scope=scope)
    verdict = judge(delivery(), error, now=NOW, chance=0)
    assert isinstance(verdict, Again)
    assert (verdict.halt, verdict.due_at) == (scope, NOW + timedelta(seconds=9))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.MISCONFIGURED])
def test_what_can_never_succeed_is_a_dead_letter(reason: Reason) -> None:
    verdict = judge(delivery(), Permanent("no", reason=reason), now=NOW, chance=0)
    assert verdict == Bury(error="no", shut_out=reason is Reason.BLOCKED)


def test_a_wrong_token_halts_the_channel_and_gives_nothing_up() -> None:
    verdict = judge(delivery(), Permanent("unauthorized", reason=Reason.MISCONFIGURED), now=NOW, chance=0)
    assert isinstance(verdict, Again)
    assert verdict.halt == "channel"
