"""A board in the shape of Statuspage's public API, version 2 (https://status.atlassian.com/api/v2), for its clients.

What Statuspage has no word for is told as its clients would understand it: maintenance that was cancelled is
``completed``, for ``cancelled`` is not among the statuses they know. What we do not keep is told as null, or, where
the shape asks for a time, as ``UNKNOWN_SINCE``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.channels.json_text import json_text, moment
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Impact, Notice, Status, Story, StoryUpdate
from bot.domain.overview import State, overview
from bot.languages.markdown import to_plain

PAST = 50
"""How many closed stories the lists go back, as Statuspage's do."""

UNKNOWN_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When components were made, and when the page changed before anything was ever published."""

_INDICATOR: Mapping[State, str] = {
    State.OPERATIONAL: "none",
    State.NONE: "none",
    State.MAINTENANCE: "maintenance",
    State.MINOR: "minor",
    State.MAJOR: "major",
    State.CRITICAL: "critical",
}
_COMPONENT: Mapping[State, str] = {
    State.OPERATIONAL: "operational",
    State.NONE: "operational",
    State.MAINTENANCE: "under_maintenance",
    State.MINOR: "degraded_performance",
    State.MAJOR: "partial_outage",
    State.CRITICAL: "major_outage",
}
_OF_IMPACT = {impact: _COMPONENT[State(impact)] for impact in Impact}

_Json = dict[str, Any]


class Part(StrEnum):
    """Which of the documents; the value is its path under ``/api/v2/``, without ``.json``."""

    SUMMARY = "summary"
    STATUS = "status"
    COMPONENTS = "components"
    INCIDENTS = "incidents"
    UNRESOLVED = "incidents/unresolved"
    MAINTENANCES = "scheduled-maintenances"
    UPCOMING = "scheduled-maintenances/upcoming"
    ACTIVE = "scheduled-maintenances/active"


class Statuspage:
    """Renders every part of the API. Pure: the same board gives the same bytes."""

    def __init__(self, settings: Settings, words: Mapping[str, Words]) -> None:
        """words: of every language in ``settings.languages``."""
        self._settings = settings
        self._words = words

    def render(self, part: Part, board: Board) -> bytes:
        """One part in the board's language. board: with ``PAST`` closed stories."""
        view = _View(board, self._settings, self._words[board.language])
        listed: _Json = {"page": view.page()}
        match part:
            case Part.SUMMARY:
                planned = view.maintenances(Status.SCHEDULED, Status.IN_PROGRESS)
                listed |= {"components": view.components, "incidents": view.incidents(board.open)}
                listed |= {"scheduled_maintenances": planned, "status": view.status()}
            case Part.STATUS:
                listed |= {"status": view.status()}
            case Part.COMPONENTS:
                listed |= {"components": view.components}
            case Part.INCIDENTS:
                listed |= {"incidents": view.incidents([*board.open, *board.past])}
            case Part.UNRESOLVED:
                listed |= {"incidents": view.incidents(board.open)}
            case Part.MAINTENANCES:
                listed |= {"scheduled_maintenances": view.maintenances(*Status)}
            case Part.UPCOMING:
                listed |= {"scheduled_maintenances": view.maintenances(Status.SCHEDULED)}
            case Part.ACTIVE:
                listed |= {"scheduled_maintenances": view.maintenances(Status.IN_PROGRESS)}
        return json_text(listed)


