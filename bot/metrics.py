"""What the service counts and times, for Prometheus. Decides nothing; whoever does the work counts it.

Names and types follow https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_NAMESPACE = "notice_bot"
# From a post that goes out at once to one that waits for a channel's rate or its outage to end.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """All metrics of one service, on a registry of their own. Each is named as its attribute, after ``notice_bot_``.

    Label values come from the configuration or from our own words, never from a sender: every new value is a new
    series for ever. A request to a source that is not configured counts as source "unknown".
    """

    __slots__ = (
        "deliveries_total",
        "deliveries_waiting",
        "delivery_seconds",
        "drafts_waiting",
        "hook_requests_total",
        "open_incidents",
        "registry",
        "signals_total",
        "translations_total",
        "updates_published_total",
        "upstream_reads_total",
    )

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.signals_total: Final = self._counter(
            "signals", "Signals taken in, by what was decided about them.", "source", "decision"
        )
        self.hook_requests_total: Final = self._counter(
            "hook_requests", "Webhook requests answered, by HTTP status.", "source", "status"
        )
        self.updates_published_total: Final = self._counter(
            "updates_published", "Updates published, by the incident's status they set.", "status"
        )
        self.upstream_reads_total: Final = self._counter(
            "upstream_reads",
            "Looks at status pages, by what came of them: read, unchanged, doubtful, malformed or no_answer.",
            "source",
            "outcome",
        )
        self.translations_total: Final = self._counter(
            "translations",
            "Texts a machine was asked for, by what came of them: translated, refused, late or unwanted.",
            "provider",
            "outcome",
        )
        self.deliveries_total: Final = self._counter(
            "deliveries", "Tries to deliver, by what came of them.", "channel", "outcome"
        )
        self.deliveries_waiting: Final = self._gauge("deliveries_waiting", "Deliveries still owed.", "channel")
        self.drafts_waiting: Final = self._gauge("drafts_waiting", "Drafts that wait for an operator.")
        self.open_incidents: Final = self._gauge("open_incidents", "Published incidents not yet over.", "impact")
        self.delivery_seconds: Final = Histogram(
            "delivery_seconds",
            "Time from the commit that owes a delivery to the receipt for it.",
            ("channel",),
            namespace=_NAMESPACE,
            registry=self.registry,
            buckets=_SECONDS,
        )

    def render(self) -> tuple[bytes, str]:
        """The document Prometheus reads, and its content type (a whole header value, with parameters)."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, namespace=_NAMESPACE, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, namespace=_NAMESPACE, registry=self.registry)
