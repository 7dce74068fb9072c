"""Own words that some languages lack: what is wanted from the machine, what becomes of it, what operators hear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.marks import Mark
from bot.domain.model import Impact, Status
from bot.errors import CommandError
from bot.intake.amending import Amender
from bot.intake.desk import IntakeDesk
from bot.intake.transaction import Effects, Transaction
from bot.store.engine import Store
from bot.store.incidents import load_updates
from bot.store.schema import updates
from bot.store.translations import want
from tests.worlds import CHATS, StillClock, World, catalogue, world

MACHINE = {"provider": "libretranslate", "url": "http://translate.internal:5000", "within": "20s"}
THREE = {
    "languages": ["en", "it", "es"],
    "components": {"shop": {"name": "Shop"}, "whatsapp": {"name": "WhatsApp"}, "checkout": {"name": "Checkout"}},
}
ONE_OPERATOR = ({"telegram_id": 1001, "name": "Duty phone", "role": "publisher", "language": "en"},)


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    """Three languages, one channel, one operator, and a machine."""
    async with world(
        store, clock, destinations=CHATS[:1], operators=ONE_OPERATOR, translate=MACHINE, **THREE
    ) as opened:
        yield opened


async def opened(here: World, *, draft: bool = False, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts=texts, by="Ada", draft=draft)

    return await here.intake.transact(work)


async def reworded(here: World, **texts: str) -> Any:
    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.amend(1, None, texts=texts, by="Bruno")

    return await here.intake.transact(work)


async def translated(here: World, language: str, text: str, *, update: int = 1) -> bool:
    return await here.intake.translated(update, language, text, asked={"it": "Ci siamo."})


async def wanted(here: World) -> dict[str, str]:
    return {row["language"]: row["state"].value for row in await here.rows("translations")}


async def told(here: World) -> list[str]:
    return [row["text"] for row in await here.owed(to_operators=True)]


async def said(here: World, language: str) -> tuple[str, Mark | None, str | None]:
    [notice] = [row for row in await here.notices() if row["language"] == language]
    return notice["body"], notice["mark"], notice["label"]


async def test_own_words_are_wanted_in_the_other_languages_in_the_same_commit(here: World, clock: StillClock) -> None:
    change = await opened(here, it="Ci siamo.")
    rows = await here.rows("translations")
    assert [(row["language"], row["deadline"], row["attempts"]) for row in rows] == [
        ("en", clock() + timedelta(seconds=20), 0),
        ("es", clock() + timedelta(seconds=20), 0),
    ]
    assert here.effects[-1].translations == 2
    assert change.translating == ("en", "es")
    assert (await said(here, "en"))[1] is None, "the template's words went out at once"
    assert await told(here) == []


@pytest.mark.parametrize(
    "texts", [{}, {"en": "We are on it.", "it": "Ci siamo.", "es": "En ello."}], ids=["none", "all"]
)
async def test_where_nothing_is_lacking_nothing_is_wanted(here: World, texts: dict[str, str]) -> None:
    change = await opened(here, **texts)
    assert (await wanted(here), change.translating, await told(here)) == ({}, (), [])


async def test_a_draft_is_translated_once_it_is_published(here: World) -> None:
    change = await opened(here, draft=True, it="Ci siamo.")
    assert await wanted(here) == {}

    async def publish(desk: IntakeDesk) -> Any:
        return await desk.drafts.publish(change.update_id, by="Duty phone")

    assert (await here.intake.transact(publish)).translating == ("en", "es")
    assert await wanted(here) == {"en": "pending", "es": "pending"}


async def test_what_comes_is_published_marked_and_kept_apart_from_humans_words(here: World) -> None:
    await opened(here, it="Ci siamo.")
    assert await translated(here, "es", "Estamos en ello.")
    label = catalogue("en", "it", "es").words("es")["translated"]
    assert await said(here, "es") == ("Estamos en ello.", Mark.TRANSLATED, label)
    assert await wanted(here) == {"en": "pending", "es": "done"}
    [update] = await here.updates()
    assert update["texts"] == {"it": "Ci siamo."}
    assert here.effects[-1].revision is not None


async def test_nothing_is_taken_twice(here: World) -> None:
    await opened(here, it="Ci siamo.")
    assert await translated(here, "es", "Estamos en ello.")
    before = await here.everything()
    assert not await translated(here, "es", "Ya estamos.")
    await here.intake.untranslated(1, "es", "it came late")
    assert await here.everything() == before


async def test_no_machine_speaks_over_a_human_who_was_quicker(here: World) -> None:
    await opened(here, it="Ci siamo.")
    await reworded(here, es="En ello.")
    assert await wanted(here) == {"en": "pending", "es": "done"}
    assert not await translated(here, "es", "Estamos en ello.")
    assert await said(here, "es") == ("En ello.", None, None)


async def test_a_human_replaces_the_machines_words_and_its_mark(here: World) -> None:
    await opened(here, it="Ci siamo.")
    await translated(here, "es", "Estamos en ello.")
    await reworded(here, es="En ello.")
    assert await said(here, "es") == ("En ello.", None, None)
    [update] = await here.updates()
    assert update["texts"] == {"it": "Ci siamo.", "es": "En ello."}


async def marked(here: World, language: str, mark: Mark) -> None:
    """Somebody corrects or retracts what the first update says in a language."""
    amender = Amender(catalogue("en", "it", "es"), ZoneInfo("Europe/Rome"))
    async with here.store.write(alone=True) as connection:
        transaction = Transaction(connection=connection, now=here.clock(), effects=Effects())
        [update] = await load_updates(connection, updates.c.id == 1)
        await amender.amend(transaction, update, {language: "Ecco."}, mark=mark, by="Ada", because="it was wrong")


@pytest.mark.parametrize("mark", [Mark.CORRECTED, Mark.RETRACTED])
async def test_a_correction_or_a_retraction_ends_the_wait_in_all_languages(here: World, mark: Mark) -> None:
    await opened(here, it="Ci siamo.")
    await marked(here, "it", mark)
    assert await wanted(here) == {"en": "failed", "es": "failed"}
    before = await here.everything()
    assert not await translated(here, "es", "Estamos en ello.")
    assert await here.everything() == before


@pytest.mark.parametrize("mark", [Mark.CORRECTED, Mark.RETRACTED])
async def test_no_machine_speaks_of_what_was_corrected_even_where_it_was_asked_since(here: World, mark: Mark) -> None:
    await opened(here, it="Ci siamo.", es="En ello.")
    await marked(here, "es", mark)
    async with here.store.write() as connection:
        await want(connection, 1, ["fr"], deadline=here.clock() + timedelta(seconds=20))
    assert not await translated(here, "fr", "On y est.")
    [row] = [row for row in await here.rows("translations") if row["language"] == "fr"]
    assert (row["state"].value, row["error"]) == ("failed", f"the update was {mark} meanwhile")


@pytest.mark.parametrize("mark", [Mark.CORRECTED, Mark.RETRACTED])
async def test_other_words_of_a_human_do_not_hide_that_it_was_corrected(here: World, mark: Mark) -> None:
    await opened(here, it="Ci siamo.")
    await marked(here, "es", mark)
    await reworded(here, es="En ello.")
    assert (await said(here, "es"))[:2] == ("En ello.", mark)


async def test_a_translation_of_former_words_is_not_published(here: World) -> None:
    await opened(here, it="Ci siamo quasi.")
    assert not await translated(here, "es", "Estamos en ello.")
    assert await wanted(here) == {"en": "pending", "es": "failed"}
    assert (await said(here, "es"))[1] is None


async def test_the_same_words_for_two_languages_are_published_in_one_at_most(here: World) -> None:
    await opened(here, it="Ci siamo.")
    assert await translated(here, "es", "La caja no responde, ya lo estamos mirando.")
    assert not await translated(here, "en", "La caja no responde, ya lo estamos mirando.")
    assert (await said(here, "en"))[1] is None
    assert ["word for word the same as in es" in text for text in await told(here)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("WhatsApp: OK", id="few words"),
        pytest.param("Info: https://shop.example/a/very/long/address", id="an address"),
        pytest.param("Ci siamo.", id="the own words"),
    ],
)
async def test_what_may_be_the_same_in_two_languages_is_published_in_both(here: World, text: str) -> None:
    await opened(here, it="Ci siamo.")
    assert [await translated(here, language, text) for language in ("en", "es")] == [True, True]


async def test_a_humans_text_in_another_script_is_refused_and_the_machine_goes_on(
    store: Store, clock: StillClock
) -> None:
    arabic = THREE | {"languages": ["en", "it", "ar"]}
    async with world(store, clock, destinations=(), operators=ONE_OPERATOR, translate=MACHINE, **arabic) as here:
        await opened(here, it="Ci siamo.")
        before = await here.everything()
        with pytest.raises(CommandError, match="the text for ar is not in the script of that language"):
            await reworded(here, en="We are on it.", ar="This is plain English for Arabic readers")
        assert await here.everything() == before
        assert await wanted(here) == {"en": "pending", "ar": "pending"}
        await reworded(here, ar="نستخدم WhatsApp الآن")
        assert (await said(here, "ar"))[0] == "نستخدم WhatsApp الآن"


async def test_operators_hear_once_which_languages_lack_the_text_and_why(here: World) -> None:
    await opened(here, it="Ci siamo.")
    await here.intake.untranslated(1, "es", "deepl: its quota is used up")
    assert await told(here) == [], "English may still come"
    await here.intake.untranslated(1, "en", "deepl: its quota is used up")
    assert await told(here) == [
        "**Incident 1, update 1: the own words are missing in English and Spanish.**\n"
        "• English and Spanish: deepl: its quota is used up\n"
        "Readers have the template's words there. `/translate 1 1 en: ... | es: ...` gives them yours."
    ]
    assert await wanted(here) == {"en": "failed", "es": "failed"}


async def test_when_the_last_one_comes_operators_still_hear_of_those_that_failed(here: World) -> None:
    await opened(here, it="Ci siamo.")
    await here.intake.untranslated(1, "es", "it came back empty")
    await translated(here, "en", "We are on it.")
    assert ["Spanish" in text and "English" not in text for text in await told(here)] == [True]


async def test_when_a_human_writes_the_last_one_too(here: World) -> None:
    await opened(here, it="Ci siamo.")
    await here.intake.untranslated(1, "es", "it came back empty")
    await reworded(here, en="We are on it.")
    assert ["missing in Spanish" in text for text in await told(here)] == [True]


async def test_what_is_too_long_to_publish_counts_as_missing(here: World) -> None:
    await opened(here, it="Ci siamo.")
    assert not await translated(here, "en", "x" * 4000)
    assert await wanted(here) == {"en": "failed", "es": "pending"}
    assert (await said(here, "en"))[1] is None


async def test_what_never_comes_is_given_up_by_the_clock(here: World, clock: StillClock) -> None:
    await opened(here, it="Ci siamo.")
    due = await here.intake.next_due()
    assert due is not None
    assert timedelta(seconds=20) < due - clock() < timedelta(seconds=30)
    clock.time = due
    await here.intake.do_due()
    assert await wanted(here) == {"en": "failed", "es": "failed"}
    assert ["it did not come in time" in text for text in await told(here)] == [True]
    assert await here.intake.next_due() is None


async def test_without_a_machine_operators_hear_it_at_once(store: Store, clock: StillClock) -> None:
    async with world(store, clock, destinations=(), operators=ONE_OPERATOR, **THREE) as here:
        change = await opened(here, it="Ci siamo.")
        assert (change.translating, await wanted(here)) == ((), {})
        assert await told(here) == [
            "**Incident 1, update 1: the own words are missing in English and Spanish.**\n"
            "Readers have the template's words there. `/translate 1 1 en: ... | es: ...` gives them yours."
        ]


async def test_each_update_has_its_own(here: World) -> None:
    await opened(here, it="Ci siamo.")

    async def work(desk: IntakeDesk) -> Any:
        return await desk.stories.add_update(
            1, status=Status.IDENTIFIED, texts={"es": "Lo tenemos."}, by="Ada", draft=False
        )

    await here.intake.transact(work)
    rows = [(row["update_id"], row["language"]) for row in await here.rows("translations")]
    assert rows == [(1, "en"), (1, "es"), (2, "en"), (2, "it")]


async def test_what_is_rolled_back_is_not_wanted(here: World) -> None:
    async def work(desk: IntakeDesk) -> None:
        await desk.stories.open(
            components=["shop"], impact=Impact.MAJOR, texts={"it": "Ci siamo."}, by="Ada", draft=False
        )
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await here.intake.transact(work)
    assert await wanted(here) == {}
