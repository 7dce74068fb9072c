"""A busy while in virtual time: nothing refused, nothing of the rate wasted, nobody urgent kept waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.scenario import OPERATORS, PRESSING, Outcome, Scenario, live
from tests.simulation.virtual import run


def assert_orderly(outcome: Outcome) -> None:
    """What holds whatever the network does."""
    assert outcome.refused == 0
    assert list(outcome.violations) == []
    assert set(outcome.to_subscribers) == {1}, "each of them once"
    assert max(outcome.replies) < 1.0


def test_a_broadcast_channels_and_operators_use_the_whole_rate_and_never_more(tmp_path: Path) -> None:
    outcome = run(live(tmp_path, Scenario(subscribers=600, news_every=7.0, jitter=0.004)))
    assert_orderly(outcome)
    assert outcome.used > 0.99
    assert len(outcome.replies) > len(OPERATORS) * 3
    assert max(outcome.news) < 1.0, "all channels have the news within a second"


def test_of_a_card_that_changes_faster_than_it_may_only_the_newest_words_are_shown(tmp_path: Path) -> None:
    outcome = run(live(tmp_path, Scenario(subscribers=450)))
    assert PRESSING not in OPERATORS
    assert outcome.last_words
    assert 0 < outcome.edits_made < outcome.edits_owed * 2 / 3


def test_a_paid_broadcast_goes_a_thousand_times_a_second(tmp_path: Path) -> None:
    outcome = run(live(tmp_path, Scenario(subscribers=2100, paid=True)))
    assert_orderly(outcome)
    assert outcome.used > 0.99


@pytest.mark.parametrize("jitter", [0.0, 0.05, 0.3])
def test_a_network_that_delays_calls_unequally_costs_time_and_never_a_refusal(tmp_path: Path, jitter: float) -> None:
    outcome = run(live(tmp_path, Scenario(subscribers=300, jitter=jitter, seed=7)))
    assert_orderly(outcome)
