"""Our own API: every language in the same shape, and the words customers read, untouched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.channels.api import Told, Version1, openapi, told_by
from bot.domain.model import Board, Impact, Kind, Notice, Status, Story
from bot.domain.overview import State
from bot.resources import SITE as FILES
from tests.channels.boards import LANGUAGES, SITE, settings, story, whole, words
from tests.channels.golden import assert_golden


def version_1() -> Version1:
    return Version1(settings(), {language: words(language) for language in LANGUAGES})


def told_in_all(make: Any) -> Told:
    """Every notice of a board that ``make`` tells in any language."""
    found: dict[int, dict[str, Notice]] = {}
    for language in LANGUAGES:
        told: Board = make(language)
        for update in (update for each in (*told.open, *told.past) for update in each.updates):
            found.setdefault(update.id, {})[language] = update.notice
    return found


def status(languages: Sequence[str], told: Told) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(version_1().status(whole(languages[0]), told, languages))
    return document


def one(told: Story, notices: Told, languages: Sequence[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(version_1().incident(told, notices, languages))
    return document


def test_a_story_in_every_language_reads_as_agreed() -> None:
    told = one(whole("en").open[0], told_in_all(whole), LANGUAGES)
    assert_golden("api/v1/incident.json", json.dumps(told, indent=1, ensure_ascii=False))


def test_every_text_has_every_language() -> None:
    document = status(LANGUAGES, told_in_all(whole))
    texts = [document["headline"], *(each["name"] for each in document["components"])]
    texts += [each["says"] for each in document["components"]]
    texts += [each["latest"]["notices"] for each in (*document["open"], *document["scheduled"])]
    assert len(texts) == 11
    assert {tuple(text) for text in texts} == {LANGUAGES}


def test_one_language_has_the_same_shape_with_one_key() -> None:
    whole_it = whole("it")
    document = status(("it",), told_by(whole_it.open, "it"))
    every = status(LANGUAGES, told_in_all(whole))
    assert document.keys() == every.keys()
    assert document["headline"] == {"it": every["headline"]["it"]}
    first, same = document["open"][0], every["open"][0]
    assert first["latest"]["notices"] == {"it": same["latest"]["notices"]["it"]}
    assert first["url"] == {"it": f"{SITE}/it/incidents/7"}


def test_words_that_fell_back_say_in_which_language_they_are() -> None:
    told = story(Status.INVESTIGATING, language="en")
    notices = one(told, told_by([told], "ar"), ("ar",))["latest"]["notices"]
    assert (notices["ar"]["lang"], notices["ar"]["dir"]) == ("en", "ltr")


def test_a_language_that_is_younger_than_an_update_is_missing_there() -> None:
    told = story(Status.INVESTIGATING, language="en")
    assert one(told, told_by([told], "en"), LANGUAGES)["latest"]["notices"].keys() == {"en"}


def test_headline_components_and_open_stories_agree() -> None:
    document = status(LANGUAGES, told_in_all(whole))
    worst = [State(each["state"]).weight for each in document["components"]]
    assert State(document["state"]).weight == max(worst)
    assert document["state"] == "major"
    assert {each["id"] for each in document["open"]} == {5, 6, 7}
    assert [each["id"] for each in document["scheduled"]] == [4]


def test_updates_are_told_from_the_oldest() -> None:
    told = story(Status.INVESTIGATING, Status.IDENTIFIED, Status.RESOLVED)
    document = one(told, told_by([told], "en"), ("en",))
    assert [update["number"] for update in document["updates"]] == [1, 2, 3]
    assert document["latest"] == document["updates"][-1]
    assert (document["state"], document["closed_at"]) == ("operational", "2025-03-04T08:57:30.000Z")


def test_a_list_holds_the_latest_update_alone() -> None:
    told = whole("en")
    notices = told_by([*told.open, *told.past], "en")
    document = json.loads(version_1().incidents(told.open, told.past, notices, ("en",), page=1, pages=3))
    assert (document["page"], document["pages"]) == (1, 3)
    assert [each["id"] for each in document["open"]] == [7, 6, 5, 4]
    assert [each["id"] for each in document["past"]] == [3, 2, 1]
    assert not [each for each in document["past"] if "updates" in each]


def test_what_is_known_of_maintenance_is_its_window() -> None:
    told = story(Status.SCHEDULED)
    document = one(told, told_by([told], "en"), ("en",))
    assert (document["scheduled_for"], document["scheduled_until"]) == (
        "2025-03-04T08:37:30.000Z",
        "2025-03-04T10:37:30.000Z",
    )


@pytest.mark.parametrize(("schema", "words_of_ours"), [("State", State), ("Impact", Impact), ("Step", Status)], ids=str)
def test_the_description_names_every_word_we_use(schema: str, words_of_ours: Any) -> None:
    described = yaml.safe_load((FILES / "openapi.yaml").read_text("utf-8"))["components"]["schemas"]
    assert described[schema]["enum"] == [word.value for word in words_of_ours]
    assert described["Facts"]["properties"]["kind"]["enum"] == [kind.value for kind in Kind]


def test_the_description_is_of_this_service() -> None:
    document = json.loads(openapi(settings()))
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == __version__
    assert "Bottega Trieste" in document["info"]["title"]
    assert document["servers"] == [{"url": SITE}]
