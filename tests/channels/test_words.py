"""The words of pages and feeds: complete in every language, strings only, names and moments as each writes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.channels.words import Words, load_words
from bot.domain.months import Month
from bot.errors import CatalogueError
from bot.resources import SITE
from tests.channels.boards import BEGAN, LANGUAGES, catalogue, words

FOLDER = SITE / "words"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The words of this project, to be damaged."""
    return Path(shutil.copytree(FOLDER, tmp_path / "words"))


def test_every_language_that_has_notices_has_words_for_its_pages() -> None:
    assert tuple(load_words(catalogue(), "Europe/Rome")) == LANGUAGES


def test_no_two_languages_share_a_sentence_that_is_longer_than_two_words() -> None:
    seen: dict[str, str] = {}
    for language in LANGUAGES:
        for key, sentence in words(language).sentences.items():
            if len(sentence.split()) > 2 and "{" not in sentence:
                assert seen.setdefault(sentence, language) == language, f"{key} of {language} is not translated"


def test_a_missing_key_stops_the_start_and_is_named(folder: Path) -> None:
    file = folder / "it.yaml"
    file.write_text(file.read_text("utf-8").replace("link.front:", "link.frotn:"), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_words(catalogue(), "Europe/Rome", folder)
    assert [problem.path for problem in caught.value.problems] == ["link.front", "link.frotn"]
    assert all(problem.file.endswith("it.yaml") for problem in caught.value.problems)


def test_a_placeholder_that_english_does_not_have_stops_the_start(folder: Path) -> None:
    file = folder / "de.yaml"
    file.write_text(file.read_text("utf-8").replace("{percent}", "{prozent}"), "utf-8")
    with pytest.raises(CatalogueError, match="expected these placeholders: percent"):
        load_words(catalogue(), "Europe/Rome", folder)


def test_a_language_without_a_file_stops_the_start(folder: Path) -> None:
    (folder / "ar.yaml").unlink()
    with pytest.raises(CatalogueError, match="no file for language 'ar'"):
        load_words(catalogue(), "Europe/Rome", folder)


# ── The company's own ──


def overlaid(tmp_path: Path, **files: str) -> dict[str, Words]:
    """The words with files of the company's laid over them, by tag with ``_`` for ``-``."""
    ours = tmp_path / "ours"
    ours.mkdir()
    for tag, text in files.items():
        (ours / f"{tag.replace('_', '-')}.yaml").write_text(text, "utf-8")
    return load_words(catalogue("en", "it", "en-GB"), "Europe/Rome", overlays=[ours])


def test_a_company_says_some_words_otherwise_and_keeps_the_rest(tmp_path: Path) -> None:
    found = overlaid(tmp_path, it="follow: Avvisami\ntitle: 'Come va da {company}'\n")
    assert found["it"].plain("follow") == "Avvisami"
    assert found["it"].plain("title", company="Bottega") == "Come va da Bottega"
    assert found["it"].plain("link.history") == words("it").plain("link.history")
    assert found["en"].plain("follow") == words("en").plain("follow")


def test_a_region_may_have_words_of_its_own(tmp_path: Path) -> None:
    found = overlaid(tmp_path, en="follow: Sign up\nskip: Skip\n", en_GB="follow: Keep me posted\n")
    assert [found[tag].plain("follow") for tag in ("en", "en-GB")] == ["Sign up", "Keep me posted"]
    assert found["en-GB"].plain("skip") == "Skip"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("folow: Sign up", "1: folow: is not a key of en.yaml"),
        ("\ntitle: Status", "2: title: expected these placeholders: company"),
        ("title: '{company.__class__} status'", "1: title: expected these placeholders: company"),
        ("title: '{company!r} status'", "1: title: expected these placeholders: company"),
        ("title: '{company:>{company}} status'", "1: title: expected these placeholders: company"),
        ("title: '{company status'", "1: title: expected these placeholders: company"),
        ("skip: '{}'", "1: skip: expected these placeholders: none"),
        ("skip: {a: b}", "1: skip.a: is not a key of en.yaml"),
    ],
)
def test_what_is_wrong_with_them_stops_the_start_and_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        overlaid(tmp_path, en=text)
    assert {str(each).partition("en.yaml:")[2] for each in caught.value.problems} == {problem}


def test_a_file_that_no_language_would_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="its name is no language CLDR knows"):
        overlaid(tmp_path, english="follow: Sign up")


def test_names_in_a_sentence_are_escaped_and_never_read_as_placeholders() -> None:
    sentence = words("en").html("title", company="<b>{page.__class__}</b>")
    assert sentence == "&lt;b&gt;{page.__class__}&lt;/b&gt; status"


@pytest.mark.parametrize(
    ("names", "language", "expected"),
    [
        ("Fax", "it", "<bdi>Fax</bdi>"),
        ({"en": "Shop", "it": "Negozio"}, "it", "<bdi>Negozio</bdi>"),
        ({"en": "Shop", "it": "Negozio"}, "de", '<bdi lang="en">Shop</bdi>'),
        ({"es": "Tienda"}, "de", '<bdi lang="es">Tienda</bdi>'),
        ({"en": "<i>"}, "en", "<bdi>&lt;i&gt;</bdi>"),
    ],
)
def test_a_name_is_isolated_and_says_when_it_is_in_another_language(
    names: str | dict[str, str], language: str, expected: str
) -> None:
    assert words(language).name_html(names) == expected


def test_moments_are_written_as_the_language_does_in_the_company_zone() -> None:
    assert words("de").moment(BEGAN) == "04.03.2025, 09:17"
    assert words("it").moment(BEGAN) == "4 mar 2025, 09:17"
    assert words("en").moment(BEGAN) == "Mar 4, 2025, 9:17\u202fAM"


def test_a_language_calls_itself_by_its_own_name_and_knows_its_direction() -> None:
    assert [words(language).own_name for language in LANGUAGES] == [
        "English",
        "Italiano",
        "Español",
        "Français",
        "Deutsch",
        "العربية",
    ]
    assert [words(language).direction for language in LANGUAGES] == ["ltr"] * 5 + ["rtl"]


def test_a_share_is_cut_and_never_rounded_up_to_all() -> None:
    shares = {share: words("en").percent(share) for share in (1, 0.99999, 0.9990, 0.5, 0.00001)}
    assert list(shares.values()) == ["100%", "99.99%", "99.9%", "50%", "0%"]
    assert words("de").percent(0.9876) == "98,76\u00a0%"


def test_days_months_and_shares_are_written_in_the_digits_of_the_language() -> None:
    persian = words("fa")
    assert persian.percent(0.9876).strip("\u200e") == "۹۸٫۷۶٪"
    assert not any(digit in persian.moment(BEGAN) + persian.day(BEGAN.date()) for digit in "0123456789")


def test_a_month_stands_as_it_would_in_a_heading() -> None:
    month = Month(year=2025, number=3)
    assert [words(each).month(month) for each in ("en", "it", "de")] == ["March 2025", "marzo 2025", "März 2025"]
