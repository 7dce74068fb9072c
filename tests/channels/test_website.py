"""Pages: what they say in every language, valid whatever stands in a notice, and of one mind about how things stand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from bot.channels.website import Website, load_assets
from bot.domain.model import Board, Impact, Status
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.channels.golden import assert_golden
from tests.channels.hostile import boards_with_any_words

INVESTIGATING, IDENTIFIED, RESOLVED = Status.INVESTIGATING, Status.IDENTIFIED, Status.RESOLVED


@cache
def website(**changes: Any) -> Website:
    return Website(settings(**changes), {language: words(language) for language in LANGUAGES}, load_assets())


def parsed(page: bytes) -> Element:
    """The page's tree. Raises at the first thing the HTML standard calls a parse error."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.decode())
    return root


def words_in(element: Element | None) -> str:
    assert element is not None
    return re.sub("[ \n]+", " ", "".join(element.itertext())).strip(" ")


def by_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_in_every_language_reads_as_agreed(language: str) -> None:
    page = website().front(whole(language)).decode()
    assert_golden(f"page/{language}.html", re.sub(r"(/assets/\w+)\.\w+\.", r"\1.", page))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incident_page_is_valid_and_holds_the_frozen_words(language: str, status: Status) -> None:
    told = story(status, language=language)
    root = parsed(website().incident(language, told))
    assert root.get("lang") == language
    assert root.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert words_in(root.find(".//h1")) == told.latest.notice.title
    assert bool(by_class(root, "instead")) is not status.ends


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_page_is_valid(language: str) -> None:
    site = website()
    past = whole(language).past
    pages = [
        site.front(board(language=language)),
        site.history(language, past, page=2, pages=3),
        site.history(language, (), page=1, pages=1),
        site.missing(language),
        site.unavailable(language),
    ]
    assert {parsed(page).get("lang") for page in pages} == {language}


