"""What operators read, as Telegram shows it: the Markdown goes through the channel's own renderer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.entities import units
from bot.channels.telegram.markdown import render
from bot.domain.changes import Amendment, Change, Overview
from bot.domain.model import Impact, Incident, Kind, Origin, Role, Status
from bot.errors import CommandError
from bot.operators import answers, manual, phrases
from bot.operators.overview import Outlook
from tests.operators.conftest import NOW

ROME = ZoneInfo("Europe/Rome")
LONGEST = 4096
LANGUAGES = ("en", "it", "es")

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
    assert shown(Outlook(zone=ROME, now=NOW).of(overview)) == (
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
    assert phrases.language_name(tag) == name


def test_a_quiet_day_is_two_lines() -> None:
    overview = Overview(open=(), drafts=0, waiting={}, dead=0, unknown=0)
    assert shown(Outlook(zone=ROME, now=NOW).of(overview)) == "No open incidents.\n\nDeliveries waiting: none."


def test_a_refusal_shows_what_was_typed_literally() -> None:
    error = CommandError("no component '*_[x](y)_*'; did you mean shop?\nUsage: /incident COMPONENT[,COMPONENT...]")
    assert shown(answers.refusal(error)) == f"Not done: {error}"


def test_no_overview_is_too_long_for_telegram() -> None:
    incident = replace(INCIDENT, id=10**9, components=tuple(f"{number}{'x' * 63}" for number in range(50)))
    overview = Overview(open=(incident,) * 500, drafts=500, waiting={"telegram": 10**6}, dead=10**6, unknown=10**6)
    answer = shown(Outlook(zone=ROME, now=NOW).of(overview))
    assert units(answer) <= LONGEST
    assert "... and 488 more." in answer


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
        "/deliveries INCIDENT where a story went, and what was lost on the way\n"
        "/incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text] tell customers that something is wrong\n"
        "/update INCIDENT STATUS [next=30m] [text] tell them how it goes\n"
        "/resolve INCIDENT [text] tell them that it is over\n"
        "/translate INCIDENT [UPDATE] it: ... | es: ... put your words where the template's or a machine's are\n"
        "/correct INCIDENT [UPDATE] it: ... | es: ... put right what was published, marked as corrected\n"
        "/retract INCIDENT [UPDATE] withdraw an update, or all of an incident\n"
        "/maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text] announce maintenance\n"
        "/postpone INCIDENT START [- END] [text] move it\n"
        "/extend INCIDENT 1h|until END [text] let it last longer\n"
        "/recurring maintenance that comes again and again\n"
        "/reword DRAFT it: ... | es: ... let a draft say something else\n"
        "/publish DRAFT say yes to a draft\n"
        "/drop DRAFT say no to a draft, or take back your own\n"
        "/why [INCIDENT] what an incident came from; alone: what fires and is not told\n"
        "/silence [COMPONENT[,COMPONENT...] 2h] have automation begin nothing about it for a while\n"
        "/unsilence COMPONENT[,COMPONENT...] end that\n"
        "/quick [off] the keyboard whose taps make drafts\n"
        "/reach who is told: chats and subscribers by language\n"
        "/log [INCIDENT] who did what\n"
        "/operators who may command the bot\n"
        "/language [LANGUAGE] the language you are answered in\n"
        "/help what you can say\n"
        "\n"
        "COMPONENT: shop, whats_app, or its name\n"
        "IMPACT: none, minor, major, critical\n"
        "STATUS: investigating, identified, monitoring, resolved, scheduled, in progress, completed, cancelled\n"
        "START, END: 2026-12-01 02:00, 1.12. 02:00, sat 02:00, tomorrow 02:00, 02:00, in 2h; for - END also for 2h\n"
        "\n"
        "Your text is published in Italian only; other languages get ready-made sentences.\n"
        "For several: it: ... | en: ... (any of en, it, es)"
    )
