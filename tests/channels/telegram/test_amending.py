"""Words that are replaced after they were posted: the post is edited, its mark is read, an uncertain one is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.compose import compose
from bot.domain.delivery import Action, Delivery, Receipt
from bot.domain.marks import Mark
from bot.domain.model import Notice
from bot.errors import Permanent, Transient, Uncertain
from tests.channels.telegram.notices import ARABIC, RESOLVED, delivery, notice
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.faults import Kind

FORMER = notice(body="Orders cannot be placed.")
PRESENT = replace(FORMER, body="Non si possono fare ordini.", mark=Mark.TRANSLATED, label="Tradotto automaticamente")
CHATS = ["@bottega_en", "@bottega_it", "@bottega_talk"]
"""Where the bot edits its own posts only, where it may edit everybody's, and a supergroup."""


async def free() -> None:
    """A turn at once."""


def amend(anchor: str | None, *, address: str = "@bottega_en", words: Notice = PRESENT) -> Delivery:
    return delivery(Action.AMEND, id=9, address=address, notice=words, anchor=anchor)


def test_the_mark_stands_in_the_languages_own_words_under_the_title() -> None:
    words = compose(delivery(notice=PRESENT))
    paragraphs = words.text.split("\n\n")
    assert paragraphs[1:4] == [PRESENT.title, "Tradotto automaticamente", "Non si possono fare ordini."]
    [italic] = [entity for entity in words.entities if entity.kind == "italic"]
    assert words.text[italic.offset : italic.offset + italic.length] == "Tradotto automaticamente"


def test_the_mark_reads_from_right_to_left_where_its_language_does() -> None:
    marked = replace(ARABIC, mark=Mark.CORRECTED, label="تم التصحيح")
    assert "\n\nتم التصحيح\n\n" in compose(delivery(notice=marked)).text


def test_the_first_post_keeps_the_mark_of_its_own_words_when_the_story_goes_on() -> None:
    edit = delivery(Action.EDIT, notice=RESOLVED, opening=PRESENT, anchor="1")
    assert compose(edit).text.split("\n\n")[:3] == [RESOLVED.state, PRESENT.title, "Tradotto automaticamente"]


@pytest.mark.parametrize("address", CHATS)
async def test_a_later_post_gets_the_new_words_and_the_first_stays(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    first = await channel.send(delivery(address=address, notice=RESOLVED))
    later = await channel.send(delivery(address=address, notice=FORMER, anchor=first.id))
    assert await channel.send(amend(later.id, address=address)) == later
    untouched, amended = fake.bot_posts(address)
    assert (untouched.edits, amended.edits, amended.text) == (0, 1, compose(delivery(notice=PRESENT)).text)


async def test_to_amend_twice_is_to_amend_once(channel: TelegramChannel, fake: FakeTelegram) -> None:
    posted = await channel.send(delivery(notice=FORMER))
    assert [await channel.send(amend(posted.id)) for _ in range(2)] == [posted, posted]
    assert fake.bot_posts("@bottega_en")[0].edits == 1


async def test_without_a_post_there_is_nothing_to_amend(channel: TelegramChannel, fake: FakeTelegram) -> None:
    assert await channel.send(amend(None)) == Receipt(id="")
    assert fake.calls == []


async def test_to_amend_a_post_that_is_gone_is_refused_for_good(channel: TelegramChannel) -> None:
    with pytest.raises(Permanent, match="Message to edit not found"):
        await channel.send(amend("77"))


async def test_when_no_answer_comes_it_may_simply_be_done_again(channel: TelegramChannel, fake: FakeTelegram) -> None:
    posted = await channel.send(delivery(notice=FORMER))
    fake.fault("hang", method="editMessageText")
    with pytest.raises(Transient):
        await channel.send(amend(posted.id))
    assert await channel.send(amend(posted.id)) == posted


@pytest.mark.parametrize("kind", ["hang", "refuse"])
@pytest.mark.parametrize("address", CHATS)
async def test_an_uncertain_post_is_found_although_its_words_have_changed_since(
    channel: TelegramChannel, fake: FakeTelegram, address: str, kind: Kind
) -> None:
    known = await channel.send(delivery(address=address, notice=RESOLVED))
    fake.post_as_other(address, "A colleague's own words")
    fake.fault(kind, method="sendMessage")
    with pytest.raises((Uncertain, Transient)):
        await channel.send(delivery(id=2, address=address, notice=FORMER))
    again = replace(delivery(id=2, address=address, notice=PRESENT), uncertain=True, earlier=(FORMER,))
    found = await channel.find(again, known=[known.id], turn=free)
    posts = fake.bot_posts(address)
    assert (found and found.id) == (str(posts[1].id) if kind == "hang" else None)
    assert [post.text for post in fake.posts(address) if not post.from_bot] == ["A colleague's own words"]


async def test_a_post_with_the_former_words_of_another_is_not_taken_for_it(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    known = await channel.send(delivery(address="@bottega_it", notice=RESOLVED))
    await channel.send(delivery(id=5, address="@bottega_it", notice=notice(body="Something else.")))
    again = replace(delivery(id=2, address="@bottega_it", notice=PRESENT), uncertain=True, earlier=(FORMER,))
    assert await channel.find(again, known=[known.id], turn=free) is None