class _View:
    """One board in Statuspage's words."""

    def __init__(self, board: Board, settings: Settings, words: Words) -> None:
        self._board, self._settings, self._words = board, settings, words
        self._overview = overview(board.open, settings.components)
        self._id = urlsplit(settings.public_url).hostname or "page"
        self.components = [
            self._component(id, state, position)
            for position, (id, state) in enumerate(self._overview.components, start=1)
        ]

    def page(self) -> _Json:
        return {
            "id": self._id,
            "name": self._settings.company.name,
            "url": self._settings.public_url,
            "time_zone": self._settings.timezone,
            "updated_at": moment(self._board.changed_at or UNKNOWN_SINCE),
        }

    def status(self) -> _Json:
        headline = self._overview.headline
        return {"indicator": _INDICATOR[headline], "description": self._words.plain(f"headline.{headline}")}

    def incidents(self, stories: Iterable[Story]) -> list[_Json]:
        told = (story for story in _newest_first(stories) if not story.incident.kind.planned)
        return [self._story(story) | {"reminder_intervals": None} for story in told]

    def maintenances(self, *statuses: Status) -> list[_Json]:
        stories = _newest_first([*self._board.open, *self._board.past])
        return [
            self._maintenance(story)
            for story in stories
            if story.incident.kind.planned and story.latest.status in statuses
        ]

    def _component(self, id: str, state: State, position: int) -> _Json:
        told = [story.latest.at for story in (*self._board.open, *self._board.past) if id in story.incident.components]
        return {
            "id": id,
            "name": self._words.name(self._settings.components[id].name),
            "status": _COMPONENT[state],
            "created_at": moment(UNKNOWN_SINCE),
            "updated_at": moment(max(told, default=UNKNOWN_SINCE)),
            "position": position,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self._id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _maintenance(self, story: Story) -> _Json:
        incident = story.incident
        starts = incident.scheduled_for or incident.started_at
        window = {"scheduled_for": moment(starts), "scheduled_until": moment(incident.scheduled_until or starts)}
        return self._story(story) | {"impact": "maintenance"} | window

    def _story(self, story: Story) -> _Json:
        incident, first = story.incident, story.updates[0]
        watched = (update.at for update in story.updates if update.status is Status.MONITORING)
        return {
            "id": str(incident.id),
            "name": story.latest.notice.title,
            "status": _status(story.latest.status),
            "created_at": moment(first.at),
            "updated_at": moment(story.changed_at),
            "monitoring_at": _moment_or_null(next(watched, None)),
            "resolved_at": _moment_or_null(story.latest.at if story.latest.status.ends else None),
            "impact": story.latest.impact.value,
            "shortlink": f"{self._settings.public_url}/{self._words.language}/incidents/{incident.id}",
            "started_at": moment(incident.started_at),
            "page_id": self._id,
            "incident_updates": self._updates(story),
            "components": [each for each in self.components if each["id"] in incident.components],
        }

    def _updates(self, story: Story) -> list[_Json]:
        """Newest first, each with what it made of the components it concerns."""
        told: list[_Json] = []
        before = _COMPONENT[State.OPERATIONAL]
        for update in story.updates:
            after = _made_of(update)
            told.append(self._update(story, update) | {"affected_components": self._affected(story, before, after)})
            before = after
        return told[::-1]

    def _update(self, story: Story, update: StoryUpdate) -> _Json:
        return {
            "id": str(update.id),
            "status": _status(update.status),
            "body": _body(update.notice),
            "incident_id": str(story.incident.id),
            "created_at": moment(update.at),
            "updated_at": moment(update.amended_at or update.at),
            "display_at": moment(update.at),
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _affected(self, story: Story, before: str, after: str) -> list[_Json] | None:
        known = [id for id in story.incident.components if id in self._settings.components]
        return [
            {
                "code": id,
                "name": self._words.name(self._settings.components[id].name),
                "old_status": before,
                "new_status": after,
            }
            for id in known
        ] or None


def _newest_first(stories: Iterable[Story]) -> list[Story]:
    """By when customers first heard of them, as Statuspage orders its lists."""
    return sorted(stories, key=lambda story: (story.updates[0].at, story.incident.id), reverse=True)


def _status(status: Status) -> str:
    return Status.COMPLETED if status is Status.CANCELLED else status


def _made_of(update: StoryUpdate) -> str:
    if update.status.ends or update.status is Status.SCHEDULED:
        return _COMPONENT[State.OPERATIONAL]
    return _COMPONENT[State.MAINTENANCE] if update.status.planned else _OF_IMPACT[update.impact]


def _body(notice: Notice) -> str:
    """The words as plain text, with what must be said about them, and where else to reach the company.

    These clients show nothing else.
    """
    parts = [notice.label or "", to_plain(notice.body), to_plain(notice.instead) if notice.instead else ""]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _moment_or_null(at: datetime | None) -> str | None:
    return moment(at) if at else None
