"""Operators appoint, change and dismiss each other, choose a language, and read who did what."""

from __future__ import annotations

import pytest

from bot.channels.telegram.markdown import render
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.languages.tongue import Tongues
from bot.operators.log import PAGE
from bot.operators.reception import Reception
from bot.resources import OPERATORS
from tests.operators.chatting import Chat
from tests.operators.conftest import ANNA, BRUNO, CARLA, DUTY, STRANGER, Operations
from tests.worlds import World, signal, world

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def reception(here: World) -> Reception:
    return Reception(here.settings, here.clock, username=lambda: "notice_bot", tongues=Tongues(OPERATORS))


@pytest.fixture
def duty(here: World, reception: Reception) -> Chat:
    """The admin's private chat; they read English."""
    return Chat(here=here, reception=reception, person=DUTY, chat_id=DUTY)


@pytest.fixture
def anna(here: World, reception: Reception) -> Chat:
    """A publisher's, who reads Italian."""
    return Chat(here=here, reception=reception, person=ANNA, chat_id=ANNA)


async def answers(here: World, chat_id: int) -> list[str]:
    owed = await here.owed(to_operators=True)
    mine = [row for row in owed if row["address"] == str(chat_id) and row["lane"].endswith(":answers")]
    return [render(row["text"]).text for row in mine]


async def staff(here: World) -> dict[int, Operator]:
    return await here.intake.transact(lambda desk: desk.staff.everybody())


async def deeds(here: World) -> list[tuple[str, str, str]]:
    return [(row["name"], row["deed"], row["details"]) for row in await here.rows("audit")]


async def test_operators_are_listed_with_role_language_and_where_they_are_from(duty: Chat, here: World) -> None:
    await duty.say("/operators add 2001 Dora publisher it")
    assert await duty.say("/operators") is None
    assert await duty.newest() == (
        "Operators\n"
        "Duty_phone · admin · English · 1004 (from the configuration)\n"
        "Anna · publisher · Italian · 1001 (from the configuration)\n"
        "Dora · publisher · Italian · 2001 (added by command)\n"
        "Bruno · drafter · Spanish · 1002 (from the configuration)\n"
        "Carla · viewer · English · 1003 (from the configuration)"
    )


async def test_everybody_may_look_and_only_an_admin_has_buttons(anna: Chat, duty: Chat) -> None:
    assert await anna.say("/operators") is None
    [card] = await anna.cards()
    assert "Duty_phone · amministratore · inglese" in card["text"]
    assert card["buttons"] == []
    assert await duty.say("/operators") is None
    assert (await duty.cards())[-1]["buttons"] != []


async def test_a_new_operator_can_command_and_is_welcomed_in_their_language(duty: Chat, here: World) -> None:
    assert await duty.say("/operators add 2001 Maria Grazia publisher it") is None
    assert (await staff(here))[STRANGER] == Operator(
        telegram_id=STRANGER, name="Maria Grazia", role=Role.PUBLISHER, language="it"
    )
    assert await answers(here, DUTY) == [
        "Maria Grazia is a publisher now (Italian). They are told so if they have ever written to me."
    ]
    [welcome] = await answers(here, STRANGER)
    assert welcome.startswith("Ciao Maria Grazia. Il tuo ruolo è editore")
    assert await deeds(here) == [("Duty_phone", "operators", "add 2001 Maria Grazia publisher it")]


async def test_whoever_is_an_operator_already_is_not_added_again(duty: Chat, here: World) -> None:
    assert await duty.say("/operators add 1001 Anna admin") == (
        "1001 is an operator already; /operators role changes the role"
    )
    assert await deeds(here) == []


async def test_a_role_counts_from_the_next_word_on_whatever_the_configuration_says(
    duty: Chat, anna: Chat, here: World
) -> None:
    assert await duty.say("/operators role 1001 viewer") is None
    [said] = await answers(here, DUTY)
    assert said.startswith("Anna is a viewer now (Italian).\nThe configuration says otherwise;")
    assert await anna.say("/incident shop major") == "this needs a drafter, and you are a viewer."


