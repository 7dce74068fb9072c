"""Atlassian Statuspage's public summary, which many others speak too: incident.io (``incidents`` and the components of
an incident may be missing or null) and openstatus. What those two say in shapes of their own is read next door.

The page's one-word indicator is only asked when nothing else says more: it stays "none" while incidents are open that
nobody has tied to a component.
Shape: https://metastatuspage.com/api#summary
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlsplit

from bot.domain.model import Impact, SignalState
from bot.sources.reading import JsonObject
from bot.sources.upstream import incident_io, openstatus
from bot.sources.upstream.base import Finding, Report, StatusPage, began, listed, object_of, rated, slugs

_SUMMARY = "/api/v2/summary.json"
_WELL = "operational"
_TROUBLED = incident_io.RATINGS.keys() - {_WELL}
_IMPACTS: Mapping[str, Impact | SignalState] = {
    "none": SignalState.RESOLVED,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    "maintenance": SignalState.MAINTENANCE,
}
_OPEN = frozenset({"investigating", "identified", "monitoring"})
_OVER = frozenset({"resolved", "postmortem"})
_UNDER_WAY = frozenset({"in_progress", "verifying"})
_NOT_NOW = frozenset({"scheduled", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuspageFeed(StatusPage):
    """A page in Statuspage's shape. url: the page, or the very address of its JSON when that has a path."""

    type: ClassVar[str] = "statuspage_feed"

    @property
    def addresses(self) -> Sequence[str]:
        """The summary; another address as it was configured."""
        return (self.url.rstrip("/") + _SUMMARY if urlsplit(self.url).path in ("", "/") else self.url,)

    def report(self, answers: Sequence[bytes]) -> Report:
        """What the summary says, in whichever of the three shapes it comes."""
        summary = object_of(answers[0])
        if "ongoing_incidents" in summary.fields:
            return incident_io.report(summary)
        if isinstance(summary.fields.get("status"), str):
            return openstatus.report(summary)
        return _report(summary)


def _report(summary: JsonObject) -> Report:
    page = summary.object("page").text("url", "")
    components = [each for each in listed(summary, "components") if each.fields.get("group") is not True]
    states = {each.text("name"): each.text("status") for each in components}
    incidents = [each for each in listed(summary, "incidents") if each.text("status") not in _OVER]
    maintenances = [each for each in listed(summary, "scheduled_maintenances") if each.text("status") not in _NOT_NOW]
    findings = [found for each in incidents for found in _incident(each, states, page)]
    findings += [found for each in maintenances for found in _maintenance(each, page)]
    findings += _components(components, incidents, page)
    indicator = summary.object("status").text("indicator")
    if not findings:
        whole = Finding(product="", title=summary.object("status").text("description", ""), url=page)
        findings += [found for found in [rated(indicator, _IMPACTS, whole)] if found is not None]
    return Report(findings=findings, listed=slugs(states))


def _incident(incident: JsonObject, states: Mapping[str, str], page: str) -> Iterator[Finding]:
    """What an open incident says beyond its components' own states.

    A component that people tied to it and never marked as troubled is as bad as the incident; one that was troubled
    and is operational again is well. Without any component it is the whole page, unless the page's platform ties none
    to incidents at all (null, or left out) while some component shows the trouble.
    """
    finding = _about(incident, page)
    if "components" not in incident.fields or incident.fields["components"] is None:
        troubled = any(state != _WELL for state in states.values())
        names = [] if troubled else [""]
    else:
        tied = [each.text("name") for each in listed(incident, "components")]
        recovered = _recovered(incident)
        names = [name for name in tied if states.get(name, _WELL) == _WELL and name not in recovered] if tied else [""]
    for name in names:
        found = rated(incident.text("impact"), _IMPACTS, replace(finding, product=name))
        if found is not None:
            yield found if finding.status in _OPEN else replace(found, state=SignalState.UNKNOWN, impact=None)


def _recovered(incident: JsonObject) -> frozenset[str]:
    """Components that this incident has shown in trouble at some time."""
    return frozenset(
        change.text("name", "")
        for update in listed(incident, "incident_updates")
        for change in listed(update, "affected_components")
        if {change.text("old_status", ""), change.text("new_status", "")} & _TROUBLED
    )


def _maintenance(maintenance: JsonObject, page: str) -> Iterator[Finding]:
    state = SignalState.MAINTENANCE if maintenance.text("status") in _UNDER_WAY else SignalState.UNKNOWN
    for name in [each.text("name") for each in listed(maintenance, "components")] or [""]:
        yield replace(_about(maintenance, page), product=name, state=state)


def _components(components: Sequence[JsonObject], incidents: Sequence[JsonObject], page: str) -> Iterator[Finding]:
    """Every component that is not operational, in the words of the incident it belongs to."""
    titles = {name: _about(each, page) for each in reversed(incidents) for name in _names(each)}
    unnamed = next((_about(each, page) for each in incidents if each.fields.get("components") is None), None)
    for component in components:
        name, status = component.text("name"), component.text("status")
        about = titles.get(name) or unnamed or Finding(product="", at=began(component, "updated_at"), url=page)
        found = rated(status, incident_io.RATINGS, replace(about, product=name, status=status))
        if found is not None:
            yield found


def _names(incident: JsonObject) -> list[str]:
    return [each.text("name") for each in listed(incident, "components")]


def _about(incident: JsonObject, page: str) -> Finding:
    return Finding(
        product="",
        status=incident.text("status"),
        title=incident.text("name", ""),
        at=began(incident, "scheduled_for", "started_at", "created_at"),
        url=incident.text("shortlink", "") or page,
    )
