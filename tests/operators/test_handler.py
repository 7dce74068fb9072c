"""From what an operator types into Telegram to what they are answered, over the real library and a fake Telegram."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import clock
from bot.domain.model import Impact, Status
from bot.operators import answers
from bot.store.engine import Store
from tests.dispatcher.far_side import FarSide, dispatching
from tests.fakes.telegram import FakeTelegram
from tests.operators.conftest import ANNA, BRUNO, CARLA, STRANGER, Logged, Operations, an_update, shop
from tests.operators.interruptions import Busy, Gate, Moments, refusing
from tests.worlds import World


async def test_a_publishers_incident_is_published_and_answered(operations: Operations, here: World) -> None:
    async with operations.both():
        said = await operations.say(ANNA, "/incident shop,whatsapp major Ci siamo. | es: En ello.")
    assert said == [
        "**Published: incident 1, update 1** (shop, whatsapp · major · investigating)\n"
        "Website and feed: at once, in English, Italian and Spanish.\n"
        "Telegram: 3 deliveries made; 3 of this incident waiting.\n"
        "Words: hand-written in Italian and Spanish; the template's in English.\n"
        "<https://status.shop.example/en/incidents/1>\n"
        "Next: `/update 1 identified` `/update 1 monitoring` `/resolve 1`"
    ]
    [update] = await here.updates()
    assert (update["texts"], update["author"]) == ({"it": "Ci siamo.", "es": "En ello."}, "Anna")
    assert [row["component"] for row in await here.rows("incident_components")] == ["shop", "whatsapp"]


async def test_a_publishers_translation_takes_its_place_and_is_answered(operations: Operations, here: World) -> None:
    async with operations.both():
        await operations.say(ANNA, "/incident shop major Ci siamo.")
        async with dispatching(here, FarSide()) as posting:
            await posting.settler.seen(4)  # three posts and the answer
        said = await operations.say(ANNA, "/translate 1 es: En ello.")
        [refused] = await operations.say(BRUNO, "/translate 1 es: En ello.")
    assert said == [
        "**Your words are in: incident 1, update 1, in Spanish**\n"
        "Website and feed: at once; Telegram: 1 post edited.\n"
        "<https://status.shop.example/en/incidents/1>"
    ]
    [update] = await here.updates()
    assert update["texts"] == {"it": "Ci siamo.", "es": "En ello."}
    [former] = await here.rows("former_notices")
    assert former["replaced_by"] == "Anna"
    assert "this needs a publisher, and you are a drafter" in refused


async def test_a_command_that_comes_too_late_is_not_carried_out(operations: Operations, here: World) -> None:
    here.clock.time = clock.now() + timedelta(minutes=16)
    async with operations.both():
        [late] = await operations.say(ANNA, "/incident shop major")
        [status] = await operations.say(ANNA, "/status")
    assert late.startswith("**Not done:** this command is more than 15 minutes old")
    assert "Not done" not in status
    assert await here.incidents() == []


async def test_a_story_is_told_to_its_end(operations: Operations, here: World) -> None:
    async with operations.both():
        await operations.say(ANNA, "/incident Negozio Online critical")
        monitoring = await operations.say(ANNA, "/update #1 monitoring")
        end = await operations.say(ANNA, "/resolve 1 Tutto a posto.")
    assert monitoring[0].endswith("\nNext: `/resolve 1`")
    assert "**Published: incident 1, update 3** (shop · critical · resolved)" in end[0]
    assert end[0].endswith("\nThe incident is closed.")
    [incident] = await here.incidents()
    assert (incident["status"], incident["impact"]) == (Status.RESOLVED, Impact.CRITICAL)


async def test_a_drafters_incident_waits_for_a_publisher(operations: Operations, here: World) -> None:
    async with operations.both():
        drafted = await operations.say(BRUNO, "/incident shop major En ello.")
        refused = await operations.say(BRUNO, "/publish 1")
        listed = await operations.say(ANNA, "/drafts")
        published = await operations.say(ANNA, "/publish 1")
        none = await operations.say(ANNA, "/drafts")
    assert drafted == [
        "**Draft 1 waits for a publisher** (incident 1: shop · major · investigating)\n"
        "Nothing is published yet.\n"
        "Words: hand-written in Spanish; the template's in English and Italian.\n"
        "A publisher says `/publish 1` or `/drop 1`; `/drafts` shows its words."
    ]
    assert refused == ["**Not done:** this needs a publisher, and you are a drafter\\."]
    assert listed == [], "the card is no answer: it is kept up to date"
    assert published[0].startswith("**Published: incident 1, update 1** (shop · major · investigating)\n")
    assert none == ["No drafts wait."]
    [update] = await here.updates()
    assert (update["author"], update["decided_by"]) == ("Bruno", "Anna")


async def test_a_dropped_draft_was_never_heard_of(operations: Operations) -> None:
    async with operations.both():
        await operations.say(BRUNO, "/incident shop major")
        assert await operations.say(ANNA, "/drop 1") == [
            "**Dropped: draft 1 of incident 1.** Customers never heard of it."
        ]
        assert await operations.say(ANNA, "/drop 1") == ["**Not done:** draft 1 was dropped by Anna already"]
        assert await operations.say(ANNA, "/drop 7") == [
            "**Not done:** there is no draft 7; /drafts lists those that wait"
        ]


async def test_a_viewer_sees_how_things_stand_and_changes_nothing(operations: Operations, here: World) -> None:
    async with operations.both():
        await operations.say(ANNA, "/incident shop major")
        assert await operations.say(CARLA, "/status") == [
            "**Open incidents**\n**1** shop · major · investigating, since 18:50\n\n"
            "Deliveries waiting: telegram 3 (since 18:50)."
        ]
        assert await operations.say(CARLA, "/resolve 1") == [
            "**Not done:** this needs a drafter, and you are a viewer\\."
        ]
    [incident] = await here.incidents()
    assert incident["closed_at"] is None


async def test_a_mistake_is_explained_and_changes_nothing(operations: Operations, here: World) -> None:
    async with operations.both():
        assert await operations.say(ANNA, "/incident shp major") == [
            "**Not done:** no component 'shp'; did you mean shop? Components: shop, whatsapp\\.\n"
            "Usage: /incident COMPONENT\\[,COMPONENT\\.\\.\\.\\] IMPACT \\[next\\=30m\\] \\[text\\]"
        ]
        assert await operations.say(ANNA, "/resolve 12") == [
            "**Not done:** there is no incident 12; /status lists the open ones"
        ]
    assert await here.incidents() == []


async def test_start_and_help_are_for_the_one_who_asks(operations: Operations) -> None:
    async with operations.both():
        [welcome] = await operations.say(CARLA, "/start")
        [for_viewer] = await operations.say(CARLA, "/help")
        [for_publisher] = await operations.say(ANNA, "/help")
    assert welcome == (
        "Hello Carla. You are a viewer, and what you write is taken to be in English. `/help` shows what you can say."
    )
    assert "/incident" not in for_viewer
    assert "`/incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text]` tell customers" in for_publisher


async def test_a_stranger_is_refused_once_an_hour_and_told_nothing(operations: Operations, here: World) -> None:
    async with operations.both():
        [refusal] = await operations.say(STRANGER, "/incident shop major")
        again = await operations.say(STRANGER, "hello?")
        here.clock.go(hours=1)
        later = await operations.say(STRANGER, "/status")
    assert refusal == "Sorry, I only answer people I know. If one of them asks, your Telegram id is `2001`."
    assert again == []
    assert later == [refusal]
    assert await here.incidents() == []


async def test_a_group_gets_answers_to_operators_commands_only(telegram: FakeTelegram, operations: Operations) -> None:
    group = telegram.add_supergroup(id=-1009, title="Duty").id
    async with operations.both():
        assert await operations.say(STRANGER, "/status", chat=group) == []
        assert await operations.say(ANNA, "lunch?", chat=group) == []
        assert await operations.say(ANNA, "/status@weather_bot", chat=group) == []
        assert await operations.say(ANNA, "/status@notice_bot", chat=group) == [
            "**No open incidents.**\n\nDeliveries waiting: none."
        ]
    assert await operations.told(ANNA) == []


async def test_what_is_no_new_command_is_left_alone(
    telegram: FakeTelegram, operations: Operations, here: World
) -> None:
    channel = telegram.add_channel("@bottega_en", id=-1001).id
    telegram.post_as_other(channel, "/incident shop major")
    message = telegram.say(ANNA, "/help")
    telegram.edit_as_other(ANNA, message, "/incident shop major")
    telegram.core.serve(
        telegram.world.find(ANNA), about=telegram.world.find(ANNA).messages[message], name="pinned_message"
    )
    async with operations.both():
        await operations.settled(4)
    assert len(await operations.told(ANNA)) == 1
    assert await here.incidents() == []


async def test_a_picture_is_not_taken_for_words(telegram: FakeTelegram, operations: Operations) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    telegram.updates.inject(an_update(1000, ANNA, caption="/incident shop major", photo=photo))
    async with operations.both():
        await operations.settled(1)
    assert await operations.told(ANNA) == [
        "**Not done:** I read text only\\. Send the command as plain text; pictures and files are not published\\."
    ]


async def test_an_update_that_cannot_be_read_does_not_stop_the_next(
    telegram: FakeTelegram, operations: Operations, logged: Logged
) -> None:
    telegram.updates.inject({"update_id": 999, "message": {"nonsense": True}})
    telegram.say(ANNA, "/drafts")
    async with operations.both():
        await operations.settled(2)
    assert await operations.told(ANNA) == [answers.NO_DRAFTS]
    [defect] = logged.at("error")
    assert defect["update_id"] == 999


async def test_a_defect_in_one_command_is_owned_up_to_and_does_not_stop_the_next(
    operations: Operations, logged: Logged, here: World
) -> None:
    async with refusing(here.store, "incidents"), operations.both():
        assert await operations.say(ANNA, "/incident shop major") == [answers.DEFECT]
        assert await operations.say(ANNA, "/drafts") == [answers.NO_DRAFTS]
    [defect] = logged.at("error")
    assert defect["update_id"] == 1000


async def test_an_answer_that_cannot_be_given_does_not_come_again_for_ever(
    operations: Operations, logged: Logged, here: World
) -> None:
    async with operations.both():
        async with refusing(here.store, "deliveries"):
            assert await operations.say(ANNA, "/drafts") == []
        assert await operations.say(ANNA, "/drafts") == [answers.NO_DRAFTS]
    assert [line["event"] for line in logged.at("error")] == [
        "defect while handling a Telegram update",
        "the answer could not be given either",
    ]


@pytest.mark.parametrize("text", ["/\ud800", "/incident \ud800\x00 major", "/incident shop major \ud800\x00", "\x00"])
async def test_characters_that_cannot_be_stored_are_answered_all_the_same(
    telegram: FakeTelegram, operations: Operations, text: str
) -> None:
    telegram.updates.inject(an_update(1000, ANNA, text=text))
    async with operations.both():
        await operations.settled(1)
    [answer] = await operations.told(ANNA)
    assert answer != answers.DEFECT
    assert "\x00" not in answer, "which PostgreSQL does not take"


async def test_a_refusal_that_cannot_be_given_does_not_come_again_for_ever(
    operations: Operations, logged: Logged, here: World
) -> None:
    async with refusing(here.store, "deliveries"), operations.both():
        assert await operations.say(ANNA, "/nonsense") == []
    assert len(logged.at("error")) == 2


async def test_a_busy_store_delays_a_command_but_loses_nothing(
    operations: Operations, here: World, moments: Moments
) -> None:
    moments.before_commit = Busy(times=3).pass_through
    async with operations.both():
        await operations.say(ANNA, "/incident shop major")
    assert len(await operations.told(ANNA)) == len(await here.incidents()) == 1


async def test_a_command_its_answer_and_that_it_is_done_are_one_commit(
    operations: Operations, here: World, moments: Moments
) -> None:
    seen = []

    async def look() -> None:
        seen.append((await stored(), len(here.effects)))

    async def stored() -> list[int]:
        return [len(what) for what in (await here.incidents(), await operations.answers(), await operations.handled())]

    moments.before_commit = look
    async with operations.both():
        for _ in range(3):
            await operations.say(ANNA, "/incident shop major")
            await look()
    numbers, commits = zip(*seen, strict=True)
    assert numbers == ([0] * 3, [1] * 3, [1] * 3, [2] * 3, [2] * 3, [3] * 3)
    assert [after - before for before, after in zip(commits[::2], commits[1::2], strict=True)] == [1, 1, 1]


async def test_other_bots_are_not_talked_to(telegram: FakeTelegram, operations: Operations) -> None:
    bot = {"id": STRANGER, "first_name": "Robot", "is_bot": True}
    telegram.updates.inject(an_update(1000, STRANGER, text="/start", **{"from": bot}))
    async with operations.both():
        await operations.settled(1)
    assert await operations.answers() == []


async def test_a_crash_before_the_commit_repeats_the_command_once(
    telegram: FakeTelegram, store: Store, moments: Moments
) -> None:
    moments.before_commit = (gate := Gate()).pass_through
    telegram.say(ANNA, "/incident shop major")
    async with shop(store, moments) as here:
        async with Operations(telegram, here).both():
            await gate.reached.wait()
            await here.crash()
        assert await here.incidents() == []
    gate.open()
    async with shop(store, moments) as here:
        operations = Operations(telegram, here)
        async with operations.both():
            await operations.settled(1)
            await operations.say(ANNA, "/status")
        assert len(await here.incidents()) == 1
        assert len(await operations.told(ANNA)) == 2


@pytest.mark.parametrize("times", [2, 3])
async def test_an_update_that_comes_again_is_handled_once(
    telegram: FakeTelegram, operations: Operations, times: int, here: World
) -> None:
    for _ in range(times):
        telegram.updates.inject(an_update(1000, ANNA, text="/incident shop major"))
    async with operations.both():
        await operations.settled(1)
        telegram.updates.inject(an_update(1000, ANNA, text="/incident shop major"))
        telegram.updates.inject(an_update(1001, ANNA, text="/drafts"))
        await operations.settled(2)
    assert len(await here.incidents()) == 1
    assert await operations.handled() == [1000, 1001]
