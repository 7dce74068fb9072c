"""What operators can type, and what it means. Texts with language tags are in ``test_own_words``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.command_reading import addressee, is_command, parse
from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Begin,
    Command,
    Correct,
    DropDraft,
    ExtendMaintenance,
    Guided,
    Help,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    Retract,
    RewordDraft,
    ShowDeliveries,
    ShowDrafts,
    ShowQuick,
    ShowRecurring,
    ShowStatus,
    SilenceComponents,
    Start,
    Translate,
)
from bot.domain.dates import Here
from bot.domain.model import Impact, Role, Status
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.languages.days import day_names

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "shop": ("Online shop", "Negozio online", "Tienda en línea"),
    "whatsapp": ("WhatsApp support", "Assistenza WhatsApp"),
    "online": ("Everything online", "Straße & Co. (Berlin)"),
}


HERE = Here(now=datetime(2026, 3, 2, 14, 3, 20, tzinfo=UTC), zone=ZoneInfo("Europe/Rome"), names=day_names("it"))


def read(
    text: str, *, components: Mapping[str, tuple[str, ...]] = COMPONENTS, bot: str | None = "NoticeBot"
) -> Command:
    return parse(text, language="it", languages=("en", "it", "es"), components=components, bot_username=bot, here=HERE)


def refused(text: str) -> str:
    with pytest.raises(CommandError) as error:
        read(text)
    return str(error.value)


def opened(*components: str, impact: Impact = Impact.MAJOR, **texts: str) -> OpenIncident:
    return OpenIncident(components=components, impact=impact, texts=texts)


def silenced(*components: str, hours: float) -> SilenceComponents:
    return SilenceComponents(components=components, length=timedelta(hours=hours))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026, in Rome."""
    return datetime(2026, 3, day, hour, minute, tzinfo=HERE.zone).astimezone(UTC)


def planned(*components: str, impact: Impact = Impact.MINOR, **texts: str) -> PlanMaintenance:
    window = Window(starts=at(7, 2), ends=at(7, 4))
    return PlanMaintenance(components=components, window=window, impact=impact, texts=texts)


def postponed(ends: datetime | None, **texts: str) -> PostponeMaintenance:
    return PostponeMaintenance(incident_id=12, starts=at(7, 2), ends=ends, texts=texts)


def extended(by: timedelta | datetime, **texts: str) -> ExtendMaintenance:
    return ExtendMaintenance(incident_id=12, by=by, texts=texts)


