"""Which texts are wanted from a machine, how a human gives them, and what brings them to posts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.command_reading import parse
from bot.domain.commands import Command, Translate
from bot.domain.dates import Here
from bot.domain.delivery import Action, DeliveryState
from bot.domain.routing import amending
from bot.domain.translation import lacking, source_of
from bot.errors import CommandError
from bot.languages.days import day_names

LANGUAGES = ("en", "it", "es")


def read(text: str) -> Command:
    here = Here(now=datetime(2026, 3, 2, tzinfo=UTC), zone=ZoneInfo("Europe/Rome"), names=day_names("it"))
    return parse(text, language="it", languages=LANGUAGES, components={"shop": ("Shop",)}, bot_username=None, here=here)


@pytest.mark.parametrize(
    ("own", "missing"),
    [
        ((), ()),
        (("it",), ("en", "es")),
        (("es", "en"), ("it",)),
        (LANGUAGES, ()),
        (("fr",), ()),
        (("fr", "it"), ("en", "es")),
    ],
)
def test_what_lacks_words_is_all_but_what_was_written_in(own: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert lacking(own, LANGUAGES) == missing


def test_the_machine_translates_from_the_first_configured_language_that_has_words() -> None:
    assert source_of({"es": "En ello.", "it": "Ci siamo."}, LANGUAGES) == "it"
    with pytest.raises(ValueError, match="no words"):
        source_of({}, LANGUAGES)


@pytest.mark.parametrize(
    ("text", "number", "texts"),
    [
        ("/translate 12 es: En ello.", None, {"es": "En ello."}),
        ("/translate #12 3 es: En ello. | en: On it.", 3, {"es": "En ello.", "en": "On it."}),
        ("/translate 12 #3 ES: 3 horas.", 3, {"es": "3 horas."}),
        ("/translate 12 es: 3 horas.", None, {"es": "3 horas."}),
    ],
)
def test_a_humans_translation_is_read(text: str, number: int | None, texts: dict[str, str]) -> None:
    assert read(text) == Translate(incident_id=12, number=number, texts=texts)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/translate", "expected the number of the incident"),
        ("/translate 12", "say the language first"),
        ("/translate 12 3", "say the language first"),
        ("/translate 12 Ci siamo.", "say the language first"),
        ("/translate 12 3 ore di ritardo", "say the language first"),
        ("/translate 12 0 es: En ello.", "expected the number of the update"),
        ("/translate 12 es:", "has no words"),
        ("/translate 12 es: a | es: b", "is there twice"),
    ],
)
def test_a_translation_without_its_language_is_refused(text: str, says: str) -> None:
    with pytest.raises(CommandError, match=says) as error:
        read(text)
    assert "Usage: /translate INCIDENT [UPDATE]" in str(error.value)


OUT = {
    (DeliveryState.PENDING, False): False,
    (DeliveryState.PENDING, True): True,
    (DeliveryState.LEASED, False): True,
    (DeliveryState.SENT, False): True,
    (DeliveryState.DEAD, False): False,
    (DeliveryState.UNKNOWN, False): False,
    (DeliveryState.SUPERSEDED, False): False,
}


def test_every_state_of_a_post_is_thought_of() -> None:
    assert {state for state, _ in OUT} == set(DeliveryState)


@pytest.mark.parametrize(("post", "out"), OUT.items())
def test_only_a_post_that_may_be_out_is_edited(post: tuple[DeliveryState, bool], out: bool) -> None:
    state, uncertain = post
    assert amending(state, uncertain=uncertain, first=True) is (Action.EDIT if out else None)
    assert amending(state, uncertain=uncertain, first=False) is (Action.AMEND if out else None)
