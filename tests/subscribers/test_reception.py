"""Conversations of those who ask for notices in private chats, on both databases."""

from __future__ import annotations

import pytest

from bot.domain.delivery import Priority
from bot.domain.model import Impact, Status
from bot.store.engine import Store
from tests.subscribers.house import CARLA, DARIO, House, furnished, house
from tests.worlds import StillClock, world


async def test_start_subscribes_in_the_clients_language_and_says_how_things_stand(here: House) -> None:
    await here.opens("whatsapp")
    await here.says("/start")
    [row] = await here.world.rows("subscribers")
    assert (row["chat_id"], row["language"], row["everything"], row["stopped_at"]) == (CARLA, "it", True, None)
    [welcome] = await here.texts()
    assert "Bottega Napoli" in welcome
    assert "Italiano" in welcome.title()
    assert "WhatsApp" in welcome
    assert list((await here.buttons()).values()) == ["sub:0:open"]


async def test_when_nothing_is_open_the_welcome_says_that_all_is_well(here: House) -> None:
    await here.says("/start", language="en")
    assert "All services are working normally" in (await here.texts())[0]


@pytest.mark.parametrize(
    ("code", "language"), [("it", "it"), ("it-CH", "it"), ("en-gb", "en"), ("ja", "en"), (None, "en"), ("?!", "en")]
)
async def test_the_language_is_the_nearest_one_there_is(here: House, code: str | None, language: str) -> None:
    await here.says("/start", language=code)
    assert (await here.world.rows("subscribers"))[0]["language"] == language


async def test_a_link_carries_language_and_component(here: House) -> None:
    await here.says("/start l_en-c_shop", language="it")
    [row] = await here.world.rows("subscribers")
    assert (row["language"], row["everything"]) == ("en", False)
    assert [each["component"] for each in await here.world.rows("subscriber_components")] == ["shop"]
    assert "Online shop" in (await here.texts())[0]


async def test_a_second_link_adds_a_component_and_takes_none_away(here: House) -> None:
    await here.says("/start c_shop")
    await here.says("/start c_whatsapp")
    assert {each["component"] for each in await here.world.rows("subscriber_components")} == {"shop", "whatsapp"}


async def test_a_link_narrows_nothing_for_who_wants_everything(here: House) -> None:
    await here.says("/start")
    await here.says("/start c_shop")
    assert (await here.world.rows("subscribers"))[0]["everything"]


async def test_one_settings_card_is_edited_in_place(here: House) -> None:
    await here.says("/start")
    await here.presses("sub:0:open")
    await here.presses("sub:0:languages:0")
    assert await here.presses("sub:0:speak:en") == "Saved."
    card = (await here.rows())[1:]
    assert [row["action"] for row in card] == ["post", "edit", "edit"]
    assert len({row["lane"] for row in card}) == 1
    assert "Settings" in (await here.texts())[-1]
    assert (await here.world.rows("subscribers"))[0]["language"] == "en"


async def test_components_are_toggled_one_by_one_and_all_at_once(here: House) -> None:
    await here.says("/start", language="en")
    await here.presses("sub:0:services:0")
    assert (await here.buttons())["✅ Checkout"] == "sub:0:without:checkout"
    await here.presses("sub:0:without:checkout")
    assert (await here.buttons())["⬜️ Checkout"] == "sub:0:with:checkout"
    assert {each["component"] for each in await here.world.rows("subscriber_components")} == {"shop", "whatsapp"}
    await here.presses("sub:0:without:shop")
    toast = await here.presses("sub:0:without:whatsapp")
    assert toast == "Choose at least one service, or stop the notices."
    assert [each["component"] for each in await here.world.rows("subscriber_components")] == ["whatsapp"]
    await here.presses("sub:0:all")
    assert (await here.world.rows("subscribers"))[0]["everything"]
    assert await here.world.rows("subscriber_components") == []


async def test_an_old_toggle_pressed_again_changes_nothing(here: House) -> None:
    await here.says("/start", language="en")
    await here.presses("sub:0:without:shop")
    await here.presses("sub:0:without:shop")
    assert {each["component"] for each in await here.world.rows("subscriber_components")} == {"checkout", "whatsapp"}


