"""Google Cloud: the list of incidents, past ones included; what is going on has no end.

Shape: https://status.cloud.google.com/incidents.schema.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.model import Impact, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import Finding, Report, StatusPage, began, listed, objects_of, rated

_RATINGS: Mapping[str, Impact | SignalState] = {
    "AVAILABLE": SignalState.RESOLVED,
    "SERVICE_INFORMATION": Impact.MINOR,
    "SERVICE_DISRUPTION": Impact.MAJOR,
    "SERVICE_OUTAGE": Impact.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleCloudStatus(StatusPage):
    """Google Cloud Service Health."""

    type: ClassVar[str] = "google_cloud_status"
    home: ClassVar[str] = "https://status.cloud.google.com"

    @property
    def addresses(self) -> Sequence[str]:
        """The list of incidents."""
        return (f"{self.url}/incidents.json",)

    def report(self, answers: Sequence[bytes]) -> Report:
        """Every product of every incident without an end. A list without any incident is not believed."""
        incidents = objects_of(answers[0])
        if not incidents:
            raise Malformed("no incident at all, not even a past one")
        return Report(findings=[finding for incident in incidents for finding in self._findings(incident)])

    def _findings(self, incident: JsonObject) -> Iterator[Finding]:
        if incident.fields.get("end"):
            return
        word = incident.object("most_recent_update").text("status", "") or incident.text("status_impact")
        products = [product.text("title") for product in listed(incident, "affected_products")]
        places = ", ".join(place.text("id", "") for place in listed(incident, "currently_affected_locations"))
        for product in products or [incident.text("service_name", "")]:
            finding = Finding(
                product=product,
                title=incident.text("external_desc", ""),
                at=began(incident, "begin", "created"),
                url=f"{self.url}/{incident.text('uri', '')}",
                more={"locations": places},
            )
            if (found := rated(word, _RATINGS, finding)) is not None:
                yield found
