"""Other words for what is published already: kept, shown, and brought to every post once. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dispatcher.dispatcher import LEASE
from bot.domain.delivery import Action, Delivery, DeliveryState, Receipt
from bot.domain.marks import Mark
from bot.domain.model import Impact, Status
from bot.errors import CommandError
from bot.intake.amending import Amender
from bot.intake.desk import IntakeDesk
from bot.intake.transaction import Effects, Transaction
from bot.store import claims, outbox
from bot.store.boards import Boards
from bot.store.engine import Store, open_store
from bot.store.incidents import load_notices, load_updates
from bot.store.schema import updates
from tests.conftest import fresh_postgres
from tests.dispatcher.far_side import FarSide, dispatching
from tests.worlds import CHATS, StillClock, World, catalogue, signal, world

ITALIAN = (CHATS[1],)


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """One Italian channel, and nobody else to tell."""
    async with world(store, clock, destinations=ITALIAN, operators=()) as opened:
        yield opened


async def opened(here: World, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts=texts, by="Ada", draft=False)

    return await here.intake.transact(work)


async def continued(here: World, status: Status | None = Status.IDENTIFIED, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(1, status=status, texts=texts, by="Ada", draft=False)

    return await here.intake.transact(work)


async def reworded(here: World, number: int | None = None, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.amend(1, number, texts=texts, by="Bruno")

    return await here.intake.transact(work)


async def claim(here: World, lease: str = "mine") -> list[Delivery]:
    async with here.store.write() as connection:
        return await claims.claim(
            connection,
            lease=lease,
            until=here.clock() + LEASE,
            now=here.clock(),
            limit=9,
            channels=["telegram"],
            node=here.store.node,
        )


async def settle(here: World, delivery: Delivery, values: dict[str, Any]) -> None:
    async with here.store.write() as connection:
        assert await outbox.settle(connection, delivery, values)


async def sent(here: World, *receipts: str) -> list[Delivery]:
    """Carry out so many deliveries, one after the other, and give them these receipts."""
    done = []
    for receipt in receipts:
        [delivery] = await claim(here)
        await settle(here, delivery, outbox.sent(Receipt(id=receipt), now=here.clock()))
        done.append(delivery)
    return done


async def owed(here: World) -> list[tuple[str, str]]:
    return [(row["action"].value, row["state"].value) for row in await here.owed()]


async def bodies(here: World, language: str = "it") -> list[str]:
    """What the story says in a language, update by update."""
    story = await Boards(here.store).load_story(language, 1)
    assert story is not None
    return [update.notice.body for update in story.updates]


async def test_the_new_words_are_shown_and_the_former_ones_kept_with_the_reason(here: World) -> None:
    await opened(here)
    [before] = await bodies(here)
    here.clock.go(minutes=5)
    amendment = await reworded(here, it="Ci siamo.")
    assert (amendment.number, amendment.languages) == (1, ("it",))
    assert await bodies(here) == ["Ci siamo."]
    [former] = await here.rows("former_notices")
    assert (former["body"], former["until"], former["replaced_by"]) == (before, here.clock(), "Bruno")
    assert former["because"] == "operator Bruno gave the text"
    [update] = await here.updates()
    assert (update["number"], update["texts"]) == (1, {"it": "Ci siamo."}), "no update was made, no language was lost"


async def test_everything_else_of_the_notice_stays_and_so_do_the_other_languages(here: World) -> None:
    await opened(here)
    before = {row["language"]: row for row in await here.notices()}
    here.clock.go(minutes=5)
    await reworded(here, it="Ci siamo.")
    after = {row["language"]: row for row in await here.notices()}
    assert after["en"] == before["en"]
    assert after["it"] == before["it"] | {"body": "Ci siamo.", "amended_at": here.clock()}


async def test_pages_and_feeds_learn_that_something_has_changed_and_when(here: World) -> None:
    await opened(here)
    board = await Boards(here.store).load_board("it", past=5)
    published = here.clock()
    later = here.clock.go(minutes=5)
    await reworded(here, it="Ci siamo.")
    amended = await Boards(here.store).load_board("it", past=5)
    assert amended.revision > board.revision
    assert (board.changed_at, amended.changed_at) == (published, later)
    [update] = amended.open[0].updates
    assert (update.at, update.amended_at, amended.open[0].changed_at) == (published, later, later)


async def test_a_post_that_is_not_out_yet_simply_carries_the_new_words(here: World) -> None:
    await opened(here)
    await reworded(here, it="Ci siamo.")
    assert await owed(here) == [("post", "pending")]
    [post] = await claim(here)
    assert post.notice is not None
    assert post.notice.body == "Ci siamo."


async def test_the_first_post_is_edited_and_goes_on_to_show_the_present_state(here: World) -> None:
    await opened(here)
    await sent(here, "101")
    await continued(here, Status.MONITORING)
    await sent(here, "102", "101")
    await reworded(here, 1, it="Ci siamo.")
    assert (await owed(here))[3:] == [("edit", "pending")]
    [edit] = await claim(here)
    assert (edit.anchor, edit.opening and edit.opening.body) == ("101", "Ci siamo.")
    assert edit.notice is not None
    assert edit.notice.status is Status.MONITORING


async def test_a_later_post_is_edited_by_itself(here: World) -> None:
    await opened(here)
    await sent(here, "101")
    await continued(here)
    await sent(here, "102", "101")
    await continued(here, Status.MONITORING)
    await sent(here, "103", "101")
    await reworded(here, 2, it="Ci siamo.")
    [amend] = await claim(here)
    assert (amend.action, amend.anchor, amend.opening) == (Action.AMEND, "102", None)
    assert amend.notice is not None
    assert (amend.notice.body, amend.notice.status) == ("Ci siamo.", Status.IDENTIFIED)


async def test_a_post_on_its_way_is_edited_behind_itself(here: World) -> None:
    await opened(here)
    await sent(here, "101")
    await continued(here)
    [leaving] = await claim(here)
    await reworded(here, 2, it="Ci siamo.")
    assert await claim(here) == [], "its lane keeps the order"
    await settle(here, leaving, outbox.sent(Receipt(id="102"), now=here.clock()))
    edit, amend = await sent(here, "101", "102")
    assert (edit.action, amend.action, amend.anchor) == (Action.EDIT, Action.AMEND, "102")


async def test_an_uncertain_post_is_looked_for_in_the_words_it_may_have_gone_out_with(here: World) -> None:
    await opened(here)
    [first] = await claim(here)
    await settle(here, first, outbox.again(due_at=here.clock(), error="no answer", uncertain=True))
    await reworded(here, it="Ci siamo.")
    assert await owed(here) == [("post", "pending"), ("edit", "pending")]
    [again] = await claim(here)
    assert again.notice is not None
    assert first.notice is not None
    assert again.notice.body == "Ci siamo."
    assert again.earlier == (first.notice,)


async def test_a_post_that_was_given_up_is_left_alone(here: World) -> None:
    await opened(here)
    [post] = await claim(here)
    await settle(here, post, outbox.ended(DeliveryState.DEAD, error="kicked", now=here.clock()))
    await reworded(here, it="Ci siamo.")
    assert await owed(here) == [("post", "dead")]


async def test_of_several_changes_of_one_post_only_the_last_goes_out(store: Store, clock: StillClock) -> None:
    machine = {"provider": "libretranslate", "url": "http://translate.internal:5000"}
    async with world(store, clock, destinations=ITALIAN, operators=(), translate=machine) as here:
        await opened(here)
        await sent(here, "101")
        await continued(here, en="We found it.")
        await sent(here, "102", "101")
        assert await here.intake.translated(2, "it", "Trovato.", asked={"en": "We found it."})
        await reworded(here, 2, it="Lo abbiamo trovato.")
        assert (await owed(here))[3:] == [("amend", "superseded"), ("amend", "pending")]
        [amend] = await claim(here)
        assert amend.notice is not None
        assert (amend.notice.body, amend.notice.mark, amend.notice.label) == ("Lo abbiamo trovato.", None, None)
        template, machines = await here.rows("former_notices")
        assert (machines["body"], machines["mark"], machines["until"]) == ("Trovato.", Mark.TRANSLATED, clock())
        assert (template["mark"], template["replaced_by"]) == (None, None)


async def test_where_the_state_itself_is_replaced_the_first_post_shows_it_too(here: World) -> None:
    await opened(here)
    await sent(here, "101")
    await continued(here)
    await sent(here, "102", "101")
    amender = Amender(catalogue("en", "it"), ZoneInfo("Europe/Rome"))
    async with here.store.write(alone=True) as connection:
        transaction = Transaction(connection=connection, now=here.clock(), effects=Effects())
        _, update = await load_updates(connection, updates.c.incident_id == 1)
        before = (await load_notices(connection, [update.id]))[update.id]["it"][1]
        after = replace(before, state="⚪ Ritirato", mark=Mark.RETRACTED, label=amender.label(Mark.RETRACTED, "it"))
        amended = await amender.replace(transaction, update, {"it": after}, by="Ada", because="it was not ours")
    assert (dict(amended.deliveries), transaction.effects.deliveries) == ({"telegram": 2}, 2)
    amend, edit = await sent(here, "102", "101")
    assert (amend.action, amend.anchor, amend.notice) == (Action.AMEND, "102", after)
    assert (edit.action, edit.anchor, edit.notice and edit.notice.state) == (Action.EDIT, "101", "⚪ Ritirato")
    assert edit.opening is not None
    assert edit.opening.mark is None


@pytest.mark.parametrize(
    ("mark", "path"),
    [(Mark.TRANSLATED, "translated"), (Mark.CORRECTED, "status.correction"), (Mark.RETRACTED, "status.retraction")],
)
def test_every_mark_is_said_in_the_languages_own_words(mark: Mark, path: str) -> None:
    amender = Amender(catalogue("en", "it"), ZoneInfo("Europe/Rome"))
    assert {language: amender.label(mark, language) for language in ("en", "it")} == {
        language: catalogue("en", "it").words(language)[path] for language in ("en", "it")
    }


async def test_the_same_words_again_change_nothing(here: World) -> None:
    await opened(here)
    await sent(here, "101")
    [said] = await bodies(here)
    revision = await Boards(here.store).revision()
    assert (await reworded(here, it=said)).languages == ()
    assert await Boards(here.store).revision() == revision
    assert len(await here.owed()) == 1


@pytest.mark.parametrize(
    ("number", "texts", "says"),
    [
        pytest.param(3, {"it": "Ci siamo."}, "incident 1 has no update 3; it has 1", id="no such update"),
        pytest.param(1, {"en": "We are on it."}, "has somebody's own words in en already", id="a human's words"),
        pytest.param(1, {"it": "x" * 4000}, "characters too long", id="too long"),
    ],
)
async def test_what_cannot_be_done_says_why_and_changes_nothing(
    here: World, number: int, texts: dict[str, str], says: str
) -> None:
    await opened(here, en="We are looking.")
    before = await here.everything()
    with pytest.raises(CommandError, match=says):
        await reworded(here, number, **texts)
    assert await here.everything() == before


async def test_what_nobody_has_read_yet_cannot_be_amended(here: World) -> None:
    async def draft(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts={}, by="Ada", draft=True)

    await here.intake.transact(draft)
    with pytest.raises(CommandError, match="no published incident 1"):
        await reworded(here, it="Ci siamo.")


async def test_automation_only_proposes_where_a_human_has_put_their_words(here: World) -> None:
    await here.report(signal())
    await reworded(here, it="Ci siamo.")
    await here.report(signal(state="resolved"))
    assert [row["state"].value for row in await here.updates()] == ["published", "draft"]


async def test_the_dispatcher_carries_it_out_and_tries_again_what_failed(here: World) -> None:
    far = FarSide()
    async with dispatching(here, far) as running:
        await opened(here)
        running.dispatcher.wake()
        await running.settler.seen(1)
        await continued(here)
        running.dispatcher.wake()
        await running.settler.seen(3)
        await reworded(here, 2, it="Ci siamo.")
        running.dispatcher.wake()
        await running.settler.seen(4)
    assert [action for _, action, _ in far.published] == [Action.POST, Action.POST, Action.EDIT, Action.AMEND]
    assert {state for _, state in await owed(here)} == {"sent"}


async def test_whoever_claims_meanwhile_reads_the_new_words_or_is_followed_by_them(
    postgres: str, clock: StillClock
) -> None:
    """On PostgreSQL both may be under way at once: no post is left with the former words."""
    url = await fresh_postgres(postgres)
    async with (
        open_store(url) as one,
        open_store(url) as two,
        world(one, clock, destinations=ITALIAN, operators=()) as here,
    ):
        there = World(here.intake, two, clock, here.settings, here.teller)
        await opened(here)
        claimed, _ = await asyncio.gather(claim(there), reworded(here, it="Ci siamo."))
        [post] = claimed or await claim(there)
        assert post.notice is not None
        assert post.notice.body == "Ci siamo." or ("edit", "pending") in await owed(here)
