"""What operators can type, and what it means. Texts with language tags are in ``test_own_words``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.command_reading import addressee, is_command, parse
from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    DropDraft,
    Help,
    LiftSilence,
    OpenIncident,
    PublishDraft,
    Resolve,
    ShowDrafts,
    ShowStatus,
    SilenceComponents,
    Start,
)
from bot.domain.model import Impact, Role, Status
from bot.errors import CommandError

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "shop": ("Online shop", "Negozio online", "Tienda en línea"),
    "whatsapp": ("WhatsApp support", "Assistenza WhatsApp"),
    "online": ("Everything online", "Straße & Co. (Berlin)"),
}


def read(
    text: str, *, components: Mapping[str, tuple[str, ...]] = COMPONENTS, bot: str | None = "NoticeBot"
) -> Command:
    return parse(text, language="it", languages=("en", "it", "es"), components=components, bot_username=bot)


def refused(text: str) -> str:
    with pytest.raises(CommandError) as error:
        read(text)
    return str(error.value)


def opened(*components: str, impact: Impact = Impact.MAJOR, **texts: str) -> OpenIncident:
    return OpenIncident(components=components, impact=impact, texts=texts)


def silenced(*components: str, hours: float) -> SilenceComponents:
    return SilenceComponents(components=components, length=timedelta(hours=hours))


def updated(status: Status, **texts: str) -> AddUpdate:
    return AddUpdate(incident_id=12, status=status, texts=texts)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("/silence shop 2h", silenced("shop", hours=2), id="silence"),
        pytest.param("/silence shop, whatsapp 1h30M", silenced("shop", "whatsapp", hours=1.5), id="silence of two"),
        pytest.param("/silence", silenced(hours=0), id="what is silenced"),
        pytest.param("/unsilence shop", LiftSilence(components=("shop",)), id="end of a silence"),
        pytest.param("/why #12", AskWhy(incident_id=12), id="why"),
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
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [text]",
            id="component",
        ),
        pytest.param(
            "/incident assistenza whatsap major",
            "no component 'assistenza'; did you mean whatsapp? Components: shop, whatsapp, online.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [text]",
            id="name",
        ),
        pytest.param(
            "/incident",
            "the component is missing. Components: shop, whatsapp, online.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [text]",
            id="nothing",
        ),
        pytest.param(
            "/incident shop majr",
            "no impact 'majr'; did you mean major? Impacts: none, minor, major, critical.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [text]",
            id="impact",
        ),
        pytest.param(
            "/incident shop",
            "the impact is missing. Impacts: none, minor, major, critical.\n"
            "Usage: /incident COMPONENT[,COMPONENT...] IMPACT [text]",
            id="no impact word",
        ),
        pytest.param(
            "/update 12 monitored",
            "no status 'monitored'; did you mean monitoring? Statuses: investigating, identified, monitoring, resolved,"
            " scheduled, in_progress, completed, cancelled.\nUsage: /update INCIDENT STATUS [text]",
            id="status",
        ),
        pytest.param(
            "/update shop monitoring",
            "expected the number of the incident, such as 12, not 'shop monitoring'.\n"
            "Usage: /update INCIDENT STATUS [text]",
            id="number",
        ),
        pytest.param(
            "/resolve",
            "expected the number of the incident, such as 12.\nUsage: /resolve INCIDENT [text]",
            id="no number",
        ),
        pytest.param(
            "/publish 0", "expected the number of the draft, such as 12, not '0'.\nUsage: /publish DRAFT", id="zero"
        ),
        pytest.param(
            "/publish 7 8", "one draft at a time; what does '8' mean?\nUsage: /publish DRAFT", id="two drafts"
        ),
        pytest.param(
            "/incidnet shop major",
            "no command '/incidnet'; did you mean /incident? Commands: /incident, /update, /resolve, /status, /drafts,"
            " /publish, /drop, /silence, /unsilence, /why, /help, /start.",
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
    needs = {command: command.needs for command in get_args(Command)}
    assert {command for command, role in needs.items() if role is Role.VIEWER} == {
        ShowStatus,
        ShowDrafts,
        AskWhy,
        Help,
        Start,
    }
    assert {command for command, role in needs.items() if role is Role.DRAFTER} == {OpenIncident, AddUpdate, Resolve}
    assert {command for command, role in needs.items() if role is Role.PUBLISHER} == {
        PublishDraft,
        DropDraft,
        SilenceComponents,
        LiftSilence,
    }
    assert all(command.usage.startswith("/") for command in needs)


COMMAND_WORDS = (
    "/incident",
    "/update",
    "/resolve",
    "/publish",
    "@NoticeBot",
    "shop",
    "Online shop",
    ",",
    "major",
    "12",
)
TEXT_WORDS = ("in progress", "monitoring", "it:", "es:", "pt:", "|", "\\|", "\n", "\x00", "\ud800", "İ", "x" * 4000)
WORDS = st.sampled_from([*COMMAND_WORDS, *TEXT_WORDS])
TEXTS = st.text() | st.lists(WORDS | st.text(max_size=5)).map(" ".join)


@given(text=TEXTS, components=st.dictionaries(st.text(), st.lists(st.text())), bot=st.none() | st.text())
@example(text="/incident İ major", components={"i": ["i"]}, bot=None)
@example(text="/incident ", components={}, bot=None)
def test_any_text_is_a_command_or_a_command_error(text: str, components: dict[str, list[str]], bot: str | None) -> None:
    for known in (COMPONENTS, components):
        assert isinstance(command_or_error(text, known, bot), (*get_args(Command), CommandError))


def command_or_error(text: str, components: Mapping[str, Sequence[str]], bot: str | None) -> Command | CommandError:
    try:
        return parse(text, language="it", languages=("en", "it", "es"), components=components, bot_username=bot)
    except CommandError as error:
        return error


@given(
    components=st.lists(st.sampled_from(sorted(COMPONENTS)), min_size=1, unique=True), impact=st.sampled_from(Impact)
)
def test_what_is_typed_as_the_usage_says_is_understood(components: list[str], impact: Impact) -> None:
    assert read(f"/incident {','.join(components)} {impact}") == opened(*components, impact=impact)
