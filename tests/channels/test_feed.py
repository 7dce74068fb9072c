"""Feeds: what they say in every language, and that no text, no change and no reader can break them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from lxml import etree

from bot.channels.feed import EMPTY_SINCE, Feed, FeedKind, atom, draw, json_feed, rss
from bot.domain.model import Board, Impact, Status, Story
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.channels.golden import assert_golden
from tests.channels.hostile import boards_with_any_words

FORMS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}
IN_ATOM = "{http://www.w3.org/2005/Atom}"
INVESTIGATING, IDENTIFIED, RESOLVED = Status.INVESTIGATING, Status.IDENTIFIED, Status.RESOLVED


def feed(board: Board, kind: FeedKind = FeedKind.INCIDENTS, component: str | None = None, **changes: Any) -> Feed:
    return draw(board, kind=kind, component=component, settings=settings(**changes), words=words(board.language))


@pytest.mark.parametrize(("kind", "form"), [("feed", "rss"), ("feed", "atom"), ("feed", "json"), ("updates", "atom")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_in_every_language_reads_as_agreed(language: str, kind: str, form: str) -> None:
    assert_golden(f"feed/{language}/{kind}.{form}", FORMS[form](feed(whole(language), FeedKind(kind))).decode())


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("kind", FeedKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_readers_find_nothing_to_complain_about(language: str, kind: FeedKind, form: str) -> None:
    drawn = feed(whole(language), kind)
    read = feedparser.parse(FORMS[form](drawn))
    assert read.bozo == 0
    assert read.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert read.feed.language == language
    assert [entry.id for entry in read.entries] == [entry.id for entry in drawn.entries]
    assert [entry.title for entry in read.entries] == [entry.title for entry in drawn.entries]


def test_an_incident_keeps_its_identity_while_it_moves_on() -> None:
    [first] = feed(board(story(INVESTIGATING))).entries
    [later] = feed(board(story(INVESTIGATING, IDENTIFIED, RESOLVED))).entries
    assert first.id == later.id == "tag:status.bottega.example,2025-03-04:incident/1"
    assert first.published == later.published == BEGAN
    assert (first.updated, later.updated) == (BEGAN, BEGAN + timedelta(minutes=40))
    assert later.html.count("<time") == 3


def test_an_item_of_the_updates_feed_never_changes_once_it_is_out() -> None:
    before = feed(board(story(INVESTIGATING, IDENTIFIED)), FeedKind.UPDATES).entries
    after = feed(board(story(INVESTIGATING, IDENTIFIED, RESOLVED)), FeedKind.UPDATES).entries
    assert after[1:] == before
    assert [entry.id.rpartition("/")[2] for entry in after] == ["3", "2", "1"]


def test_where_else_to_reach_the_company_comes_first_and_then_the_newest_update() -> None:
    [entry] = feed(board(story(INVESTIGATING, IDENTIFIED))).entries
    places = [entry.html.index(text) for text in ("t.me/bottega_example", "Identified", "Investigating")]
    assert places == sorted(places)
    [over] = feed(board(story(INVESTIGATING, RESOLVED))).entries
    assert "t.me/bottega_example" not in over.html


def test_the_most_recently_changed_items_stay_when_there_are_too_many() -> None:
    told = [story(INVESTIGATING, id=id, began=BEGAN + timedelta(hours=id)) for id in (4, 9, 2, 7)]
    shown = feed(board(*told), channels={"feed": {"items": 3}}).entries
    assert [entry.url.rpartition("/")[2] for entry in shown] == ["9", "7", "4"]


def test_a_component_has_feeds_of_its_own() -> None:
    drawn = feed(whole("it"), component="pickup")
    assert drawn.address == f"{SITE}/it/components/pickup/feed"
    assert [entry.url.rpartition("/")[2] for entry in drawn.entries] == ["5", "6"]
    assert "Ritiro in negozio" in drawn.title
    with pytest.raises(KeyError):
        feed(whole("it"), component="fax")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_feed_is_valid_and_says_the_same_every_time(form: str) -> None:
    first, second = (FORMS[form](feed(board())) for _ in range(2))
    assert first == second
    assert feed(board()).updated == EMPTY_SINCE
    if form != "json":
        assert feedparser.parse(first).bozo == 0


@pytest.mark.parametrize("form", FORMS)
def test_the_same_state_gives_the_same_bytes_whatever_its_revision(form: str) -> None:
    one, other = whole("en"), replace(whole("en"), revision=99)
    assert FORMS[form](feed(one)) == FORMS[form](feed(other))


def test_rss_carries_what_feedgen_would_leave_out() -> None:
    root = etree.fromstring(rss(feed(whole("en"))))
    links = {
        link.get("hreflang"): link.get("href") for link in root.iterfind(f"channel/{IN_ATOM}link[@rel='alternate']")
    }
    assert links == {language: f"{SITE}/{language}/feed.rss" for language in LANGUAGES if language != "en"}
    assert root.findtext("channel/link") == f"{SITE}/en/"
    assert [link.get("href") for link in root.iterfind(f"channel/{IN_ATOM}link[@rel='self']")] == [
        f"{SITE}/en/feed.rss"
    ]
    assert root.findtext("channel/lastBuildDate", "").endswith(" GMT")
    for item in root.iterfind("channel/item"):
        assert item.findtext("pubDate", "").endswith(" GMT")
        assert item.find("guid").get("isPermaLink") == "false"


def test_atom_links_to_the_same_feed_in_every_language() -> None:
    document = atom(feed(whole("en")))
    root = etree.fromstring(document)
    links = {link.get("hreflang"): link.get("href") for link in root.iterfind(f"{IN_ATOM}link[@rel='alternate']")}
    others = {language: f"{SITE}/{language}/feed.atom" for language in LANGUAGES if language != "en"}
    assert links == others | {"en": f"{SITE}/en/"}
    assert b"ns0" not in document


def test_markup_in_a_title_is_written_in_numeric_references() -> None:
    told = _titled("R&D <b>shop</b>")
    document = rss(feed(board(told)))
    assert b"<title>R&#x26;D &#x3C;b&gt;shop&#x3C;/b&gt;</title>" in document
    assert feedparser.parse(document, sanitize_html=False).bozo == 0


def test_a_title_without_a_printable_character_does_not_cost_the_feed() -> None:
    assert [entry.title for entry in feed(board(_titled(" \x00\ufffe "))).entries] == ["—"]


def test_words_that_fell_back_to_another_language_say_so() -> None:
    told = story(INVESTIGATING, language="en")
    drawn = feed(board(told, language="ar"))
    assert '<div lang="en" dir="ltr">' in drawn.entries[0].html
    entry = etree.fromstring(atom(drawn)).find(f"{IN_ATOM}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert json.loads(json_feed(drawn))["items"][0]["language"] == "en"


def test_a_json_feed_has_what_version_1_1_asks_for() -> None:
    document = json.loads(json_feed(feed(whole("fr"))))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == f"{SITE}/fr/feed.json"
    assert document["language"] == "fr"
    for item in document["items"]:
        assert item["content_html"].startswith("<")
        assert "<" not in item["summary"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["date_modified"])


def test_a_host_outside_ascii_still_gives_a_valid_identity() -> None:
    [entry] = feed(board(story(INVESTIGATING)), public_url="https://störung.example:8443/status").entries
    assert entry.id == "tag:xn--strung-xxa.example,2025-03-04:incident/1"


@given(boards_with_any_words(board(story(INVESTIGATING, IDENTIFIED), story(INVESTIGATING, RESOLVED, id=2))))
@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_yields_valid_feeds(any_board: Board) -> None:
    for kind in FeedKind:
        drawn = feed(any_board, kind)
        assert len(etree.fromstring(rss(drawn)).findall("channel/item")) == len(drawn.entries)
        root = etree.fromstring(atom(drawn))
        titles = [entry.findtext(f"{IN_ATOM}title") for entry in root.iterfind(f"{IN_ATOM}entry")]
        assert titles == [entry.title for entry in drawn.entries]
        assert [item["id"] for item in json.loads(json_feed(drawn))["items"]] == [entry.id for entry in drawn.entries]
        assert "<script" not in "".join(entry.html for entry in drawn.entries)


def _titled(title: str) -> Story:
    told = story(INVESTIGATING, impact=Impact.MINOR)
    [update] = told.updates
    return replace(told, updates=(replace(update, notice=replace(update.notice, title=title)),))
