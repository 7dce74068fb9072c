"""Which rule a signal falls under, and which deliveries an update owes. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.delivery import Action, DeliveryState, Destination
from bot.domain.model import Impact, Incident, Kind, OnDeadline, Publish, Signal, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which signals concern which component, how bad, and how they may be published.

    number: 1-based place in the configuration, for reasons and logs; source: None for any;
    labels: each named label must be there and match its pattern as a whole;
    component: None for the components that depend on what the signal is about;
    deadline: how long a draft waits, None for ever; confirm_for: how long a problem must fire before anything is said;
    recover_for: how long it must be well before it counts as over;
    group, group_within: beginnings of one group within so long of its incident's are that incident;
    kind, upstream: what sort of story it makes and the platform at fault; None for what follows from the source.
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
    confirm_for: timedelta = timedelta()
    recover_for: timedelta = timedelta()
    group: str | None = None
    group_within: timedelta = timedelta(minutes=10)
    kind: Kind | None = None
    upstream: str | None = None

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


def hit(rule: Rule | None, signal: Signal, depends_on: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The components a signal is about: the rule's, else all that depend on its source or on ``source/key``.

    depends_on: by component, in the order customers see them.
    """
    if rule is None:
        return ()
    if rule.component is not None:
        return (rule.component,)
    names = {signal.source, f"{signal.source}/{signal.key}"}
    return tuple(component for component, upstream in depends_on.items() if names & set(upstream))


def may_grow(incident: Incident, rule: Rule) -> bool:
    """Whether components of this rule may join an open incident of its group.

    Pages show at once what a published incident concerns: nothing may get there that needs a yes, or that a human told.
    """
    if incident.human or incident.publish is not rule.publish:
        return False
    return incident.published_at is None or rule.publish is Publish.AUTOMATICALLY


def nature(rule: Rule, looked_at: str | None) -> tuple[Kind, str | None]:
    """What sort of story a beginning under the rule makes, and the platform at fault.

    looked_at: the platform whose status page the signal is from, None when a sender sent it.
    """
    kind = rule.kind or (Kind.UPSTREAM if rule.upstream or looked_at else Kind.OUTAGE)
    return kind, (rule.upstream or looked_at) if kind is Kind.UPSTREAM else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One delivery an update owes: what to do at which destination. silent: what arrives makes no sound."""

    action: Action
    destination: Destination
    silent: bool = False


def lane_of(destination: Destination, incident_id: int) -> str:
    """What names the deliveries that go out strictly in order: one story in one place."""
    topic = f"/{destination.topic}" if destination.topic is not None else ""
    return f"{destination.channel}:{destination.address}{topic}:{incident_id}"


def plan(
    destinations: Sequence[Destination], *, status: Status, impact: Impact, first: bool, reopens: bool = False
) -> list[Owed]:
    """Everything an update owes, in the order in which each lane must carry it out.

    impact: the worse of what customers were told until now and are told by this update, so that nobody who heard of a
    big problem misses that it has become a small one. first: True for the update that opens the story. Later ones are
    a reply, after which the first post is brought up to the present state. A story is pinned where it opens, or
    reopens after its end, and unpinned where it ends.
    """
    return [
        Owed(action=action, destination=destination, silent=impact in destination.silent)
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


def amending(state: DeliveryState, *, uncertain: bool, first: bool) -> Action | None:
    """What brings new words to a post, None when nothing has to.

    state, uncertain: the post's own; first: it is the first of its lane, which also shows the present state.
    A post that is not out yet carries the new words by itself, unless it may have left already; one that was given up
    stays away.
    """
    out = state in (DeliveryState.SENT, DeliveryState.LEASED) or (state is DeliveryState.PENDING and uncertain)
    if not out:
        return None
    return Action.EDIT if first else Action.AMEND
