"""kill -9 at exact moments: after a restart every notice that was owed is published, and none of them twice."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from tests.conftest import fresh_postgres
from tests.crash.process import Doom
from tests.crash.scene import ALL, EN, ES, IT, OPERATOR, Scene, scene

pytestmark = pytest.mark.slow  # each starts and kills the real process

KILLED = -signal.SIGKILL
Step = Callable[[], Awaitable[object]]


async def test_posts_that_telegram_took_and_never_confirmed_are_there_once_after_two_kills(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        await here.strike("hang", "sendMessage")
        assert await here.signal("shop")
        await here.struck("sendMessage")
        await here.kill()
        await here.strike("hang", "getChat")
        await here.up()
        await here.struck("getChat")  # it looks for them
        await here.kill()
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])
        assert not [post for post in await here.telegram.posts(OPERATOR) if post.forwarded], "a copy was left behind"


async def test_posts_that_telegram_never_saw_are_sent_after_the_restart(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        await here.strike("slow", "sendMessage", handled=False)
        assert await here.signal("shop")
        await here.struck("sendMessage")
        await here.kill()
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_colleagues_posts_around_an_unconfirmed_one_are_left_alone(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        theirs = [(chat, await here.telegram.post_as_other(chat, "Fresh bread at nine")) for chat in ALL]
        await here.strike("hang", "sendMessage")
        assert await here.signal("shop")
        await here.struck("sendMessage")
        await here.kill()
        theirs += [(chat, await here.telegram.post_as_other(chat, "Sold out")) for chat in ALL]
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])
        for chat, number in theirs:
            [post] = [post for post in await here.telegram.posts(chat) if post.id == number]
            assert (post.text in {"Fresh bread at nine", "Sold out"}, post.edits) == (True, 0)


async def test_a_signal_acknowledged_a_moment_before_the_kill_is_published(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        assert await here.signal("shop")
        await here.kill()
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_a_sender_that_got_no_answer_repeats_itself_and_one_incident_results(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed(Doom(when="before", nth=2, holding="INSERT INTO incidents"))
        assert not await here.signal("shop")
        assert await here.service.died() == KILLED
        await here.up(Doom(when="after", holding="INSERT INTO incidents"))
        assert not await here.signal("shop")
        assert await here.service.died() == KILLED
        await here.up()
        assert await here.signal("shop")
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_kills_around_settling_commits_repeat_no_post(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        await here.kill()
        await here.up(Doom(when="before", holding="receipt="))
        await here.signal("shop")
        for when in ("before", "after"):
            assert await here.service.died() == KILLED
            await here.up(Doom(when=when, holding="receipt="))
        assert await here.service.died() == KILLED
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_the_first_post_ends_up_in_the_last_state_wherever_the_steps_after_a_post_are_cut_off(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, chats=[IT], pinned=[IT]) as here:
        cuts: list[tuple[Step, str, bool, int]] = [
            (lambda: here.signal("shop"), "pinChatMessage", False, 1),
            (lambda: here.telegram.say(OPERATOR, "/update 1 identified"), "editMessageText", False, 1),
            (lambda: here.telegram.say(OPERATOR, "/update 1 monitoring"), "editMessageText", True, 2),
            (lambda: here.telegram.say(OPERATOR, "/resolve 1"), "unpinChatMessage", True, 1),
        ]
        await here.up()
        for published, (step, method, handled, number) in enumerate(cuts, 1):
            await here.strike("hang", method, handled=handled)
            await step()
            await here.struck(method, number=number)
            await here.kill()
            await here.up()
            await here.quiet(published=published)
        await here.all_once(["investigating", "identified", "monitoring", "resolved"])


async def test_an_operators_command_is_carried_out_once_wherever_it_is_cut_off(tmp_path: Path) -> None:
    dooms = [
        Doom(when=when, holding=holding)
        for holding in ("INSERT INTO telegram_updates", "UPDATE telegram_updates")
        for when in ("before", "after")
    ]
    async with scene(tmp_path, chats=[ES]) as here:
        await here.up(dooms[0])
        assert await here.signal("shop")
        await here.quiet(published=1)
        for number, doom in enumerate(dooms[1:], 2):
            await here.telegram.say(OPERATOR, f"/update 1 monitoring Try {number}")
            assert await here.service.died() == KILLED
            await here.up(doom)
        await here.telegram.say(OPERATOR, "/resolve 1")
        assert await here.service.died() == KILLED
        await here.up()
        await here.quiet(published=5)
        await here.all_once(["investigating", "monitoring", "monitoring", "monitoring", "resolved"])
        for number in range(2, 6):
            await here.told(f"Published: incident 1, update {number}")


async def test_an_operator_is_answered_at_least_once(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN], first_message_id=1) as here:
        await here.up()
        await here.telegram.fault("hang", method="sendMessage", chat=OPERATOR, handled=False)
        await here.telegram.say(OPERATOR, "/incident shop major The door is stuck")
        await here.struck("sendMessage", number=1)
        await here.kill()
        await here.up()
        await here.told("Published: incident 1, update 1")
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def test_a_draft_is_published_once_at_its_deadline_whenever_that_is_cut_off(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN, ES], first_message_id=1) as here:
        await here.up()
        assert await here.signal("whatsapp")
        await here.told("Draft 1")
        await here.kill()
        for when in ("before", "after"):
            await here.up(Doom(when=when, holding="UPDATE updates"))
            assert await here.service.died() == KILLED
        await here.up()
        await here.quiet(published=1)
        await here.all_once(["investigating"])


@pytest.mark.parametrize(("uncertain", "posts"), [("resend", 2), ("leave", 1)])
async def test_without_any_receipt_to_look_from_the_policy_decides(tmp_path: Path, uncertain: str, posts: int) -> None:
    async with scene(tmp_path, chats=[IT], uncertain=uncertain) as here:
        await _first_post_unconfirmed(here)
        await here.quiet(published=1)
        assert len(await here.telegram.bot_posts(IT)) == posts
        if uncertain == "leave":
            await here.told(f"Not published at {IT}")


async def test_the_very_first_post_of_a_new_chat_is_found_without_any_receipt(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN, ES], uncertain="leave", first_message_id=1) as here:
        await _first_post_unconfirmed(here)
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def _first_post_unconfirmed(here: Scene) -> None:
    await here.up()
    await here.strike("hang", "sendMessage")
    assert await here.signal("shop")
    await here.struck("sendMessage")
    await here.kill()
    await here.up()


async def test_on_postgresql_what_a_dead_node_had_in_hand_is_taken_over_and_there_once(
    tmp_path: Path, postgres: str
) -> None:
    async with scene(tmp_path, database=await fresh_postgres(postgres)) as here:
        await here.seed()
        await here.strike("hang", "sendMessage")
        assert await here.signal("shop")
        await here.struck("sendMessage")
        await here.kill()
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_kills_while_the_database_is_made_leave_one_that_works(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN], first_message_id=1) as here:
        for when in ("before", "after"):
            await here.up(Doom(when=when))
            assert await here.service.died() == KILLED
        await here.up()
        assert await here.signal("shop")
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def test_one_incident_survives_fifteen_kills_at_arbitrary_commits(tmp_path: Path) -> None:
    chance = Random(20241211)
    dooms = [Doom(when=chance.choice(["before", "after"]), nth=chance.randint(1, 9)) for _ in range(15)]
    async with scene(tmp_path, pinned=[IT, ES]) as here:
        await here.seed()
        await here.kill()
        story: list[Step] = [
            lambda: here.signal("shop"),
            lambda: here.telegram.say(OPERATOR, "/update 2 identified A pipe burst"),
            lambda: here.telegram.say(OPERATOR, "/update 2 monitoring en: Mended | it: Riparato"),
            lambda: here.telegram.say(OPERATOR, "/resolve 2"),
        ]
        done = deaths = 0
        for doom in dooms:
            await here.up(doom)
            while (quiet := await _quiet_before_death(here, published=1 + done)) and done < len(story):
                done += bool(await story[done]())
            deaths += not quiet
            await here.kill()
        assert deaths >= 10, "most of them died at work"
        await here.up()
        for step in story[done:]:
            assert await step()
            done += 1
            await here.quiet(published=1 + done)
        await here.quiet(published=1 + done)
        await here.all_once(["investigating"], ["investigating", "identified", "monitoring", "resolved"])


async def _quiet_before_death(here: Scene, *, published: int) -> bool:
    """Whether everything had been carried out before the service died; waits for either."""
    ended = here.service.process

    async def either() -> bool:
        return ended.returncode is not None or await here.is_quiet(published=published)

    await here.until(either)
    return ended.returncode is None
