"""From wanted to published: what the worker does when the provider answers well, late, wrongly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.domain.marks import Mark
from bot.domain.model import Impact
from bot.intake.desk import IntakeDesk
from bot.metrics import Metrics
from bot.store import translations
from bot.store.engine import Store, open_store
from bot.translators.vocabulary import Vocabulary
from bot.translators.worker import Worker
from tests.conftest import fresh_postgres
from tests.translators.provider import Provider, a_provider, asking
from tests.worlds import StillClock, World, catalogue, settings, world

AT_ONCE = (timedelta(),)
COMPONENTS = {
    "shop": {"name": {"en": "Online shop", "it": "Negozio online", "es": "Tienda en línea"}},
    "whatsapp": {"name": "WhatsApp"},
    "checkout": {"name": "Checkout"},
}
LANGUAGES = ("en", "it", "es")


class Watched:
    """Intake, as the worker sees it, that says when something has been handed in."""

    def __init__(self, here: World) -> None:
        self._intake = here.intake
        self._changed = asyncio.Condition()
        self.handed_in = 0

    async def translated(self, update_id: int, language: str, text: str, *, asked: Mapping[str, str]) -> bool:
        taken = await self._intake.translated(update_id, language, text, asked=asked)
        await self._note()
        return taken

    async def untranslated(self, update_id: int, language: str, error: str) -> None:
        await self._intake.untranslated(update_id, language, error)
        await self._note()

    async def _note(self) -> None:
        async with self._changed:
            self.handed_in += 1
            self._changed.notify_all()

    async def seen(self, count: int) -> None:
        """Wait until so much was handed in."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: self.handed_in >= count)


@dataclass
class Shop:
    """A world with a machine at work in it."""

    here: World
    intake: Watched
    metrics: Metrics
    wake: asyncio.Event

    async def say(self, **texts: str) -> None:
        """An operator opens an incident in these words."""

        async def work(desk: IntakeDesk) -> Any:
            return await desk.stories.open(components=["shop"], impact=Impact.MAJOR, texts=texts, by="Ada", draft=False)

        await self.here.intake.transact(work)
        self.wake.set()

    async def reads(self, language: str) -> tuple[str, Mark | None]:
        """What customers read, and its mark."""
        [notice] = [row for row in await self.here.notices() if row["language"] == language]
        return notice["body"], notice["mark"]

    async def states(self) -> dict[str, tuple[str, str | None]]:
        """How each wanted text stands, and what went wrong."""
        return {row["language"]: (row["state"].value, row["error"]) for row in await self.here.rows("translations")}

    def counted(self, outcome: str, provider: str = "deepl") -> float:
        return (
            self.metrics.registry.get_sample_value(
                "notice_bot_translations_total", {"provider": provider, "outcome": outcome}
            )
            or 0.0
        )


@asynccontextmanager
async def shop(
    store: Store, clock: StillClock, provider: Provider, *, name: str = "deepl", within: str = "20s"
) -> AsyncIterator[Shop]:
    """The worker at work until the context is left."""
    configured = {"provider": name, "url": provider.url, "within": within, "api_key": "k"}
    if name == "openai":
        configured["model"] = "a-model"
    async with (
        world(
            store, clock, destinations=(), operators=(), languages=list(LANGUAGES), components=COMPONENTS,
            translate=configured,
        ) as here,
        asking(name, provider) as translator,
    ):  # fmt: skip
        intake, metrics, wake = Watched(here), Metrics(), asyncio.Event()
        worker = Worker(
            translator,
            here.store,
            intake,  # type: ignore[arg-type]  # it has what the worker needs of intake
            clock,
            vocabulary=Vocabulary(here.settings, catalogue(*LANGUAGES)),
            languages=LANGUAGES,
            metrics=metrics,
            wake=wake,
            pauses=AT_ONCE,
        )
        task = asyncio.create_task(worker.run())
        try:
            yield Shop(here, intake, metrics, wake)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


TEXT = "La cassa di Negozio online non funziona: chiamateci allo 081 555 0100.\n\n[Altro](https://shop.example/aiuto)"


def translated(line: str, target: str) -> str:
    """A translation with its tags in the opposite order."""
    if "<x" in line:
        return line.replace("La cassa di", f"{target[:2].lower()} checkout at").replace("non funziona", "broken")
    return f"{target[:2].lower()} {line}"


