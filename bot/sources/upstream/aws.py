"""Amazon Web Services: the public list of current events, in UTF-16 with a byte order mark.

A product is one service in one region, by Amazon's own name for it: ``ec2-eu-south-1``. Without the region a disruption
anywhere on earth, of which some last for months, would be everybody's.
Shape: https://health.aws.amazon.com/public/currentevents (not documented by Amazon)
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from bot.domain.model import Impact, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import Finding, Report, StatusPage, objects_of, rated

_PAGE = "https://health.aws.amazon.com/health/status"
_RATINGS: Mapping[str, Impact | SignalState] = {
    "0": SignalState.RESOLVED,
    "1": Impact.MINOR,  # informational
    "2": Impact.MAJOR,  # degradation
    "3": Impact.CRITICAL,  # disruption
}
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsStatus(StatusPage):
    """The AWS Health Dashboard. An empty list is its way to say that all is well."""

    type: ClassVar[str] = "aws_status"
    home: ClassVar[str] = "https://health.aws.amazon.com"

    @property
    def addresses(self) -> Sequence[str]:
        """The list of current events."""
        return (f"{self.url}/public/currentevents",)

    def report(self, answers: Sequence[bytes]) -> Report:
        """Every service of every event that has not ended."""
        events = objects_of(_utf_8(answers[0]))
        return Report(findings=[finding for event in events for finding in _findings(event)])


def _utf_8(body: bytes) -> bytes:
    encoding = _MARKS.get(body[:2])
    if encoding is None:
        return body
    try:
        return body[2:].decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-16 at byte {error.start + 2}") from None


def _findings(event: JsonObject) -> Iterator[Finding]:
    """One per service concerned; an event about one service only does not list it again."""
    if event.fields.get("end_time"):
        return
    services = event.object("impacted_services")
    current = {name: services.object(name).identifier("current") for name in services.fields}
    for service, status in (current or {event.text("service"): event.identifier("status")}).items():
        finding = Finding(
            product=service,
            title=f"{event.text('summary', '')} ({event.text('region_name', '')})",
            at=_seconds(event),
            url=_PAGE,
            more={"region": event.text("region_name", "")},
        )
        if (found := rated(status, _RATINGS, finding)) is not None:
            yield found


def _seconds(event: JsonObject) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(event.identifier("date")), UTC)
    except (Malformed, ValueError, OverflowError, OSError):
        return None
