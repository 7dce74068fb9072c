"""Whatever becomes of a call, no post is doubled and none is lost: every row of "was it sent?", from outbox to reader.

The real dispatcher and the real library against the strict fake, on both databases, with buttons below the posts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.domain.delivery import Action, DeliveryState, Destination
from bot.store.engine import Store
from tests.channels.telegram.conftest import OPERATORS
from tests.dispatcher.far_side import Running, dispatching
from tests.fakes.telegram import FakeTelegram, Post
from tests.worlds import StillClock, World, signal, world

OWN_ONLY, EVERYBODYS, TALK = "@bottega_en", "@bottega_it", "@bottega_talk"
"""A channel where the bot edits its own posts only; one where it may edit everybody's; a supergroup."""
CHATS = [OWN_ONLY, EVERYBODYS, TALK]
CHANGES: dict[str, Any] = {
    "operators": (),
    "channels": {"feed": {}, "website": {}, "telegram": {"token": "12345:fake", "buttons": ["page"]}},
    "rules": [
        {"match": {"labels": {"service": name}}, "component": name, "publish": "automatically"}
        for name in ("shop", "checkout")
    ],
}
LABELS = [["Status page"]]
"""Below the first post of each incident."""
OPEN = {DeliveryState.PENDING, DeliveryState.LEASED}


