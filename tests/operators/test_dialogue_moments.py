"""What can come between two steps of a dialogue: another role, another person, half a day, another dialogue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.model import Role, Status, UpdateState
from bot.intake.desk import IntakeDesk
from bot.operators.reception import Reception
from tests.operators.chatting import Chat
from tests.operators.conftest import ANNA, BRUNO, DUTY
from tests.worlds import World

GROUP = -1005


@pytest.fixture
def reception(here: World) -> Reception:
    return Reception(here.settings, here.clock, username=lambda: "notice_bot")


def chat(here: World, reception: Reception, person: int, chat_id: int | None = None) -> Chat:
    return Chat(here=here, reception=reception, person=person, chat_id=chat_id or person)


async def become(here: World, person: int, role: Role) -> None:
    async def work(desk: IntakeDesk) -> None:
        by = await desk.staff.find(DUTY)
        assert by is not None
        await desk.staff.change_role(person, role, by=by)

    await here.intake.transact(work)


async def test_a_role_that_is_taken_away_in_the_middle_ends_all_but_giving_up(
    here: World, reception: Reception
) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident")
    await bruno.press("WhatsApp")
    await become(here, BRUNO, Role.VIEWER)
    assert "this needs a drafter" in str(await bruno.press("Next"))
    assert "this needs a drafter" in str(await bruno.say("WhatsApp"))
    assert await here.incidents() == []
    assert await bruno.press("Cancel") is None
    assert "nothing has changed" in await bruno.newest()
    audit = [(row["name"], row["deed"]) for row in await here.rows("audit")]
    assert ("Bruno", "incident") not in audit


async def test_a_publisher_who_becomes_a_drafter_withdraws_nothing(here: World, reception: Reception) -> None:
    anna = chat(here, reception, ANNA)
    await anna.say("/incident shop major")
    await anna.say("/retract")
    await anna.press("1 · investigating · Negozio online")
    await anna.press("The whole incident")
    await become(here, ANNA, Role.DRAFTER)
    assert "this needs a publisher" in str(await anna.press("Withdraw it everywhere"))
    [incident] = await here.incidents()
    assert incident["closed_at"] is None


async def test_a_dialogue_left_alone_for_half_a_day_is_over(here: World, reception: Reception) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident shop")
    major = await bruno.data_of("Major")
    here.clock.go(hours=12, minutes=1)
    assert "not a command" in str(await bruno.say("minor"))
    assert await bruno.press_data(major) == "This has ended already."
    await bruno.say("/incident shop")
    assert await bruno.press("Major") is None
    assert await here.incidents() == []


async def test_words_are_for_the_question_that_is_asked(here: World, reception: Reception) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident")
    assert "no component 'tienda'" in str(await bruno.say("tienda"))
    assert await bruno.say("Tienda en línea, WhatsApp") is None
    assert "Press one of the buttons" in str(await bruno.say("muy mal"))
    assert await bruno.say("critical") is None
    assert "looks like a language" in str(await bruno.say("pt: Estamos a tratar."))
    assert await bruno.say("En ello.") is None
    [update] = await here.updates()
    assert (update["texts"], update["author"]) == ({"es": "En ello."}, "Bruno")


async def test_an_incident_that_ends_meanwhile_takes_no_update(here: World, reception: Reception) -> None:
    anna, bruno = chat(here, reception, ANNA), chat(here, reception, BRUNO)
    await anna.say("/incident shop major")
    await bruno.say("/update 1")
    await anna.say("/resolve 1")
    assert "incident 1 is closed already" in str(await bruno.press("Identified"))
    assert "there is no published incident 7" in str(await bruno.say("/update 7"))
    assert len(await here.updates()) == 2


async def test_maintenance_gets_more_time_and_an_end_by_buttons(here: World, reception: Reception) -> None:
    anna = chat(here, reception, ANNA)
    await anna.say("/maintenance shop in 1h for 2h")
    assert "Only maintenance in progress can be given more time." in str(await anna.say("/extend 1"))
    here.clock.go(hours=1, minutes=1)
    await here.intake.do_due()
    assert "Only maintenance that has not begun can be moved." in str(await anna.say("/postpone 1"))
    await anna.say("/extend 1")
    assert "would not end later" in str(await anna.say("until 20:00"))
    await anna.press("1 h")
    await anna.press("Ready-made words")
    await anna.say("/resolve")
    await anna.press("1 · in progress · Negozio online")
    await anna.say("Tutto fatto.")
    drafts = [row for row in await here.updates() if row["state"] is UpdateState.DRAFT]
    assert [(row["status"], row["texts"]) for row in drafts] == [
        (Status.IN_PROGRESS, {}),
        (Status.COMPLETED, {"it": "Tutto fatto."}),
    ]


async def test_maintenance_is_typed_at_any_step(here: World, reception: Reception) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/maintenance shop")
    assert "begins in the past" in str(await bruno.say("1.12. 02:00"))
    assert "at what time" in str(await bruno.say("sábado"))
    await bruno.press("13")
    await bruno.say("02:20")
    assert "expected when" in str(await bruno.say("90m 5"))
    assert "ends before it begins" in str(await bruno.say("until 13.12. 01:00"))
    await bruno.say("hasta las 04:00")
    await bruno.say("cada 2 semanas")
    await bruno.press("Ready-made words")
    [incident] = await here.incidents()
    assert (incident["scheduled_for"], incident["scheduled_until"]) == (
        datetime(2024, 12, 13, 1, 20, tzinfo=UTC),
        datetime(2024, 12, 13, 3, 0, tzinfo=UTC),
    )
    [series] = await here.rows("recurrences")
    assert (series["every"], series["next_starts"]) == ("two_weeks", datetime(2024, 12, 27, 1, 20, tzinfo=UTC))
    assert "🔁" in await bruno.newest()


async def test_one_chat_and_person_has_one_dialogue(here: World, reception: Reception) -> None:
    private, group = chat(here, reception, ANNA), chat(here, reception, ANNA, GROUP)
    await private.say("/incident shop")
    await group.say("/incident whatsapp")
    await private.say("/maintenance")
    open_now = [row for row in await here.rows("dialogues") if row["ended_at"] is None]
    assert [(row["chat_id"], row["kind"]) for row in open_now] == [(GROUP, "incident"), (ANNA, "maintenance")]
    [former, present] = await private.cards()
    assert "you have begun something else" in former["text"]
    assert former["buttons"] == []
    assert "New maintenance" in present["text"]


async def test_somebody_elses_buttons_are_not_ones_own(here: World, reception: Reception) -> None:
    anna, bruno = chat(here, reception, ANNA, GROUP), chat(here, reception, BRUNO, GROUP)
    await anna.say("/incident shop")
    assert await bruno.press("Major") == "Anna is answering this. Begin one of your own."
    assert await bruno.press("Cancel") == "Anna is answering this. Begin one of your own."
    assert "How bad" in await anna.newest()


async def test_talk_in_a_group_is_no_answer(here: World, reception: Reception) -> None:
    anna = chat(here, reception, ANNA, GROUP)
    await anna.say("/incident shop")
    assert await anna.say("critical") is None
    assert await anna.say("critical", answers_to=77) is None
    assert "How bad" in await anna.newest()


@pytest.mark.parametrize(
    "data",
    ["dlg:1:pick:1.nonsense", "dlg:1:pick:1.p-99999", "dlg:1:pick", "dlg:1:back:1", "dlg:1:jump:1.x", "dlg:1:still"],
)
async def test_a_made_up_button_does_no_harm(here: World, reception: Reception, data: str) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident")
    await bruno.press_data(data)
    assert "Which parts of the service?" in await bruno.newest()
    [dialogue] = await here.rows("dialogues")
    assert (dialogue["step"], dialogue["ended_at"]) == (1, None)


async def test_a_step_that_has_passed_shows_where_it_stands(here: World, reception: Reception) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident")
    await bruno.press("WhatsApp")
    onward = await bruno.data_of("Next")
    await bruno.press("Next")
    assert await bruno.press_data(onward, message_id=5) == "This step has passed."
    [*_, former, present] = await bruno.cards()
    assert (former["text"], former["buttons"]) == ("↓", [])
    assert "How bad" in present["text"]


async def test_dialogues_are_forgotten_in_time(here: World, reception: Reception) -> None:
    bruno = chat(here, reception, BRUNO)
    await bruno.say("/incident")
    here.clock.time += timedelta(days=400)
    await here.intake.tidy()
    assert await here.rows("dialogues") == []
    assert await here.rows("cards") == []
