"""The site in a bucket: only what changed goes there, and whatever the bucket does, nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import ValidationError
from structlog.testing import capture_logs

from bot.config.secrets import secrets_of
from bot.config.settings import Settings
from bot.config.website import PushSettings
from bot.export.folder import Folder
from bot.export.mirror import Mirror, keeping, nothing_amended
from bot.export.push import Pusher, bucket
from bot.export.site import always, file_of
from bot.export.types import content_type
from bot.web.answers import FOREVER
from tests.channels.boards import settings, whole
from tests.export.test_mirror import files_in, serving, until
from tests.fakes.s3 import Bucket
from tests.web.shelf import Shelf

obstore = pytest.importorskip("obstore", reason="pip install obstore")

NAME, ACCESS, SECRET, REGION = "bottega-status", "AKBOTTEGA", "only-the-bucket-knows", "eu-south-1"


@pytest.fixture
async def far() -> AsyncIterator[Bucket]:
    """The bucket."""
    async with Bucket(NAME, access_key=ACCESS, secret_key=SECRET, region=REGION).serving() as far:
        yield far


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Three files of ours, and one of somebody else's."""
    folder = Folder(tmp_path)
    for name in ("en/incidents/7/index.html", "en/index.html", "assets/style.1a2b3c4d5e.css"):
        folder.put(name, f"the first {name}".encode())
    folder.save()
    (tmp_path / "mine.txt").write_text("not ours")
    return folder


def configured(far: Bucket, *, secret: str = SECRET) -> PushSettings:
    return PushSettings.model_validate(
        {"bucket": NAME, "endpoint": far.address, "region": REGION, "access_key": ACCESS, "secret_key": secret}
    )


def pusher(far: Bucket, root: Path, *, place: str = "there", secret: str = SECRET) -> Pusher:
    return Pusher(bucket(configured(far, secret=secret)), root, place=place)


def ours(root: Path) -> dict[str, bytes]:
    """The files of the site in a folder."""
    return {name: body for name, body in files_in(root).items() if not name.startswith(".")}


async def test_our_files_are_copied_with_what_they_are_and_nobody_elses(far: Bucket, folder: Folder) -> None:
    await pusher(far, folder.root).push()
    assert {name: kept.body for name, kept in far.objects.items()} == {
        name: (folder.root / name).read_bytes()
        for name in ("en/incidents/7/index.html", "en/index.html", "assets/style.1a2b3c4d5e.css")
    }
    assert far.objects["en/index.html"].headers == (
        "text/html; charset=utf-8",
        "public, max-age=15, stale-if-error=86400",
    )
    assert far.objects["assets/style.1a2b3c4d5e.css"].headers == ("text/css; charset=utf-8", FOREVER)


async def test_only_what_changed_is_copied_also_after_a_restart(far: Bucket, folder: Folder) -> None:
    await pusher(far, folder.root).push()
    far.asked.clear()
    nothing = await pusher(far, folder.root).push()
    assert (nothing.copied, nothing.removed, far.asked) == (0, 0, [])
    folder.put("en/index.html", b"the second")
    folder.keep_only(["en/index.html"])
    folder.save()
    pushed = await pusher(far, folder.root).push()
    assert (pushed.copied, pushed.removed) == (1, 1)
    assert far.asked == [("PUT", "en/index.html"), ("DELETE", "en/incidents/7/index.html")]
    assert {*far.objects} == {"en/index.html", "assets/style.1a2b3c4d5e.css"}


async def test_another_bucket_holds_nothing_yet(far: Bucket, folder: Folder) -> None:
    await pusher(far, folder.root).push()
    assert (await pusher(far, folder.root, place="elsewhere").push()).copied == 3


async def test_a_list_that_cannot_be_read_costs_no_more_than_another_copy(far: Bucket, folder: Folder) -> None:
    await pusher(far, folder.root).push()
    (folder.root / ".notice-bot-pushed.json").write_text('{"place": "there", "files": [1')
    assert (await pusher(far, folder.root).push()).copied == 3


async def test_what_was_copied_before_a_failure_is_not_copied_again(far: Bucket, folder: Folder) -> None:
    pushing = pusher(far, folder.root)
    (folder.root / "en/index.html").rename(folder.root / "away")
    (folder.root / "en/index.html").mkdir()  # can be listed, and not be read
    with pytest.raises(OSError, match="directory"):
        await pushing.push()
    (folder.root / "en/index.html").rmdir()
    (folder.root / "away").rename(folder.root / "en/index.html")
    far.asked.clear()
    assert (await pushing.push()).copied == 1
    assert far.asked == [("PUT", "en/index.html")]


async def test_a_bucket_that_is_overloaded_for_a_moment_is_asked_again(far: Bucket, folder: Folder) -> None:
    far.broken = 1
    assert (await pusher(far, folder.root).push()).copied == 3
    assert len(far.objects) == 3


async def test_a_key_that_is_not_let_in_is_said_once_without_it_and_holds_up_nothing(
    far: Bucket, folder: Folder
) -> None:
    pushing = pusher(far, folder.root, secret="another-key-than-that")
    pushing.wake()
    with capture_logs() as lines:
        running = asyncio.create_task(pushing.run())
        await until(lambda: bool(lines))
        assert not running.done()
        running.cancel()
    [line] = lines
    assert (line["log_level"], line["event"].startswith("the site cannot be copied")) == ("warning", True)
    assert "another-key" not in str(line)
    assert far.objects == {}


async def test_the_bucket_follows_the_folder_as_the_folder_follows_the_site(far: Bucket, tmp_path: Path) -> None:
    push = configured(far).model_dump() | {"secret_key": SECRET}
    channels = {"feed": {}, "website": {"export": tmp_path / "site", "push": push}}
    here = settings(languages=("it",), channels=channels)
    async with serving(Shelf(whole), languages=("it",)) as url:
        running = [
            asyncio.create_task(each()) for each in keeping(here, url, tells=lambda wake: None, amended=nothing_amended)
        ]
        await until(lambda: {file_of(path) for path in always(here)} <= {*far.objects})
        await until(lambda: {name: kept.body for name, kept in far.objects.items()} == ours(tmp_path / "site"))
        assert not any(each.done() for each in running)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert "it/incidents/7/index.html" in far.objects


async def test_a_file_is_of_the_kind_that_the_service_says_it_is(tmp_path: Path) -> None:
    async with serving(Shelf(whole)) as url, ClientSession(headers={"Accept-Language": "en"}) as session:
        await Mirror(url, settings(), tmp_path).sweep(whole=True)
        for path in always(settings()):
            async with session.get(url + path) as answer:
                assert content_type(file_of(path)) == answer.headers["Content-Type"], path


def test_a_bucket_without_a_folder_to_copy_is_refused() -> None:
    push = {"bucket": NAME, "access_key": ACCESS, "secret_key": SECRET}
    with pytest.raises(ValidationError, match="expected export, the folder that is copied to the bucket"):
        settings(channels={"website": {"push": push}})


def test_the_key_is_a_secret() -> None:
    push = {"bucket": NAME, "access_key": ACCESS, "secret_key": SECRET}
    told: Settings = settings(channels={"website": {"export": "site", "push": push}})
    assert SECRET in secrets_of(told)
    assert SECRET not in repr(told)
