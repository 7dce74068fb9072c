"""incident.io's own summary, for pages that have its widget switched on: only what is going on, with its components.

Its pages also answer in Statuspage's shape, without components per incident: see ``statuspage``.
Shape: https://help.incident.io/articles/7434055319-embed-your-status-page%27s-data-into-your-own-product
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.model import Impact, SignalState
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import UNRATED, Finding, Report, began, listed, rated

RATINGS: Mapping[str, Impact | SignalState] = {
    "operational": SignalState.RESOLVED,
    "degraded_performance": Impact.MINOR,
    "partial_outage": Impact.MAJOR,
    "full_outage": Impact.CRITICAL,
    "major_outage": Impact.CRITICAL,
    "under_maintenance": SignalState.MAINTENANCE,
}
"""Its words for components, and Statuspage's."""

_INCIDENT = {**RATINGS, "": UNRATED}
_MAINTENANCE = dict.fromkeys(_INCIDENT, SignalState.MAINTENANCE)


def report(summary: JsonObject) -> Report:
    """Every component of every ongoing incident and of maintenance under way. Raises Malformed."""
    findings = [found for each in summary.objects("ongoing_incidents") for found in _findings(each, _INCIDENT)]
    findings += [
        found for each in listed(summary, "in_progress_maintenances") for found in _findings(each, _MAINTENANCE)
    ]
    return Report(findings=findings)


def _findings(incident: JsonObject, ratings: Mapping[str, Impact | SignalState]) -> Iterator[Finding]:
    """A component that is well again while the incident goes on is well."""
    worst = incident.text("current_worst_impact", "")
    components = [(each.text("name"), each.text("current_status", "")) for each in _components(incident)]
    for name, word in components or [("", worst)]:
        finding = Finding(
            product=name,
            status=incident.text("status", ""),
            title=incident.text("name", ""),
            at=began(incident, "created_at", "last_update_at"),
            url=incident.text("url", ""),
        )
        if (found := rated(word, ratings, finding)) is not None:
            yield found


def _components(incident: JsonObject) -> list[JsonObject]:
    """Objects; plain texts, which were seen too, name them without saying how they are."""
    names = incident.fields.get("affected_components")
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return [JsonObject({"name": name}) for name in names]
    return listed(incident, "affected_components")
