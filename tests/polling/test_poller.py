"""Looking at a status page again and again: every family, against a server that answers well, late, wrong or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.config.upstreams import UpstreamSettings
from bot.domain.model import Signal, SignalState
from bot.domain.watching import LONGEST_PAUSE, READINGS
from bot.errors import StoreBusy
from bot.metrics import Metrics
from bot.polling.addresses import anywhere
from bot.polling.fetching import open_fetcher
from bot.polling.poller import Poller, Reporting, open_pollers
from bot.sources.upstream.base import StatusPage
from tests.polling.vendor import Vendor, serving
from tests.sources.upstream.pages import KINDS, page_of, recorded

MINUTE = timedelta(minutes=1)
HTML = b"<!doctype html><html><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True, kw_only=True)
class Family:
    """products: what its recorded pages are read for; path: what its page's address ends in; well, down: recorded."""

    well: str
    down: str
    products: tuple[str, ...] = ()
    path: str = ""


FAMILIES: Mapping[str, Family] = {
    "aws_status": Family(well="well", down="several_services"),
    "google_cloud_status": Family(well="well", down="two_products"),
    "instatus_feed": Family(well="well", down="component_down"),
    "meta": Family(well="well_in_every_way", down="down_by_its_feed", products=("whatsapp-business-api",)),
    "slack_status": Family(well="well", down="two_services"),
    "statuspage_feed": Family(well="well", down="two_products_of_one_incident"),
    "syndication_feed": Family(well="history_all_over", down="history_newest_open", path="/history.atom"),
}
each_family = pytest.mark.parametrize("kind", FAMILIES)


@dataclass(kw_only=True)
class Office:
    """What a poller reports to. busy: how many reports the store refuses first; firing: what it has already."""

    reported: list[Signal] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)
    firing: tuple[str, ...] = ()
    busy: int = 0

    async def report(self, signals: Sequence[Signal]) -> None:
        if self.busy:
            self.busy -= 1
            raise StoreBusy("the database does not answer")
        self.reported += signals

    async def firing_keys(self, source: str) -> Sequence[str]:
        assert source == "up"
        return self.firing

    async def hear(self, source: str) -> None:
        self.heard.append(source)

    @property
    def reporting(self) -> Reporting:
        return Reporting(
            report=self.report,
            firing_keys=self.firing_keys,
            heard=self.hear,
            metrics=self.metrics,
            draw=lambda: 0.5,
        )

    @property
    def told(self) -> list[tuple[str, str]]:
        return sorted((signal.key, signal.state.value) for signal in self.reported)

    def counted(self, outcome: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "notice_bot_upstream_reads_total", {"source": "up", "outcome": outcome}
        )
        return value or 0.0


@dataclass(kw_only=True)
class Scene:
    """A vendor, a poller that looks at its page, and what came of it."""

    kind: str
    vendor: Vendor
    page: StatusPage
    poller: Poller
    office: Office

    @property
    def paths(self) -> list[str]:
        return [address.removeprefix(self.vendor.url) for address in self.page.addresses]

    @property
    def problems(self) -> list[str]:
        """The products in trouble while the page is as in ``down``."""
        signals = recorded(self.kind, FAMILIES[self.kind].down).signals
        return sorted(signal.key for signal in signals if signal.state is SignalState.FIRING)

    def shows(self, name: str) -> None:
        for path, body in zip(self.paths, recorded(self.kind, name).answers, strict=True):
            self.vendor.says(path, body or b"")

    def well(self) -> None:
        self.shows(FAMILIES[self.kind].well)

    def down(self) -> None:
        self.shows(FAMILIES[self.kind].down)

    def everything(self, body: bytes, **headers: Any) -> None:
        for path in self.paths:
            self.vendor.says(path, body, **headers)

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            await self.poller.look()


@asynccontextmanager
async def scene(kind: str, *, within: timedelta = MINUTE, **known: Any) -> AsyncIterator[Scene]:
    family, office = FAMILIES[kind], Office(**known)
    async with serving() as vendor, open_fetcher(allowed=anywhere, within=within, largest=50_000) as fetcher:
        page = page_of(kind, url=vendor.url + family.path, products=family.products)
        poller = Poller(page, fetcher, office.reporting, every=MINUTE, turn=asyncio.Semaphore(1))
        yield Scene(kind=kind, vendor=vendor, page=page, poller=poller, office=office)


@pytest.fixture
async def here(kind: str) -> AsyncIterator[Scene]:
    async with scene(kind) as opened:
        yield opened


def test_every_family_is_here() -> None:
    assert FAMILIES.keys() == KINDS.keys()


# --- what is said about every family's page ---


