"""The website over HTTP: addresses, languages, conditions, headers, and what happens when there is nothing to show."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.model import Board, Status
from bot.web import calendar, feeds, pages
from bot.web.documents import Documents
from bot.web.live import Live
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.web.shelf import Shelf

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(whole)


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[Client]:
    async with serving(shelf) as client:
        yield client


@asynccontextmanager
async def serving(shelf: Shelf, **changes: Any) -> AsyncIterator[Client]:
    """The site of the shop, some of its settings changed."""
    documents = Documents(shelf, revision=lambda: shelf.revision, lost=lambda: shelf.lost)
    spoken, configured = {language: words(language) for language in LANGUAGES}, settings(**changes)
    app = web.Application()
    for part in (feeds, calendar):
        app.add_routes(part.routes(documents, configured, spoken))
    app.add_routes(pages.routes(documents, configured, spoken, Live(lambda: shelf.revision, most=5)))
    async with TestClient(TestServer(app)) as client:
        yield client


async def language_of(answer: ClientResponse) -> str | None:
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(await answer.text())
    return str(root.get("lang"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_language_has_its_page(client: Client, language: str) -> None:
    answer = await client.get(f"/{language}/")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == await language_of(answer) == language
    assert "Accept-Language" not in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("it", "it"), ("de-CH, en;q=0.5", "de"), ("ar-EG,ar;q=0.9", "ar"), ("tlh", "en"), ("", "en"), (";;;=,", "en")],
)
async def test_the_root_speaks_the_language_the_browser_asks_for(client: Client, asked: str, given: str) -> None:
    answer = await client.get("/", headers={"Accept-Language": asked})
    assert answer.status == 200
    assert await language_of(answer) == given
    assert "Accept-Language" in answer.headers["Vary"]


async def test_a_language_without_its_slash_leads_to_the_page(client: Client) -> None:
    answer = await client.get("/it", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (308, "/it/")


@pytest.mark.parametrize("path", ["/it/incidents/7", "/en/history", "/ar/history/2025-02"])
async def test_a_slash_too_many_leads_to_the_page_without(path: str) -> None:
    async with serving(Shelf(whole), public_url="https://bottega.example/status") as client:
        answer = await client.get(f"{path}/", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (308, f"/status{path}")
        assert (await client.get(path)).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/tlh/",
        "/tlh",
        "/en/nothing",
        "/it/incidents/999",
        "/it/incidents/0",
        "/it/incidents/seven",
        "/it/incidents/9999999999999999999999",
        "/it/history/2025-05",
        "/it/history/2025-13",
        "/it/history/0000-01",
        "/it/history/9999-12",
        "/it/history/20%D9%A15-03",
        "/it/history/2025-3",
        "/assets/style.0000000000.css",
        "/assets/..%2f..%2fconfig.yaml",
        "/en/components/fax/feed.rss",
        "/tlh/feed.rss",
        "/it/feed.xml",
        "/nowhere/at/all",
    ],
)
async def test_where_there_is_nothing_a_page_says_so_in_the_readers_language(client: Client, path: str) -> None:
    answer = await client.get(path, headers={"Accept-Language": "de"}, allow_redirects=False)
    assert answer.status == 404
    first = path.split("/")[1]
    expected = first if first in LANGUAGES else "de"
    assert await language_of(answer) == expected
    assert words(expected).plain("missing.title") in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


async def test_an_incident_is_there_the_moment_after_it_was_committed(client: Client, shelf: Shelf) -> None:
    assert (await client.get("/en/incidents/41")).status == 404
    before = await client.get("/en/")
    shelf.change(lambda language: board(story(Status.INVESTIGATING, language=language, id=41), language=language))
    assert (await client.get("/en/incidents/41")).status == 200
    after = await client.get("/en/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    assert "/en/incidents/41" in await after.text()


@pytest.mark.parametrize("path", ["/", "/it/", "/it/incidents/7", "/it/history", "/it/feed.rss", "/it/updates.json"])
async def test_who_has_the_page_already_is_told_so(client: Client, path: str) -> None:
    plain, *packed = [
        await client.get(path, headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip", "br")
    ]
    etags = [answer.headers["ETag"] for answer in (plain, *packed)]
    assert len(set(etags)) == 3
    assert not any(etag.startswith("W/") for etag in etags)
    for etag in (*etags, f'"other", W/{plain.headers["ETag"]}', "*"):
        answer = await client.get(path, headers={"If-None-Match": etag})
        assert (answer.status, await answer.read()) == (304, b"")
        assert answer.headers["Cache-Control"] == plain.headers["Cache-Control"]
    assert (await client.get(path, headers={"If-None-Match": '"other"'})).status == 200


async def test_a_change_that_customers_do_not_see_here_keeps_the_tag(client: Client, shelf: Shelf) -> None:
    before = await client.get("/it/incidents/7")
    shelf.change(lambda language: board(*whole(language).open, language=language))
    after = await client.get("/it/incidents/7", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status == 304


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, GZIP;q=1", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("gzip;q=0", None),
        ("gzip;q=0.000, br;q=0", None),
        ("br;q=nonsense", None),
        ("zstd", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_pages_are_compressed_as_the_client_takes_it(client: Client, asked: str, given: str | None) -> None:
    plain = await client.get("/en/", headers={"Accept-Encoding": "identity"})
    answer = await client.get("/en/", headers={"Accept-Encoding": asked})
    assert answer.headers.get("Content-Encoding") == given
    assert (int(answer.headers["Content-Length"]) < len(await plain.read()) / 3) is (given is not None)
    assert await answer.read() == await plain.read()
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/en/", "/en/feed.atom", "/robots.txt", "/favicon.ico"])
async def test_head_gives_the_headers_of_get_without_the_body(client: Client, path: str) -> None:
    head, get = await client.head(path), await client.get(path)
    assert head.status == 200
    assert await head.read() == b""
    for name in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


async def test_pages_allow_nothing_but_their_own_style_and_pictures(client: Client) -> None:
    policy = (await client.get("/en/")).headers["Content-Security-Policy"].split("; ")
    assert policy == [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ([], "'none'"),
        (["self"], "'self'"),
        (
            ["https://shop.example", "https://*.bottega.example:8443"],
            "https://shop.example https://*.bottega.example:8443",
        ),
    ],
)
async def test_only_configured_sites_may_frame_a_page(shelf: Shelf, configured: list[str], expected: str) -> None:
    async with serving(shelf, channels={"website": {"frame_ancestors": configured}}) as client:
        for path in ("/en/", "/en/incidents/7", "/nowhere"):
            policy = (await client.get(path)).headers["Content-Security-Policy"]
            assert policy.endswith(f"frame-ancestors {expected}")


async def test_every_answer_says_what_it_is_and_sends_no_address_along(client: Client) -> None:
    for path in ("/en/", "/en/history", "/en/nothing"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


async def test_a_logo_that_is_opened_by_itself_can_do_nothing(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    company = {"name": "Bottega", "url": "https://bottega.example", "logo": tmp_path / "logo.svg"}
    async with serving(shelf, company=company) as client:
        path = re.search(r'src="(/assets/logo[^"]+)"', await (await client.get("/en/")).text())
        assert path is not None
        answer = await client.get(path[1])
        assert answer.content_type == "image/svg+xml"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_assets_may_be_kept_for_ever_and_the_page_not_long(client: Client) -> None:
    page = await client.get("/en/")
    assert page.headers["Cache-Control"].startswith("public, max-age=15, s-maxage=15, stale-while-revalidate=60")
    style = re.search(r'href="(/assets/style\.[0-9a-f]{10}\.css)"', await page.text())
    assert style is not None
    answer = await client.get(style[1])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]


async def test_every_link_of_every_page_leads_somewhere(client: Client) -> None:
    waiting, seen = {"/", "/it/nothing"}, set[str]()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = await client.get(path)
        assert answer.status == (404 if path == "/it/nothing" else 200), path
        if answer.content_type != "text/html":
            await answer.read()
            continue
        root = html5lib.parse(await answer.text(), namespaceHTMLElements=False)
        links = {urljoin(SITE + path, element.get("href")) for element in root.iter() if element.get("href")}
        ours = {urlsplit(link) for link in links if link.startswith(SITE)}
        waiting |= {link.path + (f"?{link.query}" if link.query else "") for link in ours} - seen - {"/ar/nothing"}
    assert len(seen) > 70


async def test_while_the_store_is_busy_the_last_known_page_is_shown_and_says_so(client: Client, shelf: Shelf) -> None:
    before = await client.get("/it/")
    shelf.busy = True
    shelf.revision += 1
    answer = await client.get("/it/")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'class="card stale"' in await answer.text()
    assert words("it").plain("stale", moment="|").split("|")[1] in await answer.text()
    assert (await client.get("/it/", headers={"If-None-Match": before.headers["ETag"]})).status == 200
    shelf.busy = False
    answer = await client.get("/it/", headers={"If-None-Match": before.headers["ETag"]})
    assert answer.status == 304


async def test_a_store_that_is_gone_is_not_even_asked(client: Client, shelf: Shelf) -> None:
    await client.get("/it/")
    loads, shelf.lost = shelf.loads, BEGAN
    answer = await client.get("/it/")
    assert words("it").moment(BEGAN) in await answer.text()
    shelf.revision += 1
    assert (await client.get("/it/")).status == 200
    assert shelf.loads == loads


async def test_what_was_never_seen_is_excused_in_the_readers_language(client: Client, shelf: Shelf) -> None:
    shelf.busy = True
    answer = await client.get("/es/")
    assert answer.status == 503
    assert await language_of(answer) == "es"
    assert answer.headers["Retry-After"] == "5"
    assert (await client.get("/es/feed.rss")).status == 503


async def test_no_request_can_have_a_page_made_twice(client: Client, shelf: Shelf) -> None:
    for headers in (
        {},
        {"Cache-Control": "no-cache"},
        {"Pragma": "no-cache"},
        {"If-None-Match": '"x"'},
        {"Range": "bytes=0-9"},
    ):
        answer = await client.get("/en/?fresh=1&revision=7", headers=headers)
        assert answer.status == 200
    assert shelf.loads == 1


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ],
)
@pytest.mark.parametrize("path", ["feed", "updates", "components/shop/feed", "components/shop/updates"])
async def test_feeds_say_what_they_are_and_may_be_read_from_any_site(
    client: Client, path: str, form: str, content_type: str
) -> None:
    answer = await client.get(f"/fr/{path}.{form}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Language"] == "fr"


@pytest.mark.parametrize("routes", [feeds.routes, pages.routes])
def test_a_channel_that_is_off_answers_nothing(routes: Callable[..., list[web.RouteDef]]) -> None:
    def nothing(language: str) -> Board:
        return board(language=language)

    documents = Documents(Shelf(nothing), revision=lambda: 1)
    assert routes(documents, settings(channels={}), {language: words(language) for language in LANGUAGES}) == []