@given(boards_with_any_words(board(story(INVESTIGATING, IDENTIFIED), story(INVESTIGATING, RESOLVED, id=2))))
@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_yields_a_valid_page_that_loads_and_runs_nothing(any_board: Board) -> None:
    root = parsed(website().front(any_board))
    for element in root.iter():
        assert element.tag not in {"script", "style", "iframe", "img", "object", "embed", "form"}
        assert not [name for name in element.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118
        assert not element.get("href", "").lower().lstrip().startswith(("javascript:", "data:"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_incidents_show_all_their_updates_newest_first(language: str) -> None:
    told = whole(language).open[0]
    [card] = [
        each for each in by_class(parsed(website().front(whole(language))), "card") if each.get("id") == "incident-7"
    ]
    shown = [time.get("datetime") for time in card.findall(".//ol//time")]
    assert shown == [f"{update.at:%Y-%m-%dT%H:%M:%SZ}" for update in reversed(told.updates)]
    assert "t.me/bottega_example" in {link.get("href", "")[8:] for link in by_class(card, "instead")[0].iter("a")}


@pytest.mark.parametrize("impact", Impact)
def test_headline_and_components_say_the_same_as_the_incidents_below(impact: Impact) -> None:
    root = parsed(website().front(board(story(INVESTIGATING, impact=impact))))
    [headline] = by_class(root, "headline")
    assert impact in headline.get("class", "").split()
    assert (
        words_in(headline.find(".//h1"))
        == words("en").plain(f"headline.{impact}")
        != words("en").plain("headline.operational")
    )
    states = [words_in(state) for state in by_class(root, "state")]
    affected = words("en").plain("component.operational" if impact is Impact.NONE else f"component.{impact}")
    assert states[1] == affected
    assert states[0] == states[2] == words("en").plain("component.operational")


def test_planned_maintenance_is_shown_apart_while_everything_works() -> None:
    root = parsed(website().front(board(story(Status.SCHEDULED))))
    assert "operational" in by_class(root, "headline")[0].get("class", "").split()
    assert words("en").plain("section.scheduled") in [words_in(heading) for heading in root.iter("h2")]
    assert {words_in(state) for state in by_class(root, "state")} == {words("en").plain("component.operational")}


def test_words_that_fell_back_to_another_language_say_so_and_keep_their_direction() -> None:
    told = story(INVESTIGATING, language="en")
    root = parsed(website().front(board(told, language="ar")))
    shown = [element for element in root.iter("div") if told.latest.notice.body[:20] in words_in(element)]
    assert ("en", "ltr") in {(element.get("lang"), element.get("dir")) for element in shown}
    link = next(link for link in root.iter("a") if words_in(link) == told.latest.notice.title)
    assert (link.get("lang"), link.get("dir")) == ("en", "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_point_at_each_other_by_absolute_addresses(language: str) -> None:
    for page, path in (
        (website().front(whole(language)), "/"),
        (website().incident(language, whole(language).open[0]), "/incidents/7"),
        (website().history(language, (), page=2, pages=2), "/history?page=2"),
    ):
        root = parsed(page)
        links = {link.get("hreflang"): link.get("href") for link in root.iter("link") if link.get("hreflang")}
        expected = {each: f"{SITE}/{each}{path}" for each in LANGUAGES}
        assert links == (expected | {"x-default": f"{SITE}/"} if path == "/" else expected)
        [canonical] = [link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"]
        assert canonical == f"{SITE}/{language}{path}"
        switch = {link.get("lang"): link.get("href") for link in root.iter("a") if link.get("hreflang")}
        assert switch == {each: f"/{each}{path}" for each in LANGUAGES}


def test_feeds_are_linked_for_programs_and_for_people_only_while_they_are_on() -> None:
    root = parsed(website().front(whole("it")))
    feeds = {link.get("type"): link.get("href") for link in root.iter("link") if "title" in link.keys()}  # noqa: SIM118
    assert feeds == {
        "application/rss+xml": f"{SITE}/it/updates.rss",
        "application/atom+xml": f"{SITE}/it/updates.atom",
        "application/feed+json": f"{SITE}/it/updates.json",
    }
    assert "/it/feed.rss" in {link.get("href") for link in root.iter("a")}
    silent = Website(settings(channels={"website": {}}), {each: words(each) for each in LANGUAGES}, load_assets())
    assert b"feed.rss" not in silent.front(whole("it"))


def test_the_page_lives_below_a_path_when_the_public_address_has_one() -> None:
    below = Website(
        settings(public_url="https://bottega.example/status"), {each: words(each) for each in LANGUAGES}, load_assets()
    )
    root = parsed(below.front(whole("en")))
    addresses = [link.get("href", "") for link in root.iter("a")]
    assert all(address.startswith("/status/") for address in addresses if address.startswith("/"))
    assert all(link.get("href", "").startswith("/status/") for link in root.iter("link") if link.get("rel") == "icon")


def test_the_same_state_gives_the_same_bytes_whatever_its_revision() -> None:
    assert website().front(whole("en")) == website().front(replace(whole("en"), revision=99))


def test_a_full_view_is_small_and_takes_few_requests() -> None:
    many = [story(INVESTIGATING, RESOLVED, id=id, began=BEGAN - timedelta(days=id)) for id in range(10, 20)]
    page = website().front(board(*whole("ar").open, *many, language="ar"))
    assets = load_assets()
    assert len(page) + sum(len(asset.body) for asset in assets.values()) < 60_000
    needed = [link for link in parsed(page).iter("link") if link.get("rel") in {"stylesheet", "icon"}]
    assert 1 + len(needed) < 6


def test_the_history_links_to_its_neighbours() -> None:
    def ways(page: int) -> dict[str | None, str | None]:
        root = parsed(website().history("en", whole("en").past, page=page, pages=3))
        return {link.get("rel"): link.get("href") for link in root.iter("a") if link.get("rel")}

    assert ways(1) == {"next": "/en/history?page=2"}
    assert ways(2) == {"prev": "/en/history", "next": "/en/history?page=3"}
    assert ways(3) == {"prev": "/en/history?page=2"}
