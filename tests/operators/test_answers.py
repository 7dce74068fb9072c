"""What operators read, as Telegram shows it: the Markdown goes through the channel's own renderer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.entities import units
from bot.channels.telegram.markdown import render
from bot.domain.changes import Amendment, Change, Overview
from bot.domain.model import Impact, Incident, Kind, OnDeadline, Origin, Role, Status
from bot.errors import CommandError
from bot.operators import answers, manual
from bot.operators.cards import card, shortened
from tests.operators.memory import LANGUAGES, NOW, a_draft, a_notice

ROME = ZoneInfo("Europe/Rome")
LONGEST = 4096

INCIDENT = Incident(
    id=12,
    kind=Kind.OUTAGE,
    origin=Origin.OPERATOR,
    status=Status.IDENTIFIED,
    impact=Impact.MAJOR,
    components=("shop", "whats_app"),
    started_at=NOW,
    published_at=NOW,
)
CHANGE = Change(
    incident=INCIDENT,
    update_id=40,
    number=2,
    draft=False,
    languages=LANGUAGES,
    own_words=("it",),
    deliveries={"telegram": 1},
    waiting=4,
    page="http://127.0.0.1:8080/it/incidents/12?a_b=c_d",
)


def shown(markdown: str) -> str:
    return render(markdown).text


def test_a_published_update_says_what_where_whose_words_and_what_next() -> None:
    assert shown(answers.published(CHANGE, projections=["website", "feed"])) == (
        "Published: incident 12, update 2 (shop, whats_app · major · identified)\n"
        "Website and feed: at once, in English, Italian and Spanish.\n"
        "Telegram: 1 delivery made; 4 of this incident waiting.\n"
        "Words: hand-written in Italian; the template's in English and Spanish.\n"
        "http://127.0.0.1:8080/it/incidents/12?a_b=c_d\n"
        "Next: /update 12 monitoring /resolve 12"
    )


@pytest.mark.parametrize(
    ("change", "projections", "line"),
    [
        pytest.param(
            replace(CHANGE, own_words=()),
            ["feed"],
            "Words: the template's in English, Italian and Spanish.",
            id="no own",
        ),
        pytest.param(
            replace(CHANGE, own_words=LANGUAGES),
            ["feed"],
            "Words: hand-written in English, Italian and Spanish.",
            id="all own",
        ),
        pytest.param(CHANGE, ["feed"], "Feed: at once, in English, Italian and Spanish.", id="no website"),
        pytest.param(
            replace(CHANGE, deliveries={}, waiting=0),
            ["feed"],
            "No deliveries: no other channel is set up for it.",
            id="no Telegram",
        ),
        pytest.param(
            replace(CHANGE, deliveries={}), ["feed"], "No deliveries made; 4 of this incident waiting.", id="none new"
        ),
        pytest.param(
            replace(CHANGE, deliveries={"telegram": 3, "email": 1}),
            ["feed"],
            "Telegram: 3 deliveries made; Email: 1 delivery made; 4 of this incident waiting.",
            id="two channels",
        ),
        pytest.param(
            replace(CHANGE, incident=replace(INCIDENT, status=Status.RESOLVED, closed_at=NOW)),
            ["feed"],
            "The incident is closed.",
            id="closed",
        ),
        pytest.param(
            replace(CHANGE, incident=replace(INCIDENT, kind=Kind.MAINTENANCE, status=Status.SCHEDULED)),
            ["feed"],
            "Next: /update 12 in progress /update 12 cancelled",
            id="maintenance",
        ),
        pytest.param(
            replace(CHANGE, incident=replace(INCIDENT, kind=Kind.MAINTENANCE, status=Status.IN_PROGRESS)),
            ["feed"],
            "Next: /extend 12 1h /resolve 12",
            id="maintenance in progress",
        ),
    ],
)
def test_each_line_of_an_answer_follows_the_facts(change: Change, projections: list[str], line: str) -> None:
    assert line in shown(answers.published(change, projections=projections)).splitlines()


def test_nothing_is_promised_at_once_when_neither_website_nor_feed_is_on() -> None:
    assert "at once" not in answers.published(CHANGE, projections=[])


@pytest.mark.parametrize(
    ("incident", "fate"),
    [
        pytest.param(INCIDENT, "The story goes on.", id="an update"),
        pytest.param(replace(INCIDENT, published_at=None, closed_at=NOW), "Customers never heard of it.", id="opening"),
    ],
)
def test_a_dropped_draft_says_what_becomes_of_the_incident(incident: Incident, fate: str) -> None:
    answer = answers.dropped(replace(CHANGE, incident=incident, number=None))
    assert shown(answer) == f"Dropped: draft 40 of incident 12. {fate}"


def test_the_overview_tells_what_is_open_and_what_is_owed() -> None:
    yesterday = replace(INCIDENT, id=11, started_at=NOW - timedelta(days=1), components=("a", "b", "c", "d", "e"))
    overview = Overview(open=(yesterday, INCIDENT), drafts=2, waiting={"telegram": 3, "email": 0}, dead=1, unknown=1)
    assert shown(answers.overview(overview, zone=ROME, now=NOW)) == (
        "Open incidents\n"
        "11 a, b, c and 2 more · major · identified, since 10 Dec 18:50\n"
        "12 shop, whats_app · major · identified, since 18:50\n"
        "\n"
        "Deliveries waiting: telegram 3.\n"
        "Drafts waiting: 2 (/drafts).\n"
        "Given up in the last 24 hours: 1.\n"
        "Perhaps published, perhaps not: 1."
    )


@pytest.mark.parametrize(
    ("tag", "name"),
    [("it", "Italian"), ("pt-BR", "Portuguese (Brazil)"), ("zh-Hant", "Chinese (Traditional)"), ("xx", "xx")],
)
def test_a_language_is_called_by_its_name(tag: str, name: str) -> None:
    assert answers.language_name(tag) == name


def test_a_quiet_day_is_two_lines() -> None:
    overview = Overview(open=(), drafts=0, waiting={}, dead=0, unknown=0)
    assert shown(answers.overview(overview, zone=ROME, now=NOW)) == "No open incidents.\n\nDeliveries waiting: none."


def test_a_refusal_shows_what_was_typed_literally() -> None:
    error = CommandError("no component '*_[x](y)_*'; did you mean shop?\nUsage: /incident COMPONENT[,COMPONENT...]")
    assert shown(answers.refusal(error)) == f"Not done: {error}"


@pytest.mark.parametrize(
    ("deadline", "on_deadline", "line"),
    [
        pytest.param(None, None, "It waits until somebody says yes or no.", id="none"),
        pytest.param(
            NOW + timedelta(minutes=10),
            OnDeadline.PUBLISH,
            "Without an answer it is published at 19:00 (Europe/Rome).",
            id="publish",
        ),
        pytest.param(
            NOW + timedelta(hours=8),
            OnDeadline.DROP,
            "Without an answer it is dropped at 12 Dec 02:50 (Europe/Rome).",
            id="drop, past midnight",
        ),
    ],
)
def test_a_card_shows_the_words_and_what_happens_at_the_deadline(
    deadline: datetime | None, on_deadline: OnDeadline | None, line: str
) -> None:
    draft = a_draft(id=7, incident=INCIDENT, status=Status.RESOLVED, because="meta: *API* is up")
    draft = replace(
        draft,
        deadline=deadline,
        on_deadline=on_deadline,
        notices={
            "en": a_notice(
                "en", title="Shop: [resolved]", body="It **works** again.\n\n- [Page](https://shop.example)"
            ),
            "ar": replace(a_notice("ar", title="المتجر", body="نعتذر."), lang="en"),
        },
    )
    assert shown(card(draft, zone=ROME, now=NOW)) == (
        "Draft 7 · incident 12 · shop, whats_app · major · resolved\n"
        "meta: *API* is up\n"
        "\n"
        "Shop: [resolved] (English)\n"
        "It works again. • Page (https://shop.example)\n"
        "\n"
        "المتجر (Arabic, in English)\n"
        "نعتذر.\n"
        "\n"
        f"{line}\n"
        "/publish 7 /drop 7"
    )


words = st.text(max_size=400) | st.sampled_from(["🛠" * 400, "*_`[" * 100, "a " * 200, "\n" * 50])


@given(title=words, body=words, because=words, languages=st.integers(0, 40))
def test_no_card_is_too_long_for_telegram(title: str, body: str, because: str, languages: int) -> None:
    incident = replace(INCIDENT, id=10**9, components=tuple(f"{number}{'x' * 63}" for number in range(50)))
    notices = {f"l{number}-Hans-CN": a_notice("en", title=title, body=body) for number in range(languages)}
    draft = replace(a_draft(id=10**9, incident=incident, status=Status.MONITORING, because=because), notices=notices)
    assert 0 < units(shown(card(draft, zone=ROME, now=NOW))) <= LONGEST


def test_no_overview_is_too_long_for_telegram() -> None:
    incident = replace(INCIDENT, id=10**9, components=tuple(f"{number}{'x' * 63}" for number in range(50)))
    overview = Overview(open=(incident,) * 500, drafts=500, waiting={"telegram": 10**6}, dead=10**6, unknown=10**6)
    answer = shown(answers.overview(overview, zone=ROME, now=NOW))
    assert units(answer) <= LONGEST
    assert "... and 488 more." in answer


@given(text=st.text(), longest=st.integers(2, 50))
def test_a_shortened_text_is_a_beginning_of_the_whole(text: str, longest: int) -> None:
    line = " ".join(text.split())
    cut = shortened(text, longest)
    assert len(cut) <= longest
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))


def test_where_a_machine_translates_the_answer_and_the_help_say_so() -> None:
    told = shown(answers.published(replace(CHANGE, translating=("en", "es")), projections=["feed"]))
    assert (
        "hand-written in Italian; the template's in English and Spanish. A machine translates them into English and"
        " Spanish now; the posts are edited when it is done."
    ) in told
    reader = manual.Reader(name="Anna", role=Role.PUBLISHER, language="it")
    text = manual.commands(reader, languages=LANGUAGES, components=["shop"], machine=True)
    assert "and a machine's translation as soon as it is there" in shown(text)


def test_words_that_were_there_already_changed_nothing() -> None:
    amendment = Amendment(incident=INCIDENT, number=2, languages=(), page="https://status.shop.example")
    assert answers.amended(amendment, projections=["feed"]) == (
        "Nothing changed: incident 12, update 2 says that already."
    )


@pytest.mark.parametrize("role", Role)
def test_help_shows_what_the_role_may_do_and_fits(role: Role) -> None:
    reader = manual.Reader(name="Anna", role=role, language="it")
    text = manual.commands(reader, languages=LANGUAGES, components=[f"{number}{'x' * 63}" for number in range(99)])
    assert units(shown(text)) <= LONGEST
    assert ("/incident" in text) == role.includes(Role.DRAFTER)
    assert ("/publish" in text) == role.includes(Role.PUBLISHER)
    assert ("becomes a draft" in text) == (role is Role.DRAFTER)


def test_help_for_a_publisher_reads_well() -> None:
    reader = manual.Reader(name="Anna", role=Role.PUBLISHER, language="it")
    assert shown(manual.commands(reader, languages=LANGUAGES, components=["shop", "whats_app"])) == (
        "/status what is open, waiting and lost\n"
        "/drafts what waits for a yes\n"
        "/incident COMPONENT[,COMPONENT...] IMPACT [text] tell customers that something is wrong\n"
        "/update INCIDENT STATUS [text] tell them how it goes\n"
        "/resolve INCIDENT [text] tell them that it is over\n"
        "/translate INCIDENT [UPDATE] it: ... | es: ... put your words where the template's or a machine's are\n"
        "/maintenance COMPONENT[,COMPONENT...] START - END [impact=IMPACT] [text] announce maintenance\n"
        "/postpone INCIDENT START [- END] [text] move it\n"
        "/extend INCIDENT 1h|until END [text] let it last longer\n"
        "/publish DRAFT say yes to a draft\n"
        "/drop DRAFT say no to a draft\n"
        "/why [INCIDENT] what an incident came from; alone: what fires and is not told\n"
        "/silence [COMPONENT[,COMPONENT...] 2h] have automation begin nothing about it for a while\n"
        "/unsilence COMPONENT[,COMPONENT...] end that\n"
        "\n"
        "COMPONENT: shop, whats_app, or its name\n"
        "IMPACT: none, minor, major, critical\n"
        "STATUS: investigating, identified, monitoring, resolved, scheduled, in progress, completed, cancelled\n"
        "START, END: 2026-12-01 02:00, 1.12. 02:00, sat 02:00, tomorrow 02:00, 02:00, in 2h; for - END also for 2h\n"
        "\n"
        "Your text is published in Italian only; other languages get ready-made sentences.\n"
        "For several: it: ... | en: ... (any of en, it, es)"
    )