@pytest.mark.parametrize("name", ["deepl", "libretranslate", "openai"])
async def test_what_comes_in_time_is_published_with_names_and_addresses_as_they_must_be(
    store: Store, clock: StillClock, name: str
) -> None:
    async with a_provider(translate=translated) as provider, shop(store, clock, provider, name=name) as here:
        await here.say(it=TEXT)
        await here.intake.seen(2)
        body, mark = await here.reads("es")
        assert mark is Mark.TRANSLATED
        assert "checkout at Tienda en línea broken: chiamateci allo 081 555 0100." in body
        assert body.endswith("Altro](https://shop.example/aiuto)")
        assert "Online shop" in (await here.reads("en"))[0]
        assert (await here.reads("it")) == (TEXT, None)
        assert here.counted("translated", name) == 2
        sent = str(provider.questions())
        assert [secret for secret in ("081", "Negozio online", "https://shop.example/aiuto") if secret in sent] == []


async def test_what_was_lost_by_the_machine_leaves_the_templates_words(store: Store, clock: StillClock) -> None:
    async with (
        a_provider(translate=lambda line, target: "The checkout is broken, please call us.") as provider,
        shop(store, clock, provider) as here,
    ):
        await here.say(it=TEXT)
        await here.intake.seen(2)
        assert (await here.reads("en"))[1] is None
        lost = ("failed", "deepl: a name or an address was lost, doubled or invented")
        assert await here.states() == {"en": lost, "es": lost}
        assert here.counted("refused") == 2


async def test_a_hiccup_is_tried_again_within_the_deadline(store: Store, clock: StillClock) -> None:
    troubles = [web.Response(status=503), web.Response(status=429, headers={"Retry-After": "0"})]
    async with a_provider(troubles=troubles) as provider, shop(store, clock, provider) as here:
        await here.say(it="Ci siamo quasi, grazie.", en="Almost there, thank you.")
        await here.intake.seen(1)
        assert await here.states() == {"es": ("done", None)}
        assert len(provider.questions()) == 3


async def test_a_pause_that_is_longer_than_the_time_left_is_not_waited_for(store: Store, clock: StillClock) -> None:
    troubles = [web.Response(status=429, headers={"Retry-After": "60"})]
    async with a_provider(troubles=troubles) as provider, shop(store, clock, provider) as here:
        await here.say(it="Ci siamo.", en="We are on it.")
        await here.intake.seen(1)
        assert await here.states() == {"es": ("failed", "deepl: it answered 429, and its time is up")}
        assert (len(provider.questions()), here.counted("late")) == (1, 1)


async def test_a_silent_provider_holds_up_nothing_and_its_time_ends(store: Store, clock: StillClock) -> None:
    async with (
        a_provider(held=asyncio.Event()) as provider,
        shop(store, clock, provider, within="1s") as here,
    ):
        await here.say(it="Ci siamo.")
        assert (await here.reads("en"))[1] is None
        await here.intake.seen(2)
        assert {state for state, _ in (await here.states()).values()} == {"failed"}
        assert here.counted("late") == 2


async def test_a_slow_language_does_not_hold_up_a_quick_one(store: Store, clock: StillClock) -> None:
    async with a_provider(held=asyncio.Event(), held_for="'ES'") as provider, shop(store, clock, provider) as here:
        await here.say(it="Ci siamo.")
        await here.intake.seen(1)
        assert await here.states() == {"en": ("done", None), "es": ("pending", None)}


async def test_nothing_is_asked_for_a_text_without_words(store: Store, clock: StillClock) -> None:
    async with a_provider() as provider, shop(store, clock, provider) as here:
        await here.say(it="https://shop.example/aiuto")
        await here.intake.seen(2)
        assert await here.reads("en") == ("https://shop.example/aiuto", Mark.TRANSLATED)
        assert provider.questions() == []


async def test_a_defect_with_one_text_stops_nobody(store: Store, clock: StillClock) -> None:
    async with a_provider() as provider, shop(store, clock, provider) as here:
        await here.say(it="Ci siamo.")
        await here.intake.seen(2)
        async with here.here.store.write() as connection:
            await translations.want(connection, 1, ["xx"], deadline=clock() + timedelta(seconds=20))
        here.wake.set()
        await here.intake.seen(3)
        assert (await here.states())["xx"][0] == "failed"
        await here.say(es="Estamos.")
        await here.intake.seen(5)


