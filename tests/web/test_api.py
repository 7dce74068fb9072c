"""The API over HTTP: what its description promises, who may read it, conditions, languages, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from schemathesis import GenerationMode

from bot.channels.api import Part
from bot.domain.model import Board, Status
from bot.web import api, calendar, embed, projections
from bot.web.documents import Documents
from tests.channels.boards import LANGUAGES, board, settings, story, whole, words
from tests.web.served import Client, app_of, served, texts_on
from tests.web.shelf import Shelf

V1 = ("/api/v1/status", "/api/v1/components", "/api/v1/incidents", "/api/v1/incidents/7", "/api/v1/openapi.json")
V2 = tuple(f"/api/v2/{part}.json" for part in Part)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(whole)


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[Client]:
    async with served(shelf) as client:
        yield client


def ask_whatever_is_described(url: str, mode: GenerationMode) -> int:
    """Lets schemathesis ask; every answer must be as described. How many operations there are."""
    description = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    operations = [found.ok() for found in description.get_all_operations()]
    for operation in operations:

        @given(operation.as_strategy(generation_mode=mode))
        @effort(
            max_examples=25,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            case.call_and_validate(base_url=url)

        ask()
    return len(operations)


@pytest.mark.parametrize("told", [whole, lambda language: board(language=language)], ids=["busy day", "nothing yet"])
async def test_every_answer_is_as_the_description_says(told: Any) -> None:
    async with TestServer(app_of(Shelf(told))) as server:
        url = str(server.make_url("")).rstrip("/")
        assert await asyncio.to_thread(ask_whatever_is_described, url, GenerationMode.POSITIVE) == 4


async def test_whatever_is_not_as_described_is_refused_as_the_description_says(shelf: Shelf) -> None:
    async with TestServer(app_of(shelf)) as server:
        url = str(server.make_url("")).rstrip("/")
        assert await asyncio.to_thread(ask_whatever_is_described, url, GenerationMode.NEGATIVE) == 4


@pytest.mark.parametrize("path", [*V1, *V2, "/it/maintenance.ics", "/embed.json", "/embed.js"])
async def test_any_site_may_read_it_and_who_has_it_is_told_so(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    head = await client.head(path)
    assert (head.status, await head.read(), head.headers["ETag"]) == (200, b"", answer.headers["ETag"])


FEEDS = ["/it/feed.rss", "/it/updates.json", "/it/components/shop/feed.atom", "/it/maintenance.ics"]


@pytest.mark.parametrize("path", [*V1, *V2, "/embed.json", *FEEDS])
async def test_a_browser_may_ask_before_it_reads(client: Client, path: str) -> None:
    asked = {"Origin": "https://bottega.example", "Access-Control-Request-Method": "GET"}
    answer = await client.options(path, headers={**asked, "Access-Control-Request-Headers": "if-none-match"})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [*V1, *V2, "/api/v3"])
async def test_nobody_writes_here_and_every_page_may_read_why(client: Client, path: str, method: str) -> None:
    answer = await client.request(method, path, json={})
    assert answer.status == 405
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "OPTIONS"}
    assert (await answer.json())["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1",
        "/api/v1/incidents/999",
        "/api/v1/incidents/seven",
        "/api/v1/incidents/9999999999999999999",
        "/api/v1/incidents?page=2",
        "/api/v2/subscribers.json",
        "/api/v2/summary",
        "/api/v2/incidents/7.json",
    ],
)
async def test_what_is_not_there_is_refused_in_json_and_kept_by_nobody(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status, await answer.json()) == (404, {"error": "there is nothing at this address", "path": ""})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("page", ["0", "-1", "1e3", "two", "", "٣", "1000000000"])
async def test_a_page_that_is_no_number_is_told(client: Client, page: str) -> None:
    answer = await client.get("/api/v1/incidents", params={"page": page})
    assert (answer.status, await answer.json()) == (422, {"error": "expected a number from 1", "path": "page"})


async def test_the_past_comes_page_by_page_and_what_is_open_on_each(client: Client, shelf: Shelf) -> None:
    over = [story(Status.INVESTIGATING, Status.RESOLVED, id=id) for id in range(1, 46)]
    shelf.change(lambda language: board(story(Status.INVESTIGATING, id=99), *over, language=language))
    pages = [await (await client.get(f"/api/v1/incidents?page={page}&lang=en")).json() for page in (1, 2, 3)]
    assert [(page["page"], page["pages"], len(page["past"])) for page in pages] == [(1, 3, 20), (2, 3, 20), (3, 3, 5)]
    assert [[each["id"] for each in page["open"]] for page in pages] == [[99]] * 3
    ids = [each["id"] for page in pages for each in page["past"]]
    assert len(set(ids)) == 45


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("", "en"),
        ("?lang=it", "it"),
        ("?lang=de-CH", "de"),
        ("?lang=tlh", "en"),
        ("?lang=", "en"),
        ("?lang=tlh,fr;q=0.5", "fr"),
        ("?lang=%00%ff", "en"),
    ],
)
async def test_statuspages_shape_speaks_the_default_language_or_the_one_asked_for(
    client: Client, query: str, given: str
) -> None:
    answer = await client.get(f"/api/v2/status.json{query}")
    assert answer.headers["Content-Language"] == given
    assert (await answer.json())["status"]["description"] == words(given).plain("headline.major")


async def test_our_own_speaks_every_language_or_the_one_asked_for(client: Client) -> None:
    for query, languages in (("", LANGUAGES), ("?lang=pt-BR,ar", ("ar",)), ("?lang=tlh", ("en",))):
        answer = await client.get(f"/api/v1/status{query}")
        assert answer.headers["Content-Language"] == ", ".join(languages)
        document = await answer.json()
        assert tuple(document["headline"]) == languages
        assert tuple(document["open"][0]["latest"]["notices"]) == languages


async def test_a_story_older_than_the_languages_is_told_under_the_default_one(shelf: Shelf) -> None:
    shelf.change(lambda language: board(story(Status.INVESTIGATING, language="en"), language=language))
    async with served(shelf, languages=["it", "de"]) as client:
        document = await (await client.get("/api/v1/incidents/1")).json()
    assert [(key, notice["lang"]) for key, notice in document["latest"]["notices"].items()] == [("it", "en")]


async def test_languages_that_come_to_the_same_share_one_document(client: Client, shelf: Shelf) -> None:
    for asked in ("de", "de-CH", "de-AT", "tlh, de"):
        assert (await client.get("/api/v2/summary.json", params={"lang": asked})).status == 200
    assert shelf.loads == 1


async def test_a_change_is_there_at_once(client: Client, shelf: Shelf) -> None:
    before = await client.get("/api/v2/status.json")
    shelf.change(lambda language: board(language=language))
    after = await client.get("/api/v2/status.json", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status, (await after.json())["status"]["indicator"]) == (200, "none")


@pytest.mark.parametrize("path", [*V1[:4], *V2, "/en/maintenance.ics", "/embed.json", "/en/feed.json"])
async def test_while_the_store_is_busy_the_last_known_state_is_told_or_the_client_asked_to_come_again(
    client: Client, shelf: Shelf, path: str
) -> None:
    shelf.busy = True
    answer = await client.get(path)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    shelf.busy = False
    known = await (await client.get(path)).read()
    shelf.busy = True
    shelf.revision += 1
    assert await (await client.get(path)).read() == known


async def test_texts_are_what_they_are_in_any_script(client: Client) -> None:
    raw = await (await client.get("/api/v1/status?lang=ar")).read()
    assert "الدعم عبر WhatsApp".encode() in raw
    assert json.loads(raw)["state"] == "major"


@pytest.mark.parametrize("routes", [api.routes, projections.routes])
def test_without_a_website_there_is_nothing_to_lead_to(routes: Any) -> None:
    def nothing(language: str) -> Board:
        return board(language=language)

    shelf = Shelf(nothing)
    documents = Documents(shelf, revision=lambda: 1)
    spoken = {language: words(language) for language in LANGUAGES}
    assert routes(documents, settings(channels={}), spoken, texts_on(shelf)) == []
    for others in (calendar.routes, embed.routes):
        assert others(documents, settings(channels={"feed": {}}), spoken) == []


async def test_no_route_hides_another(shelf: Shelf) -> None:
    app = app_of(shelf)
    named: list[tuple[str, str]] = []
    for route in app.router.routes():
        assert isinstance(route, web.ResourceRoute)
        assert route.resource is not None
        named.append((route.method, route.resource.canonical))
    assert len(named) == len(set(named))
