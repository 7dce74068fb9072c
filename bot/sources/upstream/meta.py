"""Meta: its business products (WhatsApp Business, Messenger, the Graph API, shops, ads), not the apps people use.

The page is asked in up to three ways: the state of every service of every product, and for each product that matters
the list of its open outages and its feed, which holds open ones only. One that says "down" is enough; "well" takes all
of them. Paths that do not exist answer with a page of HTML and status 200.
Shapes: https://metastatus.com (not documented by Meta; put together from programs that read them)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.domain.model import Impact, Signal, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import Finding, Report, StatusPage, began, listed, objects_of, rated, slugs
from bot.sources.upstream.feeds import items
from bot.sources.upstream.syndication import findings_in

_RATINGS: Mapping[str, Impact | SignalState] = {
    "no known issues": SignalState.RESOLVED,
    "resolved": SignalState.RESOLVED,
    "low disruptions": Impact.MINOR,
    "some disruption": Impact.MINOR,
    "some disruptions": Impact.MINOR,
    "medium disruptions": Impact.MAJOR,
    "partial outage": Impact.MAJOR,
    "high disruptions": Impact.CRITICAL,
    "major outage": Impact.CRITICAL,
}

Reader = Callable[[bytes], Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta(StatusPage):
    """Meta's status page. A product is what its page's address ends in: ``whatsapp-business-api``."""

    type: ClassVar[str] = "meta"
    home: ClassVar[str] = "https://metastatus.com"

    @property
    def addresses(self) -> Sequence[str]:
        """All products' services; then, for each product that matters, its outages and its feed."""
        return (f"{self.url}/data/orgs.json", *(address for address, _ in self._ways()))

    def read(self, bodies: Sequence[bytes | None], *, expected: Collection[str] = ()) -> Sequence[Signal]:
        """See Upstream. What one way does not tell leaves the products it is about in doubt."""
        readers = [self._services, *(reader for _, reader in self._ways())]
        reports = [_tried(reader, body) for reader, body in zip(readers, bodies, strict=True)]
        understood = [report for report in reports if isinstance(report, Report)]
        doubts = [report for report in reports if isinstance(report, Malformed)]
        if not understood or (doubts and not self.products):
            raise doubts[0]
        return self.signals(self._together(reports, understood), expected)

    def report(self, answers: Sequence[bytes]) -> Report:
        """What all products' services say, without the other ways."""
        return self._services(answers[0])

    def _ways(self) -> Iterator[tuple[str, Reader]]:
        for product in sorted(self.products):
            yield f"{self.url}/data/outages/{product}.json", _outages(product)
            yield f"{self.url}/outage-events-feed-{product}.rss", _feed(product)

    def _services(self, body: bytes) -> Report:
        products = objects_of(body)
        if not products:
            raise Malformed("lists no product at all")
        findings = [found for product in products for found in _troubled(product, f"{self.url}/{product.text('id')}")]
        return Report(findings=findings, listed=slugs(product.text("id") for product in products))

    def _together(self, reports: Sequence[Report | Malformed], understood: Sequence[Report]) -> Report:
        """Everything that was said, and a doubt for every way that could not be understood."""
        concerned = [sorted(self.products), *([product] for product in sorted(self.products) for _ in range(2))]
        doubts = [
            Finding(product=product, title=f"not readable: {report.text}")
            for report, products in zip(reports, concerned, strict=True)
            if isinstance(report, Malformed)
            for product in products
        ]
        findings = [finding for report in understood for finding in report.findings]
        return Report(findings=[*findings, *doubts], listed=understood[0].listed)


def _tried(reader: Reader, body: bytes | None) -> Report | Malformed:
    if body is None:
        return Malformed("no answer")
    try:
        return reader(body)
    except Malformed as error:
        return error


def _troubled(product: JsonObject, url: str) -> Iterator[Finding]:
    """One per service that is not well. A product without services, or a service without a word, is unknown."""
    services = listed(product, "services")
    found = [_service(service, product, url) for service in services]
    if not services:
        found = [Finding(product=product.text("id"), title="the page lists no service of it")]
    troubled = [finding for finding in found if finding is not None]
    names = ", ".join(sorted(finding.more["service"] for finding in troubled if "service" in finding.more))
    for finding in troubled:
        yield replace(finding, more={"services": names})


def _service(service: JsonObject, product: JsonObject, url: str) -> Finding | None:
    word, name = service.text("status", ""), service.text("name", "")
    finding = Finding(
        product=product.text("id"),
        status=word,
        title=f"{product.text('name', '')}: {name}: {word}",
        at=began(service, "time"),
        url=url,
        more={"service": name},
    )
    return rated(_folded(word), _RATINGS, finding)


def _outages(product: str) -> Reader:
    def read(body: bytes) -> Report:
        found = [_outage(each, product) for each in objects_of(body)]
        return Report(findings=[finding for finding in found if finding is not None])

    return read


def _outage(outage: JsonObject, product: str) -> Finding | None:
    told = [each.text("description", "") for each in listed(outage, "posts")]
    word = outage.text("status", "")
    title = next(filter(None, reversed(told)), word)
    return rated(_folded(word), _RATINGS, Finding(product=product, status=word, title=title, at=began(outage, "time")))


def _feed(product: str) -> Reader:
    def read(body: bytes) -> Report:
        found = findings_in(items(body), only_open=True)
        return Report(findings=[replace(finding, product=product) for finding in found])

    return read


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())