async def test_what_a_process_left_behind_is_asked_for_again_while_there_is_time(
    store: Store, clock: StillClock
) -> None:
    held = asyncio.Event()
    async with a_provider(held=held) as provider:
        async with shop(store, clock, provider) as here:
            await here.say(it="Ci siamo.")
            async with asyncio.timeout(20):
                await provider.arrived.wait()
        assert {state for state, _ in (await here.states()).values()} == {"pending"}
        if store.shared:
            return  # there, its number stays taken for as long as the store is open; two tests below show that
        provider.held = None
        held.set()  # whoever waits for the first answer has gone
        async with shop(store, clock, provider) as there:
            await there.intake.seen(2)
            assert {state for state, _ in (await there.states()).values()} == {"done"}


async def test_two_nodes_take_no_text_twice_and_one_takes_over_from_a_dead_one(
    postgres: str, clock: StillClock
) -> None:
    url = await fresh_postgres(postgres)
    machine = {"provider": "libretranslate", "url": "http://translate.internal:5000"}
    async with open_store(url) as survivor:
        async with (
            open_store(url) as doomed,
            world(doomed, clock, destinations=(), operators=(), translate=machine) as here,
        ):

            async def work(desk: IntakeDesk) -> Any:
                return await desk.stories.open(
                    components=["shop"], impact=Impact.MAJOR, texts={"it": "Ci siamo."}, by="Ada", draft=False
                )

            await here.intake.transact(work)
            rounds = await asyncio.gather(*(taken(store, clock) for store in (doomed, doomed, doomed)))
            assert sorted(map(len, rounds)) == [0, 0, 1]
            assert await taken(survivor, clock) == []
        [again] = await taken(survivor, clock)
        assert again.attempts == 2


async def test_two_nodes_that_ask_at_once_get_one_text_between_them(postgres: str, clock: StillClock) -> None:
    url = await fresh_postgres(postgres)
    machine = {"provider": "libretranslate", "url": "http://translate.internal:5000"}
    async with (
        open_store(url) as one,
        open_store(url) as two,
        world(one, clock, destinations=(), operators=(), translate=machine) as here,
    ):

        async def work(desk: IntakeDesk) -> Any:
            return await desk.stories.open(
                components=["shop"], impact=Impact.MAJOR, texts={"it": "Ci siamo."}, by="Ada", draft=False
            )

        await here.intake.transact(work)
        rounds = await asyncio.gather(*(taken(store, clock) for store in (one, two) * 3))
        assert sum(map(len, rounds)) == 1


async def taken(store: Store, clock: StillClock) -> list[translations.Wanted]:
    async with store.write() as connection:
        return await translations.claim(connection, now=clock(), limit=9, node=store.node)


async def test_nothing_is_claimed_whose_time_is_up(store: Store, clock: StillClock) -> None:
    async with a_provider() as provider, shop(store, clock, provider) as here:
        clock.go(minutes=1)
        await here.say(it="Ci siamo.")
        await here.intake.seen(2)
        clock.go(minutes=1)
        assert await taken(store, clock) == []


def test_names_are_known_in_every_language_and_made_safe_for_the_target() -> None:
    names = Vocabulary(
        settings(
            languages=["en", "ar"],
            company={"name": "Bottega_Napoli", "url": "https://shop.example"},
            components={
                "shop": {"name": {"en": "Online shop", "ar": "المتجر"}},
                "whatsapp": {"name": "WhatsApp"},
                "checkout": {"name": "Checkout"},
            },
        ),
        catalogue("en", "ar"),
    ).names("ar")
    assert names["Online shop"] == names["المتجر"] == "المتجر"
    assert names["WhatsApp"] == "\u2068WhatsApp\u2069"
    assert names["Bottega_Napoli"] == "\u2068Bottega\\_Napoli\u2069"


def test_terms_are_the_glossaries_of_both_languages() -> None:
    terms = Vocabulary(settings(), catalogue("en", "it")).terms("en", "it")
    assert terms[catalogue("en", "it").glossary("en")["checkout"]] == catalogue("en", "it").glossary("it")["checkout"]
