"""How everything stands: headline, components and stories agree, whatever is open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Impact, Incident, Kind, Notice, Origin, Status, Story, StoryUpdate
from bot.domain.overview import Overview, State, overview, state_of
from tests.channels.boards import BEGAN

COMPONENTS = ("shop", "whatsapp", "pickup")


def story(status: Status, impact: Impact = Impact.MAJOR, components: tuple[str, ...] = ("shop",), id: int = 1) -> Story:
    notice = Notice(
        language="en",
        lang="en",
        direction="ltr",
        status=status,
        impact=impact,
        state="",
        title="",
        body="",
        instead=None,
        more="",
        url="",
    )
    incident = Incident(
        id=id,
        kind=Kind.MAINTENANCE if status.planned else Kind.OUTAGE,
        origin=Origin.OPERATOR,
        status=status,
        impact=impact,
        components=components,
        started_at=BEGAN,
    )
    update = StoryUpdate(id=id, number=1, status=status, impact=impact, at=BEGAN, notice=notice)
    return Story(incident=incident, updates=(update,))


def view(*stories: Story) -> Overview:
    return overview(stories, COMPONENTS)


def test_with_nothing_open_everything_is_operational() -> None:
    assert view().headline is State.OPERATIONAL
    assert dict(view().components) == dict.fromkeys(COMPONENTS, State.OPERATIONAL)


@pytest.mark.parametrize("impact", [Impact.MINOR, Impact.MAJOR, Impact.CRITICAL])
@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING])
def test_an_open_outage_shows_in_its_component_and_in_the_headline(status: Status, impact: Impact) -> None:
    seen = view(story(status, impact, ("whatsapp",)))
    assert seen.headline == State(impact)
    assert dict(seen.components) == {"shop": "operational", "whatsapp": impact, "pickup": "operational"}


def test_an_outage_without_impact_leaves_components_alone_but_not_the_headline() -> None:
    seen = view(story(Status.INVESTIGATING, Impact.NONE))
    assert seen.headline is State.NONE
    assert set(dict(seen.components).values()) == {State.OPERATIONAL}


@pytest.mark.parametrize("impact", Impact)
def test_maintenance_counts_only_while_in_progress(impact: Impact) -> None:
    assert view(story(Status.SCHEDULED, impact)).headline is State.OPERATIONAL
    begun = view(story(Status.IN_PROGRESS, impact))
    assert begun.headline is State.MAINTENANCE
    assert dict(begun.components)["shop"] is State.MAINTENANCE


def test_the_worst_story_decides_about_a_component() -> None:
    seen = view(
        story(Status.IN_PROGRESS, id=3),
        story(Status.IDENTIFIED, Impact.CRITICAL, ("shop", "pickup"), id=2),
        story(Status.MONITORING, Impact.MINOR, id=1),
    )
    assert dict(seen.components) == {"shop": "critical", "whatsapp": "operational", "pickup": "critical"}


def test_a_story_about_a_component_no_longer_configured_still_counts_in_the_headline() -> None:
    assert view(story(Status.INVESTIGATING, Impact.CRITICAL, ("fax",))).headline is State.CRITICAL


def test_planned_maintenance_is_listed_apart_the_next_to_begin_first() -> None:
    seen = view(story(Status.SCHEDULED, id=2), story(Status.INVESTIGATING, id=3), story(Status.SCHEDULED, id=1))
    assert [each.incident.id for each in seen.scheduled] == [1, 2]
    assert [each.incident.id for each in seen.current] == [3]


@pytest.mark.parametrize("status", [status for status in Status if status.ends])
def test_a_story_that_is_over_affects_nothing(status: Status) -> None:
    assert state_of(story(status, Impact.CRITICAL)) is State.OPERATIONAL


open_stories = st.lists(
    st.builds(
        story,
        st.sampled_from([status for status in Status if not status.ends]),
        st.sampled_from(Impact),
        st.lists(st.sampled_from([*COMPONENTS, "gone"]), unique=True).map(tuple),
        st.integers(1, 99),
    ),
    max_size=6,
)


@given(open_stories)
def test_headline_components_and_stories_never_contradict_each_other(stories: list[Story]) -> None:
    seen = view(*stories)
    states = [state for _, state in seen.components]
    assert (seen.headline is State.OPERATIONAL) == (not seen.current)
    assert all(seen.headline.weight >= state.weight for state in states)
    assert seen.headline in {state_of(each) for each in seen.current} | {State.OPERATIONAL}
    for each in seen.current:
        for component, state in seen.components:
            if component in each.incident.components and state_of(each) is not State.NONE:
                assert state.weight >= state_of(each).weight
    assert {id(each) for each in stories} == {id(each) for each in (*seen.current, *seen.scheduled)}
    assert all(each.incident.kind is Kind.MAINTENANCE for each in seen.scheduled)
