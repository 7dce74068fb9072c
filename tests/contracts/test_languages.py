"""What every language promises. A new one is one file in templates/notices; it is found and proved here."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path

import langcodes
import pytest
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Notice, Status
from bot.languages.catalogue import Catalogue
from bot.languages.files import Entry, read
from bot.languages.length import plain
from bot.languages.negotiate import negotiate
from bot.languages.samples import steps
from bot.languages.shape import TERMS
from bot.resources import NOTICES
from tests.languages.shop import BEGAN, LANGUAGES, catalogue, facts

REFERENCE = "en"
OTHERS = [language for language in LANGUAGES if language != REFERENCE]
SCRIPTS = {
    "Latn": ("LATIN",),
    "Arab": ("ARABIC",),
    "Cyrl": ("CYRILLIC",),
    "Grek": ("GREEK",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Thai": ("THAI",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"),
    "Kore": ("HANGUL", "CJK"),
}
"""How Unicode begins the names of the letters of each script."""

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_other = pytest.mark.parametrize("language", OTHERS)


@cache
def entries(language: str) -> dict[str, Entry]:
    return read(NOTICES / f"{language}.yaml")


def placeholders(text: str) -> set[str]:
    return find_undeclared_variables(SandboxedEnvironment().parse(text))


@cache
def notices(language: str) -> tuple[tuple[Facts, Notice], ...]:
    """Every kind, step and impact, with names that are no words, with and without a planned window."""
    bare = [
        facts(status, kind=kind, occasion=occasion, impact=impact, components=("7",), upstream=_platform(kind))
        for kind in Kind
        for (status, occasion), impact in product(steps(kind), Impact)
    ]
    planned = [
        replace(each, scheduled_for=BEGAN, scheduled_until=BEGAN + lasting)
        for each, lasting in product(bare, (timedelta(hours=2), timedelta(days=2)))
        if each.kind.planned
    ]
    return tuple((each, catalogue(language).render(each, language)) for each in (*bare, *planned))


def _platform(kind: Kind) -> str | None:
    return "8" if kind is Kind.UPSTREAM else None


def told(notice: Notice) -> str:
    return f"{notice.state} {notice.title} {notice.body}".casefold()


def unfelt(language: str) -> list[Notice]:
    """What is said, status by status, about a problem that no customer feels."""
    return [
        notice
        for each, notice in notices(language)
        if not each.kind.planned and each.impact is Impact.NONE and each.occasion is None
    ]


def alarms(language: str) -> set[str]:
    """How the glossary's words for what goes wrong begin, but for those that good news needs as well.

    Three fifths of a word are enough to know its family: *interrotto*, *interruzione*, but not *intervento*.
    """
    words = catalogue(language).words(language)
    glossary = " ".join(words[f"impact.{impact}"] for impact in Impact if impact is not Impact.NONE).casefold()
    stems = {word[: max(4, len(word) * 3 // 5)] for word in glossary.split()}
    return {stem for stem in stems if stem not in words["headline.operational"].casefold()}


@each_language
def test_it_can_be_loaded_by_itself(language: str) -> None:
    alone = catalogue(language)
    assert alone.languages == (language,)
    assert alone.render(facts(), language).lang == language


@each_language
def test_it_says_its_own_name(language: str) -> None:
    name = catalogue(language).words(language).name
    assert name.casefold() == (catalogue(language).moments(language).locale.get_display_name() or "").casefold()


@each_language
def test_it_is_what_its_readers_browsers_ask_for(language: str) -> None:
    assert negotiate(f"{language}, xx;q=0.5", LANGUAGES) == language


@each_other
def test_every_notice_tells_the_same_facts_as_in_english(language: str) -> None:
    for path, entry in entries(REFERENCE).items():
        if path.split(".")[0] not in {"language", "reviewed", "words", "glossary", "when"}:
            assert placeholders(entries(language)[path].text) == placeholders(entry.text), path


@each_other
def test_every_state_begins_with_the_same_symbol(language: str) -> None:
    for (_, ours), (_, theirs) in zip(notices(language), notices(REFERENCE), strict=True):
        assert ours.state.split()[0] == theirs.state.split()[0]


@each_other
def test_nothing_was_left_in_english(language: str) -> None:
    for path, entry in entries(REFERENCE).items():
        sentence = " " in re.sub(r"\{[{%].*?[%}]\}", "", entry.text).strip()
        if sentence and not path.startswith(("when.", "glossary.")):
            assert entries(language)[path].text != entry.text, path


@each_language
def test_it_is_written_in_its_own_script(language: str) -> None:
    letters = SCRIPTS[langcodes.Language.get(language).maximize().script or ""]
    single = catalogue(language).words(language).values()
    for text in (*single, *(f"{each.state} {each.title} {each.body} {each.more}" for _, each in notices(language))):
        words = re.sub(r"\(http.*?\)|\b[A-Z]+\b", "", text)  # addresses, and zones such as CET
        strangers = [
            letter for letter in words if letter.isalpha() and not unicodedata.name(letter).startswith(letters)
        ]
        assert not strangers, text


@each_language
def test_no_sentence_shows_how_it_was_put_together(language: str) -> None:
    for _, notice in notices(language):
        text = plain(notice)
        assert not re.search(r"[{}%*_]|  | [.,،;。](?=\s|$)|\(\)|,,|\.\.|None|\bFalse\b", text), text
        for part in (notice.state, notice.title):
            assert "\n" not in part
            assert not part.endswith((".", ":", ",", "。", "：", "،")), part


@each_language
def test_the_worst_sounds_worse_than_the_least(language: str) -> None:
    worst, least = (
        catalogue(language).render(facts(impact=impact), language) for impact in (Impact.CRITICAL, Impact.MINOR)
    )
    assert worst.title != least.title
    assert worst.body != least.body


@each_language
def test_what_no_customer_feels_is_never_called_a_disruption(language: str) -> None:
    for notice in unfelt(language):
        assert not [alarm for alarm in alarms(language) if alarm in told(notice)], notice


@each_language
def test_what_customers_feel_is_called_by_its_name(language: str) -> None:
    for impact in (Impact.MINOR, Impact.CRITICAL):
        notice = catalogue(language).render(facts(impact=impact), language)
        assert [alarm for alarm in alarms(language) if alarm in told(notice)], notice


@each_language
def test_what_no_customer_feels_is_announced_in_the_words_of_the_pages_headline(language: str) -> None:
    first = catalogue(language).render(facts(impact=Impact.NONE), language)
    assert catalogue(language).words(language)["headline.none"] in first.title


@each_language
def test_what_no_customer_feels_carries_no_symbol_of_alarm(language: str) -> None:
    symbols = {notice.status: notice.state.split()[0] for notice in unfelt(language)}
    assert symbols == {status: "🟢" if status.ends else "🔵" for status in Status if not status.planned}


@each_language
def test_words_for_impacts_and_states_can_be_told_apart(language: str) -> None:
    words = catalogue(language).words(language)
    for group in ("kind", "impact", "component", "headline"):
        texts = [text for path, text in words.items() if path.startswith(f"{group}.")]
        assert len(texts) == len(set(texts)), group


@each_language
def test_an_impact_is_called_the_same_everywhere(language: str) -> None:
    words = catalogue(language).words(language)
    for impact in ("minor", "major", "critical"):
        assert words[f"impact.{impact}"] == words[f"component.{impact}"]


@each_language
def test_every_step_of_a_story_has_a_title_of_its_own(language: str) -> None:
    for kind in (Kind.OUTAGE, Kind.MAINTENANCE):
        titles = [
            notice.title
            for each, notice in notices(language)
            if each.kind is kind and each.impact is Impact.MAJOR and each.scheduled_until in (None, BEGAN)
        ]
        assert len(titles) == len(set(titles)) == len(steps(kind))


@each_language
def test_a_problem_at_somebody_elses_is_announced_with_their_name(language: str) -> None:
    for each, notice in notices(language):
        if each.upstream and each.occasion is None and each.impact is not Impact.NONE:
            assert "8" in notice.title
            assert "8" in notice.body


@each_language
def test_the_glossary_holds_terms_not_sentences(language: str) -> None:
    terms = catalogue(language).glossary(language)
    assert len(set(terms.values())) == len(TERMS)
    assert not [term for term in terms.values() if len(term) > 40 or re.search(r"[.:;!?\n{}]", term)]


def test_a_new_language_is_one_new_file(tmp_path: Path) -> None:
    shutil.copy(NOTICES / "en.yaml", tmp_path)
    shutil.copy(NOTICES / "en.yaml", tmp_path / "eu.yaml")
    bigger = Catalogue.load(tmp_path, ["en", "eu"])
    basque, english = bigger.render(facts(), "eu"), bigger.render(facts(), "en")
    assert (basque.lang, basque.title) == ("eu", english.title)
