"""Google Cloud Monitoring: its webhook channels, with basic authentication or with a token; schema 1.0 to 1.2.

One incident of theirs is one problem, told when it opens and when it closes, and again where repeats are switched on.
Format: https://cloud.google.com/monitoring/support/notification-options#webhooks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal

_STATES = {"open": SignalState.FIRING, "closed": SignalState.RESOLVED}
_SAMPLE = "f2e08c333dc64cb09f75eaab355393bz"  # the id in Google's own example; real ones look like 0.mb3kq1x9w2ve


class GoogleCloudMonitoring(SharedSecret):
    """A Google Cloud project's alerting. The key is the id of its incident."""

    __slots__ = ()
    type: ClassVar[str] = "google_cloud_monitoring"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        incident = body.object("incident")
        state = _STATES.get(incident.text("state").lower(), SignalState.UNKNOWN)
        labels = _labels(incident)
        number = incident.text("incident_id", "")
        return [
            signal(
                self.name,
                key=number or digest(labels),
                state=SignalState.TEST if number == _SAMPLE else state,
                labels=labels,
                summary=incident.text("summary", "") or incident.object("documentation").text("subject", ""),
                at=incident.since_epoch("ended_at" if state is SignalState.RESOLVED else "started_at"),
                url=incident.text("url", ""),
                ordered=True,
            )
        ]


def _labels(incident: JsonObject) -> dict[str, str]:
    """What is known of the resource, then what people wrote at it and at the policy, then where it is and how bad."""
    resource = incident.object("resource")
    known = {
        "project": incident.text("scoping_project_id", "") or resource.texts("labels").get("project_id", ""),
        "policy": incident.text("policy_name", ""),
        "condition": incident.text("condition_name", ""),
        "severity": incident.text("severity", ""),
        "resource": incident.text("resource_display_name", "") or incident.text("resource_name", ""),
        "resource_type": resource.text("type", ""),
    }
    return (
        resource.texts("labels")
        | incident.object("metadata").texts("user_labels")
        | incident.texts("policy_user_labels")
        | {name: value for name, value in known.items() if value}
    )
