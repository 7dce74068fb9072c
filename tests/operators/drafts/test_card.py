"""A draft's card as Telegram shows it, and as its readers get it in their languages (golden files)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.entities import units
from bot.channels.telegram.markdown import render
from bot.domain.buttons import Buttons
from bot.domain.cards import Card, Reader
from bot.domain.changes import Draft
from bot.domain.facts import Facts
from bot.domain.model import Impact, Incident, Kind, Notice, OnDeadline, Origin, Role, Status, UpdateState
from bot.domain.presses import pressed
from bot.domain.recurring import Again, Every
from bot.domain.windows import Window
from bot.languages.tongue import ENGLISH, Tongues
from bot.operators.drafts.card import PICKING, card
from bot.operators.drafts.shortening import cut, shortened
from bot.operators.drafts.words import words
from bot.resources import OPERATORS
from tests.channels.golden import assert_golden
from tests.worlds import catalogue

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 2, 14, 25, tzinfo=UTC)
LANGUAGES = ("en", "it", "ar")
LONGEST = 4096

INCIDENT = Incident(
    id=7,
    kind=Kind.OUTAGE,
    origin=Origin.AUTOMATION,
    status=Status.INVESTIGATING,
    impact=Impact.MAJOR,
    components=("shop", "whats_app"),
    started_at=NOW - timedelta(minutes=2),
)
NAMES = {"en": ("Online shop", "WhatsApp"), "it": ("Negozio online", "WhatsApp"), "ar": ("المتجر", "واتساب")}


def a_notice(language: str, **changes: Any) -> Notice:
    """What customers would read, in the shipped sentences."""
    facts = Facts(
        kind=Kind.OUTAGE,
        status=Status.INVESTIGATING,
        impact=Impact.MAJOR,
        company="Bottega Napoli",
        components=NAMES[language],
        started_at=INCIDENT.started_at,
        at=NOW,
        timezone=ROME.key,
        url=f"https://status.shop.example/{language}/incidents/7",
        instead=("Write to us on [Telegram](https://t.me/bottega).",),
        promised_at=NOW + timedelta(minutes=35),
    )
    return replace(catalogue(*LANGUAGES).render(facts, language), **changes)


def a_draft(**changes: Any) -> Draft:
    """One that is published by itself in eight minutes."""
    usual: dict[str, Any] = {
        "id": 12,
        "incident": INCIDENT,
        "status": Status.INVESTIGATING,
        "impact": Impact.MAJOR,
        "made_at": NOW - timedelta(minutes=2),
        "deadline": NOW + timedelta(minutes=8),
        "on_deadline": OnDeadline.PUBLISH,
        "because": "probe: *API* answers {nothing} (rule 3)",
        "notices": {language: a_notice(language) for language in LANGUAGES},
        "wording": "0123456789ab",
        "promised_at": NOW + timedelta(minutes=35),
        "page": "https://status.shop.example/en/incidents/7",
    }
    return Draft(**{**usual, **changes})


def read(draft: Draft, *, language: str = "en", role: Role = Role.PUBLISHER, page: str | None = None) -> Card:
    reader = Reader(chat_id=1001, language=language, role=role)
    return card(draft, reader, page, tongue=Tongues(OPERATORS).of(language), zone=ROME, now=NOW)


def shown(draft: Draft, **how: Any) -> str:
    return render(read(draft, **how).text).text


def labels(buttons: Buttons | None) -> list[list[str]]:
    return [[button.text for button in row] for row in buttons.rows] if buttons else []


OUTCOMES = {
    "waiting": a_draft(),
    "published": a_draft(state=UpdateState.PUBLISHED, ended_at=NOW, ended_by="Anna", deadline=None),
    "withdrawn": a_draft(
        state=UpdateState.DROPPED,
        ended_at=NOW,
        ended_because="it recovered before the draft was published",
        deadline=None,
    ),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_reads_as_it_always_has(language: str, outcome: str) -> None:
    seen = read(OUTCOMES[outcome], language=language)
    rows = "\n".join(" ".join(f"[{label}]" for label in row) for row in labels(seen.buttons))
    assert_golden(f"operators/draft_{outcome}_{language}.txt", f"{render(seen.text).text}\n\n{rows}\n")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"deadline": None}, "It waits until somebody says yes or no.", id="no deadline"),
        pytest.param({}, "⏳ Published by itself in 8 mins (15:33 Europe/Rome).", id="publish"),
        pytest.param(
            {"on_deadline": OnDeadline.DROP, "deadline": NOW + timedelta(hours=10, minutes=30)},
            "⏳ Dropped by itself in 10 hrs 30 mins (3 Mar 01:55 Europe/Rome).",
            id="drop, past midnight",
        ),
        pytest.param({"needed": 3}, "It takes 3 publishers.", id="three must agree"),
        pytest.param({"needed": 3, "approvals": ("Anna", "B*b")}, "Yes from Anna and B*b: 2 of 3.", id="two have"),
        pytest.param(
            {"state": UpdateState.DROPPED, "ended_by": "Anna", "ended_at": NOW}, "🗑 Dropped by Anna at 15:25.", id="no"
        ),
        pytest.param(
            {"state": UpdateState.PUBLISHED, "ended_because": "x", "ended_at": NOW},
            "✅ Deadline passed: published at 15:25.",
            id="deadline",
        ),
        pytest.param(
            {"state": UpdateState.PUBLISHED, "ended_by": "B", "approvals": ("A", "B"), "ended_at": NOW},
            "✅ Published by A and B at 15:25.",
            id="two",
        ),
    ],
)
def test_a_card_says_what_becomes_of_the_draft(changes: dict[str, Any], line: str) -> None:
    assert line in shown(a_draft(**changes)).split("\n")


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param({"because": "", "author": "A*a"}, ["Written by A*a."], id="own words"),
        pytest.param({"because": "", "author": "Ada", "touched_by": "Ada"}, ["Written by Ada."], id="by their author"),
        pytest.param(
            {"because": "", "author": "Ada", "touched_by": "Duty phone"},
            ["Written by Ada.", "Last changed by Duty phone."],
            id="by somebody else",
        ),
        pytest.param({"because": "rule 3", "touched_by": "Ada"}, ["rule 3", "Last changed by Ada."], id="automation"),
        pytest.param({"because": "rule 3", "author": "meta"}, ["rule 3"], id="a source's words"),
    ],
)
def test_a_card_names_its_author_and_who_last_changed_it_once(changes: dict[str, Any], lines: list[str]) -> None:
    head, *rest = shown(a_draft(**changes)).split("\n\n")[0].split("\n")
    assert head.startswith("Draft 12")
    assert rest == lines


FIRST = Window(starts=NOW + timedelta(days=5), ends=NOW + timedelta(days=5, hours=2))
LATER = Window(starts=NOW + timedelta(days=6), ends=NOW + timedelta(days=6, hours=2))
PLANNED = replace(
    INCIDENT,
    kind=Kind.MAINTENANCE,
    status=Status.SCHEDULED,
    scheduled_for=FIRST.starts,
    scheduled_until=FIRST.ends,
    published_at=NOW,
)


def test_who_agrees_to_the_first_of_many_windows_reads_that_there_are_many() -> None:
    said = shown(a_draft(incident=PLANNED, window=FIRST, again=Again(every=Every.MONTH_DAY, following=LATER)))
    assert (
        "🔁 It comes again every month, same day;"
        " next: Sun 8 Mar 2026 15:25 - 17:25 CET (2h, Europe/Rome). /recurring ends it."
    ) in said.split("\n")
    assert "Moved" not in said


def test_a_card_of_moved_maintenance_says_from_where_to_where() -> None:
    said = shown(a_draft(incident=PLANNED, window=LATER))
    assert (
        "Moved: Sat 7 Mar 2026 15:25 - 17:25 CET (2h, Europe/Rome)"
        " → Sun 8 Mar 2026 15:25 - 17:25 CET (2h, Europe/Rome)."
    ) in said.split("\n")


def test_a_card_shows_the_words_in_the_order_of_a_post_and_nothing_else_of_other_languages() -> None:
    notice = a_notice("it", label="Tradotto", mark=None)
    said = shown(a_draft(notices={"en": a_notice("en"), "it": notice}), page="it")
    body = render(notice.body).text
    parts = [notice.state, notice.title, "Tradotto", body, "Write to us on Telegram."]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert a_notice("en").title not in said


def test_a_language_that_fell_back_says_which_it_is_in() -> None:
    said = shown(a_draft(notices={"en": a_notice("en"), "ar": replace(a_notice("en"), language="ar")}), page="ar")
    assert "🌐 Arabic · 2/2 · in English" in said


def test_a_card_opens_in_the_readers_language_and_turns_round_and_round() -> None:
    draft = a_draft()
    assert labels(read(draft, language="it").buttons)[0] == ["◀ en", "it 2/3", "ar ▶"]
    assert labels(read(draft, page="ar").buttons)[0] == ["◀ it", "ar 3/3", "en ▶"]
    assert labels(read(draft, language="pl").buttons)[0][1] == "en 1/3"


def test_a_page_of_a_language_that_is_published_no_more_is_the_first_one() -> None:
    assert labels(read(a_draft(), page="xx").buttons)[0][1] == "en 1/3"


def test_a_published_card_says_where_it_is_and_what_can_be_said_next() -> None:
    lines = shown(OUTCOMES["published"]).split("\n")
    assert "https://status.shop.example/en/incidents/7" in lines
    assert "Next: /update 7 identified /update 7 monitoring /resolve 7" in lines
    assert "Next:" not in shown(OUTCOMES["withdrawn"])


@pytest.mark.parametrize(
    ("role", "there"),
    [
        pytest.param(Role.VIEWER, [], id="viewer"),
        pytest.param(Role.DRAFTER, ["Edit words", "Change impact"], id="drafter"),
        pytest.param(
            Role.ADMIN,
            [
                *("Publish", "Edit words", "Change impact", "Promise news in 30 min", "in 1 h", "Wait 10 min", "Drop"),
                "Drop and silence 1 h",
            ],
            id="admin",
        ),
    ],
)
def test_the_buttons_are_those_of_the_role(role: Role, there: list[str]) -> None:
    _, *rows = labels(read(a_draft(), role=role).buttons)
    assert [label for row in rows for label in row] == there


def test_without_a_deadline_there_is_none_to_move_and_the_end_promises_nothing() -> None:
    said = [label for row in labels(read(a_draft(deadline=None, status=Status.RESOLVED)).buttons) for label in row]
    assert "Wait 10 min" not in said
    assert "in 1 h" not in said


def test_while_an_impact_is_chosen_the_card_asks_for_nothing_else() -> None:
    rows = labels(read(a_draft(), page=f"it{PICKING}").buttons)
    assert rows == [["◀ en", "it 2/3", "ar ▶"], ["none", "minor"], ["• major", "critical"], ["Back"]]


def test_every_button_can_be_read_back_and_publish_names_the_words_it_is_for() -> None:
    buttons = read(a_draft()).buttons
    assert buttons is not None
    found = [pressed(button.data or "") for row in buttons.rows for button in row]
    assert None not in found
    assert [each.argument for each in found if each and each.verb == "publish"] == ["0123456789ab"]


def test_a_card_is_drawn_anew_for_the_countdown_only_while_it_waits() -> None:
    assert read(a_draft()).redraw_at == NOW + timedelta(minutes=2)
    assert read(a_draft(deadline=None)).redraw_at is None
    assert read(a_draft(state=UpdateState.PUBLISHED, ended_at=NOW, ended_by="A")).redraw_at is None


texts = st.text(max_size=3000) | st.sampled_from(["🛠" * 1900, "*_`[" * 900, "a " * 1900, "\n\n".join("x" * 900)])


@settings(deadline=None)  # Markdown of thousands of open brackets takes its time
@given(body=texts, because=texts, title=st.text(max_size=200), name=st.text(max_size=64))
def test_no_card_is_too_long_for_telegram(body: str, because: str, title: str, name: str) -> None:
    incident = replace(INCIDENT, id=10**9, components=tuple(f"{number}{'x' * 63}" for number in range(50)))
    notice = replace(a_notice("en"), title=title, body=body)
    draft = a_draft(
        id=10**9, incident=incident, because=because, notices={"en": notice}, needed=5, approvals=(name,) * 4
    )
    assert 0 < units(shown(draft)) <= LONGEST


@given(body=texts)
def test_words_that_fit_are_never_cut(body: str) -> None:
    notice = replace(a_notice("en"), body=body)
    assert body in words(notice, most=10**6)


@given(text=st.text(), longest=st.integers(2, 50))
def test_a_shortened_text_is_a_beginning_of_the_whole(text: str, longest: int) -> None:
    line = " ".join(text.split())
    short = shortened(text, longest)
    assert len(short) <= longest
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))


@given(text=st.text(), most=st.integers(1, 60))
def test_a_cut_text_is_a_beginning_of_the_whole_and_fits(text: str, most: int) -> None:
    short = cut(text, most)
    assert units(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_reason_from_elsewhere_is_shown_as_it_is_whatever_it_holds() -> None:
    draft = a_draft(state=UpdateState.DROPPED, ended_at=NOW, ended_because="{n} *x* [a](b)", deadline=None)
    assert "🗑 Withdrawn at 15:25: {n} *x* [a](b)." in shown(draft)


def test_english_is_what_a_language_without_translations_gets() -> None:
    reader = Reader(chat_id=1001, language="xx", role=Role.VIEWER)
    assert "Published by itself" in card(a_draft(), reader, None, tongue=ENGLISH, zone=ROME, now=NOW).text