async def test_somebody_removed_is_no_operator_though_the_configuration_names_them(duty: Chat, here: World) -> None:
    assert await duty.say("/operators remove 1002") is None
    assert BRUNO not in await staff(here)
    assert await duty.say("/operators remove 1002") == "there is no operator 1002; /operators lists them all"


@pytest.mark.parametrize("text", ["/operators remove 1004", "/operators role 1004 publisher"])
async def test_nobody_ceases_to_be_admin_by_their_own_hand(duty: Chat, here: World, text: str) -> None:
    await duty.say("/operators role 1001 admin")
    assert await duty.say(text) == "nobody takes the role of an admin from themselves; another admin can"


async def test_the_last_admin_stays_even_if_two_take_each_other_away(duty: Chat, anna: Chat, here: World) -> None:
    await duty.say("/operators role 1001 admin")
    assert await anna.say("/operators remove 1004") is None
    assert await anna.say("/operators role 1001 viewer") == (
        "nobody takes the role of an admin from themselves; another admin can"
    )
    refused = here.intake.transact(lambda desk: desk.staff.dismiss(ANNA, by=_somebody()))
    with pytest.raises(Exception, match="Anna is the last admin"):
        await refused


def _somebody() -> Operator:
    """Who was an admin a moment ago."""
    return Operator(telegram_id=DUTY, name="Duty_phone", role=Role.ADMIN, language="en")


@pytest.mark.parametrize("text", ["/operators add 5 Eve admin", "/operators role 1003 admin", "/operators remove 1004"])
async def test_only_an_admin_changes_anything(anna: Chat, here: World, text: str) -> None:
    before = await staff(here)
    assert await anna.say(text) == "this needs an admin, and you are a publisher."
    assert await staff(here) == before


async def test_roles_are_given_by_button_and_what_is_shown_follows(duty: Chat, here: World) -> None:
    await duty.say("/operators")
    assert await duty.press("Carla") is None
    assert await duty.newest() == "Carla · viewer · English · 1003 (from the configuration)"
    assert await duty.press("drafter") == "Carla: drafter"
    assert (await staff(here))[CARLA].role is Role.DRAFTER
    assert [each["text"] for row in (await duty.cards())[-1]["buttons"] for each in row] == [
        "viewer", "✓ drafter", "publisher", "admin", "Remove", "‹ Back",
    ]  # fmt: skip


async def test_removing_by_button_asks_first(duty: Chat, here: World) -> None:
    await duty.say("/operators")
    await duty.press("Bruno")
    await duty.press("Remove")
    assert (await duty.newest()).endswith("Remove Bruno?")
    assert BRUNO in await staff(here)
    assert await duty.press("Yes, remove") == "Bruno: removed"
    assert BRUNO not in await staff(here)
    assert "Bruno" not in await duty.newest()


async def test_an_admins_button_is_none_of_anybody_elses(duty: Chat, anna: Chat, here: World) -> None:
    await duty.say("/operators")
    await duty.press("Carla")
    stolen = await duty.data_of("admin")
    assert await anna.press_data(stolen) == "this needs an admin, and you are a publisher."
    assert (await staff(here))[CARLA].role is Role.VIEWER


async def test_a_button_of_another_time_is_answered_kindly(duty: Chat) -> None:
    assert await duty.press_data("staff:1003:role:emperor") == (
        "This button is from another time. Send the command again."
    )


async def test_an_operator_is_answered_in_the_language_they_choose(anna: Chat, here: World) -> None:
    assert await anna.say("/language es") is None
    assert (await staff(here))[ANNA].language == "es"
    assert await anna.say("/language") is None
    assert (
        await answers(here, ANNA)
        == [
            "Se te responde en español, y lo que escribes se entiende en ese idioma. /language con un código lo cambia."
        ]
        * 2
    )
    assert await anna.say("/language xx") == (
        "'xx' is none of the languages that notices are published in: en, it, es.\nUsage: /language [LANGUAGE]"
    )


