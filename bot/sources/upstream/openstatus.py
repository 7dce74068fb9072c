"""openstatus: its feed in JSON, and the one-word answer of its public API.

Its newer pages also answer in Statuspage's shape: see ``statuspage``.
Shape: https://docs.openstatus.dev (the page's address with /feed/json; api.openstatus.dev/public/status/{page})
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.domain.model import Impact, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import UNRATED, Finding, Report, began, listed, rated, slugs

_RATINGS: Mapping[str, Impact | SignalState] = {
    "success": SignalState.RESOLVED,
    "operational": SignalState.RESOLVED,
    "degraded": Impact.MINOR,
    "degraded_performance": Impact.MINOR,
    "partial_outage": Impact.MAJOR,
    "incident": UNRATED,
    "error": Impact.CRITICAL,
    "major_outage": Impact.CRITICAL,
    "info": SignalState.MAINTENANCE,
    "under_maintenance": SignalState.MAINTENANCE,
}
_REPORTS: Mapping[str, Impact | SignalState] = {
    "investigating": UNRATED,
    "identified": UNRATED,
    "monitoring": UNRATED,
    "resolved": SignalState.RESOLVED,
}

Names = Mapping[str, str]


def report(feed: JsonObject) -> Report:
    """Every monitor and component in trouble, by what is seen and by what people report. Raises Malformed."""
    monitors = listed(feed, "monitors")
    names = {each.identifier("id"): each.text("name") for each in listed(feed, "pageComponents")}
    seen = [rated(each.text("status"), _RATINGS, Finding(product=each.text("name"))) for each in monitors]
    findings = [finding for finding in seen if finding is not None]
    findings += [found for each in listed(feed, "statusReports") for found in _reported(each, names)]
    findings += [found for each in listed(feed, "maintenances") for found in _maintained(each, feed, names)]
    whole = rated(feed.text("status"), _RATINGS, Finding(product="", title=feed.text("title", "")))
    if whole is not None and not any(finding.state is SignalState.FIRING for finding in findings):
        findings.append(whole)
    products = slugs([*names.values(), *(each.text("name") for each in monitors)])
    return Report(findings=findings, listed=products)


def _reported(entry: JsonObject, names: Names) -> Iterator[Finding]:
    for product in _products(entry, names):
        finding = Finding(product=product, title=entry.text("title", ""), at=_first(entry))
        if (found := rated(entry.text("status"), _REPORTS, finding)) is not None:
            yield found


def _first(entry: JsonObject) -> datetime | None:
    """When its first update was written; they come in no fixed order."""
    dates = (began(each, "date") for each in listed(entry, "statusReportUpdates"))
    return min((date for date in dates if date is not None), default=None)


def _maintained(entry: JsonObject, feed: JsonObject, names: Names) -> Iterator[Finding]:
    """Maintenance whose window is open at the moment the feed itself was made."""
    starts, ends, now = began(entry, "from"), began(entry, "to"), began(feed, "updatedAt")
    if starts is None or ends is None or now is None or not starts <= now < ends:
        return
    for product in _products(entry, names):
        yield Finding(product=product, state=SignalState.MAINTENANCE, title=entry.text("name", ""), at=starts)


def _products(entry: JsonObject, names: Names) -> list[str]:
    """The names of the components it is about; the page when it names none that there is."""
    ids = entry.fields.get("pageComponents") or []
    if not isinstance(ids, list):
        raise Malformed("expected a list", path=entry.at("pageComponents"))
    return [names[str(each)] for each in ids if str(each) in names] or [""]