@dataclass(slots=True)
class Scene:
    """A service whose posts in one chat we follow."""

    here: World
    running: Running
    fake: FakeTelegram
    address: str

    async def report(self, state: str, *, service: str = "shop") -> None:
        """This service is down, or up again."""
        await self.here.report(signal(service, state, service=service))

    async def settled(self) -> list[dict[str, Any]]:
        """Carry out everything, waiting as long as it takes by the service's own clock; the rows of the chat."""
        async with asyncio.timeout(30):
            while True:
                verdicts = len(self.running.settler.verdicts)
                left = [row for row in await self.here.rows("deliveries") if row["state"] in OPEN]
                if not left:
                    return await self.here.owed()
                if all(row["state"] is DeliveryState.PENDING for row in left):
                    self.here.clock.time = max(self.here.clock.time, *(row["due_at"] for row in left))
                self.running.dispatcher.wake()
                await self.running.settler.seen(verdicts + 1)

    def posts(self) -> list[Post]:
        """What the bot has posted there and readers see."""
        return self.fake.bot_posts(self.address)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every scene is made from."""

    store: Store
    clock: StillClock
    channel: TelegramChannel
    fake: FakeTelegram

    @asynccontextmanager
    async def empty(self, address: str, *, resend: bool = True) -> AsyncIterator[Scene]:
        """A chat that nothing was posted in, and one operator who is told what becomes of deliveries."""
        chat = (Destination(channel="telegram", address=address, language="en"),)
        async with (
            world(self.store, self.clock, destinations=chat, **CHANGES) as here,
            dispatching(here, self.channel, resend=resend, teller=here.teller_to(OPERATORS)) as running,
        ):
            yield Scene(here, running, self.fake, address)

    @asynccontextmanager
    async def scene(self, address: str) -> AsyncIterator[Scene]:
        """An incident whose first post is out, in a chat where a colleague has written since."""
        async with self.empty(address) as scene:
            await scene.report("firing")
            await scene.settled()
            self.fake.post_as_other(address, "A colleague's own words")
            yield scene


@pytest.fixture
def ground(store: Store, clock: StillClock, channel: TelegramChannel, fake: FakeTelegram) -> Ground:
    return Ground(store, clock, channel, fake)


def assert_told_once(scene: Scene) -> None:
    """Both posts stand there once, in order, the first in its newest state and with its buttons."""
    first, second = scene.posts()
    assert (first.reply_to, second.reply_to) == (None, first.id)
    assert first.text.splitlines()[0] == second.text.splitlines()[0] != ""
    assert [first.labels(), second.labels()] == [LABELS, []]
    assert [(post.text, post.edits) for post in scene.fake.posts(scene.address) if not post.from_bot] == [
        ("A colleague's own words", 0)
    ]


OUTCOMES: dict[str, dict[str, Any]] = {
    "published, and no answer in time": {"kind": "hang"},
    "never arrived, and no answer in time": {"kind": "hang", "handled": False},
    "published, and the connection cut": {"kind": "close"},
    "cut before it arrived": {"kind": "refuse"},
    "published behind a sick proxy": {"kind": "error", "status": 502, "handled": True},
    "a sick proxy let nothing through": {"kind": "error", "status": 502},
    "a server error after publishing": {"kind": "error", "status": 500, "handled": True},
    "published, and an answer that is none": {"kind": "garbage"},
    "too many requests, wait so long": {"kind": "flood", "retry_after": 1},
    "too many requests, and no word how long": {"kind": "flood"},
}


@pytest.mark.parametrize("fault", OUTCOMES.values(), ids=OUTCOMES)
@pytest.mark.parametrize("address", CHATS)
async def test_nothing_is_doubled_and_nothing_lost(ground: Ground, address: str, fault: dict[str, Any]) -> None:
    async with ground.scene(address) as here:
        struck = [ground.fake.fault(method="sendMessage", chat=address, **fault)]
        struck += [ground.fake.fault(method="editMessageText", chat=address, **fault)]
        await here.report("resolved")
        await here.settled()
        assert_told_once(here)

        struck += [ground.fake.fault(method="sendMessage", chat=address, **fault)]
        await here.report("firing", service="checkout")
        rows = await here.settled()
        assert {row["state"] for row in rows} == {DeliveryState.SENT}
        assert [fault.hits for fault in struck] == [1, 1, 1]
        first, reply, another = here.posts()
        assert ("Online shop" in reply.text, "Checkout" in another.text) == (True, True)
        assert [post.labels() for post in (first, reply, another)] == [LABELS, [], LABELS]
        receipts = [int(row["receipt"]) for row in rows if row["action"] is Action.POST]
        assert receipts == [first.id, reply.id, another.id]
        assert first.edits == 1
        assert ground.fake.posts(OPERATORS) == []


@pytest.mark.parametrize("address", CHATS)
async def test_while_nobody_listens_it_waits_and_then_goes_out_once(ground: Ground, address: str) -> None:
    async with ground.scene(address) as here:
        await ground.fake.go_down()
        await here.report("resolved")
        verdicts = len(here.running.settler.verdicts)
        here.running.dispatcher.wake()
        await here.running.settler.seen(verdicts + 1)
        assert {row["state"] for row in await here.here.owed()} == {DeliveryState.SENT, DeliveryState.PENDING}
        await ground.fake.come_back()
        await here.settled()

        assert_told_once(here)


async def test_an_answer_lost_again_and_again_still_makes_one_post(ground: Ground) -> None:
    async with ground.scene(TALK) as here:
        ground.fake.fault("refuse", method="sendMessage", times=2)
        ground.fake.fault("hang", method="sendMessage")
        ground.fake.fault("close", method="editMessageText", times=3)
        await here.report("resolved")
        await here.settled()

        assert_told_once(here)


@pytest.mark.parametrize(("resend", "states", "posts"), [(True, {"sent"}, 2), (False, {"sent", "unknown"}, 1)])
async def test_where_nobody_can_tell_the_policy_says_whether_it_may_come_twice(
    ground: Ground, resend: bool, states: set[str], posts: int
) -> None:
    async with ground.empty("-7", resend=resend) as here:
        ground.fake.fault("close", method="sendMessage", chat=-7)
        await here.report("firing")
        await here.settled()

        assert len(ground.fake.bot_posts(-7)) == posts
        told = [row["state"].value for row in await here.here.rows("deliveries")]
        assert set(told) == states
        assert ("unknown" in told) == any("Not published" in post.text for post in ground.fake.posts(OPERATORS))


async def test_a_chat_that_moved_gets_it_once_where_it_is_now(ground: Ground) -> None:
    async with ground.empty("-7") as here:
        ground.fake.migrate(-7, to=-1007)
        await here.report("firing")
        rows = await here.settled()

        [post] = ground.fake.bot_posts(-1007)
        assert ground.fake.bot_posts(-7) == []
        assert post.labels() == LABELS
        assert [(row["address"], row["receipt"]) for row in rows] == [("-1007", str(post.id))]


async def test_a_token_that_is_refused_for_a_while_loses_nothing(ground: Ground) -> None:
    async with ground.scene(TALK) as here:
        token, ground.fake.token = ground.fake.token, "12345:revoked"
        verdicts = len(here.running.settler.verdicts)
        await here.report("resolved")
        here.running.dispatcher.wake()
        await here.running.settler.seen(verdicts + 1)
        assert "token" in next(row["error"] for row in await here.here.owed() if row["state"] in OPEN)
    ground.fake.token = token
    async with ground.empty(TALK) as restarted:
        await restarted.settled()

        assert_told_once(restarted)


REFUSED: dict[str, tuple[Callable[[FakeTelegram], object], str]] = {
    "kicked": (lambda fake: fake.set_rights(TALK, status="kicked"), "kicked"),
    "may not write": (lambda fake: fake.set_rights(TALK, status="restricted", can_send_messages=False), "rights"),
}


@pytest.mark.parametrize(("happens", "reason"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_for_good_is_posted_nowhere_and_kept_with_its_reason(
    ground: Ground, happens: Callable[[FakeTelegram], object], reason: str
) -> None:
    async with ground.scene(TALK) as here:
        happens(ground.fake)
        await here.report("resolved")
        for _ in range(3):
            verdicts = len(here.running.settler.verdicts)
            here.running.dispatcher.wake()
            await here.running.settler.seen(verdicts + 1)
            if any(row["state"] is DeliveryState.DEAD for row in await here.here.owed()):
                break
        second = [row for row in await here.here.owed() if row["action"] is Action.POST][-1]

        assert second["state"] is DeliveryState.DEAD
        assert reason in second["error"]
        assert len(here.posts()) == 1
