"""What every family of status pages has in common: addresses to ask, and bytes that become the problems seen now.

Looking again and again is ``bot.polling``; what must be seen twice before it counts is ``domain.watching``.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from bot.domain.model import Impact, Signal, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject, moment, parse_json
from bot.sources.signals import signal

PAGE = "page"
"""The product of a problem that names none: the platform as a whole."""

UNRATED = Impact.MAJOR
"""How bad a problem is that the page does not rate."""

LONGEST_SLUG = 100
_NO_LETTER = re.compile(r"[\W_]+")


class Upstream(Protocol):
    """A status page, configured."""

    @property
    def name(self) -> str:
        """As configured: what products are called by in ``depends_on``, before the slash."""
        ...

    @property
    def shown(self) -> str:
        """What customers call the platform."""
        ...

    @property
    def addresses(self) -> Sequence[str]:
        """What to ask, each by GET; at least one. All are asked for one reading."""
        ...

    def watches(self, product: str) -> bool:
        """True for the slug of a product that the configuration is about."""
        ...

    def read(self, bodies: Sequence[bytes | None], *, expected: Collection[str] = ()) -> Sequence[Signal]:
        """What is wrong now: at most one signal per product, FIRING, MAINTENANCE, or UNKNOWN when nobody can say.

        bodies: one answer per address, in their order, None where there was none; expected: products that were in
        trouble before: one that a page of all its products no longer lists is unknown, not well. Raises Malformed when
        there is no telling how the page's products are: HTML, another shape, nothing at all.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a page says about one product.

    product: its name as the page writes it, "" for the page as a whole; impact: of FIRING, None otherwise;
    status: the page's own word; title, url: for operators; at: when it began, None when the page does not say;
    more: further labels for rules.
    """

    product: str
    state: SignalState = SignalState.UNKNOWN
    impact: Impact | None = None
    status: str = ""
    title: str = ""
    at: datetime | None = None
    url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Compares findings about one product: down, by impact, before unknown before maintenance."""
        if self.state is SignalState.FIRING:
            return 10 + (self.impact or UNRATED).weight
        return 1 if self.state is SignalState.UNKNOWN else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one page says. listed: the slugs of all its products, None when it names only those in trouble."""

    findings: Sequence[Finding]
    listed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage(ABC):
    """A page that one address answers for.

    name, shown: see Upstream; url: where the page is; products: the slugs that matter, empty for all;
    only_open: see SyndicationFeed.
    """

    type: ClassVar[str]
    """The word for it in the configuration."""
    home: ClassVar[str] = ""
    """Where the platform's page is; "" for families that are not one platform."""

    name: str
    shown: str
    url: str
    products: frozenset[str] = frozenset()
    only_open: bool = False

    @property
    def addresses(self) -> Sequence[str]:
        """The page itself."""
        return (self.url,)

    def watches(self, product: str) -> bool:
        """True when it is among ``products``, or those are all."""
        return not self.products or product in self.products

    def read(self, bodies: Sequence[bytes | None], *, expected: Collection[str] = ()) -> Sequence[Signal]:
        """See Upstream. All addresses must have answered."""
        answers = [body for body in bodies if body is not None]
        if len(answers) < len(self.addresses):
            raise Malformed("not all of the page could be had")
        return self.signals(self.report(answers), expected)

    @abstractmethod
    def report(self, answers: Sequence[bytes]) -> Report:
        """What the answers say, one per address. Raises Malformed."""

    def signals(self, report: Report, expected: Collection[str] = ()) -> Sequence[Signal]:
        """One signal per product that matters: the worst finding about it. expected: see Upstream."""
        worst: dict[str, Finding] = {}
        for finding in report.findings:
            key = slug(finding.product)
            if key not in worst or finding.weight > worst[key].weight:
                worst[key] = finding
        if report.listed is not None:
            for product in {*self.products, *expected} - report.listed - worst.keys() - {PAGE}:
                worst[product] = Finding(product=product, title="the page lists no such product")
        return [self._signal(key, finding) for key, finding in sorted(worst.items()) if self.watches(key)]

    def _signal(self, key: str, finding: Finding) -> Signal:
        own = {"product": key, "status": finding.status, "upstream": self.shown}
        if finding.impact is not None:
            own["impact"] = finding.impact.value
        return signal(
            self.name,
            key=key,
            state=finding.state,
            labels={**finding.more, **own},
            summary=finding.title,
            at=finding.at,
            url=finding.url,
        )


def slug(product: str) -> str:
    """What a product is called by in the configuration: small letters and digits of any script, joined by hyphens.

    ``Git Operations`` is ``git-operations``; what has no letter or digit at all is ``page``. At most ``LONGEST_SLUG``
    characters.
    """
    plain = unicodedata.normalize("NFKC", product).casefold()
    return _NO_LETTER.sub("-", plain).strip("-")[:LONGEST_SLUG].rstrip("-") or PAGE


def slugs(products: Iterable[str]) -> frozenset[str]:
    """The slugs of several products."""
    return frozenset(slug(product) for product in products)


def rated(word: str, ratings: Mapping[str, Impact | SignalState], finding: Finding) -> Finding | None:
    """The finding as the page's word rates it: an Impact makes it FIRING, a state is taken as it is.

    None when the word stands for "well" (RESOLVED). A word that is not in the ratings is UNKNOWN.
    """
    rating = ratings.get(word, SignalState.UNKNOWN)
    if rating is SignalState.RESOLVED or rating is Impact.NONE:
        return None
    if isinstance(rating, Impact):
        return replace(finding, state=SignalState.FIRING, impact=rating, status=finding.status or word)
    return replace(finding, state=rating, impact=None, status=finding.status or word)


def json_of(body: bytes) -> Any:
    """The JSON value of an answer. Raises Malformed, also for the page of HTML that stands in for it."""
    if body.lstrip()[:1] == b"<":
        raise Malformed("HTML where JSON was expected")
    return parse_json(body)


def object_of(body: bytes) -> JsonObject:
    """The JSON object of an answer. Raises Malformed."""
    value = json_of(body)
    if not isinstance(value, dict):
        raise Malformed("expected a JSON object")
    return JsonObject(value)


def objects_of(body: bytes) -> list[JsonObject]:
    """The objects of an answer that is a JSON list. Raises Malformed."""
    return JsonObject({"list": json_of(body)}).objects("list")


def listed(where: JsonObject, name: str) -> list[JsonObject]:
    """A list of objects, empty when it is absent or null: several platforms leave out what is empty."""
    return [] if where.fields.get(name) is None else where.objects(name)


def began(where: JsonObject, *names: str) -> datetime | None:
    """The first of these times that is there and can be read; a strange time does not make a page unreadable."""
    for name in names:
        try:
            if (at := where.moment(name)) is not None:
                return at
        except Malformed:
            continue
    return None


def read_moment(text: str) -> datetime | None:
    """An RFC 3339 time, None when it is none."""
    try:
        return moment(text)
    except Malformed:
        return None
