"""Slack: what is going on now.

Shape: https://docs.slack.dev/reference/slack-status-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.domain.model import Impact, SignalState
from bot.errors import Malformed
from bot.sources.reading import JsonObject
from bot.sources.upstream.base import Finding, Report, StatusPage, began, object_of, rated

_RATINGS: Mapping[str, Impact | SignalState] = {
    "notice": Impact.MINOR,
    "incident": Impact.MAJOR,
    "outage": Impact.CRITICAL,
    "maintenance": SignalState.MAINTENANCE,
}
_NOT_NOW = frozenset({"resolved", "scheduled", "completed", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackStatus(StatusPage):
    """Slack's status page."""

    type: ClassVar[str] = "slack_status"
    home: ClassVar[str] = "https://slack-status.com"

    @property
    def addresses(self) -> Sequence[str]:
        """What is going on now."""
        return (f"{self.url}/api/v2.0.0/current",)

    def report(self, answers: Sequence[bytes]) -> Report:
        """Every service of everything that is active. That something is, without saying what, is unknown."""
        current = object_of(answers[0])
        findings = [finding for active in current.objects("active_incidents") for finding in _findings(active)]
        status = current.text("status")
        if status != "ok" and not findings:
            findings = [Finding(product="", status=status, title="the page does not say what is wrong")]
        return Report(findings=findings)


def _findings(active: JsonObject) -> Iterator[Finding]:
    status = active.text("status")
    if status in _NOT_NOW:
        return
    for service in _services(active) or [""]:
        finding = Finding(
            product=service,
            title=active.text("title", ""),
            at=began(active, "date_created"),
            url=active.text("url", ""),
        )
        word = active.text("type") if status == "active" else status
        if (found := rated(word, _RATINGS, finding)) is not None:
            yield found


def _services(active: JsonObject) -> list[str]:
    names: Any = active.fields.get("services") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Malformed("expected a list of texts", path=active.at("services"))
    return names
