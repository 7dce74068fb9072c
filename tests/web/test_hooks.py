"""Webhooks over real sockets: every answer that is promised, and that nothing else ever happens."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse, ClientSession
from prometheus_client import CollectorRegistry, Counter

from bot.domain.model import Signal, SignalState
from bot.errors import StoreBusy
from bot.sources.base import Source
from bot.sources.registry import TYPES, build
from bot.web.hooks import Limits, routes
from bot.web.server import LARGEST_BODY, application, serve
from tests.sources.fixture import Fixture, fixture, fixtures_of
from tests.sources.signing import SIGNERS

SECRET = "s3cret-Wort/电池"
BEARER = {"Authorization": "Bearer s3cret-Wort/电池"}
JSON = {"Content-Type": "application/json"}
ONE = {"key": "probe", "state": "firing"}


class Metrics:
    """The one metric that hooks count."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.hook_requests_total = Counter("hook_requests", "Requests", ["source", "status"], registry=self.registry)

    def count(self, source: str, status: int) -> float | None:
        labels = {"source": source, "status": str(status)}
        return self.registry.get_sample_value("hook_requests_total", labels)


class Desk:
    """A whole service from the sender's point of view: the addresses of all sources, and what was stored."""

    def __init__(self, url: str, session: ClientSession, metrics: Metrics, stored: list[Signal]) -> None:
        self.url = url
        self.session = session
        self.metrics = metrics
        self.stored = stored

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, Any, ClientResponse]:
        """Status, JSON and the response itself."""
        data = body if isinstance(body, bytes | io.BytesIO) else json.dumps(body).encode()
        async with self.session.post(self.url + path, data=data, **{"headers": JSON, **options}) as answer:
            return answer.status, await answer.json(), answer


@asynccontextmanager
async def desk(
    *,
    secret: str | None = None,
    report: Any = None,
    heard: Any = None,
    limits: Limits | None = None,
    special: Source | None = None,
) -> AsyncIterator[Desk]:
    """special: takes the place of the source of its name."""
    stored: list[Signal] = []
    metrics = Metrics()

    async def store(signals: Sequence[Signal]) -> None:
        stored.extend(signals)

    sources = {source.type: build(source.type, type=source.type, secret=secret) for source in TYPES}
    sources |= {special.name: special} if special else {}
    app = application(routes(sources, report or store, metrics, heard=heard, limits=limits))
    async with serve(app, "127.0.0.1:0") as url, ClientSession() as session:
        yield Desk(url, session, metrics, stored)


@pytest.fixture
async def open_desk() -> AsyncIterator[Desk]:
    async with desk() as opened:
        yield opened


@pytest.fixture
async def locked_desk() -> AsyncIterator[Desk]:
    async with desk(secret=SECRET) as locked:
        yield locked


# --- taken ---


@pytest.mark.parametrize("recorded", [item for source in TYPES for item in fixtures_of(source.type)], ids=str)
async def test_every_recorded_request_is_taken_over_http(recorded: Fixture) -> None:
    request = recorded.request
    async with desk(special=recorded.source) as opened:
        async with opened.session.request(
            request.method,
            f"{opened.url}/hooks/{recorded.type}",
            headers=request.headers or JSON,
            params=request.query,
            data=request.body or None,
        ) as answer:
            body = await answer.json()
        assert (answer.status, body["accepted"]) == (202, len(recorded.signals))
        assert tuple(opened.stored) == recorded.signals


async def test_nothing_is_acknowledged_before_it_is_stored() -> None:
    arrived, committed = asyncio.Event(), asyncio.Event()

    async def report(signals: Sequence[Signal]) -> None:
        arrived.set()
        await committed.wait()

    async with desk(report=report) as busy:
        request = asyncio.create_task(busy.post("/hooks/generic", ONE))
        await arrived.wait()
        assert not request.done()
        committed.set()
        assert (await request)[0] == 202


async def test_a_body_that_says_nothing_is_taken_without_troubling_the_store() -> None:
    async def report(signals: Sequence[Signal]) -> None:
        raise AssertionError("nothing to store")

    async with desk(report=report) as idle:
        assert (await idle.post("/hooks/generic", {"signals": []}))[:2] == (202, {"accepted": 0})


async def test_ten_thousand_alerts_in_one_body_are_taken(open_desk: Desk) -> None:
    alerts = [{"status": "firing", "labels": {"alertname": "Storm", "host": f"h{number}"}} for number in range(10_000)]
    status, body, _ = await open_desk.post("/hooks/alertmanager", {"alerts": alerts})
    assert (status, body) == (202, {"accepted": 10_000})
    assert len({signal.key for signal in open_desk.stored}) == 10_000


