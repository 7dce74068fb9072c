"""Posts that people delete, chats that shut the bot out, move, or have topics: what readers and operators see.

The real dispatcher and the real library against the strict fake, on both databases.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.domain.delivery import Destination
from bot.domain.model import Impact, Status
from bot.intake.desk import IntakeDesk
from bot.store.engine import Store
from tests.channels.telegram.conftest import OPERATORS
from tests.channels.telegram.test_uncertain_outcomes import CHANGES, LABELS, Scene
from tests.dispatcher.far_side import dispatching
from tests.fakes.telegram import FakeTelegram, Limits, Post
from tests.worlds import StillClock, world

TALK = Destination(channel="telegram", address="@bottega_talk", language="en")
PINNED = replace(TALK, pin=True)
NO_RATES = Limits(per_chat=None, per_group=None, overall=None)

Open = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
def chatting(store: Store, clock: StillClock, channel: TelegramChannel, fake: FakeTelegram) -> Open:
    """A service that posts in these places and tells one operator what becomes of deliveries."""

    @asynccontextmanager
    async def opened(*places: Destination) -> AsyncIterator[Scene]:
        async with (
            world(store, clock, destinations=places, **CHANGES) as here,
            dispatching(here, channel, teller=here.teller_to(OPERATORS)) as running,
        ):
            yield Scene(here, running, fake, places[0].address)
        assert fake.violations(NO_RATES) == []

    return opened


async def opens(scene: Scene, *, impact: Impact = Impact.MAJOR, component: str = "shop") -> None:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=[component], impact=impact, texts={}, by="Ada", draft=False)

    await scene.here.intake.transact(work)
    await scene.settled()


async def goes_on(scene: Scene, status: Status, incident: int = 1, **texts: str) -> None:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(incident, status=status, texts=texts, by="Ada", draft=False)

    scene.here.clock.go(minutes=5)
    await scene.here.intake.transact(work)
    await scene.settled()


async def is_corrected(scene: Scene, number: int, text: str) -> None:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.corrections.correct(1, number, texts={"en": text}, by="Ada")

    scene.here.clock.go(minutes=5)
    await scene.here.intake.transact(work)
    await scene.settled()


def told(scene: Scene) -> list[str]:
    """The first line of everything the operator was told."""
    return [post.text.splitlines()[0] for post in scene.fake.bot_posts(OPERATORS)]


def states(posts: list[Post]) -> list[str]:
    return [post.text.splitlines()[0].partition(" ·")[0].partition(" since")[0] for post in posts]


async def test_the_only_post_is_deleted_and_comes_back_with_its_words_and_buttons(chatting: Open) -> None:
    async with chatting(PINNED) as here:
        await opens(here)
        [first] = here.posts()
        here.fake.delete(here.address, first.id)
        await is_corrected(here, 1, "Orders cannot be paid.")
        [post] = here.posts()
        assert post.id != first.id
        assert "Orders cannot be paid." in post.text
        assert (post.labels(), post.pinned, post.silent) == (LABELS, True, True)
        [line] = told(here)
        assert line.startswith("A post is gone from @bottega_talk")
        assert line.endswith("another one takes its place.")


async def test_after_the_first_post_is_deleted_the_next_one_becomes_the_first(chatting: Open) -> None:
    async with chatting(PINNED) as here:
        await opens(here)
        here.fake.delete(here.address, here.posts()[0].id)
        await goes_on(here, Status.IDENTIFIED)
        [first] = here.posts()
        assert (first.reply_to, first.labels(), first.pinned) == (None, LABELS, True)

        await goes_on(here, Status.MONITORING)
        first, second = here.posts()
        assert second.reply_to == first.id
        assert states([first, second]) == ["🟡 Fix in place, being monitored"] * 2
        assert "We have found the cause" in first.text
        assert len(told(here)) == 1


async def test_what_was_deleted_twice_is_left_alone(chatting: Open) -> None:
    async with chatting(TALK) as here:
        await opens(here)
        for text in ("Once more.", "And again."):
            here.fake.delete(here.address, here.posts()[0].id)
            await is_corrected(here, 1, text)
        assert here.posts() == []
        assert len(told(here)) == 1, "once for an incident and chat"
        await goes_on(here, Status.IDENTIFIED)
        assert len(here.posts()) == 1, "news is posted all the same"


async def test_a_later_post_that_is_deleted_comes_back_as_a_reply_while_it_is_news(chatting: Open) -> None:
    async with chatting(TALK) as here:
        await opens(here)
        await goes_on(here, Status.IDENTIFIED)
        first, second = here.posts()
        here.fake.delete(here.address, second.id)
        await is_corrected(here, 2, "It is the payment provider.")
        again = here.posts()[-1]
        assert (again.reply_to, again.labels()) == (first.id, [])
        assert "It is the payment provider." in again.text

        await goes_on(here, Status.MONITORING)
        here.fake.delete(here.address, again.id)
        await is_corrected(here, 2, "It was the payment provider.")
        assert not any("It was the payment provider." in post.text for post in here.posts())


async def test_where_everything_was_deleted_the_next_news_stands_there_once(chatting: Open) -> None:
    async with chatting(PINNED) as here:
        await opens(here)
        await goes_on(here, Status.IDENTIFIED)
        for post in here.posts():
            here.fake.delete(here.address, post.id)
        await goes_on(here, Status.MONITORING)
        [post] = here.posts()
        assert states([post]) == ["🟡 Fix in place, being monitored"]
        assert (post.labels(), post.pinned) == (LABELS, True)


async def test_what_is_over_is_left_alone_and_told_once(chatting: Open) -> None:
    async with chatting(PINNED) as here:
        await opens(here)
        here.fake.delete(here.address, here.posts()[0].id)
        await goes_on(here, Status.RESOLVED)
        [post] = here.posts()
        assert (post.reply_to, post.pinned) == (None, False)
        await is_corrected(here, 1, "Nothing more to see.")
        [line] = told(here)
        assert "left alone from now on" in line


async def test_what_was_withdrawn_is_not_brought_back(chatting: Open) -> None:
    async with chatting(TALK) as here:
        await opens(here)
        await goes_on(here, Status.IDENTIFIED)
        here.fake.delete(here.address, here.posts()[1].id)

        async def work(desk: IntakeDesk) -> Any:
            return await desk.corrections.retract(1, 2, by="Ada")

        await here.here.intake.transact(work)
        await here.settled()
        assert len(here.posts()) == 1
        assert "left alone" in told(here)[0]


async def test_operators_hear_once_that_a_chat_shut_the_bot_out_and_once_that_it_works_again(chatting: Open) -> None:
    async with chatting(TALK) as here:
        here.fake.set_rights(here.address, status="kicked")
        await opens(here)
        await goes_on(here, Status.IDENTIFIED)
        await opens(here, component="checkout")
        [line] = told(here)
        assert line.startswith("Not published at @bottega_talk")
        await here.here.rows("barred")

        here.fake.set_rights(here.address, status="member")
        await goes_on(here, Status.MONITORING)
        await goes_on(here, Status.MONITORING, incident=2)
        assert [line.partition(",")[0] for line in told(here)[1:]] == ["Posts reach @bottega_talk again"]
        assert await here.here.rows("barred") == []
        assert [post.reply_to for post in here.posts()] == [None, None]


async def test_operators_hear_once_that_the_bot_may_not_pin(chatting: Open) -> None:
    async with chatting(PINNED) as here:
        here.fake.set_rights(here.address, status="member", can_pin_messages=False)
        await opens(here)
        await opens(here, component="checkout")
        assert len(here.posts()) == 2
        [line] = told(here)
        assert line.startswith("Not pinned at @bottega_talk")

        here.fake.set_rights(here.address, status="administrator", can_pin_messages=True)
        await opens(here, component="whatsapp")
        assert told(here)[1].startswith("Posts can be pinned again at @bottega_talk")


async def test_each_topic_of_a_forum_has_its_own_thread_and_its_own_fate(chatting: Open, fake: FakeTelegram) -> None:
    fake.add_forum("@bottega_room", id=-1009)
    topics = [fake.add_topic("@bottega_room", name) for name in ("Incidents", "Everything")]
    room = Destination(channel="telegram", address="@bottega_room", language="en")
    async with chatting(*(replace(room, topic=topic) for topic in topics)) as here:
        await opens(here)
        await goes_on(here, Status.IDENTIFIED)
        first, second, *later = here.posts()
        assert [post.thread for post in (first, second)] == topics
        assert {post.thread: post.reply_to for post in later} == {topics[0]: first.id, topics[1]: second.id}
        assert {post.text.splitlines()[0] for post in here.posts()} == {first.text.splitlines()[0]}

        await is_corrected(here, 2, "It is the payment provider.")
        assert ["It is the payment provider." in post.text for post in here.posts()] == [False, False, True, True]

        fake.remove_topic("@bottega_room", topics[0])
        await goes_on(here, Status.MONITORING)
        await opens(here, component="checkout")
        [line] = told(here)
        assert line.startswith(f"Not published at @bottega_room (topic {topics[0]})")
        assert {post.thread for post in here.posts()} == {topics[1]}
        assert len(here.posts()) == 4


async def test_a_group_that_became_a_supergroup_goes_on_there_and_nobody_elses_message_is_touched(
    chatting: Open, fake: FakeTelegram
) -> None:
    group = Destination(channel="telegram", address="-7", language="en")
    async with chatting(group) as here:
        await opens(here)
        new = fake.migrate(-7, to=-1077)
        for _ in range(5):
            fake.post_as_other(new, "A member's own words")
        await goes_on(here, Status.IDENTIFIED)
        await goes_on(here, Status.MONITORING)
        first, second = fake.bot_posts(new)
        assert (first.reply_to, first.labels(), second.reply_to) == (None, LABELS, first.id)
        assert states([first, second]) == ["🟡 Fix in place, being monitored"] * 2
        assert {post.edits for post in fake.posts(new) if not post.from_bot} == {0}
        assert told(here) == []


async def test_minor_news_makes_no_sound_but_all_of_a_bigger_problem_does(chatting: Open) -> None:
    quiet = replace(TALK, silent=frozenset({Impact.NONE, Impact.MINOR}))
    async with chatting(quiet) as here:
        await opens(here, impact=Impact.MINOR)
        await goes_on(here, Status.RESOLVED)
        assert [post.silent for post in here.posts()] == [True, True]
        await opens(here, impact=Impact.MAJOR)
        await goes_on(here, Status.RESOLVED, incident=2)
        assert [post.silent for post in here.posts()[2:]] == [False, False]
