"""New Relic: workflows with their default payload (issues), and the alert channels before them (incidents).

The payload of a workflow is a template; fields that are added stay unread, ``id`` and ``state`` must stay. Its test
button sends an example, known by the account and entity that only examples have.
Format: https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tags_of
from bot.sources.templates import Filled

_STATES = {
    "created": SignalState.FIRING,
    "activated": SignalState.FIRING,
    "open": SignalState.FIRING,
    "acknowledged": SignalState.ACKNOWLEDGED,
    "closed": SignalState.RESOLVED,
}
_MILLISECOND = timedelta(milliseconds=1)
_VARIABLE = re.compile(r"\{\{.*\}\}")
_HINT = "take New Relic's default payload as it is on this source's page"
_EXAMPLE_PAGE = re.compile(r"https://[\w.-]+/accounts/1/issues/.*")
_EXAMPLE_POLICY = "New Relic Alert - Test Policy"


class NewRelic(SharedSecret):
    """A New Relic. The key is the issue, or the incident of an alert channel."""

    __slots__ = ()
    type: ClassVar[str] = "new_relic"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        return [self._incident(body) if "incident_id" in body.fields else self._issue(body)]

    def _issue(self, issue: JsonObject) -> Signal:
        filled = Filled(issue, _VARIABLE, _HINT)
        page = filled.text("issueUrl")
        state = _STATES.get(filled.needed("state").lower(), SignalState.UNKNOWN)
        return signal(
            self.name,
            key=filled.needed("id"),
            state=SignalState.TEST if _EXAMPLE_PAGE.fullmatch(page) else state,
            labels=_labels(issue),
            summary=_several(issue, "title") or filled.text("details"),
            at=issue.since_epoch("updatedAt" if state is SignalState.RESOLVED else "createdAt", unit=_MILLISECOND),
            url=page,
            ordered=True,
        )

    def _incident(self, incident: JsonObject) -> Signal:
        state = _STATES.get(incident.text("current_state").lower(), SignalState.UNKNOWN)
        known = {name: incident.text(f"{name}_name", "") for name in ("policy", "condition", "account")}
        known["severity"] = incident.text("severity", "")
        return signal(
            self.name,
            key=f"incident {incident.identifier('incident_id')}",
            state=SignalState.TEST if known["policy"] == _EXAMPLE_POLICY else state,
            labels={name: value for name, value in known.items() if value},
            summary=incident.text("details", ""),
            at=incident.since_epoch("timestamp", unit=_MILLISECOND),
            url=incident.text("incident_url", ""),
            ordered=True,
        )


def _labels(issue: JsonObject) -> dict[str, str]:
    known = {
        "priority": issue.text("priority", ""),
        "policy": _several(issue, "alertPolicyNames"),
        "condition": _several(issue, "alertConditionNames") or issue.text("condition_name", ""),
        "entity": _several(issue, "impactedEntities"),
        "workflow": issue.text("workflowName", ""),
    }
    return {name: value for name, value in known.items() if value}


def _several(issue: JsonObject, name: str) -> str:
    """What stands in a list, one after the other. Some templates make a text of the list."""
    value = issue.fields.get(name)
    if type(value) is not list:
        return issue.text(name, "")
    return ", ".join(tags_of(issue, name))
