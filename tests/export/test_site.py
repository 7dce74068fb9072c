"""Which addresses a page leads to, and which files they become; whatever somebody may have written into a page."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.export.site import always, file_of, links, lists_the_past
from tests.channels.boards import SITE, settings


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/en/", "en/index.html"),
        ("/zh-Hant/", "zh-Hant/index.html"),
        ("/en/history", "en/history/index.html"),
        ("/en/history/2025-03", "en/history/2025-03/index.html"),
        ("/en/incidents/7", "en/incidents/7/index.html"),
        ("/en/components/shop/feed.rss", "en/components/shop/feed.rss"),
        ("/api/v2/incidents/unresolved.json", "api/v2/incidents/unresolved.json"),
        ("/404.html", "404.html"),
    ],
)
def test_an_address_becomes_the_file_that_web_servers_look_for(path: str, file: str) -> None:
    assert file_of(path) == file


def test_no_two_addresses_become_one_file() -> None:
    addresses = list(always(settings()))
    assert len({file_of(path) for path in addresses}) == len(addresses)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("/en/incidents/7", ["/en/incidents/7"]),
        (f"{SITE}/en/feed.rss", ["/en/feed.rss"]),
        ("/en/history?page=2#top", ["/en/history"]),
        ("https://t.me/bottega", []),
        ("https://evil.example/en/incidents/7", []),
        ("#follow", []),
        ("incidents/7", []),
        ("/../../etc/passwd", []),
        ("/en/..", []),
        ("//evil.example/en/", []),
        ("/en/%2e%2e/x", []),
        ("/a&amp;b", []),
        ("tel:+390405550199", []),
    ],
)
def test_only_links_within_the_site_are_followed(link: str, found: list[str]) -> None:
    assert list(links(f'<a href="{link}">x</a>', settings())) == found


def test_below_a_path_only_what_lies_below_it_is_ours() -> None:
    below = settings(public_url="https://bottega.example/status")
    page = (
        '<a href="/status/en/"></a> <img src="/status/assets/logo.svg"> <a href="/shop/en/"></a> <a href="/statuses/">'
    )
    assert list(links(page, below)) == ["/en/", "/assets/logo.svg"]


@given(
    st.text(st.sampled_from('abc./"&<>?#% =:\\-_') | st.characters(max_codepoint=300)).map(
        lambda text: f'<a href="/{text}">'
    )
)
def test_whatever_a_page_holds_no_file_lies_outside_the_folder(page: str) -> None:
    for path in links(page, settings()):
        parts = PurePosixPath(file_of(path)).parts
        assert ".." not in parts
        assert not PurePosixPath(file_of(path)).is_absolute()


def test_the_pages_of_the_history_list_the_past_and_no_others_do() -> None:
    assert all(map(lists_the_past, ("/en/history", "/zh-Hant/history/2025-03")))
    assert not any(map(lists_the_past, ("/en/", "/en/incidents/7", "/en/updates.rss")))
