"""What Prometheus reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics


def _samples(metrics: Metrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    document, _ = metrics.render()
    families = text_string_to_metric_families(document.decode())
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def test_what_was_counted_is_rendered_with_its_labels() -> None:
    metrics = Metrics()
    metrics.signals_total.labels(source="grafana", decision="open").inc()
    metrics.hook_requests_total.labels(source="grafana", status="202").inc(2)
    metrics.updates_published_total.labels(status="resolved").inc()
    metrics.deliveries_total.labels(channel="telegram", outcome="sent").inc(6)
    metrics.deliveries_waiting.labels(channel="telegram").set(4)
    metrics.delivery_seconds.labels(channel="telegram").observe(0.02)
    metrics.drafts_waiting.set(3)
    metrics.open_incidents.labels(impact="major").set(1)
    samples = _samples(metrics)
    for name, labels, value in (
        ("signals_total", {"source": "grafana", "decision": "open"}, 1),
        ("hook_requests_total", {"source": "grafana", "status": "202"}, 2),
        ("updates_published_total", {"status": "resolved"}, 1),
        ("deliveries_total", {"channel": "telegram", "outcome": "sent"}, 6),
        ("deliveries_waiting", {"channel": "telegram"}, 4),
        ("delivery_seconds_bucket", {"channel": "telegram", "le": "0.01"}, 0),
        ("delivery_seconds_bucket", {"channel": "telegram", "le": "0.025"}, 1),
        ("drafts_waiting", {}, 3),
        ("open_incidents", {"impact": "major"}, 1),
    ):
        assert samples[f"notice_bot_{name}", frozenset(labels.items())] == value


def test_two_services_in_one_process_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.drafts_waiting.set(5)
    assert _samples(other)["notice_bot_drafts_waiting", frozenset()] == 0


def test_the_content_type_says_how_to_read_it() -> None:
    _, content_type = Metrics().render()
    assert content_type.startswith("text/plain; version=")
    assert content_type.endswith("charset=utf-8")
