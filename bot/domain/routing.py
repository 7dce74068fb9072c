"""Which rule a signal falls under, and which deliveries an update owes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.delivery import Action, Destination
from bot.domain.model import Impact, OnDeadline, Publish, Signal, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which signals concern which component, how bad, and how they may be published.

    number: 1-based place in the configuration, for reasons and logs; source: None for any;
    labels: each named label must be there and match its pattern as a whole;
    component: None only with ``Publish.NEVER``; deadline: how long a draft waits, None for ever.
    """

    number: int
    source: str | None
    labels: Mapping[str, re.Pattern[str]]
    component: str | None
    impact: Impact
    publish: Publish
    deadline: timedelta | None
    on_deadline: OnDeadline
    reopen_within: timedelta

    def matches(self, signal: Signal) -> bool:
        """True when every condition of the rule holds for the signal."""
        if self.source is not None and self.source != signal.source:
            return False
        return all(
            label in signal.labels and pattern.fullmatch(signal.labels[label]) for label, pattern in self.labels.items()
        )


def first_match(rules: Sequence[Rule], signal: Signal) -> Rule | None:
    """The first rule that matches, None when none does."""
    return next((rule for rule in rules if rule.matches(signal)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One delivery an update owes: what to do at which destination."""

    action: Action
    destination: Destination


def plan(destinations: Sequence[Destination], *, status: Status, first: bool, reopens: bool = False) -> list[Owed]:
    """Everything an update owes, in the order in which each lane must carry it out.

    first: True for the update that opens the story. Later ones are a reply, after which the first post is brought up to
    the present state. A story is pinned where it opens, or reopens after its end, and unpinned where it ends.
    """
    return [
        Owed(action=action, destination=destination)
        for destination in destinations
        for action in _actions(pin=destination.pin, ends=status.ends, first=first, reopens=reopens)
    ]


def _actions(*, pin: bool, ends: bool, first: bool, reopens: bool) -> list[Action]:
    actions = [Action.POST] if first else [Action.POST, Action.EDIT]
    if pin and not ends and (first or reopens):
        actions.append(Action.PIN)
    if pin and ends and not first:
        actions.append(Action.UNPIN)
    return actions
