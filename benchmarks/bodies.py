"""What is posted: Alertmanager's webhook to us, and its own API's alerts to Alertmanager, about the same problems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

_NEVER = "0001-01-01T00:00:00Z"


def webhook(
    numbers: Sequence[int], *, firing: bool, at: datetime, run: str, services: Sequence[str] = ("shop",)
) -> bytes:
    """One group as Alertmanager posts it: a problem per number.

    firing: or resolved, at this time; run: tells these problems from those of other runs; services: by turns, what the
    rules know the problems by.
    """
    status = "firing" if firing else "resolved"
    labels = {"alertname": "ShopSlow", "severity": "page"}
    alerts = [
        {
            "status": status,
            "labels": labels | {"service": services[number % len(services)], "instance": f"{run}-{number}:9115"},
            "annotations": {"summary": f"Checkout on {run}-{number} answers slowly"},
            "startsAt": _written(at if firing else at - timedelta(minutes=1)),
            "endsAt": _NEVER if firing else _written(at),
            "generatorURL": "http://prometheus.example/graph?g0.expr=slow",
            "fingerprint": f"{run}{number:012x}",
        }
        for number in numbers
    ]
    group = {
        "version": "4",
        "groupKey": '{}:{alertname="ShopSlow"}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "notices",
        "groupLabels": {"alertname": "ShopSlow"},
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": alerts,
    }
    return json.dumps(group, separators=(",", ":")).encode()


def api_v2(numbers: Sequence[int], *, at: datetime, group: str) -> bytes:
    """The same problems as Prometheus tells Alertmanager of them. group: the label Alertmanager groups by."""
    alerts = [
        {
            "labels": {"alertname": group, "service": "shop", "severity": "page", "instance": f"{number}:9115"},
            "annotations": {"summary": f"Checkout on {number} answers slowly"},
            "startsAt": _written(at),
            "generatorURL": "http://prometheus.example/graph?g0.expr=slow",
        }
        for number in numbers
    ]
    return json.dumps(alerts, separators=(",", ":")).encode()


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
