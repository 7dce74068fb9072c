"""A broadcast to private chats, end to end: the real service at the real pace, and a Telegram that enforces its limits.

Half-way Telegram asks for a pause. Meanwhile the story goes on, one subscriber stops, others are lost.
"""

from __future__ import annotations

from tests.fakes.telegram import Post
from tests.story.shop import DUTY, LANGUAGES, Shop, ago, alert, chat_of, first_line, shop

PEOPLE = range(2_000_001, 2_000_041)
BLOCKING, DELETED, STOPPING = PEOPLE[-3], PEOPLE[-2], PEOPLE[-1]
PAUSE = 4
"""Seconds that Telegram asks for."""


def language_of(person: int) -> str:
    return LANGUAGES[person % len(LANGUAGES)]


def notices(here: Shop, person: int) -> list[Post]:
    """What a person was sent of the story: all that links to it."""
    posts = here.fake.bot_posts(person)
    return [post for post in posts if any("/incidents/1" in each.get("url", "") for each in post.entities)]


async def until_left(here: Shop, whom: str) -> None:
    """Until operators read that so many have left."""
    for answers in range(1, 10):
        here.fake.say(DUTY, "/reach")
        await here.fake.wait_for(lambda: here.heads(DUTY).count("Who is told") == answers)  # noqa: B023 - waited for
        if whom in (await here.told(DUTY, "Who is told")).text:
            return
    raise AssertionError(f"never read: {whom}")


async def test_a_broadcast_that_is_overtaken_reaches_everybody_once_and_nobody_who_left(database: str) -> None:
    async with shop(database, private=True, enforced=True) as here:
        fake = here.fake
        for person in PEOPLE:
            fake.add_user(person, language_code=language_of(person))
            fake.start(person)
        await fake.wait_for(lambda: all(fake.bot_posts(person) for person in PEOPLE), seconds=20)
        before = len(fake.accepted("sendMessage"))
        fake.fault("flood", method="sendMessage", after=20, times=4, retry_after=PAUSE)
        await here.signal(alert("firing", since=ago(minutes=5)))
        await fake.wait_for(lambda: any(call.fault == "flood" for call in fake.calls), seconds=20)

        fake.delete_account(DELETED)
        fake.block(BLOCKING)
        fake.say(STOPPING, "/stop")
        fake.say(DUTY, "/update 1 identified")
        await here.stands(posts=2, pinned=True)
        staying = [person for person in PEOPLE if person not in (BLOCKING, DELETED, STOPPING)]
        newest = {language: first_line(here.thread(language)[1]) for language in LANGUAGES}
        await fake.wait_for(
            lambda: all(newest[language_of(each)] in map(first_line, notices(here, each)) for each in staying),
            seconds=20,
        )

        sent = [call.chat_id for call in fake.accepted("sendMessage")[before:]]
        channels = {fake.world.find(chat_of(language)).id for language in LANGUAGES}
        last_channel = max(sent.index(channel) for channel in channels)
        assert sum(chat in PEOPLE for chat in sent[:last_channel]) <= 3, "channels go first"
        heads = {person: list(map(first_line, notices(here, person))) for person in PEOPLE}
        for person in staying:
            assert heads[person][-1] == newest[language_of(person)]
            assert len(heads[person]) == len(set(heads[person])) <= 2
        early = [person for person in staying if len(heads[person]) == 2]
        assert 0 < len(early) < len(staying), "some were on time for the first update, the others need it no more"
        for person in early:
            first, reply = notices(here, person)
            assert (first.reply_to, reply.reply_to) == (None, first.id)
        assert [heads[person] for person in (BLOCKING, DELETED, STOPPING)] == [[], [], []]
        await fake.wait_for(
            lambda: any(call.chat_id == DELETED and "deactivated" in call.outcome for call in fake.calls)
        )
        await until_left(here, "1 deleted")
        assert not [call for call in fake.calls if "Too Many Requests" in call.outcome], "the pace was kept"