async def test_a_compressed_body_is_taken(open_desk: Desk) -> None:
    for encoding, packed in {
        "gzip": gzip.compress(json.dumps(ONE).encode()),
        "deflate": zlib.compress(json.dumps(ONE).encode()),
    }.items():
        status, _, _ = await open_desk.post("/hooks/generic", packed, headers={**JSON, "Content-Encoding": encoding})
        assert status == 202


async def test_text_from_a_sender_stays_text(open_desk: Desk) -> None:
    recorded = fixture("alertmanager", "firing_hostile_text")
    await open_desk.post("/hooks/alertmanager", recorded.request.body)
    [signal] = open_desk.stored
    assert signal.labels["alertname"] == "{0.__class__}"
    assert signal.labels["service"] == "shop"
    assert signal.labels["path"] == "%s ${HOME} {{ 7*7 }}"
    assert "\u202e" not in signal.summary


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        (BEARER, ""),
        ({"Authorization": "Basic " + b64encode(f"prometheus:{SECRET}".encode()).decode()}, ""),
        ({"X-Hook-Token": SECRET}, ""),
        ({}, "?token=s3cret-Wort/%E7%94%B5%E6%B1%A0"),
        ({}, "?token=wrong&token=s3cret-Wort%2F%E7%94%B5%E6%B1%A0"),
    ],
    ids=["bearer", "basic", "header", "token", "last token"],
)
async def test_the_secret_opens_in_every_form(locked_desk: Desk, headers: dict[str, str], query: str) -> None:
    status, _, _ = await locked_desk.post(f"/hooks/generic{query}", ONE, headers={**JSON, **headers})
    assert status == 202
    assert [signal.state for signal in locked_desk.stored] == [SignalState.FIRING]


async def test_requests_are_counted_by_source_and_status(locked_desk: Desk) -> None:
    await locked_desk.post("/hooks/generic", ONE, headers={**JSON, **BEARER})
    await locked_desk.post("/hooks/generic", ONE)
    await locked_desk.post("/hooks/nobody-knows-this", ONE)
    count = locked_desk.metrics.count
    assert (count("generic", 202), count("generic", 401), count("unknown", 404)) == (1, 1, 1)


# --- refused ---


async def test_a_wrong_secret_is_401_and_changes_nothing(locked_desk: Desk) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic !"}, {"X-Hook-Token": "wrong"}):
        status, body, answer = await locked_desk.post("/hooks/generic", ONE, headers={**JSON, **headers})
        assert status == 401
        assert body["path"] == ""
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert locked_desk.stored == []


async def test_the_secret_is_looked_at_before_the_body(locked_desk: Desk) -> None:
    assert (await locked_desk.post("/hooks/generic", b"not JSON"))[0] == 401


async def test_an_unknown_source_is_404(open_desk: Desk) -> None:
    for path in ("/hooks/nobody", "/hooks/generic/more", "/hooks/", "/hooks/%2e%2e%2fgeneric", "/hooks/%00"):
        status, body, _ = await open_desk.post(path, ONE)
        assert (status, body) == (404, {"error": "there is nothing at this address", "path": ""})


async def test_another_method_is_405_and_tells_the_right_one(open_desk: Desk) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        async with open_desk.session.request(method, f"{open_desk.url}/hooks/alertmanager", data=b"{}") as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
            assert (await answer.json())["path"] == ""


async def test_a_body_of_five_megabytes_is_413(open_desk: Desk) -> None:
    large = json.dumps({**ONE, "summary": "x" * 5_000_000}).encode()
    status, body, _ = await open_desk.post("/hooks/generic", io.BytesIO(large))
    assert (status, body) == (413, {"error": f"the body is larger than {LARGEST_BODY} bytes", "path": ""})
    assert open_desk.stored == []


async def test_a_large_body_in_chunks_without_a_length_is_413(open_desk: Desk) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b"x" * 65_536

    async with open_desk.session.post(f"{open_desk.url}/hooks/generic", data=chunks(), headers=JSON) as answer:
        assert answer.status == 413


