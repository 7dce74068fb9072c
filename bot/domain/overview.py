"""How everything stands at this moment, drawn from the open stories alone. Pure.

Headline and component states come out of one pass over the same stories the page lists, so they cannot contradict
one another. Only what customers were told counts: the status and impact of a story's latest published update.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.model import Impact, Status, Story


class State(StrEnum):
    """How well something works, from best to worst. Compare by ``weight``.

    NONE is for the whole: something is open that no customer feels. The values are the words' names in the catalogue.
    """

    OPERATIONAL = "operational"
    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """0 for operational ... 5 for critical."""
        return list(State).index(self)


_OF_IMPACT = {
    Impact.NONE: State.NONE,
    Impact.MINOR: State.MINOR,
    Impact.MAJOR: State.MAJOR,
    Impact.CRITICAL: State.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of the whole and of each component.

    headline: at least as bad as every component and every story in ``current``;
    components: (id, state) in the order asked for; a component's state is never NONE;
    current: open stories that concern customers now, newest first;
    scheduled: maintenance that has not begun, the next to begin first. It changes no state.
    """

    headline: State
    components: tuple[tuple[str, State], ...]
    current: tuple[Story, ...]
    scheduled: tuple[Story, ...]


def overview(stories: Iterable[Story], components: Iterable[str]) -> Overview:
    """Draw the overview. stories: the open ones, newest first; components: ids, in the order customers see them."""
    scheduled: list[Story] = []
    current: list[Story] = []
    for story in stories:
        (scheduled if story.latest.status is Status.SCHEDULED else current).append(story)
    return Overview(
        headline=max((state_of(story) for story in current), key=_weight, default=State.OPERATIONAL),
        components=tuple((component, _component_state(component, current)) for component in components),
        current=tuple(current),
        scheduled=tuple(sorted(scheduled, key=_begins)),
    )


def state_of(story: Story) -> State:
    """What one story says about the whole: OPERATIONAL once it is over or while it is only scheduled."""
    status = story.latest.status
    if status.ends or status is Status.SCHEDULED:
        return State.OPERATIONAL
    if status.planned:
        return State.MAINTENANCE
    return _OF_IMPACT[story.latest.impact]


def _component_state(component: str, current: Iterable[Story]) -> State:
    states = (state_of(story) for story in current if component in story.incident.components)
    state = max(states, key=_weight, default=State.OPERATIONAL)
    return State.OPERATIONAL if state is State.NONE else state


def _weight(state: State) -> int:
    return state.weight


def _begins(story: Story) -> tuple[float, int]:
    incident = story.incident
    return ((incident.scheduled_for or incident.started_at).timestamp(), incident.id)
