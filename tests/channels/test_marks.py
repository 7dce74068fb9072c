"""Words that were replaced are shown everywhere with what must be said about them, and with when they changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.api import Part, Statuspage, Version1, told_by
from bot.channels.calendar import calendar
from bot.channels.feed import FeedKind, draw
from bot.domain.marks import Mark
from bot.domain.model import Board, Status, Story
from tests.channels.boards import BEGAN, board, settings, story, words

LABEL = "Tradotto <automaticamente>"
CHANGED = BEGAN + timedelta(hours=2)


def amended(told: Story) -> Story:
    """The same with the words of its first update replaced by a machine's."""
    first, *others = told.updates
    marked = replace(first.notice, body="Una *cassa* non va.", mark=Mark.TRANSLATED, label=LABEL)
    return replace(told, updates=(replace(first, notice=marked, amended_at=CHANGED), *others))


def here(*statuses: Status) -> Board:
    told = amended(story(*statuses, language="it"))
    return replace(board(told, language="it"), changed_at=told.changed_at)


@pytest.mark.parametrize("kind", FeedKind)
def test_a_feed_shows_the_label_and_moves_on(kind: FeedKind) -> None:
    drawn = draw(
        here(Status.INVESTIGATING, Status.IDENTIFIED), kind=kind, component=None, settings=settings(), words=words("it")
    )
    item = drawn.entries[-1]
    assert "<p><em>Tradotto &lt;automaticamente&gt;</em></p>" in item.html
    assert (item.published, item.updated, drawn.updated) == (BEGAN, CHANGED, CHANGED)


def test_our_api_says_what_is_marked_and_when() -> None:
    told = here(Status.INVESTIGATING).open[0]
    api = Version1(settings(), {"it": words("it")})
    document = json.loads(api.incident(told, told_by([told], "it"), ["it"]))
    [update] = document["updates"]
    notice = update["notices"]["it"]
    assert (notice["mark"], notice["label"]) == ("translated", LABEL)
    assert document["updated_at"] == update["amended_at"] > update["at"]


def test_readers_of_statuspages_shape_read_the_label_first() -> None:
    document = json.loads(
        Statuspage(settings(), {"it": words("it")}).render(Part.INCIDENTS, here(Status.INVESTIGATING))
    )
    [update] = document["incidents"][0]["incident_updates"]
    assert update["body"].startswith(f"{LABEL}\n\nUna cassa non va.")
    assert update["updated_at"] > update["created_at"]


def test_a_calendar_says_it_too() -> None:
    text = calendar(here(Status.SCHEDULED), settings(), words("it")).decode()
    assert "Tradotto <automaticamente>" in text.replace("\r\n ", "")
