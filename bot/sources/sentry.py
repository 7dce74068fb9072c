"""Sentry's internal integrations: metric alerts, outage issues (uptime and cron monitors), and issue alert rules.

Only metric alerts say by themselves when they end. An issue ends when Sentry or a human resolves it, and not when the
fix is only promised for a release. A new error is no outage: an issue of another category fires only through an alert
rule that somebody made for it. Signed is the body alone, so times are read from the body, and so is the kind.
Format: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.signals import signal
from bot.sources.signatures import Signed, hex_hmac, require
from bot.sources.tags import MOST_TAGS

_METRIC_STATES = {
    "critical": SignalState.FIRING,
    "warning": SignalState.FIRING,
    "resolved": SignalState.RESOLVED,
}
_ISSUE_STATES = {
    "assigned": SignalState.ACKNOWLEDGED,
    "archived": SignalState.MAINTENANCE,
    "ignored": SignalState.MAINTENANCE,
}
_OUTAGE = frozenset({"outage", "uptime", "cron"})
_SILENT = frozenset({"installation", "error", "comment"})
_PROMISES = frozenset({"inRelease", "inNextRelease", "inCommit"})
_PROJECT = re.compile(r"/projects/[^/]+/([^/]+)/")
_ISSUE = re.compile(r"/issues/([0-9]+)/")
_SECONDS = re.compile("[0-9]{1,11}")
_JUST_AFTER = timedelta(microseconds=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - _JUST_AFTER


class Sentry(Signed):
    """A Sentry. The key is the number of the metric alert or of the issue."""

    __slots__ = ()
    type: ClassVar[str] = "sentry"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://docs.sentry.io/organization/integrations/integration-platform/webhooks/#verifying-the-signature"""
        require([request.headers.get("sentry-hook-signature", "")], hex_hmac(secret, request.body))

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, or none for single errors, comments and installations."""
        body = json_object(request)
        if "data" not in body.fields:
            raise Malformed("not from an internal integration; the old WebHooks plugin is not signed", path="data")
        action, data = body.text("action"), body.object("data")
        if "metric_alert" in data.fields:
            return [self._metric(action, data, sent_at=_unix(request.headers.get("sentry-hook-timestamp", "")))]
        if "issue" in data.fields:
            return [self._issue(action, data.object("issue"))]
        if "event" in data.fields:
            return [self._rule(action, data)]
        if _SILENT & data.fields.keys():
            return ()
        kind = f"kind {request.headers.get('sentry-hook-resource', '')}"
        return [signal(self.name, key=kind, state=SignalState.UNKNOWN, summary=f"{kind}: {action}")]

    def _metric(self, action: str, data: JsonObject, *, sent_at: datetime | None) -> Signal:
        """An end is often without its time. Each number begins and ends once, so when it was sent will do."""
        metric = data.object("metric_alert")
        rule, state = metric.object("alert_rule"), _METRIC_STATES.get(action, SignalState.UNKNOWN)
        projects = [each for each in _items(metric, "projects") if isinstance(each, str)]
        ended = metric.moment("date_closed") or sent_at
        return signal(
            self.name,
            key=f"metric alert {metric.identifier('id')}",
            state=state,
            labels=_named(
                kind="metric_alert",
                rule=rule.text("name", ""),
                project=projects[0] if len(projects) == 1 else "",
                environment=rule.text("environment", ""),
                severity=action,
            ),
            summary=data.text("description_title", ""),
            at=ended if state is SignalState.RESOLVED else metric.moment("date_started"),
            url=data.text("web_url", ""),
            ordered=True,
        )

    def _issue(self, action: str, issue: JsonObject) -> Signal:
        return signal(
            self.name,
            key=f"issue {issue.identifier('id')}",
            state=_issue_state(action, issue),
            labels=_named(
                kind="issue",
                category=issue.text("issueCategory", ""),
                type=issue.text("issueType", ""),
                project=issue.object("project").text("slug", ""),
                level=issue.text("level", ""),
                title=issue.text("title", ""),
            ),
            summary=issue.text("title", ""),
            at=_issue_at(action, issue),
            url=issue.text("web_url", "") or issue.text("permalink", ""),
            ordered=True,
        )

    def _rule(self, action: str, data: JsonObject) -> Signal:
        event = data.object("event")
        project = _PROJECT.search(event.text("url", ""))
        sample = ["sample_event", "yes"] in _items(event, "tags")[:MOST_TAGS]
        state = SignalState.FIRING if action == "triggered" else SignalState.UNKNOWN
        return signal(
            self.name,
            key=f"issue {_issue_of(event)}",
            state=SignalState.TEST if sample else state,
            labels=_named(
                kind="event_alert",
                rule=data.text("triggered_rule", ""),
                project=project[1] if project else "",
                environment=event.text("environment", ""),
                level=event.text("level", ""),
                title=event.text("title", ""),
            ),
            summary=event.text("title", ""),
            at=event.moment("datetime"),
            url=event.text("web_url", ""),
            ordered=True,
        )


def _issue_state(action: str, issue: JsonObject) -> SignalState:
    if action == "resolved":
        promised = _PROMISES & issue.object("statusDetails").fields.keys()
        return SignalState.ACKNOWLEDGED if promised else SignalState.RESOLVED
    if action in {"created", "unresolved"} and issue.text("issueCategory", "") in _OUTAGE:
        return SignalState.FIRING
    return _ISSUE_STATES.get(action, SignalState.UNKNOWN)


def _issue_of(event: JsonObject) -> str:
    """Before 2021 the number stood in the address only."""
    found = _ISSUE.search(event.text("issue_url", ""))
    return found[1] if found and "issue_id" not in event.fields else event.identifier("issue_id")


def _issue_at(action: str, issue: JsonObject) -> datetime | None:
    """An end is without its time; it is later than the last sighting, and that sighting came after the beginning."""
    last = issue.moment("lastSeen")
    if action == "resolved":
        return last and min(last, _LATEST) + _JUST_AFTER
    return issue.moment("firstSeen") if action == "created" else last


def _unix(seconds: str) -> datetime | None:
    """https://github.com/getsentry/sentry writes whole seconds into its header."""
    return datetime.fromtimestamp(int(seconds), UTC) if _SECONDS.fullmatch(seconds) else None


def _items(where: JsonObject, name: str) -> list[Any]:
    found = where.fields.get(name)
    return found if isinstance(found, list) else []


def _named(**labels: str) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}
