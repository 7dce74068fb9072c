"""Our own API, version 1: how everything stands, every story, every language. docs/api.md and ``openapi`` describe it.

Every text stands in an object with one key per language: all of them, or, when somebody asked for one, that one alone.
So a client reads the same shape either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.channels.json_text import json_text, moment
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Notice, Story, StoryUpdate
from bot.domain.overview import State, overview, state_of

Told = Mapping[int, Mapping[str, Notice]]
"""Notices by update id, then by the language they are for. An update may lack a language that was added after it."""

_Json = dict[str, Any]


def told_by(stories: Iterable[Story], language: str) -> Told:
    """The notices of stories that were read in one language, which may have fallen back to another."""
    return {update.id: {language: update.notice} for story in stories for update in story.updates}


class Version1:
    """Renders every document of the API. Pure: the same arguments give the same bytes.

    In each, ``languages`` says which keys the texts have, in that order.
    """

    def __init__(self, settings: Settings, words: Mapping[str, Words]) -> None:
        """words: of every language in ``settings.languages``."""
        self._settings = settings
        self._words = words

    def status(self, board: Board, told: Told, languages: Sequence[str]) -> bytes:
        """The headline, every component, and what is open or planned."""
        view = overview(board.open, self._settings.components)
        return json_text(
            {
                "company": self._settings.company.name,
                "url": self._settings.public_url,
                "updated_at": _moment_or_null(board.changed_at),
                "state": view.headline.value,
                "headline": self._said(f"headline.{view.headline}", languages),
                "components": self._components(board, languages),
                "open": [self._story(story, told, languages) for story in view.current],
                "scheduled": [self._story(story, told, languages) for story in view.scheduled],
            }
        )

    def components(self, board: Board, languages: Sequence[str]) -> bytes:
        """Every component and how it is."""
        return json_text({"components": self._components(board, languages)})

    def incidents(
        self,
        open_now: Sequence[Story],
        past: Sequence[Story],
        told: Told,
        languages: Sequence[str],
        *,
        page: int,
        pages: int,
    ) -> bytes:
        """Every open story, and one page of closed ones; each with its latest update only. page: 1 to ``pages``."""
        return json_text(
            {
                "page": page,
                "pages": pages,
                "open": [self._story(story, told, languages) for story in open_now],
                "past": [self._story(story, told, languages) for story in past],
            }
        )

    def incident(self, story: Story, told: Told, languages: Sequence[str]) -> bytes:
        """One story with every update, oldest first."""
        updates = [self._update(update, told, languages) for update in story.updates]
        return json_text(self._story(story, told, languages) | {"updates": updates})

    def _components(self, board: Board, languages: Sequence[str]) -> list[_Json]:
        states = overview(board.open, self._settings.components).components
        return [self._component(id, state, languages) for id, state in states]

    def _component(self, id: str, state: State, languages: Sequence[str]) -> _Json:
        name = self._settings.components[id].name
        return {
            "id": id,
            "name": {language: self._words[language].name(name) for language in languages},
            "state": state.value,
            "says": self._said(f"component.{state}", languages),
        }

    def _story(self, story: Story, told: Told, languages: Sequence[str]) -> _Json:
        incident = story.incident
        site = self._settings.public_url
        return {
            "id": incident.id,
            "kind": incident.kind.value,
            "state": state_of(story).value,
            "status": story.latest.status.value,
            "impact": story.latest.impact.value,
            "components": list(incident.components),
            "upstream": incident.upstream,
            "started_at": moment(incident.started_at),
            "published_at": moment(story.updates[0].at),
            "updated_at": moment(story.changed_at),
            "closed_at": _moment_or_null(incident.closed_at),
            "scheduled_for": _moment_or_null(incident.scheduled_for),
            "scheduled_until": _moment_or_null(incident.scheduled_until),
            "url": {language: f"{site}/{language}/incidents/{incident.id}" for language in languages},
            "latest": self._update(story.latest, told, languages),
        }

    def _update(self, update: StoryUpdate, told: Told, languages: Sequence[str]) -> _Json:
        notices = told.get(update.id, {})
        return {
            "number": update.number,
            "status": update.status.value,
            "impact": update.impact.value,
            "at": moment(update.at),
            "amended_at": _moment_or_null(update.amended_at),
            "notices": {language: _notice(notices[language]) for language in languages if language in notices},
        }

    def _said(self, key: str, languages: Sequence[str]) -> dict[str, str]:
        return {language: self._words[language].plain(key) for language in languages}


def _notice(notice: Notice) -> _Json:
    return {
        "lang": notice.lang,
        "dir": notice.direction,
        "state": notice.state,
        "title": notice.title,
        "body": notice.body,
        "instead": notice.instead,
        "mark": notice.mark,
        "label": notice.label,
    }


def _moment_or_null(at: datetime | None) -> str | None:
    return moment(at) if at else None
