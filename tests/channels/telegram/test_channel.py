"""Posts, edits and pins, as the reader of a chat sees them, and every way they can fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from telegram import Bot

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.compose import compose
from bot.domain.buttons import Button, Buttons
from bot.domain.delivery import Action, Delivery, Receipt
from bot.errors import DeliveryError, Moved, Permanent, Reason, Throttled, Transient, Uncertain
from tests.channels.telegram.conftest import OPERATORS
from tests.channels.telegram.notices import RESOLVED, delivery, notice
from tests.channels.telegram.oracle import as_json
from tests.fakes.telegram import FakeTelegram, Limits
from tests.fakes.telegram.faults import Kind

NO_RATES = Limits(per_chat=None, per_group=None, overall=None)
POST = delivery(notice=notice())
CHANGES = (Action.EDIT, Action.AMEND, Action.PIN, Action.UNPIN)


def change(action: Action, anchor: str | None, *, address: str = "@bottega_it") -> Delivery:
    return delivery(action, address=address, notice=RESOLVED, opening=notice(), anchor=anchor)


async def refused(channel: TelegramChannel, owed: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        await channel.send(owed)
    return raised.value


@pytest.mark.parametrize("address", ["@bottega_en", "-1001", "@bottega_talk", "-7", str(OPERATORS)])
async def test_a_post_stands_in_its_chat_as_composed(
    channel: TelegramChannel, fake: FakeTelegram, address: str
) -> None:
    owed = delivery(address=address, notice=notice())
    receipt = await channel.send(owed)
    [post] = fake.bot_posts(address)
    words = compose(owed)
    assert receipt == Receipt(id=str(post.id))
    assert post.text == words.text
    assert list(post.entities) == [as_json(entity) for entity in words.entities]
    assert post.reply_to is None


async def test_no_page_is_previewed_below_a_post(channel: TelegramChannel, fake: FakeTelegram) -> None:
    await channel.send(POST)
    assert fake.calls[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_a_page_is_previewed_where_the_configuration_wants_it(bot: Bot, fake: FakeTelegram) -> None:
    showing = TelegramChannel(bot, link_preview=True)
    first = await showing.send(delivery(address="@bottega_it", notice=notice()))
    await showing.send(change(Action.EDIT, first.id))
    shown = [call.params["link_preview_options"] for call in fake.calls]
    assert shown == [{"is_disabled": False}] * 2


async def test_a_post_makes_no_sound_where_nobody_needs_to_hear_it(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    await channel.send(replace(POST, silent=True))
    await channel.send(POST)
    assert [post.silent for post in fake.bot_posts("@bottega_en")] == [True, False]


async def test_a_post_goes_to_its_topic(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.add_forum("@bottega_room", id=-1009)
    topic = fake.add_topic("@bottega_room", "Incidents")
    owed = delivery(address="@bottega_room", notice=notice())
    first = await channel.send(replace(owed, topic=topic))
    await channel.send(replace(owed, topic=topic, anchor=first.id))
    assert [post.thread for post in fake.bot_posts("@bottega_room")] == [topic, topic]
    assert fake.violations(NO_RATES) == []


@pytest.mark.parametrize("gone", ["removed", "closed"])
async def test_a_topic_that_is_no_more_is_blocked(channel: TelegramChannel, fake: FakeTelegram, gone: str) -> None:
    fake.add_forum("@bottega_room", id=-1009)
    topic = fake.add_topic("@bottega_room", "Incidents")
    if gone == "removed":
        fake.remove_topic("@bottega_room", topic)
    else:
        fake.close_topic("@bottega_room", topic)
    error = await refused(channel, replace(delivery(address="@bottega_room", notice=notice()), topic=topic))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED


@pytest.mark.parametrize(("paid", "broadcast"), [(True, True), (True, False), (False, True)])
async def test_only_a_broadcast_is_paid_for_and_only_if_allowed(
    bot: Bot, fake: FakeTelegram, paid: bool, broadcast: bool
) -> None:
    channel = TelegramChannel(bot, paid=paid)
    await channel.send(replace(delivery(address=str(OPERATORS), notice=notice()), broadcast=broadcast))
    [post] = fake.bot_posts(OPERATORS)
    assert post.paid is (paid and broadcast)


async def test_an_edit_keeps_the_buttons_it_brings(channel: TelegramChannel, fake: FakeTelegram) -> None:
    page = Buttons(((Button("Status page", url="https://status.shop.example/en/incidents/7"),),))
    first = await channel.send(replace(delivery(address="@bottega_it", notice=notice()), keyboard=page))
    await channel.send(replace(change(Action.EDIT, first.id), keyboard=page))
    [post] = fake.bot_posts("@bottega_it")
    assert (post.edits, post.labels()) == (1, [["Status page"]])


async def test_a_later_update_replies_to_the_first_post(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(POST)
    await channel.send(delivery(notice=RESOLVED, anchor=first.id))
    assert [str(post.reply_to) for post in fake.bot_posts("@bottega_en")] == ["None", first.id]


async def test_a_later_update_is_posted_although_somebody_deleted_the_first(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    first = await channel.send(POST)
    fake.remove_as_other("@bottega_en", int(first.id))
    await channel.send(delivery(notice=RESOLVED, anchor=first.id))
    assert [post.reply_to for post in fake.bot_posts("@bottega_en")] == [None]


async def test_an_edit_brings_the_first_post_up_to_date(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    assert await channel.send(change(Action.EDIT, first.id)) == first
    [post] = fake.bot_posts("@bottega_it")
    assert post.text.startswith("Resolved after 1 h 20 min\n\nOnline shop unavailable\n")
    assert post.edits == 1


async def test_a_post_is_pinned_silently_and_unpinned(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    assert await channel.send(change(Action.PIN, first.id)) == first
    assert fake.bot_posts("@bottega_it")[0].pinned
    assert fake.calls[-1].params["disable_notification"] is True
    assert await channel.send(change(Action.UNPIN, first.id)) == first
    assert not fake.bot_posts("@bottega_it")[0].pinned


@pytest.mark.parametrize("action", CHANGES)
async def test_a_change_made_twice_is_made_once(channel: TelegramChannel, fake: FakeTelegram, action: Action) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    owed = change(action, first.id)
    assert await channel.send(owed) == await channel.send(owed) == first
    assert len(fake.bot_posts("@bottega_it")) == 1


@pytest.mark.parametrize("action", CHANGES)
async def test_without_a_first_post_there_is_nothing_to_change(
    channel: TelegramChannel, fake: FakeTelegram, action: Action
) -> None:
    assert await channel.send(change(action, None)) == Receipt(id="")
    assert fake.calls == []


async def test_to_unpin_a_post_that_is_gone_is_done_already(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    fake.remove_as_other("@bottega_it", int(first.id))
    assert await channel.send(change(Action.UNPIN, first.id)) == first


async def test_to_edit_a_post_that_is_gone_is_refused_for_good(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    fake.remove_as_other("@bottega_it", int(first.id))
    error = await refused(channel, change(Action.EDIT, first.id))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.GONE


async def test_an_operator_reads_markdown_with_its_line_breaks(channel: TelegramChannel, fake: FakeTelegram) -> None:
    await channel.send(delivery(address=str(OPERATORS), text="**Draft 12**\nwaits"))
    [post] = fake.bot_posts(OPERATORS)
    assert post.text == "Draft 12\nwaits"
    assert [entity["type"] for entity in post.entities] == ["bold"]


async def test_a_text_too_long_is_refused_before_telegram_is_asked(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    error = await refused(channel, delivery(text="x" * 4097))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.REFUSED
    assert fake.calls == []


@pytest.mark.parametrize("kind", ["hang", "close", "error", "garbage", "refuse"])
async def test_a_post_without_a_clear_answer_is_uncertain(
    channel: TelegramChannel, fake: FakeTelegram, kind: Kind
) -> None:
    fake.fault(kind, method="sendMessage")
    assert isinstance(await refused(channel, POST), Uncertain)


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("kind", ["hang", "close", "error"])
async def test_a_change_without_a_clear_answer_is_simply_tried_again(
    channel: TelegramChannel, fake: FakeTelegram, action: Action, kind: Kind
) -> None:
    first = await channel.send(delivery(address="@bottega_it", notice=notice()))
    fake.fault(kind)
    assert isinstance(await refused(channel, change(action, first.id)), Transient)
    assert await channel.send(change(action, first.id)) == first


async def test_while_nobody_listens_nothing_is_lost_and_nothing_uncertain(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    await fake.go_down()
    assert isinstance(await refused(channel, POST), Transient)
    await fake.come_back()
    await channel.send(POST)
    assert len(fake.bot_posts("@bottega_en")) == 1


async def test_too_many_requests_ask_for_a_pause(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.fault("flood", retry_after=9)
    error = await refused(channel, POST)
    assert isinstance(error, Throttled)
    assert (error.retry_after, error.scope) == (timedelta(seconds=9), "address")


async def test_too_many_requests_without_a_time_are_transient(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.fault("flood")
    assert isinstance(await refused(channel, POST), Transient)
    assert fake.bot_posts("@bottega_en") == []


async def test_a_group_that_became_a_supergroup_has_a_new_address(channel: TelegramChannel, fake: FakeTelegram) -> None:
    new = fake.migrate(-7, to=-100777)
    error = await refused(channel, delivery(address="-7", notice=notice()))
    assert isinstance(error, Moved)
    assert error.new_address == str(new)
    await channel.send(delivery(address=error.new_address, notice=notice()))
    assert len(fake.bot_posts(new)) == 1


@pytest.mark.parametrize(
    "rights", [{"status": "kicked"}, {"status": "left"}, {"can_post_messages": False}], ids=["kicked", "left", "mute"]
)
async def test_where_the_bot_may_not_post_it_is_blocked(
    channel: TelegramChannel, fake: FakeTelegram, rights: dict[str, object]
) -> None:
    fake.set_rights("@bottega_en", **rights)
    error = await refused(channel, POST)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED


@pytest.mark.parametrize(("address", "why"), [("@no_such_chat", "chat not found"), ("4711", "chat not found")])
async def test_a_chat_nobody_knows_is_blocked_and_says_so(channel: TelegramChannel, address: str, why: str) -> None:
    error = await refused(channel, delivery(address=address, notice=notice()))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED
    assert why in str(error).lower()


async def test_a_person_who_blocked_the_bot_is_blocked(channel: TelegramChannel, fake: FakeTelegram) -> None:
    fake.change_user(OPERATORS, blocked=True)
    error = await refused(channel, delivery(address=str(OPERATORS), text="x"))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED


async def test_without_the_right_to_pin_only_the_pin_is_refused(channel: TelegramChannel, fake: FakeTelegram) -> None:
    first = await channel.send(POST)
    error = await refused(channel, change(Action.PIN, first.id, address="@bottega_en"))
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED
    assert [post.pinned for post in fake.bot_posts("@bottega_en")] == [False]