async def test_a_small_body_that_unpacks_to_a_gigabyte_is_413(open_desk: Desk) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = b" " * 2**20
    bomb = b"".join([*(packer.compress(megabyte) for _ in range(800)), packer.flush()])
    assert len(bomb) < LARGEST_BODY
    status, _, _ = await open_desk.post("/hooks/generic", bomb, headers={**JSON, "Content-Encoding": "gzip"})
    assert status == 413


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"key": "probe"}', "the body is not packed as it says"),
        (gzip.compress(b'{"key": "probe"}', mtime=0)[:-4], "the packed body is cut off"),
        (b"", "the packed body is cut off"),
    ],
    ids=["not packed", "cut off", "nothing"],
)
async def test_a_body_that_is_not_packed_as_it_says_is_400(open_desk: Desk, body: bytes, error: str) -> None:
    status, answered, _ = await open_desk.post("/hooks/generic", body, headers={**JSON, "Content-Encoding": "gzip"})
    assert (status, answered) == (400, {"error": error, "path": ""})


async def test_another_encoding_is_415(open_desk: Desk) -> None:
    for encoding in ("br", "zstd", "compress", "gzip, gzip"):
        status, _, _ = await open_desk.post("/hooks/generic", ONE, headers={**JSON, "Content-Encoding": encoding})
        assert status == 415


async def test_another_content_type_is_415_and_tells_the_right_one(open_desk: Desk) -> None:
    status, body, _ = await open_desk.post("/hooks/generic", ONE, headers={"Content-Type": "text/html"})
    assert (status, body) == (415, {"error": "expected content-type: application/json", "path": ""})


@pytest.mark.parametrize(
    ("body", "error", "path"),
    [
        (b'{"key": "a"', "not JSON: Expecting ',' delimiter at line 1 column 12", ""),
        (b'{"key":\n "a\xff"}', "not UTF-8 at byte 11", ""),
        (b"", "empty, expected JSON", ""),
        (b"[]", "expected object, found list", ""),
        ({"state": "firing"}, "missing", "key"),
        ({"key": 7, "state": "firing"}, "expected text, found number", "key"),
        ({**ONE, "labels": {"service": 7}}, "expected text, found number", "labels.service"),
        ({**ONE, "labels": {'"}\u202e\n': 7}}, "expected text, found number", 'labels["\\"}\\u202e\\n"]'),
        ({"signals": [ONE, {**ONE, "at": "soon"}]}, "expected a time such as 2024-12-11T17:45:00Z", "signals[1].at"),
        ({**ONE, "sumary": ""}, "unknown field (did you mean summary?)", "sumary"),
    ],
)
async def test_a_wrong_body_is_422_and_tells_where_and_why(open_desk: Desk, body: Any, error: str, path: str) -> None:
    status, answered, _ = await open_desk.post("/hooks/generic", body)
    assert (status, answered) == (422, {"error": error, "path": path})
    assert open_desk.stored == []


async def test_more_signals_than_are_sane_are_422(open_desk: Desk) -> None:
    status, body, _ = await open_desk.post("/hooks/alertmanager", {"alerts": [{}] * 20_001})
    assert (status, body["path"]) == (422, "alerts")
    assert "at most 20000" in body["error"]


async def test_a_busy_store_is_503_and_says_when_to_come_again() -> None:
    async def report(signals: Sequence[Signal]) -> None:
        raise StoreBusy("1,000 signals wait")

    async with desk(report=report) as busy:
        status, body, answer = await busy.post("/hooks/generic", ONE)
        assert (status, answer.headers["Retry-After"]) == (503, "5")
        assert body == {"error": "busy, please try again", "path": ""}


async def test_too_many_requests_at_once_are_429_and_told_when_to_come_again() -> None:
    arrived, committed = asyncio.Event(), asyncio.Event()

    async def report(signals: Sequence[Signal]) -> None:
        arrived.set()
        await committed.wait()

    async with desk(report=report, limits=Limits(at_once=1)) as busy:
        first = asyncio.create_task(busy.post("/hooks/generic", ONE))
        await arrived.wait()
        status, _, answer = await busy.post("/hooks/generic", ONE)
        assert (status, answer.headers["Retry-After"]) == (429, "5")
        committed.set()
        assert (await first)[0] == 202
        assert (await busy.post("/hooks/generic", ONE))[0] == 202


async def test_more_bytes_than_are_sane_at_once_are_429_whatever_their_number_of_requests() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"key": "probe",' + b" " * 900
        begun.set()
        await go_on.wait()
        yield b' "state": "firing"}'

    async with desk(limits=Limits(bytes_at_once=1000)) as busy:
        first = asyncio.create_task(_send(busy, slowly()))
        await begun.wait()
        assert (await busy.post("/hooks/generic", ONE))[0] == 202, "a small one has room beside it"
        status, _, answer = await busy.post("/hooks/generic", b" " * 200)
        assert (status, answer.headers["Retry-After"]) == (429, "5")
        go_on.set()
        assert await first == 202
        assert (await busy.post("/hooks/generic", ONE))[0] == 202


