"""Every screen of every dialogue as operators read it: golden files in three languages, and the worst case in size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.markdown import render
from bot.domain.buttons import Buttons
from bot.domain.dialogues import Dialogue, Talk
from bot.domain.model import Impact, Incident, Kind, Notice, Origin, Status
from bot.intake.dialogues import Told
from bot.languages.text import utf16_length
from bot.languages.tongue import Tongues
from bot.operators.dialogues.asking import Company, Given, Scene
from bot.operators.dialogues.drawing import buttons_of, text_of
from bot.operators.dialogues.kinds import KINDS
from bot.resources import OPERATORS
from tests.channels.golden import assert_golden

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TONGUES = Tongues(OPERATORS)
COMPONENTS = {
    "shop": {"en": "Online shop", "it": "Negozio online", "ar": "المتجر"},
    "whatsapp": {"en": "WhatsApp support", "it": "Assistenza WhatsApp", "ar": "دعم واتساب"},
}
SHOP = Company(components=COMPONENTS, languages=["en", "it", "ar"], zone=ZoneInfo("Europe/Rome"))
WORDS = {"en": "We are on it.", "it": "Ci siamo.", "ar": "نعمل على ذلك."}

STORIES: Mapping[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "incident": [
        ({"components": ["shop"]}, {"components": ["shop", "whatsapp"]}),
        ({}, {"impact": "major"}),
        ({}, {"texts": {}}),
    ],
    "update": [({}, {"incident": 7}), ({}, {"status": "monitoring"}), ({}, {"texts": {}})],
    "resolve": [({}, {"incident": 7}), ({}, {"texts": {}})],
    "maintenance": [
        ({"components": ["shop"]}, {"components": ["shop"]}),
        ({"month": "2026-04"}, {"day": "2026-04-11"}),
        ({"hour": 2}, {"starts": "2026-04-11T00:30:00+00:00"}),
        ({}, {"ends": "2026-04-11T02:30:00+00:00"}),
        ({}, {"every": "month_weekday"}),
        ({}, {"texts": {}}),
    ],
    "postpone": [
        ({}, {"incident": 8}),
        ({}, {"day": "2026-03-04"}),
        ({"hour": 10}, {"starts": "2026-03-04T12:00:00+00:00"}),
        ({}, {"texts": {}}),
    ],
    "extend": [({}, {"incident": 9}), ({}, {"seconds": 3600}), ({}, {"texts": {}})],
    "correct": [
        ({}, {"incident": 7}),
        ({}, {"number": 2}),
        ({"texts": {"it": "Quasi a posto."}, "language": "it"}, {"texts": {"it": "Quasi a posto.", "en": "Nearly."}}),
        ({}, {"meant": True}),
    ],
    "retract": [({}, {"incident": 7}), ({}, {"number": 2}), ({}, {"meant": True})],
}
"""For each kind, question by question: what it shows besides the first look, and what is answered."""


def incident(number: int, status: Status, *components: str) -> Incident:
    planned = status.planned
    return Incident(
        id=number,
        kind=Kind.MAINTENANCE if planned else Kind.OUTAGE,
        origin=Origin.OPERATOR,
        status=status,
        impact=Impact.MAJOR,
        components=components or ("shop",),
        started_at=NOW,
        published_at=NOW,
        scheduled_for=NOW if planned else None,
        scheduled_until=NOW if planned else None,
    )


def told(number: int, status: Status, words: Mapping[str, str]) -> Told:
    return Told(
        number=number,
        status=status,
        notices={
            language: Notice(
                language=language, lang=language, direction="ltr", status=status, impact=Impact.MAJOR, state="",
                title="Online shop", body=text, instead=None, more="", url="https://status.shop.example",
            )
            for language, text in words.items()
        },
    )  # fmt: skip


OPEN = [
    incident(9, Status.IN_PROGRESS),
    incident(8, Status.SCHEDULED, "whatsapp"),
    incident(7, Status.IDENTIFIED, "shop", "whatsapp"),
]
UPDATES = [told(2, Status.IDENTIFIED, WORDS), told(1, Status.INVESTIGATING, WORDS)]


def scene(kind: str, talk: Talk, language: str, company: Company = SHOP) -> Scene:
    stories = [each for each in OPEN if KINDS[kind].concerns(each)]
    return Scene(
        company=company, tongue=TONGUES.of(language), language=language, now=NOW, stories=stories, told=UPDATES
    )


def shown(kind: str, talk: Talk, language: str, *, step: int = 1) -> tuple[str, Buttons]:
    """One screen: its Markdown, and its buttons."""
    here = scene(kind, talk, language)
    question = KINDS[kind].question(talk)
    assert question is not None
    screen = question.screen(talk, here)
    dialogue = Dialogue(
        id=3, chat_id=1001, topic=None, telegram_id=1001, kind=kind, step=step, talk=talk, changed_at=NOW, ended=False
    )
    return text_of(screen, KINDS[kind], talk, here, group=False), buttons_of(screen, dialogue, here.tongue)


def screens(kind: str, language: str) -> Iterator[str]:
    """Every screen of a dialogue, as text."""
    talk = Talk()
    for look, part in STORIES[kind]:
        for seen in (talk, talk.looking(look)) if look else (talk,):
            text, buttons = shown(kind, seen, language)
            yield "\n".join([f"== {kind}, {len(seen.given) + 1}", render(text).text, *map(_row, buttons.rows)])
        talk = talk.plus(part)


def _row(row: Any) -> str:
    return " ".join(f"[{button.text}{f' ({button.style})' if button.style else ''}]" for button in row)


@pytest.mark.parametrize("language", ["en", "it", "ar"])
def test_screens_look_like_this(language: str) -> None:
    whole = "\n\n".join(screen for kind in STORIES for screen in screens(kind, language))
    assert_golden(f"dialogues/{language}.txt", f"{whole}\n")


def test_every_kind_of_dialogue_is_shown_to_its_end() -> None:
    for kind in KINDS.keys() - {"reword"}:
        talk = Talk(given=tuple(part for _, part in STORIES[kind]))
        assert KINDS[kind].question(talk) is None


@pytest.mark.parametrize("kind", sorted(STORIES))
def test_every_button_answers_the_question_it_is_below(kind: str) -> None:
    talk = Talk()
    for look, part in STORIES[kind]:
        for seen in (talk, talk.looking(look)) if look else (talk,):
            _, buttons = shown(kind, seen, "en")
            question = KINDS[kind].question(seen)
            assert question is not None
            for button in (each for row in buttons.rows for each in row):
                _, _, verb, *rest = (button.data or "").split(":")
                if verb == "pick":
                    answer = question.pressed(rest[0].partition(".")[2], seen, scene(kind, seen, "en"))
                    assert not isinstance(answer, Given) or question.answered({**seen.said, **answer.part})
        talk = talk.plus(part)


def test_the_largest_screens_fit_into_one_text_and_its_buttons() -> None:
    tags = [f"{first}{second}" for first in "abcdef" for second in "nopqrst"]
    many = {f"component-{number:02}-{'x' * 50}": {"aa": f"Part {number} {'🙂' * 300}"} for number in range(60)}
    company = Company(components=many, languages=tags, zone=ZoneInfo("America/Argentina/ComodRivadavia"))
    long = dict.fromkeys(tags, "*_🙂" * 1000)
    here = Scene(
        company=company,
        tongue=TONGUES.of("en"),
        language="aa",
        now=NOW,
        stories=[incident(7, Status.IDENTIFIED, *many)],
        told=[told(number, Status.IDENTIFIED, long) for number in range(40, 0, -1)],
    )
    walk: list[tuple[str, Talk]] = [
        ("incident", Talk(look={"components": list(many)})),
        ("incident", Talk(given=({"components": list(many)},))),
        ("correct", Talk()),
        ("correct", Talk(given=({"incident": 7},))),
        ("correct", Talk(given=({"incident": 7}, {"number": 40}), look={"texts": long})),
        ("correct", Talk(given=({"incident": 7}, {"number": 40}, {"texts": long}))),
    ]
    for kind, talk in walk:
        question = KINDS[kind].question(talk)
        assert question is not None
        screen = question.screen(talk, here)
        dialogue = Dialogue(
            id=10**9, chat_id=-5, topic=4, telegram_id=1, kind=kind, step=999, talk=talk, changed_at=NOW, ended=False
        )
        text = render(text_of(screen, KINDS[kind], talk, here, group=True)).text
        buttons = buttons_of(screen, dialogue, here.tongue)
        assert utf16_length(text) <= 4096
        assert sum(map(len, buttons.rows)) <= 100
        assert all(len(row) <= 8 for row in buttons.rows)
