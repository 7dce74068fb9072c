"""Netdata Cloud's webhooks: alerts, and nodes that cannot be reached.

The body of an alert names the chart and the space, but not the node. The test button sends a code that Netdata wants to
hear back, which is told to whoever reads our log.
Format: https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/centralized-cloud-notifications/webhook
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.pointers import spell
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {
    "critical": SignalState.FIRING,
    "warning": SignalState.FIRING,
    "clear": SignalState.RESOLVED,
}
_REACHABLE = {"reachable": SignalState.RESOLVED, "unreachable": SignalState.FIRING}


class Netdata(SharedSecret):
    """A space of Netdata Cloud. The key is the alert on its chart, or the node."""

    __slots__ = ()
    type: ClassVar[str] = "netdata"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        if "token" in body.fields:
            code = f"{body.text('message', '')} Token: {body.text('token')}"
            return [signal(self.name, key="test", state=SignalState.TEST, summary=code)]
        return [self._reachability(body) if "status" in body.fields else self._alert(body)]

    def _alert(self, alert: JsonObject) -> Signal:
        names = [alert.text(name, "") for name in ("space", "host", "chart")]
        known = ("space", "host", "chart", "context", "family", "class", "severity")
        labels = {name: alert.text(name, "") for name in known} | {"alert": alert.text("alert")}
        return signal(
            self.name,
            key=spell((*names, alert.text("alert"))),
            state=_STATES.get(alert.text("severity"), SignalState.UNKNOWN),
            labels={name: value for name, value in labels.items() if value},
            summary=alert.text("message", "") or alert.text("info", ""),
            at=alert.moment("date", zone=UTC),
            url=alert.text("alert_url", ""),
            ordered=True,
        )

    def _reachability(self, node: JsonObject) -> Signal:
        host = node.text("host")
        return signal(
            self.name,
            key=spell(("node", host)),
            state=_REACHABLE.get(node.object("status").text("text", ""), SignalState.UNKNOWN),
            labels={"host": host, "severity": node.text("severity", ""), "alert": "reachability"},
            summary=node.text("message", ""),
            url=node.text("url", ""),
        )
