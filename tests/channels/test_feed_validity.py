"""Every feed there is, by the rules of the W3C's feed validator (https://validator.w3.org/feed/docs/) and JSON Feed's.

The validator itself is no package to be had; its rules that our feeds could break are asserted here one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.utils import format_datetime, parsedate_to_datetime
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import html5lib
import langcodes
import pytest
from lxml import etree

from bot.channels.feed import Feed, FeedKind, atom, draw, json_feed, rss
from bot.domain.model import Board
from tests.channels.boards import LANGUAGES, SITE, board, settings, whole, words

ATOM, CONTENT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}"
XML = "{http://www.w3.org/XML/1998/namespace}"
HUB = "https://hub.example/"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RELATIONS = {"self", "alternate", "hub"}
ELEMENTS = {"p", "div", "a", "strong", "em", "code", "ul", "ol", "li", "br", "blockquote", "time"}
ATTRIBUTES = {"lang", "dir", "href", "datetime"}

each_feed = pytest.mark.parametrize(
    ("language", "kind", "component", "hub"),
    [
        pytest.param(*values, id="-".join(str(value or "all") for value in values[:3]) + ("-hub" if values[3] else ""))
        for values in product(LANGUAGES, FeedKind, (None, "shop", "whatsapp"), (None, HUB))
        if values[3] is None or values[0] in {"en", "ar"}
    ],
)


def feed(language: str, kind: FeedKind, component: str | None, hub: str | None, told: Board | None = None) -> Feed:
    return draw(
        told or whole(language),
        kind=kind,
        component=component,
        settings=settings(channels={"feed": {"hub": hub} if hub else {}}),
        words=words(language),
    )


def assert_language(tag: str | None) -> None:
    assert tag
    assert langcodes.tag_is_valid(tag)


def assert_absolute(address: str | None) -> None:
    assert address
    assert urlsplit(address).scheme in {"http", "https"}
    assert urlsplit(address).netloc


def assert_links(links: list[Any], own: str, hub: str | None) -> None:
    """One self that is the feed's own address, the hub if there is one, and the other languages."""
    by_relation: dict[str, list[Any]] = {}
    for link in links:
        assert_absolute(link.get("href"))
        assert not (link.text or "").strip()
        by_relation.setdefault(link.get("rel", "alternate"), []).append(link)
    assert by_relation.keys() <= RELATIONS
    assert [link.get("href") for link in by_relation["self"]] == [own]
    assert [link.get("href") for link in by_relation.get("hub", [])] == ([hub] if hub else [])
    for link in by_relation["alternate"]:
        assert_language(link.get("hreflang"))
        assert re.fullmatch(r"[a-z]+/[a-z.+-]+", link.get("type"))
    described = [(link.get("type"), link.get("hreflang")) for link in by_relation["alternate"]]
    assert len(described) == len(set(described))


def assert_safe(html: str | None) -> None:
    """HTML that parses strictly, of harmless elements, whose links lead somewhere from anywhere."""
    assert html
    for element in html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in ELEMENTS
        assert element.attrib.keys() <= ATTRIBUTES
        if element.tag == "a":
            assert urlsplit(element.get("href")).scheme in {"http", "https", "mailto", "tel"}
        if element.get("lang"):
            assert_language(element.get("lang"))


def assert_rfc822(text: str | None) -> None:
    assert text
    assert format_datetime(parsedate_to_datetime(text), usegmt=True) == text
    assert parsedate_to_datetime(text).year >= 1990


def only(parent: Any, name: str) -> str:
    """The text of the one child of this name."""
    [child] = parent.findall(name)
    assert (child.text or "").strip(), name
    return str(child.text)


def documents(drawn: Feed) -> Iterator[tuple[str, bytes]]:
    yield from (("rss", rss(drawn)), ("atom", atom(drawn)), ("json", json_feed(drawn)))


@each_feed
def test_rss_breaks_no_rule(language: str, kind: FeedKind, component: str | None, hub: str | None) -> None:
    drawn = feed(language, kind, component, hub)
    root = etree.fromstring(rss(drawn))
    assert (root.tag, root.get("version"), root.get(XML + "lang")) == ("rss", "2.0", language)
    [channel] = root
    assert_language(only(channel, "language"))
    assert only(channel, "link") == f"{SITE}/{language}/"
    assert "<" not in only(channel, "title") + only(channel, "description")
    assert_rfc822(only(channel, "lastBuildDate"))
    assert_links(channel.findall(ATOM + "link"), f"{drawn.address}.rss", hub)
    names = [child.tag for child in channel]
    assert "item" not in names[: names.index("item")]
    assert set(names[names.index("item") :]) == {"item"}, "what describes the channel stands before its items"
    assert len({only(item, "guid") for item in channel.iter("item")}) == names.count("item") > 0
    for item in channel.iter("item"):
        assert_item(item)