@each_family
async def test_a_page_that_is_well_is_nothing_to_report(here: Scene) -> None:
    here.well()
    await here.look(3)
    assert here.office.reported == []
    assert here.office.heard == ["up"] * 3
    assert here.office.counted("read") == 3


@each_family
async def test_a_problem_is_reported_at_the_second_look_and_its_end_likewise(here: Scene) -> None:
    here.down()
    await here.look()
    assert here.office.told == []
    await here.look()
    assert here.office.told == [(key, "firing") for key in here.problems]
    here.office.reported.clear()
    here.well()
    await here.look()
    assert here.office.told == []
    await here.look()
    assert here.office.told == [(key, "resolved") for key in here.problems]


def _cut(body: bytes) -> bytes:
    return body.rstrip()[: len(body.rstrip()) // 2]


FAILURES: Mapping[str, Any] = {
    "HTML with status 200": (lambda here: here.everything(HTML, Content_Type="text/html"), "malformed"),
    "an empty answer": (lambda here: here.everything(b""), "malformed"),
    "something else": (lambda here: here.everything(b'{"hello": "world"}'), "malformed"),
    "half of it": (
        lambda here: [
            here.vendor.says(path, _cut(body or b"[ ]"))
            for path, body in zip(here.paths, recorded(here.kind, FAMILIES[here.kind].down).answers, strict=True)
        ],
        "malformed",
    ),
    "a line that breaks": (lambda here: [here.vendor.breaks_off(path, b"[]") for path in here.paths], "no_answer"),
    "too much": (lambda here: here.everything(b" " * 50_001), "no_answer"),
    "status 500": (lambda here: here.everything(b"[]", status=500), "no_answer"),
    "status 404 in JSON": (lambda here: here.everything(b"[]", status=404), "no_answer"),
    "a redirect in a circle": (lambda here: [here.vendor.leads(path, path) for path in here.paths], "no_answer"),
    "a redirect to another scheme": (
        lambda here: [here.vendor.leads(path, "ftp://127.0.0.1/") for path in here.paths],
        "no_answer",
    ),
}


@each_family
@pytest.mark.parametrize("failure", FAILURES)
async def test_a_page_that_fails_is_unknown_never_up_and_never_down(here: Scene, failure: str) -> None:
    fails, outcome = FAILURES[failure]
    here.down()
    await here.look(READINGS)
    here.office.reported.clear()
    fails(here)
    await here.look(READINGS + 1)
    assert here.office.told == []
    assert here.office.counted(outcome) == READINGS + 1
    here.well()
    await here.look()
    assert here.office.told == []
    await here.look()
    assert here.office.told == [(key, "resolved") for key in here.problems]


@each_family
@pytest.mark.parametrize("failure", FAILURES)
async def test_a_problem_is_still_found_after_a_failure(here: Scene, failure: str) -> None:
    here.down()
    await here.look()
    FAILURES[failure][0](here)
    await here.look()
    here.down()
    await here.look()
    assert here.office.told == [(key, "firing") for key in here.problems]


@each_family
async def test_a_page_that_does_not_answer_in_time_is_unknown(kind: str) -> None:
    [product, *_] = FAMILIES[kind].products or ("page",)
    async with scene(kind, within=timedelta(milliseconds=20), firing=(product,)) as here:
        for path in here.paths:
            here.vendor.hangs(path)
        await here.look(READINGS + 1)
        assert here.office.told == []
        assert here.office.heard == []
        assert here.office.counted("no_answer") == READINGS + 1


@each_family
async def test_a_page_that_has_not_changed_counts_as_a_reading(here: Scene) -> None:
    name = FAMILIES[here.kind].down
    for number, (path, body) in enumerate(zip(here.paths, recorded(here.kind, name).answers, strict=True)):
        here.vendor.keeps(path, body or b"", ETag=f'"{number}"')
    await here.look(2)
    assert here.office.told == [(key, "firing") for key in here.problems]
    assert (here.office.counted("read"), here.office.counted("unchanged")) == (1, 1)
    assert [bool(request.headers.get("If-None-Match")) for request in here.vendor.asked] == [
        *[False] * len(here.paths),
        *[True] * len(here.paths),
    ]


@each_family
async def test_a_page_behind_a_redirect_is_read(here: Scene) -> None:
    here.down()
    for number, path in enumerate(here.paths):
        here.vendor.answers[f"/moved/{number}"] = here.vendor.answers[path]
        here.vendor.leads(path, f"/moved/{number}", status=301)
    await here.look(2)
    assert here.office.told == [(key, "firing") for key in here.problems]


@each_family
async def test_after_a_restart_it_is_noticed_that_a_problem_has_vanished(kind: str) -> None:
    [product, *_] = FAMILIES[kind].products or ("page",)
    async with scene(kind, firing=(product, "of-another-product-than-those-that-matter")) as here:
        here.well()
        await here.look(READINGS)
        assert (product, "resolved") in here.office.told
        if here.page.products:
            assert len(here.office.told) == 1


# --- what is the same for all ---

one_family = pytest.mark.parametrize("kind", ["statuspage_feed"])


@one_family
async def test_what_is_reported_names_the_source_and_the_platform(here: Scene) -> None:
    here.down()
    await here.look(2)
    assert [signal.labels["upstream"] for signal in here.office.reported] == ["Pago", "Pago"]
    assert {signal.source for signal in here.office.reported} == {"up"}


@pytest.mark.parametrize("kind", ["meta"])
async def test_one_way_that_fails_leaves_the_product_in_doubt(here: Scene) -> None:
    here.well()
    here.vendor.says(here.paths[-1], HTML)
    with capture_logs() as lines:
        await here.look(3)
    assert here.office.told == []
    assert here.office.counted("doubtful") == 3
    [line] = lines
    assert line["products"] == ["whatsapp-business-api"]


@one_family
async def test_trouble_with_a_page_is_told_once_and_its_end_once(here: Scene) -> None:
    with capture_logs() as lines:
        here.everything(HTML)
        await here.look(5)
        here.well()
        await here.look(5)
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("a status page cannot be read: its platform is unknown", "warning"),
        ("a status page can be read again", "info"),
    ]
    assert lines[1]["missed"] == 5
    assert here.office.heard == ["up"] * 5


