"""Documents: made once per change however many ask, new at once after a commit, and bounded in memory."""

from __future__ import annotations

import asyncio
import gzip
import threading

import brotli
import pytest

from bot.errors import StoreBusy
from bot.web.document import Document
from bot.web.documents import Documents, Load, Reader, Render, Short, Shown
from tests.channels.boards import whole
from tests.web.shelf import Shelf
from tests.worlds import StillClock


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(whole)


def documents(shelf: Shelf, **limits: int) -> Documents:
    return Documents(shelf, revision=lambda: shelf.revision, **limits)


def reading(*, size: int = 0) -> Load:
    """Loads the English board; its document is the count of loads so far, padded with incompressible bytes."""

    async def load(reader: Reader) -> Render:
        await reader.load_board("en", past=0)
        assert isinstance(reader, Shelf)
        loads = reader.loads
        return lambda: b"%d" % loads + b"." * size

    return load


async def get(documents: Documents, key: str = "a", *, size: int = 0) -> Document:
    made = await documents.get(key, content_type="text/plain", load=reading(size=size))
    assert made is not None
    return made


async def test_a_hundred_readers_at_once_cost_one_load(shelf: Shelf) -> None:
    shelf.gate.clear()
    ready = documents(shelf)
    waiting = [asyncio.create_task(get(ready)) for _ in range(100)]
    await asyncio.sleep(0)
    shelf.gate.set()
    made = await asyncio.gather(*waiting)
    assert {each.body for each in made} == {b"1"}
    assert shelf.loads == 1


async def test_it_is_made_again_only_after_a_change(shelf: Shelf) -> None:
    ready = documents(shelf)
    first = await get(ready)
    assert await get(ready) is first
    shelf.revision += 1
    assert (await get(ready)).body == b"2"
    assert shelf.loads == 2


async def test_who_asks_after_a_commit_never_gets_what_was_loaded_before_it(shelf: Shelf) -> None:
    shelf.gate.clear()
    ready = documents(shelf)
    early = asyncio.create_task(get(ready))
    await asyncio.sleep(0)
    shelf.revision += 1
    late = asyncio.create_task(get(ready))
    await asyncio.sleep(0)
    shelf.gate.set()
    assert (await late).body == b"2"
    await early
    assert (await get(ready)).body == b"2"


async def test_a_reader_who_leaves_takes_nothing_from_the_others(shelf: Shelf) -> None:
    shelf.gate.clear()
    ready = documents(shelf)
    leaving, staying = (asyncio.create_task(get(ready)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    shelf.gate.set()
    assert (await staying).body == b"1"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_busy_store_shows_the_last_known_state(shelf: Shelf) -> None:
    ready = documents(shelf)
    known = await get(ready)
    shelf.busy = True
    shelf.revision += 1
    assert await get(ready) is known
    with pytest.raises(StoreBusy):
        await get(ready, "never seen")
    shelf.busy = False
    assert (await get(ready)).body != known.body


async def test_a_full_hour_is_a_change_because_pages_tell_of_today(shelf: Shelf) -> None:
    clock = StillClock()
    ready = Documents(shelf, revision=lambda: shelf.revision, clock=clock)
    assert [(await get(ready)).body for _ in range(2)] == [b"1", b"1"]
    clock.go(minutes=50)
    assert (await get(ready)).body == b"1"
    clock.go(minutes=10)
    assert (await get(ready)).body == b"2"


async def test_what_is_shown_while_the_store_is_busy_says_when_it_was_true(shelf: Shelf) -> None:
    clock = StillClock()
    ready = Documents(shelf, revision=lambda: shelf.revision, clock=clock, lost=lambda: shelf.lost)

    async def shown() -> Shown:
        made = await ready.show("a", content_type="text/plain", load=reading())
        assert made is not None
        return made

    assert (await shown()).as_of is None
    read_at, shelf.busy, shelf.revision = clock(), True, 2
    clock.go(minutes=1)
    assert (await shown()).as_of == read_at
    shelf.busy, shelf.lost = False, clock()
    assert (await shown()).as_of == read_at
    shelf.revision = 1
    assert (await shown()).as_of == shelf.lost
    shelf.lost = None
    assert (await shown()).as_of is None


async def test_what_is_not_there_is_not_kept(shelf: Shelf) -> None:
    async def load(reader: Reader) -> None:
        await reader.load_story("en", 404)

    ready = documents(shelf)
    for _ in range(2):
        assert await ready.get("gone", content_type="text/plain", load=load) is None
    assert shelf.loads == 2


async def test_the_documents_not_asked_for_longest_make_room(shelf: Shelf) -> None:
    ready = documents(shelf, most_bytes=1000)
    for key in ("a", "b", "a", "c"):
        await get(ready, key, size=400)
    assert shelf.loads == 3
    await get(ready, "a", size=400)
    assert shelf.loads == 3
    await get(ready, "b", size=400)
    assert shelf.loads == 4


async def test_the_tag_follows_the_content_and_nothing_else(shelf: Shelf) -> None:
    ready = documents(shelf)
    one = await get(ready, "one", size=5000)
    shelf.loads = 0
    shelf.revision += 1
    other = await get(ready, "other", size=5000)
    assert one.etag == other.etag
    assert (await get(ready, "third", size=5000)).etag != one.etag


@pytest.mark.parametrize("size", [601, 200_000], ids=["short", "long"])
@pytest.mark.parametrize("once", [False, True], ids=["for now", "once for all"])
async def test_a_document_is_packed_for_whoever_takes_it_so(size: int, once: bool) -> None:
    whole = Document(b"word " * (size // 5) + b"." * (size % 5), "text/plain", once=once)
    for coding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        first, again = await whole.packed(coding), await whole.packed(coding)
        assert first is not None
        assert first is again
        assert unpack(first) == whole.body


async def test_what_packing_would_not_make_smaller_stays_as_it_is() -> None:
    assert await Document(b"." * 600, "text/plain").packed("br") is None


async def test_a_short_document_is_made_at_once_and_a_long_one_in_a_thread(shelf: Shelf) -> None:
    ours, ready = threading.get_ident(), documents(shelf)
    for kind, expected in ((lambda render: render, False), (Short, True)):

        async def load(reader: Reader) -> Render:
            return kind(lambda: b"%d" % threading.get_ident())  # noqa: B023  # called before the next turn

        made = await ready.get(f"{expected}", content_type="text/plain", load=load)
        assert made is not None
        assert (int(made.body) == ours) is expected
