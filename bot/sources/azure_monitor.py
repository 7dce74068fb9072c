"""Azure Monitor: the common alert schema, and the metric alerts of the two schemas before it.

Alerts on the activity log never resolve. Two of them, on the health of Azure's services and of your resources, tell the
state inside, and are read by that. Testing an action group sends samples, known by the names of their rules.
Format: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tags_of

_COMMON, _METRIC = "azureMonitorCommonAlertSchema", "AzureMonitorMetricAlert"
_STATES = {
    "fired": SignalState.FIRING,
    "activated": SignalState.FIRING,
    "resolved": SignalState.RESOLVED,
    "deactivated": SignalState.RESOLVED,
}
_HEALTH = {
    "Active": SignalState.FIRING,
    "Unavailable": SignalState.FIRING,
    "Degraded": SignalState.FIRING,
    "Resolved": SignalState.RESOLVED,
    "Available": SignalState.RESOLVED,
}
_SAMPLE_BEGINS, _SAMPLE, _SAMPLE_GOES_ON = re.compile(r"test-\w*"), "alertrule", re.compile(r"[\w-]*")
"""The names of its samples, in small letters. One pattern for all of it would take the square of a name's length."""
_OTHER = "expected the common alert schema: switch it on for this webhook in the action group"


class AzureMonitor(SharedSecret):
    """An Azure Monitor. The key is what the monitoring service calls the alert."""

    __slots__ = ()
    type: ClassVar[str] = "azure_monitor"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        schema, data = body.text("schemaId", ""), body.object("data")
        if schema == _COMMON:
            return [self._common(data)]
        if schema in {"", _METRIC}:
            return [self._before(data if schema else body)]
        raise Malformed(_OTHER, path="schemaId")

    def _common(self, data: JsonObject) -> Signal:
        essentials = data.object("essentials")
        rule = essentials.text("alertRule")
        key, state = _problem(essentials, data.object("alertContext"))
        ended = state is SignalState.RESOLVED and bool(essentials.text("resolvedDateTime", ""))
        return signal(
            self.name,
            key=key,
            state=SignalState.TEST if _is_sample(rule) else state,
            labels=_labels(essentials, data.texts("customProperties")),
            summary=f"{rule}: {essentials.text('description', '')}".removesuffix(": "),
            at=essentials.moment("resolvedDateTime" if ended else "firedDateTime"),
            url=essentials.text("investigationLink", ""),
            ordered=True,
        )

    def _before(self, data: JsonObject) -> Signal:
        context = data.object("context")
        if "id" not in context.fields:
            raise Malformed(_OTHER)
        rule = context.text("name")
        state = _STATES.get(data.text("status").lower(), SignalState.UNKNOWN)
        known = {
            "rule": rule,
            "resource": context.text("resourceName", ""),
            "resource_group": context.text("resourceGroupName", ""),
            "resource_type": context.text("resourceType", ""),
            "severity": context.text("severity", ""),
        }
        return signal(
            self.name,
            key=f"{context.text('id')} {context.text('resourceId', '')}".lower(),
            state=SignalState.TEST if _is_sample(rule) else state,
            labels=data.texts("properties") | {name: value for name, value in known.items() if value},
            summary=f"{rule}: {context.text('description', '')}".removesuffix(": "),
            at=context.moment("timestamp"),
            url=context.text("portalLink", ""),
            ordered=True,
        )


def _is_sample(rule: str) -> bool:
    before, found, after = rule.lower().partition(_SAMPLE)
    return bool(found and _SAMPLE_BEGINS.fullmatch(before) and _SAMPLE_GOES_ON.fullmatch(after))


def _problem(essentials: JsonObject, context: JsonObject) -> tuple[str, SignalState]:
    """What names the problem, and its state: in the alert, or in what it tells about somebody's health."""
    about = context.object("properties")
    match essentials.text("monitoringService", "").replace(" ", ""):
        case "ServiceHealth":
            return about.text("trackingId"), _HEALTH.get(about.text("stage", ""), SignalState.UNKNOWN)
        case "ResourceHealth":
            targets = [target for target in tags_of(essentials, "alertTargetIDs") if target.strip()]
            state = _HEALTH.get(about.text("currentHealthStatus", ""), SignalState.UNKNOWN)
            whose = " ".join(targets) or essentials.refuse("alertTargetIDs", "is empty")
            return f"health of {whose}".lower(), state
    key = essentials.text("originAlertId", "") or essentials.text("alertId")
    return key, _STATES.get(essentials.text("monitorCondition").lower(), SignalState.UNKNOWN)


def _labels(essentials: JsonObject, custom: dict[str, str]) -> dict[str, str]:
    known = {
        "rule": essentials.text("alertRule"),
        "severity": essentials.text("severity", ""),
        "resource": ", ".join(tags_of(essentials, "configurationItems")),
        "resource_group": essentials.text("targetResourceGroup", ""),
        "resource_type": essentials.text("targetResourceType", ""),
        "monitoring_service": essentials.text("monitoringService", ""),
        "signal_type": essentials.text("signalType", ""),
    }
    return custom | {name: value for name, value in known.items() if value}
