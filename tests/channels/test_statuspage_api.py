"""The API in Statuspage's shape: the keys, types and words that real pages of theirs have, and no contradiction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from bot.channels.api import Part, Statuspage
from bot.domain.model import Board, Impact, Status, Story
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.channels.golden import assert_golden
from tests.channels.hostile import boards_with_any_words

Shape = Mapping[str, Any]

TIME, TIME_OR_NULL = "time", "time or null"
TEXT_OR_NULL = (str, type(None))

# As in the snapshots of real pages. https://status.atlassian.com/api/v2 documents the same.
PAGE: Shape = {"id": str, "name": str, "url": str, "time_zone": str, "updated_at": TIME}
STATUS: Shape = {"indicator": {"none", "minor", "major", "critical", "maintenance"}, "description": str}
COMPONENT: Shape = {
    "id": str,
    "name": str,
    "status": {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"},
    "created_at": TIME,
    "updated_at": TIME,
    "position": int,
    "description": TEXT_OR_NULL,
    "showcase": bool,
    "start_date": TEXT_OR_NULL,
    "group_id": TEXT_OR_NULL,
    "page_id": str,
    "group": bool,
    "only_show_if_degraded": bool,
}
AFFECTED: Shape = {"code": str, "name": str, "old_status": COMPONENT["status"], "new_status": COMPONENT["status"]}
UPDATE: Shape = {
    "id": str,
    "status": str,
    "body": str,
    "incident_id": str,
    "created_at": TIME,
    "updated_at": TIME,
    "display_at": TIME,
    "affected_components": [AFFECTED],
    "deliver_notifications": bool,
    "custom_tweet": TEXT_OR_NULL,
    "tweet_id": (int, type(None)),
}
INCIDENT: Shape = {
    "id": str,
    "name": str,
    "status": {"investigating", "identified", "monitoring", "resolved", "postmortem"},
    "created_at": TIME,
    "updated_at": TIME,
    "monitoring_at": TIME_OR_NULL,
    "resolved_at": TIME_OR_NULL,
    "impact": {"none", "minor", "major", "critical"},
    "shortlink": str,
    "started_at": TIME,
    "page_id": str,
    "incident_updates": [UPDATE],
    "components": [COMPONENT],
    "reminder_intervals": TEXT_OR_NULL,
}
MAINTENANCE: Shape = {
    **{key: inner for key, inner in INCIDENT.items() if key != "reminder_intervals"},
    "status": {"scheduled", "in_progress", "verifying", "completed"},
    "impact": {"maintenance"},
    "scheduled_for": TIME,
    "scheduled_until": TIME,
}
_LISTED: Mapping[str, Any] = {
    "components": [COMPONENT],
    "incidents": [INCIDENT],
    "scheduled_maintenances": [MAINTENANCE],
    "status": STATUS,
}
SHAPES: Mapping[Part, Shape] = {
    part: {"page": PAGE, **{key: _LISTED[key] for key in keys}}
    for part, keys in {
        Part.SUMMARY: ("components", "incidents", "scheduled_maintenances", "status"),
        Part.STATUS: ("status",),
        Part.COMPONENTS: ("components",),
        Part.INCIDENTS: ("incidents",),
        Part.UNRESOLVED: ("incidents",),
        Part.MAINTENANCES: ("scheduled_maintenances",),
        Part.UPCOMING: ("scheduled_maintenances",),
        Part.ACTIVE: ("scheduled_maintenances",),
    }.items()
}


def read(part: Part, board: Board, **changes: Any) -> dict[str, Any]:
    spoken = {language: words(language) for language in LANGUAGES}
    document: dict[str, Any] = json.loads(Statuspage(settings(**changes), spoken).render(part, board))
    return document


def assert_shape(value: Any, shape: Any, where: str) -> None:
    """The value has exactly the keys of the shape, and what it may have behind each."""
    match shape:
        case Mapping():
            assert value.keys() == shape.keys(), where
            for key, inner in shape.items():
                assert_shape(value[key], inner, f"{where}.{key}")
        case [inner]:
            for number, each in enumerate(value if value is not None else []):
                assert_shape(each, inner, f"{where}[{number}]")
        case set():
            assert value in shape, where
        case "time" | "time or null":
            if value is None:
                assert shape == TIME_OR_NULL, where
            else:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), where
        case _:
            assert isinstance(value, shape), where


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_document_has_the_shape_of_a_real_one(language: str, part: Part) -> None:
    assert_shape(read(part, whole(language)), SHAPES[part], part)


@pytest.mark.parametrize("part", Part)
def test_the_shape_holds_before_anything_was_ever_published(part: Part) -> None:
    assert_shape(read(part, board()), SHAPES[part], part)


def test_the_summary_reads_as_agreed() -> None:
    assert_golden("api/v2/summary.json", json.dumps(read(Part.SUMMARY, whole("it")), indent=1, ensure_ascii=False))


@pytest.mark.parametrize("part", Part)
def test_ids_are_texts_and_name_one_thing_each(part: Part) -> None:
    document = read(part, whole("en"))
    listed = [*document.get("incidents", []), *document.get("scheduled_maintenances", [])]
    ids = [each["id"] for each in listed]
    updates = [update["id"] for each in listed for update in each["incident_updates"]]
    assert len(ids) == len(set(ids))
    assert len(updates) == len(set(updates))
    assert all(update["incident_id"] == each["id"] for each in listed for update in each["incident_updates"])


def test_each_list_holds_what_its_name_says() -> None:
    def ids(part: Part) -> list[str]:
        document = read(part, whole("en"))
        return [each["id"] for each in document.get("incidents", document.get("scheduled_maintenances"))]

    assert ids(Part.INCIDENTS) == ["7", "6", "3"]
    assert ids(Part.UNRESOLVED) == ["7", "6"]
    assert ids(Part.MAINTENANCES) == ["5", "4", "2", "1"]
    assert ids(Part.UPCOMING) == ["4"]
    assert ids(Part.ACTIVE) == ["5"]


def test_the_summary_tells_only_what_is_open_or_planned() -> None:
    document = read(Part.SUMMARY, whole("en"))
    assert [each["id"] for each in document["incidents"]] == ["7", "6"]
    assert [each["id"] for each in document["scheduled_maintenances"]] == ["5", "4"]
    assert not [each for each in document["incidents"] if each["resolved_at"]]


@pytest.mark.parametrize(
    ("told", "indicator", "component"),
    [
        (story(Status.INVESTIGATING, impact=Impact.NONE), "none", "operational"),
        (story(Status.INVESTIGATING, impact=Impact.MINOR), "minor", "degraded_performance"),
        (story(Status.IDENTIFIED, impact=Impact.MAJOR), "major", "partial_outage"),
        (story(Status.MONITORING, impact=Impact.CRITICAL), "critical", "major_outage"),
        (story(Status.SCHEDULED), "none", "operational"),
        (story(Status.SCHEDULED, Status.IN_PROGRESS), "maintenance", "under_maintenance"),
        (story(Status.INVESTIGATING, Status.RESOLVED), "none", "operational"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.latest.status.value,
)
def test_indicator_and_component_are_as_bad_as_what_is_open(told: Story, indicator: str, component: str) -> None:
    document = read(Part.SUMMARY, board(told))
    assert document["status"]["indicator"] == indicator
    assert {each["id"]: each["status"] for each in document["components"]}["whatsapp"] == component
    for each in [*document["incidents"], *document["scheduled_maintenances"]]:
        assert [inner["status"] for inner in each["components"]] == [component]


def test_updates_come_newest_first_and_tell_what_became_of_the_components() -> None:
    [incident] = read(Part.INCIDENTS, board(story(Status.INVESTIGATING, Status.MONITORING, Status.RESOLVED)))[
        "incidents"
    ]
    assert [update["status"] for update in incident["incident_updates"]] == ["resolved", "monitoring", "investigating"]
    changes = [update["affected_components"][0] for update in incident["incident_updates"]]
    assert [(change["old_status"], change["new_status"]) for change in changes] == [
        ("partial_outage", "operational"),
        ("partial_outage", "partial_outage"),
        ("operational", "partial_outage"),
    ]


def test_moments_are_those_of_the_story() -> None:
    told = story(Status.INVESTIGATING, Status.MONITORING, Status.RESOLVED)
    [incident] = read(Part.INCIDENTS, board(told))["incidents"]
    assert incident["started_at"] == incident["created_at"] == "2025-03-04T08:17:30.000Z"
    assert incident["monitoring_at"] == "2025-03-04T08:37:30.000Z"
    assert incident["resolved_at"] == incident["updated_at"] == "2025-03-04T08:57:30.000Z"


def test_cancelled_maintenance_is_told_in_a_word_the_clients_know() -> None:
    document = read(Part.MAINTENANCES, board(story(Status.SCHEDULED, Status.CANCELLED)))
    [maintenance] = document["scheduled_maintenances"]
    assert maintenance["status"] == maintenance["incident_updates"][0]["status"] == "completed"
    assert maintenance["resolved_at"]
    assert maintenance["name"].startswith("Maintenance cancelled")


def test_a_story_about_nothing_that_is_configured_affects_null() -> None:
    [incident] = read(Part.UNRESOLVED, board(story(Status.INVESTIGATING)), components={"fax": {"name": "Fax"}})[
        "incidents"
    ]
    assert incident["components"] == []
    assert incident["incident_updates"][0]["affected_components"] is None


def test_the_words_say_where_else_to_reach_the_company_and_hold_no_markup() -> None:
    [incident] = read(Part.UNRESOLVED, board(story(Status.INVESTIGATING, language="de"), language="de"))["incidents"]
    body = incident["incident_updates"][0]["body"]
    assert "https://t.me/bottega_example" in body
    assert "**" not in body
    assert "](" not in body
    assert incident["shortlink"] == f"{SITE}/de/incidents/1"


def test_the_same_state_gives_the_same_bytes_whatever_its_revision() -> None:
    spoken = {language: words(language) for language in LANGUAGES}
    render = Statuspage(settings(), spoken).render
    for part in Part:
        assert render(part, whole("en")) == render(part, replace(whole("en"), revision=99))


@given(
    boards_with_any_words(board(story(Status.INVESTIGATING), story(Status.SCHEDULED, id=2, began=BEGAN - timedelta(1))))
)
@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_yields_the_same_shape(any_board: Board) -> None:
    assert_shape(read(Part.SUMMARY, any_board), SHAPES[Part.SUMMARY], "summary")
