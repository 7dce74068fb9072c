"""An operator writes in one language, customers read it in theirs: first the template's words, then the machine's,
then a human's. The whole service, from Telegram to Telegram.
"""

from __future__ import annotations

from pathlib import Path

from tests.fakes.telegram import Post
from tests.story.shop import DUTY, Shop, lines, shop
from tests.translators.provider import a_provider
from tests.worlds import catalogue

TEXT = "La cassa di Negozio online non risponde, stiamo verificando."
MACHINE = {"en": "The checkout of Online shop does not answer.", "es": "La caja de Tienda en línea no responde."}
HUMAN = "La caja no contesta; ya lo estamos mirando."


def said(line: str, target: str) -> str:
    tag = '<x id="1"/>'
    meant = {
        "EN": f"The checkout of {tag} does not answer.",
        "FR": f"La caisse de {tag} ne répond pas.",
        "DE": f"Die Kasse von {tag} antwortet nicht.",
    }
    return meant.get(target[:2], f"La caja de {tag} no responde.")


async def reads(here: Shop, language: str, words: str) -> Post:
    """Wait until the newest post of a channel says so."""
    await here.fake.wait_for(
        lambda: any(words in line for post in here.thread(language)[-1:] for line in lines(post)), seconds=20
    )
    return here.thread(language)[-1]


async def test_words_are_translated_marked_and_replaced_by_a_humans(tmp_path: Path) -> None:
    languages = ("en", "it", "es")
    label = catalogue(*languages).words("es")["translated"]
    async with a_provider(translate=said) as provider:
        machine = {"provider": "deepl", "api_key": "k", "url": provider.url}
        async with shop(f"sqlite:///{tmp_path}/notices.db", languages=languages, translate=machine) as here:
            here.fake.say(DUTY, f"/incident shop major it: {TEXT}")
            answer = await here.told(DUTY, "A machine translates them into")
            assert "English, Spanish, French, German and Arabic now" in answer.text
            await reads(here, "it", TEXT)
            for language, words in MACHINE.items():
                post = await reads(here, language, words)
                mark = catalogue(*languages).words(language)["translated"]
                assert (post.edits, lines(post)[2]) == (1, mark)
            assert label not in lines(here.thread("it")[-1])

            # Arabic came in Spanish: it has another script.
            lacking = await here.told(DUTY, "the own words are missing in Arabic")
            assert "another script" in lacking.text

            here.fake.say(DUTY, "/update 1 identified it: Trovata la causa.")
            await here.fake.wait_for(lambda: len(here.thread("es")) == 2, seconds=20)
            here.fake.say(DUTY, f"/translate 1 1 es: {HUMAN}")
            await here.told(DUTY, "Your words are in: incident 1, update 1, in Spanish")
            await here.fake.wait_for(lambda: HUMAN in lines(here.thread("es")[0]), seconds=20)
            first = here.thread("es")[0]
            assert label not in lines(first)
            assert lines(first)[0] == lines(here.thread("es")[1])[0], "it shows the present state"

            page = (await here.fetch("/es/incidents/1")).decode()
            assert HUMAN in page
            assert MACHINE["es"] not in page
            here.fake.say(DUTY, f"/translate 1 1 es: {HUMAN}!")
            await here.told(DUTY, "has somebody's own words in es already")