async def test_bytes_that_are_announced_and_never_come_take_no_room() -> None:
    async with desk(limits=Limits(bytes_at_once=LARGEST_BODY)) as busy:
        slow = [await slow_sender(busy, "generic", announced=LARGEST_BODY) for _ in range(20)]
        assert (await busy.post("/hooks/generic", ONE))[0] == 202
        for _, writer in slow:
            writer.close()


async def test_bytes_that_were_unpacked_take_room_as_well() -> None:
    packed = gzip.compress(json.dumps({**ONE, "summary": "x" * 2000}).encode())
    async with desk(limits=Limits(bytes_at_once=1000)) as busy:
        status, _, _ = await busy.post("/hooks/generic", packed, headers={**JSON, "Content-Encoding": "gzip"})
        assert status == 429
        assert (await busy.post("/hooks/generic", ONE))[0] == 202


async def test_who_shows_no_secret_is_not_waited_for(locked_desk: Desk) -> None:
    for headers in ("", "Authorization: Bearer wrong\r\n"):
        reader, writer = await slow_sender(locked_desk, "generic", announced=LARGEST_BODY, headers=headers)
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
        writer.close()


SIGNED = SIGNERS["pagerduty"].sign(fixture("pagerduty", "firing").request, SECRET, datetime(2024, 12, 11, tzinfo=UTC))
SIGNED_HEADERS = {name: value for name, value in SIGNED.headers.items() if name != "content-length"}


async def test_strangers_who_hold_every_place_are_in_nobodys_way_but_their_own() -> None:
    """Those who sign can only be known when their body is there; whoever has waited longest for it gives way."""
    async with desk(secret=SECRET, limits=Limits(at_once=2, strangers=3)) as crowded:
        slow = [await slow_sender(crowded, "pagerduty", announced=100) for _ in range(5)]
        for reader, _ in slow[:2]:
            assert (await reader.readline()).startswith(b"HTTP/1.1 429 ")
        assert (await crowded.post("/hooks/generic", ONE, headers=JSON | BEARER))[0] == 202
        assert (await crowded.post("/hooks/pagerduty", SIGNED.body, headers=SIGNED_HEADERS))[0] == 202
        assert (await slow[2][0].readline()).startswith(b"HTTP/1.1 429 "), "the oldest made room for it"
        for _, writer in slow:
            writer.close()


async def test_strangers_who_hold_all_the_bytes_make_room_too() -> None:
    async with desk(secret=SECRET, limits=Limits(strangers_bytes=len(SIGNED.body) + 50)) as crowded:
        reader, writer = await slow_sender(crowded, "pagerduty", announced=100, sent=b" " * 99)
        assert (await crowded.post("/hooks/pagerduty", SIGNED.body, headers=SIGNED_HEADERS))[0] == 202
        assert (await reader.readline()).startswith(b"HTTP/1.1 429 ")
        writer.close()


@pytest.mark.parametrize(
    ("name", "content_type", "body"),
    [
        ("statuscake", "application/x-www-form-urlencoded", b"Status=Down&a=" + b"%41" * 30_000),
        ("pagerduty_events_v2", "application/json", b'{"event_action": "trigger", "a": "' + b"x" * 600_000 + b'"}'),
    ],
)
async def test_a_stranger_cannot_make_us_unpack_and_read_much(name: str, content_type: str, body: bytes) -> None:
    packed = {"Content-Type": content_type, "Content-Encoding": "gzip"}
    async with desk(secret=SECRET) as locked:
        for headers in (packed, {"Content-Type": content_type}):
            sent = gzip.compress(body) if "Content-Encoding" in headers else body
            assert (await locked.post(f"/hooks/{name}", sent, headers=headers))[0] == 413
        status, answer, _ = await locked.post(f"/hooks/{name}", gzip.compress(body), headers=packed | BEARER)
        assert status == 202, answer


