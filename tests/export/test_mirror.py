"""The site as files: complete, the same as what is served, and kept so without being written anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.domain.model import Board, Status
from bot.errors import StoreBusy
from bot.export.mirror import Mirror, keeping, nothing_amended
from bot.export.site import always, file_of, links
from bot.watch import Revision
from bot.web import pages, projections
from bot.web.documents import Documents
from bot.web.live import Live
from tests.channels.boards import BEGAN, LANGUAGES, board, settings, story, whole, words
from tests.web.shelf import Shelf

INVESTIGATING, RESOLVED = Status.INVESTIGATING, Status.RESOLVED


async def no_texts(update_ids: object) -> Any:
    return {}


@asynccontextmanager
async def serving(shelf: Shelf, **changes: Any) -> AsyncIterator[str]:
    """The whole public site, as the service puts it together."""
    configured, spoken = settings(**changes), {language: words(language) for language in LANGUAGES}
    documents = Documents(shelf, revision=lambda: shelf.revision, lost=lambda: shelf.lost)
    app = web.Application()
    app.add_routes(projections.routes(documents, configured, spoken, no_texts))
    app.add_routes(pages.routes(documents, configured, spoken, Live(lambda: shelf.revision, most=1)))
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file by its name."""
    found = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {name: body for name, body in found.items() if name != ".notice-bot.json"}


@pytest.mark.parametrize(
    "changes", [{}, {"public_url": "https://bottega.example/status"}], ids=["root", "below a path"]
)
async def test_every_link_of_every_page_leads_to_a_file(tmp_path: Path, changes: dict[str, str]) -> None:
    async with serving(Shelf(whole), **changes) as url:
        await Mirror(url, settings(**changes), tmp_path).sweep(whole=True)
    files = files_in(tmp_path)
    for name, body in files.items():
        if name.endswith(".html"):
            missing = {link for link in links(body.decode(), settings(**changes)) if file_of(link) not in files}
            assert missing == set(), name
    for language in LANGUAGES:
        assert {
            f"{language}/index.html",
            f"{language}/incidents/7/index.html",
            f"{language}/incidents/1/index.html",
        } <= {*files}
        assert {f"{language}/history/index.html", f"{language}/history/2025-02/index.html"} <= {*files}
        assert {f"{language}/components/shop/updates.atom", f"{language}/maintenance.ics"} <= {*files}
    assert {"index.html", "404.html", "embed.js", "embed.json", "api/v2/scheduled-maintenances/active.json"} <= {*files}


async def test_a_file_holds_what_is_served(tmp_path: Path) -> None:
    async with serving(Shelf(whole)) as url, ClientSession(headers={"Accept-Language": "en"}) as session:
        await Mirror(url, settings(), tmp_path).sweep(whole=True)
        for path in always(settings()):
            async with session.get(url + path) as answer:
                assert await answer.read() == (tmp_path / file_of(path)).read_bytes(), path


async def test_a_second_look_writes_nothing(tmp_path: Path) -> None:
    async with serving(Shelf(whole)) as url:
        first = await Mirror(url, settings(), tmp_path).sweep(whole=True)
        again = await Mirror(url, settings(), tmp_path).sweep(whole=True)
    assert (first.written, again.written, again.removed) == (first.pages, 0, 0)
    assert again.pages == first.pages


async def test_after_a_change_only_what_it_concerns_is_written(tmp_path: Path) -> None:
    shelf = Shelf(lambda language: board(story(INVESTIGATING, language=language, id=8), language=language))
    async with serving(shelf) as url:
        mirror = Mirror(url, settings(), tmp_path)
        await mirror.sweep(whole=True)
        before = files_in(tmp_path)
        shelf.change(lambda language: board(story(INVESTIGATING, RESOLVED, language=language, id=8), language=language))
        swept = await mirror.sweep(whole=False)
    changed = {name for name, body in files_in(tmp_path).items() if before.get(name) != body}
    assert swept.written == len(changed)
    assert {"en/index.html", "ar/incidents/8/index.html", "de/history/index.html", "it/feed.rss"} <= changed
    assert not changed & {"404.html", "embed.js", "en/components/shop/feed.rss"}


