"""What /reword answers."""

from __future__ import annotations

from tests.operators.conftest import BRUNO, DUTY, Operations

CHANGED = "Draft 1 says something else now: its card above shows it. Nothing is published yet."


async def test_own_words_in_other_languages_that_are_left_as_they_were_are_named(operations: Operations) -> None:
    async with operations.both():
        await operations.say(BRUNO, "/incident shop major en: Cards fail. | it: Carte ko. | es: Fallan.")
        [one] = await operations.say(DUTY, "/reword 1 en: All is fine.")
        [none] = await operations.say(DUTY, "/reword 1 en: Fine. | it: Bene. | es: Bien.")
    assert one == f"{CHANGED}\nStill as they were: the own words in Italian and Spanish."
    assert none == CHANGED
