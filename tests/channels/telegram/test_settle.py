"""A post whose fate is unknown is found where it stands, or known not to be there; no colleague's post is touched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telegram import Bot, Chat, Message, MessageOriginChannel

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.compose import compose
from bot.channels.telegram.looks import stems_from
from bot.channels.telegram.settle import ABSENT_IN_A_ROW
from bot.domain.delivery import Action, Delivery, Receipt
from bot.domain.model import Notice
from bot.errors import DeliveryError, Permanent, Throttled, Transient, Uncertain
from tests.channels.telegram.conftest import OPERATORS
from tests.channels.telegram.notices import RESOLVED, delivery, notice
from tests.channels.telegram.oracle import as_json
from tests.fakes.telegram import FakeTelegram, Rights
from tests.fakes.telegram.faults import Kind

OWN_ONLY = ["@bottega_en", "-1001", "@bottega_talk"]
"""Where the bot edits its own posts only: a channel by name, by number, a supergroup."""
EVERYBODYS = "@bottega_it"
EVERYWHERE = [*OWN_ONLY, EVERYBODYS]


async def free() -> None:
    """A turn at once."""


def earlier(address: str) -> Delivery:
    return delivery(id=1, address=address, notice=RESOLVED)


def owed(address: str) -> Delivery:
    return delivery(id=2, address=address, notice=notice())


async def lost(channel: TelegramChannel, fake: FakeTelegram, address: str, *, kind: Kind = "hang") -> str:
    """A known post, then a colleague's, then ours whose answer gets lost. Returns the receipt of the known one."""
    first = await channel.send(earlier(address))
    fake.post_as_other(address, "A colleague's own words")
    await lose_sight(channel, fake, address, kind=kind)
    return first.id


async def lose_sight(channel: TelegramChannel, fake: FakeTelegram, address: str, *, kind: Kind = "hang") -> None:
    """Ours, whose answer gets lost."""
    fake.fault(kind, method="sendMessage")
    with pytest.raises(Uncertain):
        await channel.send(owed(address))


def words_of_others(fake: FakeTelegram, address: str) -> list[tuple[str, int]]:
    return [(post.text, post.edits) for post in fake.posts(address) if not post.from_bot]


@pytest.mark.parametrize("kind", ["hang", "close", "garbage"])
@pytest.mark.parametrize("address", EVERYWHERE)
async def test_a_post_that_was_published_is_found(
    channel: TelegramChannel, fake: FakeTelegram, address: str, kind: Kind
) -> None:
    known = await lost(channel, fake, address, kind=kind)
    posted = fake.bot_posts(address)[-1]
    assert await channel.find(owed(address), known=[known], turn=free) == Receipt(id=str(posted.id))
    assert fake.bot_posts(address)[-1] == posted
    assert words_of_others(fake, address) == [("A colleague's own words", 0)]


@pytest.mark.parametrize("kind", ["refuse", "error"])
@pytest.mark.parametrize("address", EVERYWHERE)
async def test_a_post_that_never_arrived_is_known_not_to_be_there(
    channel: TelegramChannel, fake: FakeTelegram, address: str, kind: Kind
) -> None:
    known = await lost(channel, fake, address, kind=kind)
    before = fake.posts(address)
    assert await channel.find(owed(address), known=[known], turn=free) is None
    assert fake.posts(address) == before