def updated(status: Status, **texts: str) -> AddUpdate:
    return AddUpdate(incident_id=12, status=status, texts=texts)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("/silence shop 2h", silenced("shop", hours=2), id="silence"),
        pytest.param("/silence shop, whatsapp 1h30M", silenced("shop", "whatsapp", hours=1.5), id="silence of two"),
        pytest.param("/silence", silenced(hours=0), id="what is silenced"),
        pytest.param("/unsilence shop", LiftSilence(components=("shop",)), id="end of a silence"),
        pytest.param("/maintenance shop sat 02:00 for 2h", planned("shop"), id="maintenance"),
        pytest.param("/maintenance Online shop,whatsapp 7.3. 02:00-04:00", planned("shop", "whatsapp"), id="of two"),
        pytest.param(
            "/maintenance shop sabato 2 am - 4 am impact=critical\nCambiamo i dischi.",
            planned("shop", impact=Impact.CRITICAL, it="Cambiamo i dischi."),
            id="with impact and words",
        ),
        pytest.param(
            "/maintenance shop sab 02:00 +2h it: Major, ma breve. | en: Short.",
            planned("shop", it="Major, ma breve.", en="Short."),
            id="words that begin like an impact",
        ),
        pytest.param(
            "/maintenance shop sab 02:00 +2h none", planned("shop", impact=Impact.NONE), id="impact at the end"
        ),
        pytest.param(
            "/maintenance shop sab 02:00 +2h major it: Ci siamo.",
            planned("shop", impact=Impact.MAJOR, it="Ci siamo."),
            id="impact before a tag",
        ),
        pytest.param(
            "/maintenance shop sab 02:00 +2h major lavori",
            planned("shop", it="major lavori"),
            id="impact in a sentence",
        ),
        pytest.param("/maintenance shop sab 02:00 +2h majorana", planned("shop", it="majorana"), id="not an impact"),
        pytest.param("/postpone 12 sat 02:00", postponed(None), id="postponed, as long as before"),
        pytest.param("/postpone 12 sat 02:00 - 05:00 Scusate.", postponed(at(7, 5), it="Scusate."), id="postponed"),
        pytest.param("/extend 12 1h30m", extended(timedelta(hours=1.5)), id="longer"),
        pytest.param("/extend #12 by 90 m Quasi.", extended(timedelta(minutes=90), it="Quasi."), id="longer, words"),
        pytest.param("/extend 12 until 05:00 Quasi.", extended(at(3, 5), it="Quasi."), id="until then"),
        pytest.param("/why #12", AskWhy(incident_id=12), id="why"),
        pytest.param("/why", AskWhy(incident_id=None), id="why nothing was said"),
        pytest.param("/incident shop major", opened("shop"), id="without words"),
        pytest.param("/incident shop major Ci siamo.", opened("shop", it="Ci siamo."), id="words in the own language"),
        pytest.param("/incident shop,whatsapp minor", opened("shop", "whatsapp", impact=Impact.MINOR), id="two"),
        pytest.param("/incident shop , whatsapp major", opened("shop", "whatsapp"), id="spaces around the comma"),
        pytest.param("/incident shop، whatsapp major", opened("shop", "whatsapp"), id="Arabic comma"),
        pytest.param("/incident shop,Online Shop major", opened("shop"), id="the same one twice is one"),
        pytest.param("/incident ONLINE  shop MAJOR ok", opened("shop", it="ok"), id="name with a space, any case"),
        pytest.param("/incident online critical", opened("online", impact=Impact.CRITICAL), id="id that begins a name"),
        pytest.param("/incident Tienda en línea major", opened("shop"), id="name in another language"),
        pytest.param("/incident Tienda en li\u0301nea major", opened("shop"), id="accents typed apart"),
        pytest.param("/incident straße & co. (berlin) major", opened("online"), id="name with odd characters"),
        pytest.param("/incident shop\nmajor\nRiga 1\n\nRiga 2", opened("shop", it="Riga 1\n\nRiga 2"), id="lines"),
        pytest.param("/incident shop none", opened("shop", impact=Impact.NONE), id="no impact"),
        pytest.param("/update 12 monitoring", updated(Status.MONITORING), id="update"),
        pytest.param("/update #12 Identified Trovato.", updated(Status.IDENTIFIED, it="Trovato."), id="with a hash"),
        pytest.param("/update 12 in progress ora", updated(Status.IN_PROGRESS, it="ora"), id="in progress"),
        pytest.param("/update 12 In-Progress", updated(Status.IN_PROGRESS), id="in-progress"),
        pytest.param("/update 12 in_progress", updated(Status.IN_PROGRESS), id="in_progress"),
        pytest.param("/update 12 canceled", updated(Status.CANCELLED), id="American spelling"),
        pytest.param("/update 12 resolved in progress", updated(Status.RESOLVED, it="in progress"), id="only in front"),
        pytest.param("/resolve 12", Resolve(incident_id=12, texts={}), id="resolve"),
        pytest.param(
            "/resolve 12 es: Listo.", Resolve(incident_id=12, texts={"es": "Listo."}), id="resolve with words"
        ),
        pytest.param("/status", ShowStatus(), id="status"),
        pytest.param("  /STATUS@noticebot  ", ShowStatus(), id="our name, any case"),
        pytest.param("/drafts", ShowDrafts(), id="drafts"),
        pytest.param("/publish 7", PublishDraft(draft_id=7), id="publish"),
        pytest.param("/drop #7", DropDraft(draft_id=7), id="drop"),
        pytest.param("/help me", Help(), id="help"),
        pytest.param("/start deep-link", Start(), id="start"),
    ],
)
def test_a_command_is_read(text: str, command: Command) -> None:
    assert read(text) == command


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(
            "/incident shp major",
            "no component 'shp'; did you mean shop? Components: shop, whatsapp, online.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text]",
            id="component",
        ),
        pytest.param(
            "/incident assistenza whatsap major",
            "no component 'assistenza'; did you mean whatsapp? Components: shop, whatsapp, online.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text]",
            id="name",
        ),
        pytest.param(
            "/incident shop majr",
            "no impact 'majr'; did you mean major? Impacts: none, minor, major, critical.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text]",
            id="impact",
        ),
        pytest.param(
            "/update 12 monitored",
            "no status 'monitored'; did you mean monitoring? Statuses: investigating, identified, monitoring, resolved,"
            " scheduled, in_progress, completed, cancelled.\nUsage: /update INCIDENT STATUS [next=30m] [text]",
            id="status",
        ),
        pytest.param(
            "/update shop monitoring",
            "expected the number of the incident, such as 12, not 'shop monitoring'.\n"
            "Usage: /update INCIDENT STATUS [next=30m] [text]",
            id="number",
        ),
        pytest.param(
            "/maintenance shop 02:00 - 04:00 CET",
            "times are those of Europe/Rome; leave out CET.\n"
            "Usage: /maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text]",
            id="zone",
        ),
        pytest.param(
            "/maintenance shop 02:00 - 04:00 impact=majr We",
            "no impact 'majr'; did you mean major? Impacts: none, minor, major, critical.\n"
            "Usage: /maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text]",
            id="impact of maintenance",
        ),
        pytest.param(
            "/maintenance shop 1.3. 02:00 - 04:00",
            "that window begins in the past; write the year if you mean another one.\n"
            "Usage: /maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text]",
            id="past",
        ),
        pytest.param(
            "/postpone 12 7.3. 02:00 - 6.3. 02:00",
            "that window ends before it begins.\nUsage: /postpone INCIDENT START [- END] [text]",
            id="backwards",
        ),
        pytest.param(
            "/extend 12 a bit",
            "expected how much longer, such as 1h, or until 05:00, not 'a bit'.\n"
            "Usage: /extend INCIDENT 1h|until END [text]",
            id="how long",
        ),
        pytest.param(
            "/publish 0", "expected the number of the draft, such as 12, not '0'.\nUsage: /publish DRAFT", id="zero"
        ),
        pytest.param(
            "/publish 7 8", "one draft at a time; what does '8' mean?\nUsage: /publish DRAFT", id="two drafts"
        ),
        pytest.param(
            "/incidnet shop major",
            "no command '/incidnet'; did you mean /incident? Commands: /incident, /update, /resolve, /translate,"
            " /correct, /retract, /maintenance, /postpone, /extend, /quick, /recurring, /status, /drafts, /publish,"
            " /drop, /deliveries, /reword, /silence, /unsilence, /why, /operators, /language, /log, /reach, /help,"
            " /start.",
            id="command",
        ),
        pytest.param("hello", "that is not a command. /help lists them all.", id="talk"),
        pytest.param("/status@otherbot", "that is for another bot: otherbot.", id="other bot"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_is_nearest(text: str, answer: str) -> None:
    assert refused(text) == answer


def test_a_name_that_two_components_share_is_not_guessed() -> None:
    shared = {"shop": ("Online",), "chat": ("online",)}
    with pytest.raises(CommandError, match=r"^'ONLINE' is the name of shop and chat; type which of these you mean"):
        read("/incident ONLINE major", components=shared)


def test_an_id_wins_over_the_same_name_of_another_component() -> None:
    assert read("/incident shop major", components={"web": ("Shop",), "shop": ("Web",)}) == opened("shop")


def test_any_bot_name_is_ours_while_our_own_is_unknown() -> None:
    assert read("/status@somebot", bot=None) == ShowStatus()


@pytest.mark.parametrize(
    ("text", "name"),
    [("/status@OtherBot now", "OtherBot"), ("/status", None), ("mail me@there.example", None), ("", None)],
)
def test_the_addressee_is_the_bot_a_command_names(text: str, name: str | None) -> None:
    assert addressee(text) == name


@pytest.mark.parametrize(
    ("text", "yes"), [("/shop", True), (" /x@y z", True), ("/", False), ("a /status", False), ("/usr/bin", False)]
)
def test_only_a_word_behind_a_slash_is_a_command(text: str, yes: bool) -> None:
    assert is_command(text) is yes


def test_every_command_says_who_may_give_it_and_how() -> None:
    needs = {command: command.needs for command in (*get_args(Command), *get_args(Guided)) if command is not Begin}
    assert {command for command, role in needs.items() if role is Role.VIEWER} == {
        ShowStatus,
        ShowDrafts,
        ShowDeliveries,
        ShowRecurring,
        AskWhy,
        Help,
        Start,
    }
    assert {command for command, role in needs.items() if role is Role.DRAFTER} == {
        OpenIncident,
        AddUpdate,
        Resolve,
        PlanMaintenance,
        PostponeMaintenance,
        ExtendMaintenance,
        RewordDraft,
        DropDraft,
        ShowQuick,
    }
    assert {command for command, role in needs.items() if role is Role.PUBLISHER} == {
        PublishDraft,
        SilenceComponents,
        LiftSilence,
        Translate,
        Correct,
        Retract,
    }
    assert all(command.usage.startswith("/") for command in needs)


@given(
    word=st.sampled_from([impact.value.capitalize() for impact in Impact]),
    rest=st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="|\\"), max_size=60),
)
@example(word="None", rest=" of your orders is lost")
@example(word="Critical", rest=" security fixes")
@example(word="Major", rest="")
def test_a_text_that_begins_with_a_capital_impact_stays_whole(word: str, rest: str) -> None:
    text = normalize("NFC", f"{word}{rest}".strip())
    assert read(f"/maintenance shop sab 02:00 +2h {text}") == planned("shop", it=text)


