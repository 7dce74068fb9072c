"""A company's own sentences go before ours, text by text, and are held to the same rules."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Occasion, Status
from bot.errors import CatalogueError
from bot.languages.catalogue import Catalogue
from bot.languages.preview import previews
from bot.resources import NOTICES
from tests.languages.shop import catalogue, facts, shop

COMPONENTS = ("shop", "whatsapp")


def overlaid(folder: Path, *languages: str, **files: str) -> Catalogue:
    """Ours with these files on top; ``en_GB="..."`` is ``en-GB.yaml``."""
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return Catalogue.load(NOTICES, languages or ["en"], folder, components=COMPONENTS)


def refused(folder: Path, *languages: str, **files: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        overlaid(folder, *languages, **files)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def about(*components: str, **others: Any) -> Facts:
    return facts(component_ids=components, **others)


def test_one_text_can_be_said_otherwise_and_all_others_stay(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en="outage: {resolved: {title: 'All good: {{ components }}'}}")
    ours, theirs = (each.render(facts(Status.RESOLVED), "en") for each in (catalogue("en"), own))
    assert theirs.title == "All good: Online shop"
    assert (theirs.state, theirs.body, theirs.more) == (ours.state, ours.body, ours.more)
    assert own.render(facts(), "en") == catalogue("en").render(facts(), "en")


def test_single_words_can_be_said_otherwise(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en="words: {status: {resolved: Fixed}}\nreviewed: Ada")
    assert own.words("en")["status.resolved"] == "Fixed"
    assert own.words("en").reviewed == "Ada"


def test_other_languages_keep_our_words(tmp_path: Path) -> None:
    own = overlaid(tmp_path, "en", "it", en="outage: {resolved: {title: 'Done: {{ components }}'}}")
    assert own.render(facts(Status.RESOLVED), "it") == catalogue("it").render(facts(Status.RESOLVED), "it")


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    assert overlaid(tmp_path).render(facts(), "en") == catalogue("en").render(facts(), "en")


def test_of_two_folders_the_last_has_the_last_word(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "en.yaml").write_text(f"more: The {name}", encoding="utf-8")
    own = Catalogue.load(NOTICES, ["en"], tmp_path / "first", tmp_path / "second")
    assert own.render(facts(), "en").more.startswith("[The second]")


def test_a_language_that_is_not_ours_can_be_brought_along(tmp_path: Path) -> None:
    shutil.copy(NOTICES / "en.yaml", tmp_path / "eu.yaml")
    own = overlaid(tmp_path, "eu")
    assert own.render(facts(), "eu").lang == "eu"


def test_a_region_can_have_words_of_its_own_on_top_of_its_languages(tmp_path: Path) -> None:
    files = {"en": "more: Details\noutage: {resolved: {title: 'Sorted'}}", "en_GB": "more: Particulars"}
    british = overlaid(tmp_path, "en-GB", **files).render(facts(Status.RESOLVED), "en-GB")
    assert (british.more.split("]")[0], british.title, british.lang) == ("[Particulars", "Sorted", "en")
    american = overlaid(tmp_path, "en", **files).render(facts(), "en")
    assert american.more.startswith("[Details]")


def test_another_region_is_left_alone(tmp_path: Path) -> None:
    own = overlaid(tmp_path, "en", en_GB="more: Particulars")
    assert own.render(facts(), "en") == catalogue("en").render(facts(), "en")


PARTICULAR = """
components:
  shop:
    outage:
      investigating:
        title: "Our shop is closed: {{ components }}"
"""


def test_a_notice_about_exactly_one_component_prefers_its_words(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en=PARTICULAR)
    assert own.render(about("shop"), "en").title == "Our shop is closed: Online shop"
    assert own.render(about("whatsapp"), "en").title == "Disruption affecting Online shop"
    assert own.render(about("shop", "whatsapp"), "en").title == "Disruption affecting Online shop"
    assert own.render(about(), "en").title == "Disruption affecting Online shop"


def test_words_for_a_component_do_not_hide_those_for_a_kind(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en=PARTICULAR)
    slow = about("shop", kind=Kind.DEGRADED)
    assert own.render(slow, "en").title == "Slow response times affecting Online shop"


def test_a_component_can_have_words_for_a_correction(tmp_path: Path) -> None:
    text = "components: {shop: {correction: {title: 'We were wrong: {{ components }}'}}}"
    wrong = about("shop", occasion=Occasion.CORRECTION)
    assert overlaid(tmp_path, en=text).render(wrong, "en").title == "We were wrong: Online shop"


def test_a_kind_can_be_given_words_that_ours_borrow(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en="degraded: {monitoring: {title: 'Fast again, we think: {{ components }}'}}")
    watched = facts(Status.MONITORING, kind=Kind.DEGRADED)
    assert own.render(watched, "en").title == "Fast again, we think: Online shop"
    assert own.render(facts(Status.MONITORING), "en") == catalogue("en").render(facts(Status.MONITORING), "en")


WRONG = {
    "a misspelt key": (
        "outage:\n  resolved:\n    titel: Done",
        "en.yaml:3: outage.resolved.titel: not a known key (did you mean 'outage.resolved.title'?)",
    ),
    "an empty text": ("more:", "en.yaml:1: more: empty"),
    "a placeholder of another kind": (
        "outage: {resolved: {title: 'Done at {{ upstream }}'}}",
        "en.yaml:1: outage.resolved.title: no placeholder 'upstream' here; there are: at, company, components, ",
    ),
    "a template that goes wrong": (
        "outage: {resolved: {title: '{{ components // 0 }}'}}",
        "en.yaml:1: outage.resolved.title: does not render: unsupported operand type(s) for //: 'str' and 'int'",
    ),
    "words for a component that is none": (
        "components: {shopp: {outage: {resolved: {title: Done}}}}",
        "en.yaml:1: components.shopp.outage.resolved.title: not a known key"
        " (did you mean 'components.shop.outage.resolved.title'?)",
    ),
    "a key of a component that is none": (
        "components: {shop: {words: {status: {resolved: Done}}}}",
        "en.yaml:1: components.shop.words.status.resolved: not a known key",
    ),
    "a wrong text for one component alone": (
        "components: {shop: {outage: {resolved: {title: '{% if 0 %}x{% endif %}'}}}}",
        "en.yaml:1: components.shop.outage.resolved.title: says nothing",
    ),
    "a text that is wrong in a rare case": (
        "upstream: {identified: {title: \"{% if impact == 'major' %}x{% endif %}\"}}",
        "en.yaml:1: upstream.identified.title: says nothing",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_in_the_file_it_stands_in(tmp_path: Path, name: str) -> None:
    text, problem = WRONG[name]
    found = refused(tmp_path, en=text)
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_a_file_that_would_never_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("more: More", encoding="utf-8")
    (tmp_path / ".gitkeep").touch()
    assert refused(tmp_path, english="more: More") == [
        "en.yml: expected a name such as it.yaml",
        "english.yaml: its name is no language CLDR knows",
    ]


def test_the_preview_shows_what_is_said_about_one_component(tmp_path: Path) -> None:
    own = overlaid(tmp_path, en=PARTICULAR)
    added = list(previews(own, shop("en"), ["en"]))[len(list(previews(catalogue("en"), shop("en"), ["en"]))) :]
    heads = [str(each).split("\n")[0] for each in added]
    name = "== en components.shop.outage.investigating, impact"
    assert heads == [f"{name} {impact}" for impact in reversed(Impact)]
