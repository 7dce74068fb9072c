"""What goes out to translators comes back as it was, and what they broke is found before it is used."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CatalogueError
from bot.languages.catalogue import Catalogue
from bot.resources import NOTICES, SITE
from bot.translating.accepting import accept
from bot.translating.po import export, parse
from bot.translating.shelf import Shelf, pairs
from bot.translating.writing import keep
from tests.languages.shop import LANGUAGES, facts

NOW = datetime(2025, 3, 5, 13, 3, tzinfo=UTC)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def exported(language: str, shelf: Shelf | None = None) -> bytes:
    return export(language, pairs(language, shelf or Shelf()), version="1.0", now=NOW)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """English and Italian in a place of their own."""
    own = Shelf(notices=tmp_path / "notices", page=tmp_path / "words")
    for folder, ours in ((own.notices, NOTICES), (own.page, SITE / "words")):
        folder.mkdir()
        for language in ("en", "it"):
            shutil.copy(ours / f"{language}.yaml", folder)
    return own


def refused(po: str, shelf: Shelf) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        accept(parse(po.encode(), file="it.po"), "it", shelf)
    return [str(problem) for problem in caught.value.problems]


def line_of(text: str, of: str) -> int:
    """The line of a path's msgid in a PO file."""
    lines = text.split("\n")
    return next(number for number in range(lines.index(f'msgctxt "{of}"'), len(lines)) if "msgid" in lines[number]) + 1


@each_language
def test_what_goes_out_comes_back_as_it_was(language: str) -> None:
    translation = parse(exported(language), file="x.po")
    known = list(pairs(language, Shelf()))
    assert translation.language == language
    assert {path: entry.text for path, entry in translation.entries.items()} == {
        pair.path: pair.own for pair in known if pair.own
    }
    assert translation.stale({pair.path: pair.english for pair in known}) == []
    assert accept(translation, language, Shelf()).changed == 0


def test_the_same_texts_are_the_same_bytes() -> None:
    assert exported("it") == exported("it")


def test_every_text_says_what_it_may_use_and_what_the_english_file_says_about_it() -> None:
    text = exported("it").decode()
    entry = next(entry for entry in text.split("\n\n") if 'msgctxt "upstream.resolved.title"' in entry)
    said = " ".join(line.removeprefix("#. ") for line in entry.split("\n") if line.startswith("#. "))
    assert "Say where the problem lies as a fact, without blame" in said
    assert "May use: at, company, components, duration, ends, impact, kind, since, starts, status, upstream" in said


def test_a_new_language_is_an_empty_file_with_its_own_plural_forms() -> None:
    translation = parse(exported("cy"), file="cy.po")
    assert (translation.language, translation.entries) == ("cy", {})
    assert translation.untranslated == len(list(pairs("cy", Shelf())))
    paths = [pair.path for pair in pairs("cy", Shelf()) if pair.path.startswith("when.duration.day.")]
    assert sorted(path.rpartition(".")[2] for path in paths) == ["few", "many", "one", "other", "two"]


def test_a_translated_text_is_written_and_nothing_else_changes(shelf: Shelf) -> None:
    before = {**shelf.notice_texts("it"), **shelf.page_texts("it")}
    po = exported("it", shelf).decode().replace('msgstr "Risolto"', 'msgstr "Rimediato"')
    accepted = accept(parse(po.encode(), file="it.po"), "it", shelf)
    written = list(keep(accepted, "it", shelf))
    after = {**shelf.notice_texts("it"), **shelf.page_texts("it")}
    assert accepted.changed == 1
    assert written == [shelf.notices / "it.yaml", shelf.page / "it.yaml"]
    assert {path for path, entry in after.items() if entry.text != before[path].text} == {"words.status.resolved"}
    assert list(after) == sorted(after, key=[pair.path for pair in pairs("it", shelf)].index)
    assert Catalogue.load(shelf.notices, ["it"]).words("it")["status.resolved"] == "Rimediato"


def test_a_file_keeps_the_comment_it_begins_with(shelf: Shelf) -> None:
    opening = (shelf.notices / "it.yaml").read_text(encoding="utf-8").split("language:")[0]
    assert opening.startswith("# ")
    list(keep(accept(parse(exported("it", shelf), file="it.po"), "it", shelf), "it", shelf))
    assert (shelf.notices / "it.yaml").read_text(encoding="utf-8").startswith(f"{opening}language:")


def test_a_whole_new_language_can_be_taken_over(shelf: Shelf) -> None:
    english = exported("en", shelf).decode()
    swedish = english.replace("Language: en", "Language: sv").replace('msgstr "English"', 'msgstr "Svenska"')
    translation = parse(swedish.encode(), file="sv.po")
    list(keep(accept(translation, "sv", shelf), "sv", shelf))
    notice = Catalogue.load(shelf.notices, ["sv"]).render(facts(), "sv")
    assert (notice.lang, notice.title) == ("sv", "Disruption affecting Online shop")


def test_half_a_language_is_refused_with_what_is_missing(shelf: Shelf) -> None:
    raw = exported("sv", shelf).decode()
    po = raw.replace('msgid "Resolved"\nmsgstr ""', 'msgid "Resolved"\nmsgstr "Löst"', 1)
    with pytest.raises(CatalogueError) as caught:
        accept(parse(po.encode(), file="sv.po"), "sv", shelf)
    problems = [str(problem) for problem in caught.value.problems]
    assert "sv.po: words.status.identified: missing" in problems
    assert "sv.po: words.status.resolved: missing" not in problems