async def slow_sender(
    to: Desk, name: str, *, announced: int, sent: bytes = b"", headers: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """It has begun to send, and the service has begun to look at it."""
    reader, writer = await connect(to)
    head = f"POST /hooks/{name} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {announced}\r\nExpect: 100-continue"
    writer.write(f"{head}\r\n\r\n".encode() + sent)
    assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
    await reader.readline()
    return reader, writer


async def _send(busy: Desk, body: AsyncIterator[bytes]) -> int:
    async with busy.session.post(busy.url + "/hooks/generic", data=body, headers=JSON) as answer:
        return answer.status


async def test_a_source_is_heard_once_it_has_proved_who_it_is_whatever_it_says() -> None:
    heard: list[str] = []

    async def note(name: str) -> None:
        heard.append(name)

    async with desk(secret=SECRET, heard=note) as listening:
        assert (await listening.post("/hooks/generic", ONE))[0] == 401
        assert heard == []
        nothing = {"alerts": []}
        assert (await listening.post("/hooks/alertmanager", nothing, headers=JSON | BEARER))[0] == 202
        assert heard == ["alertmanager"]


async def test_a_defect_of_ours_is_500_with_a_number_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    async def report(signals: Sequence[Signal]) -> None:
        raise ConnectionRefusedError("database at db.internal")

    async with desk(report=report) as broken:
        status, body, _ = await broken.post("/hooks/generic", ONE)
        assert status == 500
        assert body == {"error": "internal error", "id": body["id"]}
        assert broken.metrics.count("generic", 500) == 1
    assert body["id"] in capfd.readouterr().out


# --- rough senders ---


async def test_a_body_that_never_ends_is_408() -> None:
    async with desk(limits=Limits(body_within=timedelta(milliseconds=50))) as impatient:
        reader, writer = await connect(impatient)
        writer.write(b"POST /hooks/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_length_that_is_too_large_is_413_before_the_body_comes(open_desk: Desk) -> None:
    reader, writer = await connect(open_desk)
    writer.write(b"POST /hooks/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_sender_who_goes_away_changes_nothing_and_harms_nobody(open_desk: Desk) -> None:
    _, writer = await connect(open_desk)
    writer.write(b"POST /hooks/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()
    assert (await open_desk.post("/hooks/generic", ONE))[0] == 202
    assert len(open_desk.stored) == 1


async def test_what_is_no_http_is_400_and_tells_nothing_about_us(open_desk: Desk) -> None:
    reader, writer = await connect(open_desk)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"Traceback" not in answer
    writer.close()


async def test_no_log_line_holds_a_secret_or_a_body(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with desk(secret="the-right-word") as locked:
        for headers in ({"Authorization": "Bearer WATCHWORD"}, {"X-Hook-Token": "WATCHWORD"}, {}):
            await locked.post("/hooks/generic?token=WATCHWORD", ONE, headers={**JSON, **headers})
        right = {**JSON, "Authorization": "Bearer the-right-word"}
        await locked.post(
            "/hooks/generic?x=WATCHWORD", {**ONE, "url": "WATCHWORD", "state": "WATCHWORD"}, headers=right
        )
        await locked.post("/hooks/generic", b"{WATCHWORD", headers=right)
        await locked.post("/hooks/WATCHWORD", ONE)
        await locked.post("/hooks/generic/WATCHWORD", ONE)
        for garbage in (b"GET /hooks/generic?token=WATCHWORD HTTP/9.9\r\n\r\n", b"WATCHWORD WATCHWORD\r\n\r\n",
                        b"POST /hooks/generic HTTP/1.1\r\nX-Hook-Token: WATCHWORD\x00\r\n\r\n"):  # fmt: skip
            reader, writer = await connect(locked)
            writer.write(garbage)
            await reader.read()
            writer.close()
    written = capfd.readouterr()
    logged = written.out + written.err + caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "hook refused" in logged
    assert "WATCHWORD" not in logged
    assert "the-right-word" not in logged


async def test_a_test_is_told_in_the_log_with_the_code_that_some_senders_want_to_hear_back(
    open_desk: Desk,
) -> None:
    with structlog.testing.capture_logs() as logged:
        await open_desk.post("/hooks/netdata", fixture("netdata", "test").request.body)
    [line] = [line for line in logged if line["event"] == "test received"]
    assert "846201" in str(line)


async def test_answers_are_dressed_and_tell_no_versions(open_desk: Desk) -> None:
    for path in ("/hooks/generic", "/hooks/nobody", "/elsewhere"):
        async with open_desk.session.post(open_desk.url + path, json=ONE) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "Server" not in answer.headers


async def connect(to: Desk) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = to.url.removeprefix("http://").rsplit(":", 1)
    return await asyncio.open_connection(host, int(port))