@one_family
async def test_a_page_that_fails_is_asked_less_often_until_it_answers(here: Scene) -> None:
    here.everything(HTML)
    waits = []
    for _ in range(4):
        await here.look()
        waits.append(here.poller.wait())
    assert waits == [2 * MINUTE, 4 * MINUTE, LONGEST_PAUSE, LONGEST_PAUSE]
    here.well()
    await here.look()
    assert here.poller.wait() == MINUTE


@one_family
async def test_a_page_that_asks_for_a_pause_gets_it(here: Scene) -> None:
    here.everything(b"", status=429, Retry_After="1800")
    await here.look()
    assert here.poller.wait() == timedelta(minutes=30)
    here.well()
    await here.look()
    assert here.poller.wait() == MINUTE


@one_family
async def test_what_could_not_be_stored_is_reported_by_the_next_look(here: Scene) -> None:
    here.office.busy = 1
    here.down()
    await here.look()
    with pytest.raises(StoreBusy):
        await here.look()
    assert here.office.told == []
    await here.look()
    assert here.office.told == [(key, "firing") for key in here.problems]


@one_family
async def test_a_poller_looks_for_ever_whatever_comes(here: Scene) -> None:
    """A store that is busy and a page nobody has thought of do not end it."""
    here.office.busy = 1
    reported = asyncio.Event()

    class Odd(type(here.page)):  # type: ignore[misc]  # the class of the page under test
        looks = iter([True])

        def read(self, *answers: Any, **options: Any) -> Sequence[Signal]:
            if next(Odd.looks, False):
                raise ZeroDivisionError
            return super().read(*answers, **options)  # type: ignore[no-any-return]  # as above

    async def report(signals: Sequence[Signal]) -> None:
        await here.office.report(signals)
        reported.set()

    here.down()
    page = Odd(name="up", shown="Pago", url=here.vendor.url)
    reporting = replace(here.office.reporting, report=report)
    async with open_fetcher(allowed=anywhere) as fetcher:
        often = timedelta(milliseconds=1)
        poller = Poller(page, fetcher, reporting, every=often, turn=asyncio.Semaphore(1))
        with capture_logs() as lines:
            task = asyncio.ensure_future(poller.run())
            await reported.wait()
            task.cancel()
            await asyncio.wait([task])
    assert [line["log_level"] for line in lines] == ["error", "info", "warning"]
    assert here.office.told[:2] == [(key, "firing") for key in here.problems]


async def test_every_configured_page_has_a_poller_and_only_private_ones_may_be_inside() -> None:
    async with serving() as vendor:
        vendor.says("/api/v2/summary.json", recorded("statuspage_feed", "well").answers[0] or b"")
        office = Office()
        settings = {
            name: UpstreamSettings(type="statuspage_feed", name="Ours", url=vendor.url, private=private)
            for name, private in (("up", True), ("strict", False))
        }
        reporting = replace(office.reporting, firing_keys=_nothing)
        async with open_pollers(settings, reporting) as [inside, strict]:
            await inside.look()
            with capture_logs() as lines:
                await strict.look()
        assert office.heard == ["up"]
        assert len(vendor.asked) == 1
        assert "127.0.0.1 is not an address of the public internet" in str(lines[0]["reason"])


async def _nothing(source: str) -> Sequence[str]:
    return ()