async def test_a_story_that_has_left_the_front_page_is_written_a_last_time(tmp_path: Path) -> None:
    def open_story(language: str) -> Board:
        return board(story(INVESTIGATING, language=language, id=8), language=language)

    def with_eleven_newer(language: str) -> Board:
        newer = (
            story(INVESTIGATING, RESOLVED, language=language, id=number, began=BEGAN + timedelta(hours=number))
            for number in range(20, 31)
        )
        return board(*newer, story(INVESTIGATING, RESOLVED, language=language, id=8), language=language)

    class Short(Shelf):
        async def load_board(self, language: str, *, past: int) -> Board:
            whole_board = await super().load_board(language, past=past)
            return board(*whole_board.open, *whole_board.past[:10], language=language)

    shelf = Short(open_story)
    async with serving(shelf) as url:
        mirror = Mirror(url, settings(), tmp_path)
        await mirror.sweep(whole=True)
        shelf.change(with_eleven_newer)
        await mirror.sweep(whole=False)
    assert b"/en/incidents/8" not in (tmp_path / "en/index.html").read_bytes()
    told = story(INVESTIGATING, RESOLVED, id=8).latest.notice.title
    assert told.encode() in (tmp_path / "en/incidents/8/index.html").read_bytes()


async def test_pages_that_are_gone_go_with_the_next_whole_look(tmp_path: Path) -> None:
    shelf = Shelf(whole)
    async with serving(shelf) as url:
        mirror = Mirror(url, settings(), tmp_path)
        await mirror.sweep(whole=True)
        shelf.change(lambda language: board(language=language))
        swept = await mirror.sweep(whole=True)
    assert swept.removed == len(LANGUAGES) * (len(whole("en").open) + len(whole("en").past) + 1 + 1)
    assert not (tmp_path / "en/incidents/7/index.html").exists()


async def test_a_configured_folder_is_kept_current_while_the_service_runs(tmp_path: Path) -> None:
    """Watched as a web server would: from outside, until the new words are there."""
    shelf, revision = Shelf(lambda language: board(language=language)), Revision(1)
    channels = {"website": {"export": tmp_path / "site"}}
    async with serving(shelf, channels=channels) as url:
        [run] = keeping(settings(channels=channels), url, tells=revision.tells, amended=nothing_amended)
        task = asyncio.ensure_future(run())
        page = tmp_path / "site/en/index.html"
        await until(lambda: page.exists() and b"headline operational" in page.read_bytes())
        shelf.change(lambda language: board(story(INVESTIGATING, language=language, id=5), language=language))
        revision.saw(2)
        await until(lambda: b"headline major" in page.read_bytes())
        assert (tmp_path / "site/en/incidents/5/index.html").exists()
        task.cancel()
        await asyncio.wait([task])


async def test_a_folder_that_cannot_be_had_is_said_once_and_tried_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("mine")
    channels = {"website": {"export": tmp_path / "site"}}
    async with serving(Shelf(whole), channels=channels) as url:
        with capture_logs() as lines:
            [run] = keeping(settings(channels=channels), url, tells=Revision(1).tells, amended=nothing_amended)
            task = asyncio.ensure_future(run())
            await until(lambda: bool(lines))
            assert not task.done()
            task.cancel()
            await asyncio.wait([task])
    assert [line["log_level"] for line in lines] == ["warning"]
    assert "name an empty folder" in lines[0]["error"]
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["index.html"]


async def test_pages_that_are_only_last_known_are_not_written(tmp_path: Path) -> None:
    shelf = Shelf(lambda language: board(story(INVESTIGATING, language=language, id=8), language=language))
    async with serving(shelf) as url:
        mirror = Mirror(url, settings(), tmp_path)
        await mirror.sweep(whole=True)
        before = files_in(tmp_path)
        shelf.lost = BEGAN
        with pytest.raises(StoreBusy, match="last known"):
            await mirror.sweep(whole=True)
        assert files_in(tmp_path) == before
        shelf.lost = None
        assert (await mirror.sweep(whole=True)).written == 0


async def test_new_words_for_an_incident_of_long_ago_are_written_at_once(tmp_path: Path) -> None:
    """No front page leads to it, and its page is there already."""
    asked: list[datetime] = []
    old = whole("en").past[-1].incident

    async def amended(since: datetime) -> list[tuple[int, datetime | None]]:
        asked.append(since)
        return [(old.id, old.closed_at)]

    async with serving(Shelf(whole), channels={"website": {"past": 0}}) as url:
        mirror = Mirror(url, settings(), tmp_path, amended=amended)
        await mirror.sweep(whole=True)
        assert asked == []
        page = tmp_path / f"en/incidents/{old.id}/index.html"
        told = page.read_bytes()
        page.write_bytes(b"the words before")
        await mirror.sweep(whole=False)
    assert (len(asked), page.read_bytes()) == (1, told)


async def until(seen: Callable[[], bool]) -> None:
    """Returns once it is so."""
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(seen):
            pass


def test_without_a_folder_nothing_runs() -> None:
    def nobody(listener: object) -> None:
        raise AssertionError("nothing is to be told")

    assert keeping(settings(), "http://127.0.0.1:1", tells=nobody, amended=nothing_amended) == []
