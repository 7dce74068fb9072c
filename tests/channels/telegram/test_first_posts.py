"""What stands in a chat when a story begins: words, entities and buttons, on file. UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.telegram.calls import inline
from bot.channels.telegram.compose import compose
from bot.domain.buttons import Buttons
from bot.domain.model import Impact, Incident, Kind, Origin, Status
from bot.intake.keyboards import Keyboards, no_private_chat
from bot.intake.rendering import Renderer, Words
from tests.channels.boards import BEGAN, catalogue, settings
from tests.channels.golden import assert_golden
from tests.channels.telegram.notices import delivery
from tests.channels.telegram.oracle import as_json, covered, covered_by_telegram, kept

OUTAGE = Incident(
    id=7,
    kind=Kind.OUTAGE,
    origin=Origin.AUTOMATION,
    status=Status.INVESTIGATING,
    impact=Impact.MAJOR,
    components=("shop", "whatsapp"),
    started_at=BEGAN,
)
MAINTENANCE = Incident(
    id=8,
    kind=Kind.MAINTENANCE,
    origin=Origin.OPERATOR,
    status=Status.SCHEDULED,
    impact=Impact.MINOR,
    components=("shop",),
    started_at=BEGAN,
    scheduled_for=datetime(2025, 3, 8, 21, 0, tzinfo=UTC),
    scheduled_until=datetime(2025, 3, 8, 22, 30, tzinfo=UTC),
)
OVERNIGHT = Incident(
    id=9,
    kind=Kind.MAINTENANCE,
    origin=Origin.OPERATOR,
    status=Status.SCHEDULED,
    impact=Impact.CRITICAL,
    components=("pickup",),
    started_at=BEGAN,
    scheduled_for=datetime(2025, 3, 8, 22, 30, tzinfo=UTC),
    scheduled_until=datetime(2025, 3, 9, 4, 0, tzinfo=UTC),
)
STORIES = {"outage": OUTAGE, "maintenance": MAINTENANCE, "maintenance over night": OVERNIGHT}


def in_private(words: str) -> str:
    return f"https://t.me/bottega_bot?start={words}"


def keyboards(*, private: bool = True, **changes: object) -> Keyboards:
    telegram = {"token": "1:x", "subscribers": {}, **changes}
    configured = settings(channels={"telegram": telegram, "feed": {}, "website": {}})
    return Keyboards(configured, catalogue(), in_private if private else no_private_chat)


def labels(below: Buttons | None) -> list[str]:
    return [button.text for row in below.rows for button in row] if below else []


@pytest.mark.parametrize("language", ["en", "it", "ar"])
def test_the_first_post_of_a_story_is_as_on_file(language: str) -> None:
    shown = {name: _shown(incident, language) for name, incident in STORIES.items()}
    assert_golden(f"telegram/first_posts/{language}.json", json.dumps(shown, ensure_ascii=False, indent=1) + "\n")


def _shown(incident: Incident, language: str) -> dict[str, object]:
    words = Words(status=incident.status, impact=incident.impact, because="", texts={}, author=None)
    renderer = Renderer(settings(), catalogue())
    [notice] = renderer.render_in([language], incident, words, [], now=BEGAN + timedelta(minutes=2))
    formatted = compose(delivery(notice=notice))
    assert covered_by_telegram(kept(formatted)) == covered(formatted)
    markup = inline(keyboards().below(incident, language))
    assert markup is not None
    return {
        "text": formatted.text.split("\n"),
        "entities": [json.dumps(as_json(entity), ensure_ascii=False) for entity in formatted.entities],
        "buttons": [
            json.dumps(button.to_dict(), ensure_ascii=False) for row in markup.inline_keyboard for button in row
        ],
    }


def test_each_button_has_a_row_of_its_own_in_the_order_of_the_configuration() -> None:
    assert labels(keyboards().below(MAINTENANCE, "en")) == [
        "Status page",
        "Add to calendar",
        "Subscribe in a private chat",
    ]
    below = keyboards(buttons=["subscribe", "page"]).below(MAINTENANCE, "it")
    assert below is not None
    assert [len(row) for row in below.rows] == [1, 1]
    assert [row[0].url for row in below.rows] == [
        "https://t.me/bottega_bot?start=l_it",
        "https://status.bottega.example/it/incidents/8",
    ]


def test_the_calendar_is_for_what_is_planned_and_a_private_chat_for_those_who_may_have_one() -> None:
    assert labels(keyboards(private=False).below(OUTAGE, "en")) == ["Status page"]


def test_there_may_be_no_buttons_at_all() -> None:
    assert keyboards(buttons=[]).below(OUTAGE, "en") is None


def test_an_address_that_telegram_refuses_gets_no_button() -> None:
    own = settings(public_url="http://localhost:8080", channels={"telegram": {"token": "1:x"}})
    assert Keyboards(own, catalogue(), no_private_chat).below(MAINTENANCE, "en") is None