@pytest.mark.parametrize("address", EVERYWHERE)
async def test_a_colleagues_post_is_never_overwritten(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    first = await channel.send(earlier(address))
    fake.post_as_other(address, "Up again\n\nsoon")
    assert await channel.find(owed(address), known=[first.id], turn=free) is None
    assert words_of_others(fake, address) == [("Up again\n\nsoon", 0)]


@pytest.mark.parametrize("address", OWN_ONLY)
async def test_a_colleagues_post_with_the_very_same_words_is_not_taken_for_ours(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    first = await channel.send(earlier(address))
    words = compose(owed(address))
    fake.post_as_other(address, words.text, entities=[as_json(entity) for entity in words.entities])
    assert await channel.find(owed(address), known=[first.id], turn=free) is None


async def test_where_everybodys_posts_can_be_edited_nothing_is_ever_edited(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    known = await lost(channel, fake, EVERYBODYS)
    await channel.find(owed(EVERYBODYS), known=[known], turn=free)
    assert [call.method for call in fake.calls if call.method.startswith("edit")] == []


async def test_rights_that_changed_a_moment_ago_are_respected(channel: TelegramChannel, fake: FakeTelegram) -> None:
    known = await lost(channel, fake, "@bottega_en", kind="refuse")
    assert await channel.find(owed("@bottega_en"), known=[known], turn=free) is None
    fake.set_rights("@bottega_en", can_edit_messages=True)
    assert await channel.find(owed("@bottega_en"), known=[known], turn=free) is None
    assert words_of_others(fake, "@bottega_en") == [("A colleague's own words", 0)]


async def test_what_was_forwarded_for_comparison_is_silent_and_gone_again(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    known = await lost(channel, fake, EVERYBODYS)
    await channel.find(owed(EVERYBODYS), known=[known], turn=free)
    forwards = fake.accepted("forwardMessage")
    assert len(forwards) == 2
    assert all(call.params["disable_notification"] is True for call in forwards)
    assert fake.posts(OPERATORS) == []


async def test_a_copy_that_cannot_be_deleted_does_not_hide_the_find(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    known = await lost(channel, fake, EVERYBODYS)
    fake.fault("error", method="deleteMessage", times=None)
    found = await channel.find(owed(EVERYBODYS), known=[known], turn=free)
    assert found == Receipt(id=str(fake.bot_posts(EVERYBODYS)[-1].id))


@pytest.mark.parametrize(
    "other",
    [notice(state="Investigating since 14:04"), notice(body=notice().body.replace("**", ""))],
    ids=["another minute", "nothing bold"],
)
async def test_a_post_with_other_words_is_another_post(
    channel: TelegramChannel, fake: FakeTelegram, other: Notice
) -> None:
    known = await lost(channel, fake, EVERYBODYS)
    assert await channel.find(delivery(id=3, address=EVERYBODYS, notice=other), known=[known], turn=free) is None


@pytest.mark.parametrize("address", EVERYWHERE)
async def test_posts_with_a_receipt_are_not_looked_at(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    posts = [await channel.send(delivery(id=9, address=address, notice=notice())) for _ in range(2)]
    assert await channel.find(owed(address), known=[post.id for post in posts], turn=free) is None


@pytest.mark.parametrize("address", [EVERYBODYS, "@bottega_en"])
async def test_the_line_that_tells_of_a_pin_is_passed_over(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    fake.set_rights(address, can_edit_messages=True)
    first = await channel.send(earlier(address))
    await channel.send(delivery(Action.PIN, address=address, notice=RESOLVED, anchor=first.id))
    fake.set_rights(address, can_edit_messages=address == EVERYBODYS)
    await lose_sight(channel, fake, address)
    found = await channel.find(owed(address), known=[first.id], turn=free)
    assert found == Receipt(id=str(fake.bot_posts(address)[-1].id))


async def test_a_post_of_ours_that_nobody_knows_of_takes_the_words_instead_of_a_second_post(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    first = await channel.send(earlier("@bottega_en"))
    forgotten = await channel.send(delivery(id=9, notice=RESOLVED))
    assert await channel.find(owed("@bottega_en"), known=[first.id], turn=free) == forgotten
    assert fake.bot_posts("@bottega_en")[-1].text.startswith("Investigating since 14:03")


async def test_without_any_receipt_the_first_posts_are_looked_at(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.add_channel("@bottega_new", id=-1009, first_message_id=3)
    await lose_sight(channel, fake, "@bottega_new")
    assert await channel.find(owed("@bottega_new"), known=[], turn=free) == Receipt(id="3")


@pytest.mark.parametrize("known", [[], [""]], ids=["none", "empty"])
async def test_without_any_receipt_absence_proves_nothing(channel: TelegramChannel, known: list[str]) -> None:
    with pytest.raises(Uncertain, match="no receipt"):
        await channel.find(owed("@bottega_en"), known=known, turn=free)


@pytest.mark.parametrize("address", [str(OPERATORS), "-7"], ids=["person", "group"])
async def test_in_private_chats_and_basic_groups_there_is_no_telling(channel: TelegramChannel, address: str) -> None:
    first = await channel.send(earlier(address))
    with pytest.raises(Uncertain, match="no sequence"):
        await channel.find(owed(address), known=[first.id], turn=free)


async def test_without_a_chat_to_forward_to_there_is_no_telling(bot: Bot, fake: FakeTelegram) -> None:
    alone = TelegramChannel(bot)
    known = await lost(alone, fake, EVERYBODYS)
    with pytest.raises(Uncertain, match="forwarding is not possible"):
        await alone.find(owed(EVERYBODYS), known=[known], turn=free)


async def test_where_content_is_protected_there_is_no_telling(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.add_channel("@bottega_locked", id=-1010, protected=True, rights=Rights(can_edit_messages=True))
    known = await lost(channel, fake, "@bottega_locked")
    with pytest.raises(Uncertain, match="forwarding is not possible"):
        await channel.find(owed("@bottega_locked"), known=[known], turn=free)


async def test_a_bot_that_is_no_administrator_any_more_cannot_tell(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    known = await lost(channel, fake, "@bottega_en")
    fake.set_rights("@bottega_en", status="member")
    with pytest.raises(Uncertain, match="administrator"):
        await channel.find(owed("@bottega_en"), known=[known], turn=free)


FAULTS: dict[str, tuple[Kind, int | None, type[DeliveryError]]] = {
    "no answer": ("hang", None, Transient),
    "cut": ("close", None, Transient),
    "sick": ("error", None, Transient),
    "too many": ("flood", 4, Throttled),
}


@pytest.mark.parametrize("method", ["getChat", "getChatMember", "getMe", "forwardMessage"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_failure_while_looking_is_never_uncertain_and_looking_again_finds_it(
    channel: TelegramChannel, fake: FakeTelegram, method: str, fault: tuple[Kind, int | None, type[DeliveryError]]
) -> None:
    known = await lost(channel, fake, EVERYBODYS)
    kind, retry_after, meaning = fault
    fake.fault(kind, method=method, retry_after=retry_after)
    with pytest.raises(meaning):
        await channel.find(owed(EVERYBODYS), known=[known], turn=free)
    assert await channel.find(owed(EVERYBODYS), known=[known], turn=free) == Receipt(
        id=str(fake.bot_posts(EVERYBODYS)[-1].id)
    )


async def test_a_probe_whose_answer_got_lost_is_repeated(channel: TelegramChannel, fake: FakeTelegram) -> None:
    known = await lost(channel, fake, "@bottega_en")
    fake.fault("hang", method="editMessageText", after=1)
    with pytest.raises(Transient):
        await channel.find(owed("@bottega_en"), known=[known], turn=free)
    assert await channel.find(owed("@bottega_en"), known=[known], turn=free) == Receipt(
        id=str(fake.bot_posts("@bottega_en")[-1].id)
    )


async def test_throttled_looking_goes_on_where_it_stopped(channel: TelegramChannel, fake: FakeTelegram) -> None:
    known = await lost(channel, fake, "@bottega_en", kind="refuse")
    fake.fault("flood", method="editMessageText", retry_after=1, after=7)
    with pytest.raises(Throttled):
        await channel.find(owed("@bottega_en"), known=[known], turn=free)
    assert await channel.find(owed("@bottega_en"), known=[known], turn=free) is None
    tried = [call.params["message_id"] for call in fake.calls if call.method == "editMessageText"]
    stopped = int(known) + 8
    assert tried == [*range(int(known) + 1, stopped + 1), *range(stopped, int(known) + 1 + ABSENT_IN_A_ROW + 1)]


async def test_a_kicked_bot_does_not_look(channel: TelegramChannel, fake: FakeTelegram) -> None:
    known = await lost(channel, fake, "@bottega_talk")
    fake.set_rights("@bottega_talk", status="kicked")
    with pytest.raises(Permanent):
        await channel.find(owed("@bottega_talk"), known=[known], turn=free)


@pytest.mark.parametrize("action", [Action.EDIT, Action.PIN, Action.UNPIN])
async def test_what_may_be_repeated_is_not_looked_for(
    channel: TelegramChannel, fake: FakeTelegram, action: Action
) -> None:
    assert await channel.find(delivery(action, notice=notice(), anchor="100"), known=["100"], turn=free) is None
    assert fake.calls == []


def chatter(fake: FakeTelegram, address: str, number: int) -> list[int]:
    return [fake.post_as_other(address, f"No. {each}") for each in range(number)]


@pytest.mark.parametrize(("address", "number"), [("@bottega_talk", 60), ("@bottega_en", 60), (EVERYBODYS, 18)])
async def test_a_post_is_found_behind_what_others_wrote(
    channel: TelegramChannel, fake: FakeTelegram, address: str, number: int
) -> None:
    first = await channel.send(earlier(address))
    chatter(fake, address, number)
    await lose_sight(channel, fake, address)
    found = await channel.find(owed(address), known=[first.id], turn=free)
    assert found == Receipt(id=str(fake.bot_posts(address)[-1].id))


@pytest.mark.parametrize(("address", "number"), [("@bottega_talk", 201), (EVERYBODYS, 21)])
async def test_behind_too_many_there_is_no_telling(
    channel: TelegramChannel, fake: FakeTelegram, address: str, number: int
) -> None:
    first = await channel.send(earlier(address))
    chatter(fake, address, number)
    with pytest.raises(Uncertain, match="messages came since"):
        await channel.find(owed(address), known=[first.id], turn=free)


@pytest.mark.parametrize("address", EVERYWHERE)
async def test_a_post_is_found_behind_deleted_ones(channel: TelegramChannel, fake: FakeTelegram, address: str) -> None:
    first = await channel.send(earlier(address))
    for message_id in chatter(fake, address, ABSENT_IN_A_ROW - 1):
        fake.remove_as_other(address, message_id)
    await lose_sight(channel, fake, address)
    found = await channel.find(owed(address), known=[first.id], turn=free)
    assert found == Receipt(id=str(fake.bot_posts(address)[-1].id))


class Turns:
    """Gives so many turns, then says not now."""

    def __init__(self, number: int) -> None:
        self.left = number

    async def __call__(self) -> None:
        if self.left == 0:
            raise NoTurnError
        self.left -= 1


class NoTurnError(Exception):
    """As the dispatcher's: not now."""


@pytest.mark.parametrize(("address", "turns"), [("@bottega_talk", 1), ("@bottega_en", 1), (EVERYBODYS, 4)])
async def test_looking_takes_a_turn_for_every_call_that_counts(
    channel: TelegramChannel, fake: FakeTelegram, address: str, turns: int
) -> None:
    first = await channel.send(earlier(address))
    chatter(fake, address, 3)
    given = Turns(10)
    assert await channel.find(owed(address), known=[first.id], turn=given) is None
    assert 10 - given.left == turns
    counted = [call for call in fake.accepted() if call.method in {"editMessageText", "forwardMessage"}]
    assert len(counted) <= turns


async def test_looking_goes_on_where_the_turns_ended(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(earlier(EVERYBODYS))
    chatter(fake, EVERYBODYS, 3)
    with pytest.raises(NoTurnError):
        await channel.find(owed(EVERYBODYS), known=[first.id], turn=Turns(2))
    assert await channel.find(owed(EVERYBODYS), known=[first.id], turn=free) is None
    assert len(fake.accepted("forwardMessage")) == 3


@pytest.mark.parametrize(
    ("channel", "message_id", "ours"), [(-1002, 105, True), (-1003, 105, False), (-1002, 104, False)]
)
def test_a_copy_counts_only_if_it_stems_from_the_very_post(channel: int, message_id: int, ours: bool) -> None:
    now = datetime(2024, 12, 11, 14, 3, tzinfo=UTC)
    origin = MessageOriginChannel(now, Chat(channel, Chat.CHANNEL), message_id)
    copy = Message(9, now, Chat(OPERATORS, Chat.PRIVATE), text="x", forward_origin=origin)
    assert stems_from(copy, -1002, 105) is ours


def test_what_was_never_forwarded_stems_from_nowhere() -> None:
    copy = Message(9, datetime(2024, 12, 11, tzinfo=UTC), Chat(OPERATORS, Chat.PRIVATE), text="x")
    assert not stems_from(copy, OPERATORS, 9)