CHANGES = {
    "a lost placeholder": (
        "Risolto in {{ duration }}",
        "Risolto in un'ora",
        "outage.resolved.state",
        ["lacks the placeholder 'duration'"],
    ),
    "a translated placeholder": (
        "Manutenzione conclusa: {{ components }}",
        "Manutenzione conclusa: {{ componenti }}",
        "maintenance.completed.title",
        ["no placeholder 'componenti' here; there are: at, company, components"],
    ),
    "a placeholder the english text has not": (
        "Manutenzione conclusa: {{ components }}",
        "Manutenzione conclusa: {{ components }}, {{ duration }}",
        "maintenance.completed.title",
        ["the placeholder 'duration' is not in the English text"],
    ),
    "a template that does not parse": (
        "Risolto in {{ duration }}",
        "Risolto in {{ duration }",
        "outage.resolved.state",
        ["not a template"],
    ),
    "a lost placeholder of the page": (
        "{company}: manutenzioni programmate",
        "Manutenzioni programmate",
        "page.calendar.title",
        ["lacks the placeholder 'company'"],
    ),
    "a brace on the page": (
        "{company}: manutenzioni programmate",
        "{company: manutenzioni programmate",
        "page.calendar.title",
        ["lacks the placeholder 'company'", "the placeholder '{company: manutenzioni programmate'"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_translators_broke_is_named_with_its_line(shelf: Shelf, name: str) -> None:
    old, new, path, expected = CHANGES[name]
    po = exported("it", shelf).decode()
    assert f'{old}"\n' in po
    problems = refused(po.replace(f'{old}"\n', f'{new}"\n'), shelf)
    assert len(problems) == len(expected)
    for problem, text in zip(problems, expected, strict=True):
        assert problem.startswith(f"it.po:{line_of(po, path)}: {path}: {text}")


def test_a_path_that_is_none_is_refused(shelf: Shelf) -> None:
    po = exported("it", shelf).decode()
    for path in ("outage.resolved.state", "page.calendar.title"):
        found = refused(po.replace(f'msgctxt "{path}"', f'msgctxt "{path}s"'), shelf)
        assert f"it.po:{line_of(po, path)}: {path}s: not a known key" in " ".join(found)


def test_fuzzy_and_empty_texts_stay_as_they_were(shelf: Shelf) -> None:
    po = exported("it", shelf).decode()
    po = po.replace('msgstr "Risolto"', 'msgstr ""')
    po = po.replace('msgctxt "words.status.completed"', '#, fuzzy\nmsgctxt "words.status.completed"')
    translation = parse(po.replace('msgstr "Conclusa"', 'msgstr "Finita"').encode(), file="it.po")
    assert translation.untranslated == 2
    assert accept(translation, "it", shelf).changed == 0


def test_a_text_whose_english_has_changed_is_pointed_out(shelf: Shelf) -> None:
    po = exported("it", shelf).decode().replace('msgid "Resolved"', 'msgid "Fixed"')
    current = {pair.path: pair.english for pair in pairs("it", shelf)}
    assert parse(po.encode(), file="it.po").stale(current) == ["words.status.resolved"]


def test_a_company_s_own_sentences_go_into_its_folder_and_no_others(shelf: Shelf, tmp_path: Path) -> None:
    own = Shelf(notices=shelf.notices, page=shelf.page, overlays=(tmp_path / "ours",))
    po = exported("it", own).decode().replace('msgstr "Risolto"', 'msgstr "Rimediato"')
    written = list(keep(accept(parse(po.encode(), file="it.po"), "it", own), "it", own))
    assert written == [tmp_path / "ours" / "it.yaml"]
    assert written[0].read_text(encoding="utf-8") == "words:\n  status:\n    resolved: Rimediato\n"
    loaded = Catalogue.load(shelf.notices, ["it"], tmp_path / "ours")
    assert loaded.words("it")["status.resolved"] == "Rimediato"
    assert "Rimediato" in exported("it", own).decode()


HEADER = b'msgid ""\nmsgstr ""\n"%s\\n"\n\nmsgid "a"\nmsgstr "b"\n'
NOT_PO = {
    "no PO": (b"hello", r"it.po:1: is not a PO file"),
    "another encoding": (b'msgid "a"\nmsgstr "\xff"\n', "it.po: is not a PO file: it is not UTF-8"),
    "an encoding that is none": (HEADER % b"Content-Type: text/plain; charset=x", "it.po: is not a PO file: unknown"),
    "a language that is none": (HEADER % b"Language: 12", "it.po: is not a PO file: expected only letters"),
    "a date that is none": (HEADER % b"PO-Revision-Date: today", "it.po: is not a PO file: time data 'today'"),
    "a path twice": (
        b'msgctxt "a"\nmsgid "x"\nmsgstr "y"\n\nmsgctxt "a"\nmsgid "z"\nmsgstr "y"\n',
        "it.po:6: a: stands here and in line 2",
    ),
}


@pytest.mark.parametrize("name", NOT_PO)
def test_what_is_no_po_file_is_refused(name: str) -> None:
    raw, expected = NOT_PO[name]
    with pytest.raises(CatalogueError, match=expected):
        parse(raw, file="it.po")


@given(st.binary(max_size=200) | st.text(alphabet='msgidctxtr "\\n#,~[]0123456789\n', max_size=200).map(str.encode))
def test_any_bytes_are_a_translation_or_an_error_that_says_so(raw: bytes) -> None:
    try:
        said = f"x.po: {len(parse(raw, file='x.po').entries)} texts"
    except CatalogueError as error:
        said = str(error)
    assert said.startswith("x.po")
