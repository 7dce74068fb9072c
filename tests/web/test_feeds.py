"""Feeds over HTTP: how they name their hub and themselves, and what they look like in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product

import pytest
from lxml import etree

from bot.channels.feed import FORMS, FeedKind, addresses, style
from tests.channels.boards import LANGUAGES, SITE, settings, whole, words
from tests.web.served import Client, served
from tests.web.shelf import Shelf

HUB = "https://hub.example/"
WITH_HUB = {"feed": {"hub": HUB}, "website": {}}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with served(Shelf(whole)) as client:
        yield client


@pytest.mark.parametrize("form", FORMS)
async def test_headers_name_the_hub_and_exactly_one_self_as_the_document_does(form: str) -> None:
    async with served(Shelf(whole), channels=WITH_HUB) as client:
        for path in (f"/it/feed.{form}", f"/it/components/shop/updates.{form}"):
            answer = await client.get(path)
            assert answer.headers.getall("Link") == [f'<{HUB}>; rel="hub"', f'<{SITE}{path}>; rel="self"']
            known = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert known.headers.getall("Link") == answer.headers.getall("Link")
            assert f"{SITE}{path}".encode() in await answer.read()


async def test_without_a_hub_there_is_nothing_to_link_to(client: Client) -> None:
    assert "Link" not in (await client.get("/it/feed.rss")).headers


async def test_every_feed_that_a_hub_is_told_of_is_there(client: Client) -> None:
    told = addresses(settings(), settings().components)
    assert len(told) == len(set(told)) == len(LANGUAGES) * len(FeedKind) * len(FORMS) * 4
    for address in told:
        assert (await client.head(address.removeprefix(SITE))).status == 200


@pytest.mark.parametrize(("language", "form"), list(product(("en", "ar"), ("rss", "atom"))))
async def test_a_feed_leads_browsers_to_a_style_in_its_language(client: Client, language: str, form: str) -> None:
    feed = await client.get(f"/{language}/feed.{form}")
    instruction = etree.fromstring(await feed.read()).getprevious()
    answer = await client.get(instruction.get("href"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert words(language).plain("feed.about") in await answer.text()
    assert f"direction:{words(language).direction}" in await answer.text()
    assert feed.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"


@pytest.mark.parametrize("form", FORMS)
async def test_people_get_a_feed_as_xml_that_browsers_show_and_readers_under_its_own_type(
    client: Client, form: str
) -> None:
    own = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[form]
    opened = await client.get(f"/en/feed.{form}", headers={"Sec-Fetch-Dest": "document"})
    fetched = await client.get(f"/en/feed.{form}", headers={"Sec-Fetch-Dest": "empty"})
    assert (opened.content_type, fetched.content_type) == ("text/xml" if form != "json" else own, own)
    assert await opened.read() == await fetched.read()
    assert opened.headers["Vary"] == fetched.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    headers = {"Sec-Fetch-Dest": "document", "If-None-Match": opened.headers["ETag"]}
    assert (await client.get(f"/en/feed.{form}", headers=headers)).status == 304


async def test_the_style_is_found_where_the_site_is_not_at_the_root() -> None:
    async with served(Shelf(whole), public_url="https://shop.example/status") as client:
        text = await (await client.get("/de/feed.atom")).text()
        assert 'href="/status/de/feed.css"' in text


def test_words_cannot_break_out_of_the_style() -> None:
    spoken = words("en")
    nasty = replace(spoken, sentences={**spoken.sentences, "feed.about": 'a"}}\n*{{display:none}}\\'})
    assert style(nasty).decode().endswith(':root::before{content:"a\\"}\\a *{display:none}\\\\"}\n')


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_style_asks_nobody_for_anything(language: str) -> None:
    assert not re.search(r"url\(|@import|http(?!://www\.w3\.org/2005/Atom)", style(words(language)).decode())
