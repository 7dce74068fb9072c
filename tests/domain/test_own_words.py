"""Operators' own words, sorted by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.own_words import LONGEST, by_language
from bot.errors import CommandError

LANGUAGES = ("en", "it", "es", "pt-BR")


def read(text: str, *, language: str = "it") -> dict[str, str]:
    return by_language(text, language=language, languages=LANGUAGES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param(" \n ", {}, id="only space"),
        pytest.param("Ci siamo.", {"it": "Ci siamo."}, id="own language"),
        pytest.param("it: Ci siamo. | es: En ello.", {"it": "Ci siamo.", "es": "En ello."}, id="two"),
        pytest.param("Ci siamo. | es: En ello.", {"it": "Ci siamo.", "es": "En ello."}, id="the first without a tag"),
        pytest.param("es:En ello.", {"es": "En ello."}, id="only another"),
        pytest.param("It: Sì", {"it": "Sì"}, id="as phones capitalise"),
        pytest.param("it : Sì", {"it": "Sì"}, id="space before the colon"),
        pytest.param("pt_br: Sim", {"pt-BR": "Sim"}, id="with a region, spelt loosely"),
        pytest.param("it: Riga 1\nRiga 2\n|\nes: Uno", {"it": "Riga 1\nRiga 2", "es": "Uno"}, id="lines"),
        pytest.param("Note: it works", {"it": "Note: it works"}, id="a word with a colon"),
        pytest.param("ETA: 12:30", {"it": "ETA: 12:30"}, id="three letters that are a code to nobody"),
        pytest.param("OK: fatto", {"it": "OK: fatto"}, id="two letters that are no code"),
        pytest.param("https://shop.example", {"it": "https://shop.example"}, id="address"),
        pytest.param("a | b", {"it": "a | b"}, id="a bar without tags is text"),
        pytest.param("it: a \\| b", {"it": "a | b"}, id="a literal bar among tags"),
        pytest.param("a \\| es: b", {"it": "a | es: b"}, id="a literal bar before what looks like a tag"),
        pytest.param("it: pt: Olá", {"it": "pt: Olá"}, id="a foreign tag on purpose"),
        pytest.param("it: 12:30 | es: 12:30", {"it": "12:30", "es": "12:30"}, id="times"),
        pytest.param("a\x00b\x1b[0m\ud800\r\nc\td", {"it": "ab[0m\nc\td"}, id="what no page can carry"),
    ],
)
def test_words_belong_to_the_language_they_say(text: str, words: dict[str, str]) -> None:
    assert read(text) == words


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("it: a | it: b", "it: is there twice; each language may be there once.", id="twice"),
        pytest.param("a | it: b", "it: is there twice; each language may be there once.", id="twice, once without"),
        pytest.param("it: | es: b", "it: has no words.", id="no words"),
        pytest.param(
            "it: a | b | es: c",
            "part 2 ('b') does not say its language; begin it with en:, it:, es: or pt-BR:,"
            " or write \\| for a bar that is only text.",
            id="which language",
        ),
        pytest.param(
            "pt: Estamos a trabalhar nisso",
            "pt: looks like a language, but notices are published in en, it, es, pt-BR only."
            " If it is just text, put your language in front: it: pt: Estamos a trabalhar nisso",
            id="language not published in",
        ),
        pytest.param(
            "Ci siamo. | De: Wir sind dran.",
            "De: looks like a language, but notices are published in en, it, es, pt-BR only."
            " If it is just text, put your language in front: it: De: Wir sind dran.",
            id="language not published in, behind a bar",
        ),
        pytest.param(
            "zh-Hant-TW: x",
            "zh-Hant-TW: looks like a language, but notices are published in en, it, es, pt-BR only."
            " If it is just text, put your language in front: it: zh-Hant-TW: x",
            id="script and region",
        ),
        pytest.param(
            f"it: a | es: {'🛠' * (LONGEST // 2)}x",
            f"es: the text is {LONGEST + 1} characters long; at most {LONGEST} fit.",
            id="too long",
        ),
    ],
)
def test_a_refusal_says_what_to_do(text: str, answer: str) -> None:
    with pytest.raises(CommandError) as error:
        read(text)
    assert str(error.value) == answer


def test_an_operator_whose_language_is_not_published_in_must_say_one() -> None:
    with pytest.raises(CommandError, match=r"^notices are not published in your language, fr; begin with en:, it:"):
        read("Bonjour", language="fr")
    assert read("it: Ciao", language="fr") == {"it": "Ciao"}


def test_the_longest_text_fits() -> None:
    assert read("x" * LONGEST) == {"it": "x" * LONGEST}


said = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).map(str.strip).filter(bool)


@given(words=st.dictionaries(st.sampled_from(LANGUAGES), said.filter(lambda text: "\\|" not in text), min_size=1))
def test_what_is_written_with_tags_is_read_back(words: dict[str, str]) -> None:
    written = " | ".join(f"{tag}: {text.replace('|', chr(92) + '|')}" for tag, text in words.items())
    assert read(written) == words