async def test_quiet_hours_are_chosen_and_taken_back(here: House) -> None:
    await here.says("/start", language="en")
    await here.presses("sub:0:quiet")
    await here.presses("sub:0:from:22")
    assert "sub:0:until:22-7" in (await here.buttons()).values()
    assert await here.presses("sub:0:until:22-7") == "Saved."
    [row] = await here.world.rows("subscribers")
    assert (row["quiet_from"], row["quiet_until"]) == (22 * 60, 7 * 60)
    assert "Europe/Rome" in (await here.texts())[-1].replace("\\", "")
    await here.presses("sub:0:loud")
    assert (await here.world.rows("subscribers"))[0]["quiet_from"] is None


async def test_new_subscribers_begin_with_the_configured_quiet_hours(store: Store, clock: StillClock) -> None:
    async with house(store, clock, quiet_hours="22:30-06:00") as here:
        await here.says("/start")
        [row] = await here.world.rows("subscribers")
        assert (row["quiet_from"], row["quiet_until"]) == (22 * 60 + 30, 6 * 60)


async def test_stop_keeps_the_choices_and_start_takes_them_up_again(here: House) -> None:
    await here.says("/start l_en-c_shop")
    await here.says("/stop")
    [row] = await here.world.rows("subscribers")
    assert row["stopped_at"] is not None
    assert "You get no notices at present." in (await here.texts())[-1]
    await here.says("/start")
    [row] = await here.world.rows("subscribers")
    assert (row["stopped_at"], row["language"], row["everything"]) == (None, "en", False)
    [departure] = await here.world.rows("departures")
    assert (departure["reason"], departure["language"], departure["count"]) == ("stopped", "en", 1)


async def test_the_card_stops_and_starts_too(here: House) -> None:
    await here.says("/start", language="en")
    await here.presses("sub:0:open")
    await here.presses("sub:0:stop")
    assert (await here.buttons())["▶️ Get notices"] == "sub:0:start"
    await here.presses("sub:0:start")
    assert (await here.world.rows("subscribers"))[0]["stopped_at"] is None
    assert (await here.buttons())["⏹ No more notices"] == "sub:0:stop"


async def test_status_answers_subscribers_and_strangers_in_their_language(here: House) -> None:
    change = await here.opens("shop", "whatsapp")
    await here.says("/status")
    await here.says("/status", chat=DARIO, language="en")
    assert "Negozio online" in (await here.texts())[0]
    assert f"/en/incidents/{change.incident.id}" in (await here.texts(DARIO))[0]
    assert await here.world.rows("subscribers") == []


async def test_help_lists_the_commands(here: House) -> None:
    await here.says("/help", language="en")
    [text] = await here.texts()
    for command in ("/start", "/status", "/settings", "/stop", "/forget"):
        assert command in text


async def test_free_talk_is_helped_once_in_a_while(here: House) -> None:
    for text in ("hello?", "is anybody there", None, "/frobnicate"):
        await here.says(text, language="en")
    [text] = await here.texts()
    assert text.startswith("Nobody reads what is written here.")


@pytest.mark.parametrize(
    "data", ["sub:0:speak:xx", "sub:0:with:nothing", "sub:0:until:7-7", "sub:0:until:99-3", "draft:5:publish", "x", ""]
)
async def test_old_buttons_are_answered_kindly(here: House, data: str) -> None:
    await here.says("/start", language="en")
    before = await here.world.everything()
    assert await here.presses(data) == "This button is out of date. Use /settings."
    assert await here.world.everything() == before


async def test_a_stranger_who_presses_an_old_button_is_told_so(here: House) -> None:
    assert await here.presses("sub:0:main", language="en") == "You get no notices at present."
    assert await here.rows() == []


async def test_who_blocks_the_bot_is_no_subscriber_and_counted_and_may_come_back(here: House) -> None:
    await here.says("/start l_en-c_shop")
    await here.blocks()
    assert await here.world.rows("subscribers") == []
    assert [(row["reason"], row["count"]) for row in await here.world.rows("departures")] == [("blocked", 1)]
    await here.blocks()
    await here.blocks(blocked=False)
    assert [(row["reason"], row["count"]) for row in await here.world.rows("departures")] == [("blocked", 1)]
    await here.says("/start", language="it")
    assert (await here.world.rows("subscribers"))[0]["language"] == "it"


