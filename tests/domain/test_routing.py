"""Which rule a signal falls under, and what an update owes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.delivery import Action, Destination
from bot.domain.model import Impact, Signal, SignalState, Status
from bot.domain.routing import Owed, Rule, first_match, lane_of, plan
from bot.intake.rules import rules_of
from tests.domain.test_lifecycle import RULE
from tests.worlds import settings

SIGNAL = Signal(
    source="probe", key="p", state=SignalState.FIRING, labels={"service": "shop", "instance": "web-12", "odd": "{0} %s"}
)


def rule(**labels: str) -> Rule:
    return replace(RULE, labels={name: re.compile(pattern) for name, pattern in labels.items()})


@pytest.mark.parametrize(
    ("candidate", "matches"),
    [
        pytest.param(rule(), True, id="no condition matches all"),
        pytest.param(rule(service="shop"), True, id="equal"),
        pytest.param(rule(service="sho"), False, id="a part is not the whole"),
        pytest.param(rule(instance=r"web-\d+"), True, id="a pattern"),
        pytest.param(rule(service="shop", region=".*"), False, id="every label must be there"),
        pytest.param(replace(RULE, source="probe"), True, id="its source"),
        pytest.param(replace(RULE, source="grafana"), False, id="another source"),
    ],
)
def test_a_rule_matches_when_all_it_asks_for_holds(candidate: Rule, matches: bool) -> None:
    assert candidate.matches(SIGNAL) is matches


def test_the_first_rule_that_matches_decides() -> None:
    second = replace(rule(service="shop"), number=2)
    assert first_match([rule(service="mail"), second, replace(RULE, number=3)], SIGNAL) is second
    assert first_match([], SIGNAL) is None


def test_a_configured_value_is_text_unless_it_says_regex() -> None:
    match = {"labels": {"odd": "{0} %s", "instance": {"regex": "web-[0-9]+"}}}
    configured = settings(rules=[{"match": match, "component": "shop"}])
    assert first_match(rules_of(configured), SIGNAL) is not None
    literal = settings(rules=[{"match": {"labels": {"instance": "web-.."}}, "component": "shop"}])
    assert first_match(rules_of(literal), SIGNAL) is None


@pytest.mark.parametrize(
    ("pin", "status", "first", "reopens", "actions"),
    [
        (False, Status.INVESTIGATING, True, False, [Action.POST]),
        (True, Status.INVESTIGATING, True, False, [Action.POST, Action.PIN]),
        (True, Status.MONITORING, False, False, [Action.POST, Action.EDIT]),
        (True, Status.INVESTIGATING, False, True, [Action.POST, Action.EDIT, Action.PIN]),
        (True, Status.RESOLVED, False, False, [Action.POST, Action.EDIT, Action.UNPIN]),
        (False, Status.RESOLVED, False, False, [Action.POST, Action.EDIT]),
        (True, Status.RESOLVED, True, False, [Action.POST]),
    ],
)
def test_what_an_update_owes_a_chat(
    pin: bool, status: Status, first: bool, reopens: bool, actions: list[Action]
) -> None:
    chat = Destination(channel="telegram", address="@bottega_en", language="en", pin=pin)
    assert [owed.action for owed in _planned(chat, status, first, reopens)] == actions


def _planned(chat: Destination, status: Status, first: bool, reopens: bool) -> list[Owed]:
    return plan([chat], status=status, impact=Impact.MAJOR, first=first, reopens=reopens)


@pytest.mark.parametrize(("impact", "silent"), [("none", True), ("minor", True), ("major", False), ("critical", False)])
def test_what_is_minor_arrives_without_a_sound_where_a_chat_wants_that(impact: str, silent: bool) -> None:
    quiet = Destination(channel="telegram", address="-1", language="en", silent=frozenset({Impact.NONE, Impact.MINOR}))
    loud = Destination(channel="telegram", address="-2", language="en")
    owed = plan([quiet, loud], status=Status.RESOLVED, impact=Impact(impact), first=False)
    assert {(each.destination.address, each.silent) for each in owed} == {("-1", silent), ("-2", False)}


def test_each_topic_of_a_forum_has_a_lane_of_its_own() -> None:
    room = Destination(channel="telegram.two", address="-1001", language="en")
    assert lane_of(room, 5) == "telegram.two:-1001:5"
    assert lane_of(replace(room, topic=7), 5) == "telegram.two:-1001/7:5"