async def test_a_command_has_its_english_name_and_its_own(anna: Chat, here: World) -> None:
    assert await anna.say("/incidente shop grave") is not None  # the words of an impact are typed in English
    assert await anna.say("/incidente shop major") is None
    assert await anna.say("/incident whatsapp minor") is None
    assert [row["components"] if "components" in row else row["impact"] for row in await here.incidents()] == [
        "major",
        "minor",
    ]


async def test_refused_attempts_are_in_the_log(operations: Operations, here: World) -> None:
    async with operations.both():
        await operations.say(CARLA, "/publish 12")
        await operations.say(BRUNO, "/operators add 5 Eve admin")
    assert await deeds(here) == [
        ("Carla", "denied", "/publish 12"),
        ("Bruno", "denied", "/operators add 5 Eve admin"),
    ]


async def test_every_deed_is_noted_with_its_incident(anna: Chat, here: World) -> None:
    for text in (
        "/incident shop major",
        "/update 1 identified",
        "/status",
        "/silence whatsapp 2h",
        "/unsilence whatsapp",
        "/resolve 1",
        "/help",
    ):
        assert await anna.say(text) is None
    rows = [(row["deed"], row["incident_id"], row["details"]) for row in await here.rows("audit")]
    assert rows == [
        ("incident", 1, "shop major; update 1"),
        ("update", 1, "identified; update 2"),
        ("silence", None, "whatsapp 2h"),
        ("unsilence", None, "whatsapp"),
        ("resolve", 1, "update 3"),
    ]


async def test_a_deed_that_fails_leaves_no_note(anna: Chat, here: World) -> None:
    assert await anna.say("/resolve 99") is not None
    assert await here.rows("audit") == []


async def test_the_log_is_read_newest_first_and_by_incident(anna: Chat, here: World) -> None:
    await anna.say("/incident shop major")
    await anna.say("/silence whatsapp 2h")
    assert await anna.say("/log") is None
    assert await anna.newest() == (
        "Registro\n18:50 Anna /silenzia · whatsapp 2h\n"
        "18:50 Anna /incidente · incidente 1 · shop major; aggiornamento 1"
    )
    assert await anna.say("/log 1") is None
    assert await anna.newest() == (
        "Registro dell'incidente 1\n18:50 Anna /incidente · incidente 1 · shop major; aggiornamento 1"
    )


async def test_the_log_is_paged_by_buttons(anna: Chat, here: World) -> None:
    for number in range(PAGE + 3):
        await anna.say(f"/silence whatsapp {number + 1}m")
    await anna.say("/log")
    first = await anna.newest()
    assert first.count("\n") == PAGE
    assert await anna.press("Più vecchi") is None
    assert (await anna.newest()).splitlines()[1:] == [
        f"18:50 Anna /silenzia · whatsapp {number}m" for number in (3, 2, 1)
    ]
    await anna.press("Più recenti")
    assert await anna.newest() == first


async def test_the_log_is_for_publishers(here: World, reception: Reception) -> None:
    bruno = Chat(here=here, reception=reception, person=BRUNO, chat_id=BRUNO)
    assert await bruno.say("/log") == "this needs a publisher, and you are a drafter."
    assert await bruno.press_data("log:0:newest") == "this needs a publisher, and you are a drafter."


async def test_reach_counts_chats_and_subscribers(anna: Chat, here: World) -> None:
    assert await anna.say("/reach") is None
    [said] = await answers(here, ANNA)
    assert said.splitlines()[0] == "Chi viene avvisato"
    assert said.endswith("0 iscritti in tutto.\nNessuno se n'è andato negli ultimi 30 giorni.")


async def test_what_automation_publishes_is_in_the_log_as_its_own(here: World) -> None:
    async with world(here.store, here.clock) as automatic:  # whose rules publish by themselves
        await automatic.report(signal())
        rows = await automatic.rows("audit")
    assert [(row["telegram_id"], row["name"], row["deed"], row["incident_id"]) for row in rows] == [
        (None, "", "publish", 1)
    ]
