"""What customers read in Telegram for every status in every language: text and entities, on file.

Posts, and the first post as the status leaves it (its new state line above the words it opened with).
"""

from __future__ import annotations

import json

import pytest

from bot.channels.telegram.compose import compose
from bot.domain.delivery import Action, Delivery
from bot.domain.model import Kind, Status
from tests.channels.boards import LANGUAGES, story
from tests.channels.golden import assert_golden
from tests.channels.telegram.notices import delivery
from tests.channels.telegram.oracle import as_json

FIRST = {Kind.OUTAGE: Status.INVESTIGATING, Kind.MAINTENANCE: Status.SCHEDULED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_reads_as_on_file(language: str) -> None:
    read = {status.value: {owed.action.value: shown(owed) for owed in _owed(status, language)} for status in Status}
    assert_golden(f"telegram/{language}.json", json.dumps(read, ensure_ascii=False, indent=1) + "\n")


def _owed(status: Status, language: str) -> list[Delivery]:
    first = FIRST[Kind.MAINTENANCE if status.planned else Kind.OUTAGE]
    if status is first:
        return [delivery(notice=story(first, language=language).latest.notice)]
    opening, update = story(first, status, language=language).updates
    return [
        delivery(notice=update.notice, anchor="100"),
        delivery(Action.EDIT, notice=update.notice, opening=opening.notice, anchor="100"),
    ]


def shown(owed: Delivery) -> dict[str, object]:
    formatted = compose(owed)
    return {
        "text": formatted.text.split("\n"),
        "entities": [json.dumps(as_json(entity), ensure_ascii=False) for entity in formatted.entities],
    }