async def test_nothing_is_erased_before_they_said_yes(here: House) -> None:
    await here.says("/start", language="en")
    await here.says("/forget", language="en")
    assert len(await here.world.rows("subscribers")) == 1
    assert "sub:0:erase" in (await here.buttons()).values()


async def test_forget_me_leaves_nothing_about_the_person(here: House) -> None:
    change = await here.opens("shop")
    await here.says("/start c_shop", language="it")
    await here.says("/start", chat=DARIO)
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    await here.sends(2)
    await here.says("/forget")
    await here.presses("sub:0:erase")
    assert len(await here.rows()) == 1, "but for the farewell"
    await here.sends()
    here.world.clock.go(seconds=30)
    await here.broadcaster.work()
    everything = await here.world.everything()
    assert [name for name, rows in everything.items() if str(CARLA) in str(rows)] == []
    assert len(await here.posts(DARIO)) == 1
    assert [(row["reason"], row["count"]) for row in everything["departures"]] == [("forgotten", 1)]


async def test_what_is_in_flight_is_erased_when_it_has_ended(here: House) -> None:
    change = await here.opens("shop")
    await here.says("/start", language="it")
    await here.sends()
    await here.goes_on(change.incident.id)
    await here.broadcaster.work()
    leased = await here.claims()
    await here.presses("sub:0:erase")
    assert {row["state"] for row in await here.rows()} == {"leased", "pending"}
    here.world.clock.go(seconds=30)
    await here.broadcaster.work()
    assert {row["state"] for row in await here.rows()} == {"leased", "pending"}
    await here.lands(leased)
    await here.sends()
    here.world.clock.go(seconds=30)
    await here.broadcaster.work()
    assert await here.rows() == []
    assert await here.world.rows("erasures") == []


async def test_who_comes_back_after_being_forgotten_keeps_what_comes_then(here: House) -> None:
    await here.says("/start")
    await here.presses("sub:0:erase")
    await here.says("/start")
    await here.sends()
    here.world.clock.go(seconds=30)
    await here.broadcaster.work()
    assert len(await here.texts()) == 1
    assert len(await here.world.rows("subscribers")) == 1


async def test_reach_counts_those_who_come_and_go(here: House) -> None:
    for chat, language in ((1, "it"), (2, "it"), (3, "en"), (4, "en")):
        await here.says("/start", chat=chat, language=language)
    await here.says("/stop", chat=4)
    await here.blocks(2)
    reach = await here.world.intake.transact(lambda desk: desk.subscribers.reach())
    assert (dict(reach.subscribers), reach.stopped) == ({"it": 1, "en": 1}, 1)
    assert dict(reach.departures) == {"stopped": 1, "blocked": 1}


async def test_channels_do_not_wait_for_answers_to_however_many_newcomers(store: Store, clock: StillClock) -> None:
    async with world(store, clock, channels={"feed": {}, "website": {}, "telegram": {"subscribers": {}}}) as opened:
        here = furnished(opened)
        for chat in range(100, 110):
            await here.says("/start", chat=chat)
        await here.says("/settings", chat=100)
        clock.go(seconds=1)
        await here.opens("shop")
        assert [delivery.address for delivery in await here.claims(2)] == ["@bottega_en", "@bottega_it"]
        assert {delivery.priority for delivery in await here.sends()} == {Priority.GUEST}


async def test_an_answer_to_somebody_does_not_wait_for_a_broadcast(here: House) -> None:
    change = await here.opens("shop", impact=Impact.CRITICAL)
    for chat in range(100, 110):
        await here.says("/start", chat=chat)
    await here.sends()
    await here.goes_on(change.incident.id, Status.MONITORING)
    await here.broadcaster.work()
    await here.says("/status", chat=105)
    await here.sends(1)
    assert (await here.rows(105))[-1]["state"] == "sent"
