"""An hour in virtual time at Telegram's own limits: a hundred thousand subscribers, twelve channels, busy operators."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from benchmarks.figures import Table, quantile, written
from tests.simulation.scenario import Outcome, Scenario, live
from tests.simulation.virtual import run

JITTERS = (0.0, 0.004, 0.02)
"""Seconds by which the network delays a call more than another, each way; the first is lived through whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A scenario, what came of it, and the real seconds that took."""

    scenario: Scenario
    outcome: Outcome
    seconds: float


def measure(folder: Path, *, subscribers: int) -> list[Lived]:
    """The hour on an even network, a part of it on others, and a part of a broadcast that is paid for."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    part = max(2_500, subscribers // 20)
    scenarios = [
        Scenario(subscribers=subscribers if jitter == JITTERS[0] else part, jitter=jitter) for jitter in JITTERS
    ]
    scenarios.append(Scenario(subscribers=part, jitter=JITTERS[1], paid=True))
    return [_lived(folder / str(number), scenario) for number, scenario in enumerate(scenarios)]


def _lived(folder: Path, scenario: Scenario) -> Lived:
    folder.mkdir(parents=True)
    began = time.perf_counter()
    outcome = run(live(folder, scenario))
    return Lived(scenario=scenario, outcome=outcome, seconds=time.perf_counter() - began)


def table(lived: Sequence[Lived]) -> Table:
    """A column per scenario."""
    columns = [_facts(each) for each in lived]
    head = ("", "promised", *(column.pop("what") for column in columns))
    promised = {
        "refused (429)": "0",
        "of the allowed rate used, %": "over 99",
        "subscribers written to twice, or never": "0",
        "an operator's answer, longest, s": "under 1",
    }
    rows = [(what, promised.get(what, "-"), *(column[what] for column in columns)) for what in columns[0]]
    return Table(head=head, rows=rows, texts=2)


def _facts(lived: Lived) -> dict[str, str]:
    outcome, scenario = lived.outcome, lived.scenario
    paid = ", paid" if scenario.paid else ""
    return {
        "what": f"{scenario.jitter * 1000:.0f} ms{paid}",
        "subscribers": f"{scenario.subscribers:,}",
        "simulated, s": written(outcome.seconds),
        "calls": f"{outcome.calls:,}",
        "refused (429)": str(outcome.refused),
        "of the allowed rate used, %": f"{outcome.used * 100:.2f}",
        "subscribers written to twice, or never": str(sum(times != 1 for times in outcome.to_subscribers)),
        "answers to operators": str(len(outcome.replies)),
        "an operator's answer, median, s": written(quantile(outcome.replies, 0.5)) if outcome.replies else "-",
        "an operator's answer, longest, s": written(max(outcome.replies)) if outcome.replies else "-",
        "12 channels have the news, longest, s": written(max(outcome.news)) if outcome.news else "-",
        "edits of a card, asked for and made": f"{outcome.edits_owed:,}, {outcome.edits_made:,}",
        "computed in, s": written(lived.seconds),
    }