COMMAND_WORDS = (
    "/incident",
    "/update",
    "/resolve",
    "/publish",
    "/maintenance",
    "/postpone",
    "/extend",
    "@NoticeBot",
    "shop",
    "Online shop",
    ",",
    "major",
    "12",
)
TIMES = ("02:00", "12", "1.12.", "31.2.", "2099-12-31", "sat", "domani", "-", "for", "until", "+2h", "999999d", "am")
TEXT_WORDS = ("in progress", "monitoring", "it:", "es:", "pt:", "|", "\\|", "\n", "\x00", "\ud800", "İ", "x" * 4000)
WORDS = st.sampled_from([*COMMAND_WORDS, *TIMES, *TEXT_WORDS])
TEXTS = st.text() | st.lists(WORDS | st.text(max_size=5)).map(" ".join)


@given(text=TEXTS, components=st.dictionaries(st.text(), st.lists(st.text())), bot=st.none() | st.text())
@example(text="/incident İ major", components={"i": ["i"]}, bot=None)
@example(text="/incident ", components={}, bot=None)
def test_any_text_is_a_command_or_a_command_error(text: str, components: dict[str, list[str]], bot: str | None) -> None:
    for known in (COMPONENTS, components):
        assert isinstance(command_or_error(text, known, bot), (*get_args(Command), *get_args(Guided), CommandError))


def command_or_error(text: str, components: Mapping[str, Sequence[str]], bot: str | None) -> Command | CommandError:
    try:
        return parse(
            text, language="it", languages=("en", "it", "es"), components=components, bot_username=bot, here=HERE
        )
    except CommandError as error:
        return error


@given(
    components=st.lists(st.sampled_from(sorted(COMPONENTS)), min_size=1, unique=True), impact=st.sampled_from(Impact)
)
def test_what_is_typed_as_the_usage_says_is_understood(components: list[str], impact: Impact) -> None:
    assert read(f"/incident {','.join(components)} {impact}") == opened(*components, impact=impact)
