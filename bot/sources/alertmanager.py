"""Prometheus Alertmanager, and what speaks its webhook format (Mimir, vmalert); versions 3 and 4, and those before.

A body is one group. Its own ``status`` is "firing" while any of its alerts fires, so each alert decides for itself;
only senders from before version 3 leave that out. There are no test messages.
Format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal

STATES = {"firing": SignalState.FIRING, "resolved": SignalState.RESOLVED}


class Alertmanager(SharedSecret):
    """An Alertmanager. The key is the fingerprint, which changes with any label."""

    __slots__ = ()
    type: ClassVar[str] = "alertmanager"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal per alert."""
        group = json_object(request)
        status = group.text("status", "")
        page = group.text("externalURL", "")
        return [self._signal(alert, status, page) for alert in group.objects("alerts")]

    def _signal(self, alert: JsonObject, status: str, page: str) -> Signal:
        state = STATES.get(alert.text("status", status), SignalState.UNKNOWN)
        labels = alert.texts("labels")
        return signal(
            self.name,
            key=alert.text("fingerprint", "") or digest(labels),
            state=state,
            labels=labels,
            summary=summary_of(alert, labels),
            at=alert.moment("endsAt" if state is SignalState.RESOLVED else "startsAt"),
            url=alert.text("generatorURL", "") or page,
        )


def summary_of(alert: JsonObject, labels: dict[str, str]) -> str:
    """What people write about an alert, in the annotations that are customary; else its name."""
    notes = alert.texts("annotations")
    written = (notes.get(name) for name in ("summary", "title", "description", "message"))
    return next(filter(None, written), labels.get("alertname", ""))
