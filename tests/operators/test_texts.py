"""What operators read, in three languages, as Telegram shows it (golden files; UPDATE_GOLDEN=1 writes them anew).

Cards of drafts and dialogues have golden files of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.entities import units
from bot.channels.telegram.markdown import render
from bot.config.maintenance import Maintenance
from bot.domain.changes import Amendment, Cause, Draft, Overview, Silence, Step, Why
from bot.domain.command_reading import parse
from bot.domain.commands import AddUpdate, OpenIncident
from bot.domain.dates import Here
from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.following import BroadcastState, Departure, Progress, Reach
from bot.domain.model import Impact, Kind, Notice, Role, Signal, SignalState, Status, UpdateState
from bot.domain.own_words import by_language
from bot.domain.staff import Deed, Operator
from bot.domain.windows import take_window
from bot.errors import CommandError, Denied
from bot.languages.days import day_names
from bot.languages.tongue import Tongue, Tongues
from bot.operators import answers, log, manual, people, reaching, reasons, windows
from bot.operators.menus import menu
from bot.operators.overview import Outlook
from bot.operators.phrases import own_words
from bot.operators.rights import require
from bot.operators.told import Told
from bot.resources import OPERATORS
from tests.channels.golden import assert_golden
from tests.operators.conftest import NOW
from tests.operators.test_answers import CHANGE, INCIDENT

ROME = ZoneInfo("Europe/Rome")
TONGUES = Tongues(OPERATORS)
LANGUAGES = ["en", "it", "ar"]
ANNA = Operator(telegram_id=1001, name="Anna_B", role=Role.DRAFTER, language="it")
ADMIN = Operator(telegram_id=1004, name="Duty", role=Role.ADMIN, language="en")
PLANNED = replace(
    INCIDENT,
    kind=Kind.MAINTENANCE,
    status=Status.SCHEDULED,
    scheduled_for=NOW + timedelta(days=2),
    scheduled_until=NOW + timedelta(days=2, hours=3),
)


def signals(count: int) -> list[Signal]:
    return [
        Signal(source="probe", key=f"p{number}", state=SignalState.FIRING, labels={}, summary=f"disk_{number} is full")
        for number in range(count)
    ]


def refused(work: Callable[[], object]) -> CommandError:
    with pytest.raises(CommandError) as error:
        work()
    return error.value


def errors() -> Iterator[CommandError]:
    """Refusals with lists, words, parts and times in them."""
    here = Here(now=NOW, zone=ROME, names=day_names("en"))
    yield refused(lambda: by_language("one | en: two", language="fr", languages=["en", "it", "es"]))
    yield refused(lambda: by_language("pt: hello", language="it", languages=["en", "it"]))
    yield refused(lambda: take_window("tomorow", here))
    yield refused(lambda: take_window("30.3.2025 02:30 for 1h", here))
    yield refused(lambda: require(ANNA, Role.ADMIN, "/operators"))
    yield CommandError("incident {id} is {status} by now", id=12, status=Status.IN_PROGRESS)


def overview() -> Overview:
    progress = Progress(
        broadcast_id=1, incident_id=12, amends=False, state=BroadcastState.SENDING, sent=1200, owed=800, failed=3,
        superseded=0, began_at=NOW, at=NOW, shown_at=None, shown_sent=0,
    )  # fmt: skip
    return Overview(
        open=(INCIDENT, PLANNED),
        drafts=2,
        waiting={"telegram": 3, "feed": 0},
        oldest={"telegram": NOW - timedelta(minutes=4)},
        dead=1,
        unknown=1,
        failed_in=(12, 9),
        broadcasts=(progress,),
        unspoken=4,
        silences=(Silence(component="shop", until=NOW + timedelta(hours=2), by="Anna_B"),),
        silent=("probe",),
        nodes=2,
    )


def why() -> Why:
    steps = (
        Step(status=Status.INVESTIGATING, state=UpdateState.PUBLISHED, at=NOW, because="rule 1 of probe", by=None),
        Step(status=Status.RESOLVED, state=UpdateState.DROPPED, at=NOW, because="", by="Anna_B"),
        Step(status=Status.RESOLVED, state=UpdateState.PUBLISHED, at=NOW, because="", by="Anna_B", author="Bruno"),
    )
    cause = Cause(
        source="probe", key="p1", summary="disk_1 is full", firing=True, seen_at=NOW, reason="told", waits=None
    )
    return Why(incident=INCIDENT, steps=steps, causes=(cause,), problems=3)


def texts(tongue: Tongue) -> Iterator[str]:
    """One of each."""
    at: Any = {"zone": ROME, "now": NOW}
    plan = windows.plan(PLANNED, Maintenance(), **at, tongue=tongue)
    yield answers.published(CHANGE, projections=["website", "feed"], plan=plan, tongue=tongue)
    yield answers.published(replace(CHANGE, translating=("es",)), projections=[], tongue=tongue)
    yield answers.drafted(replace(CHANGE, draft=True, number=None), tongue=tongue)
    agreed = replace(CHANGE, draft=True, number=None, approvals=("Anna_B",), needed=2)
    yield answers.drafted(agreed, tongue=tongue)
    waiting = Draft(
        id=40, incident=INCIDENT, status=INCIDENT.status, impact=INCIDENT.impact, made_at=NOW, deadline=None,
        on_deadline=None, because="", notices={}, approvals=("Anna_B",), needed=2,
    )  # fmt: skip
    yield "\n".join(answers.counted(waiting, "Anna_B", tongue))
    yield answers.dropped(replace(CHANGE, number=None), tongue)
    amendment = Amendment(
        incident=INCIDENT, number=2, languages=("it", "es"), templated=("es",), deliveries={"telegram": 2},
        page="https://status.shop.example/it/incidents/12",
    )  # fmt: skip
    yield answers.amended(amendment, projections=["feed"], tongue=tongue)
    yield answers.withdrawn(amendment, projections=["feed"], tongue=tongue)
    yield answers.retracted(CHANGE, projections=["website", "feed"], tongue=tongue)
    for error in errors():
        yield answers.refusal(error, tongue)
    yield Outlook(tongue, **at, host="status-2").of(overview())
    yield reasons.why(why(), **at, tongue=tongue)
    yield reasons.silenced(["shop"], NOW + timedelta(hours=2), **at, tongue=tongue)
    reader = manual.Reader(name="Anna_B", role=Role.ADMIN, language="it")
    yield manual.welcome(reader, tongue)
    yield manual.commands(reader, languages=["en", "it"], components=["shop", "whats_app"], machine=True, tongue=tongue)
    yield people.everybody([ANNA, ADMIN], tongue, configures=lambda number: number == ADMIN.telegram_id)
    yield people.appointed(ANNA, tongue)
    yield people.changed(ANNA, tongue, configured=True)
    yield people.dismissed(ANNA, tongue, configured=False)
    yield people.language(ANNA, tongue)
    yield log.page([deed(2, "Anna_B", 12), deed(1, "", 12)], None, **at, tongue=tongue)
    found = Reach(subscribers={"it": 1200, "en": 1}, stopped=3, departures={})
    yield reaching.reach({"it": 2, "en": 1}, found, {Departure.STOPPED: 2, Departure.BLOCKED: 5}, tongue)
    yield from unasked(tongue.language)


def lost() -> Delivery:
    """A delivery of a notice that is given up."""
    said = Notice(
        language="it", lang="it", direction="ltr", status=Status.IDENTIFIED, impact=Impact.MAJOR, state="Ieri",
        title="Disservizio: Negozio online", body="Fermi.", instead=None, more="", url="https://status.shop.example/",
    )  # fmt: skip
    return Delivery(
        id=5, action=Action.POST, channel="telegram", address="@bottega_it", lane="l", priority=Priority.CHANNEL,
        notice=said, text=None, opening=None, anchor=None, attempts=9, uncertain=False, owed_at=NOW,
        lease="x", incident_id=12,
    )  # fmt: skip


def deed(number: int, name: str, incident: int) -> Deed:
    who = 1001 if name else None
    return Deed(
        id=number,
        at=NOW,
        telegram_id=who,
        name=name,
        deed="publish",
        incident_id=incident,
        details="draft 40; update 2; 2024-12-11 23:30 UTC; it_s",
    )


def unasked(language: str) -> Iterator[str]:
    """What comes by itself."""
    told = Told(ROME, TONGUES)
    yield told.published(CHANGE, "rule 1 of probe", language)
    yield told.withdrawn(INCIDENT, "it recovered", language)
    yield told.unmatched(signals(5), language)
    yield told.noticed([(each, "rule 3: never") for each in signals(2)], language)
    yield told.storm(10, timedelta(minutes=5), language)
    yield told.untranslated(INCIDENT, 2, {"es": "the machine is away", "fr": ""}, language)
    yield told.more("unmatched", 7, NOW, language)
    yield told.given_up(lost(), "chat not found", language)
    yield told.silent("probe", NOW, language)
    yield told.heard_again("probe", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_operators_read_is_in_the_golden_file(language: str) -> None:
    shown = [render(text).text for text in texts(TONGUES.of(language))]
    assert_golden(f"operators/texts_{language}.txt", "\n\n----\n\n".join(shown) + "\n")


@pytest.mark.parametrize("language", sorted(TONGUES.languages))
def test_every_text_fits_into_one_post_in_every_language(language: str) -> None:
    for text in texts(TONGUES.of(language)):
        assert 0 < units(render(text).text) <= 4096


@pytest.mark.parametrize("language", sorted(set(TONGUES.languages) - {"en"}))
def test_nothing_is_left_in_english(language: str) -> None:
    english = [set(render(text).text.splitlines()) for text in texts(TONGUES.of("en"))]
    own = [set(render(text).text.splitlines()) for text in texts(TONGUES.of(language))]
    left = {line for before, after in zip(english, own, strict=True) for line in before & after if line.strip()}
    dutch_too = "Operators"
    shared = ("IMPACT:", "STATUS:", "http", "•", "rule 1", "18:50", "🔴", "chat not found", dutch_too)
    assert {line for line in left if not line.startswith(shared)} == set()


def test_in_arabic_a_foreign_name_cannot_turn_the_line() -> None:
    said = answers.refusal(Denied("this needs a {needs}, and you are a {role}.", needs="x", role="y"), TONGUES.of("ar"))
    assert said.count("\u2068") == said.count("\u2069") > 0


def test_moments_are_in_the_companys_zone_and_the_readers_language() -> None:
    at = datetime.fromisoformat("2024-12-10T23:30:00+00:00")
    said = reasons.silenced(["shop"], at, zone=ROME, now=NOW + timedelta(days=9), tongue=TONGUES.of("it"))
    assert "11 dic 00:30" in said


@pytest.mark.parametrize(
    ("state", "owed", "there"),
    [
        pytest.param(BroadcastState.SPREADING, 0, True, id="who gets it is being found out"),
        pytest.param(BroadcastState.SENDING, 7, True, id="some are still to go"),
        pytest.param(BroadcastState.SUPERSEDED, 0, False, id="overtaken, and nothing is to go"),
    ],
)
def test_only_broadcasts_that_still_owe_are_on_their_way(state: BroadcastState, owed: int, there: bool) -> None:
    [progress] = overview().broadcasts
    known = replace(overview(), broadcasts=(replace(progress, state=state, owed=owed),))
    assert ("On its way to subscribers" in Outlook(zone=ROME, now=NOW).of(known)) is there


@pytest.mark.parametrize(("n", "said"), [(1, "1 wants nothing at present."), (2, "2 want nothing at present.")])
def test_who_wants_nothing_is_counted_as_one_or_many(n: int, said: str) -> None:
    found = Reach(subscribers={"it": 3}, stopped=n, departures={})
    assert said in reaching.reach({}, found, {}, TONGUES.of("en")).split("\n")


@pytest.mark.parametrize(
    ("typed", "impact"),
    [("/incident shop disservizio grave Fermi.", Impact.MAJOR), ("/incident shop MAJOR Fermi.", Impact.MAJOR)],
)
def test_an_impact_is_understood_in_the_operators_language_and_as_commands_call_it(typed: str, impact: Impact) -> None:
    command = reading(typed)
    assert isinstance(command, OpenIncident)
    assert (command.impact, command.texts) == (impact, {"it": "Fermi."})


def test_a_proposed_impact_can_be_typed() -> None:
    error = refused(lambda: reading("/incident shop critico"))
    assert "critical? " in TONGUES.of("it").error(error)


def test_a_status_is_understood_in_the_operators_language() -> None:
    command = reading(f"/update 3 {TONGUES.of('it').word(Status.MONITORING)} Guardiamo.")
    assert isinstance(command, AddUpdate)
    assert (command.status, command.texts) == (Status.MONITORING, {"it": "Guardiamo."})


def test_an_unknown_command_is_answered_with_those_of_the_role_in_one_language() -> None:
    offered = [name for name, _ in menu(Role.VIEWER, TONGUES.of("it"))]
    error = refused(lambda: reading("/incidnt", offered))
    said = TONGUES.of("it").error(error)
    assert "/bozze" in said or "/stato" in said
    assert not [each for each in ("/status", "/drafts", "/publish", "/incidente") if f"{each}," in said]


def reading(typed: str, offered: Sequence[str] = ()) -> object:
    """What an Italian operator types."""
    return parse(
        typed,
        language="it",
        languages=["en", "it"],
        components={"shop": ("Negozio",)},
        bot_username=None,
        here=Here(now=NOW, zone=ROME, names=day_names("it")),
        words=own_words(TONGUES.of("it")),
        offered=offered,
    )


def test_impacts_and_roles_are_words_of_the_language() -> None:
    assert [TONGUES.of("it").word(each) for each in (*Impact, *Role)] == [
        "nessun impatto", "disservizio lieve", "disservizio grave", "servizio interrotto",
        "osservatore", "redattore", "editore", "amministratore",
    ]  # fmt: skip