def assert_item(item: Any) -> None:
    assert "<" not in only(item, "title")
    assert_absolute(only(item, "link"))
    assert_rfc822(only(item, "pubDate"))
    assert RFC3339.fullmatch(only(item, ATOM + "updated"))
    assert item.find("guid").get("isPermaLink") == "false"
    assert all((category.text or "").strip() for category in item.findall("category"))
    assert_safe(only(item, "description"))
    names = [child.tag for child in item]
    if CONTENT + "encoded" in names:
        assert names.index("description") < names.index(CONTENT + "encoded")
        assert_safe(only(item, CONTENT + "encoded"))


@each_feed
def test_atom_breaks_no_rule(language: str, kind: FeedKind, component: str | None, hub: str | None) -> None:
    drawn = feed(language, kind, component, hub)
    root = etree.fromstring(atom(drawn))
    assert (root.tag, root.get(XML + "lang")) == (ATOM + "feed", language)
    assert root.nsmap == {None: ATOM[1:-1]}
    assert_absolute(only(root, ATOM + "id"))
    assert only(root, ATOM + "title")
    assert RFC3339.fullmatch(only(root, ATOM + "updated"))
    assert only(root.find(ATOM + "author"), ATOM + "name")
    assert_links(root.findall(ATOM + "link"), f"{drawn.address}.atom", hub)
    entries = root.findall(ATOM + "entry")
    assert len({only(entry, ATOM + "id") for entry in entries}) == len(entries) > 0
    for entry in entries:
        assert only(entry, ATOM + "id").startswith("tag:")
        assert only(entry, ATOM + "title")
        published, updated = only(entry, ATOM + "published"), only(entry, ATOM + "updated")
        assert RFC3339.fullmatch(published)
        assert published <= updated <= only(root, ATOM + "updated")
        [link] = entry.findall(ATOM + "link")
        assert (link.get("rel", "alternate"), link.get("href", "")[:8]) == ("alternate", "https://")
        for content in (*entry.findall(ATOM + "content"), *entry.findall(ATOM + "summary")):
            assert content.get("type") == "html"
            assert_safe(content.text)
        assert all(category.get("term") for category in entry.findall(ATOM + "category"))


@each_feed
def test_a_json_feed_breaks_no_rule(language: str, kind: FeedKind, component: str | None, hub: str | None) -> None:
    drawn = feed(language, kind, component, hub)
    document = json.loads(json_feed(drawn))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document.keys() - {"hubs"} == {
        "version", "title", "description", "home_page_url", "feed_url", "language", "authors", "items"
    }  # fmt: skip
    assert document.get("hubs") == ([{"type": "WebSub", "url": hub}] if hub else None)
    assert document["feed_url"] == f"{drawn.address}.json"
    assert_language(document["language"])
    assert len({item["id"] for item in document["items"]}) == len(document["items"]) > 0
    for item in document["items"]:
        assert isinstance(item["id"], str)
        assert_absolute(item["url"])
        assert_safe(item["content_html"])
        assert RFC3339.fullmatch(item["date_published"])
        assert item["date_published"] <= item["date_modified"]
        assert_language(item["language"])


@pytest.mark.parametrize("kind", FeedKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_feed_holds_a_character_or_an_attribute_that_readers_stumble_over(language: str, kind: FeedKind) -> None:
    for form, document in documents(feed(language, kind, None, None)):
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]", document.decode()), form
        assert b"xml:base" not in document
        assert b"localhost" not in document


def test_a_feed_without_items_is_not_older_than_feeds_are() -> None:
    drawn = feed("en", FeedKind.INCIDENTS, None, None, told=board())
    root = etree.fromstring(rss(drawn))
    assert_rfc822(only(root.find("channel"), "lastBuildDate"))
    assert only(etree.fromstring(atom(drawn)), ATOM + "updated") == "2000-01-01T00:00:00+00:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_browsers_are_led_to_the_style_of_the_language(language: str) -> None:
    for form, document in documents(feed(language, FeedKind.UPDATES, "shop", None)):
        if form != "json":
            instruction = document.split(b"\n")[1].decode()
            assert instruction == f'<?xml-stylesheet type="text/css" href="/{language}/feed.css"?>'
