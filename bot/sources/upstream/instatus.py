"""Instatus: a summary, which says whether and what is wrong but not with which product, and the list of components.

Shapes: https://instatus.com/help/api/public-page (where it differs from the pages themselves, both are read)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.model import Impact, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import (
    Finding,
    Report,
    StatusPage,
    began,
    json_of,
    listed,
    object_of,
    objects_of,
    rated,
    slugs,
)

_RATINGS: Mapping[str, Impact | SignalState] = {
    "OPERATIONAL": SignalState.RESOLVED,
    "DEGRADEDPERFORMANCE": Impact.MINOR,
    "MINOROUTAGE": Impact.MINOR,
    "PARTIALOUTAGE": Impact.MAJOR,
    "MAJOROUTAGE": Impact.CRITICAL,
    "UNDERMAINTENANCE": SignalState.MAINTENANCE,
}
_PAGE_RATINGS: Mapping[str, Impact | SignalState] = {
    "UP": SignalState.RESOLVED,
    "HASISSUES": Impact.MAJOR,
    "UNDERMAINTENANCE": SignalState.MAINTENANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstatusFeed(StatusPage):
    """A page made with Instatus."""

    type: ClassVar[str] = "instatus_feed"

    @property
    def addresses(self) -> Sequence[str]:
        """The summary and the components."""
        page = self.url.rstrip("/")
        return (f"{page}/summary.json", f"{page}/v3/components.json")

    def report(self, answers: Sequence[bytes]) -> Report:
        """Every component that is not well; the page as a whole when it has issues that no component shows."""
        summary = object_of(answers[0])
        components = _components(answers[1])
        page = summary.object("page")
        incidents = _open(summary)
        about = incidents[0] if incidents else JsonObject({})
        template = Finding(
            product="",
            title=about.text("name", ""),
            at=began(about, "started"),
            url=about.text("url", "") or page.text("url", ""),
        )
        findings = [_component(component, template) for component in components]
        found = [finding for finding in findings if finding is not None]
        if not any(finding.state is SignalState.FIRING for finding in found):
            found += _whole(page, incidents, template)
        names = slugs(component.text("name") for component in components)
        return Report(findings=found, listed=names)


def _components(body: bytes) -> list[JsonObject]:
    """An object with a list, or the list itself. Raises Malformed."""
    value = json_of(body)
    return objects_of(body) if isinstance(value, list) else object_of(body).objects("components")


def _component(component: JsonObject, template: Finding) -> Finding | None:
    finding = Finding(product=component.text("name"), title=template.title, at=template.at, url=template.url)
    return rated(component.text("status"), _RATINGS, finding)


def _open(summary: JsonObject) -> list[JsonObject]:
    return [each for each in listed(summary, "activeIncidents") if each.text("status", "") != "RESOLVED"]


def _whole(page: JsonObject, incidents: Sequence[JsonObject], template: Finding) -> list[Finding]:
    """What concerns no component in particular: the incidents as they are rated, else the page's own word."""
    words = [incident.text("impact", "") for incident in incidents]
    ratings: list[Finding | None] = [rated(word, _RATINGS, template) for word in words if word]
    if not ratings:
        if "status" not in page.fields:
            raise Malformed("missing", path="page.status")
        ratings = [rated(page.text("status"), _PAGE_RATINGS, template)]
    return [finding for finding in ratings if finding is not None]
