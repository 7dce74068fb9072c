"""Grafana: unified alerting (a body with ``alerts``) and the legacy alerting before version 9 (one rule per body).

The test buttons say firing or resolved like the real thing, in one version both at once; they are known by their names.
"Keep last state" and the like are Grafana's own decisions: what it calls alerting is firing here.
It shows a word, or signs (since version 11.6), with a time where it was told the name of a header for that.
Format: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources import alertmanager
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_body
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal
from bot.sources.signatures import hex_hmac, require, require_recent, signed_time

_SIGNATURE = "x-grafana-alerting-signature"
_SIGNED_TIME = "x-grafana-alerting-signature-timestamp"
_LEGACY_STATES = {
    "alerting": SignalState.FIRING,
    "ok": SignalState.RESOLVED,
    "pending": SignalState.PENDING,
    "paused": SignalState.MAINTENANCE,
    "no_data": SignalState.NO_DATA,
}
_BLIND = frozenset({"DatasourceNoData", "DatasourceError"})
_LEGACY_TEST = "Someone is testing the alert notification within"
_CUSTOM = "not Grafana's own payload: leave the contact point's custom payload and its template empty"


class Grafana(SharedSecret):
    """A Grafana. The key is the fingerprint, or the number of the legacy rule."""

    __slots__ = ()
    type: ClassVar[str] = "grafana"
    unproven: ClassVar[int | None] = None

    def knows(self, head: HookRequest) -> bool:
        """True when it shows the secret and does not sign. Raises BadSignature when it does neither."""
        return (self.secret is None or _SIGNATURE not in head.headers) and super().knows(head)

    def verify(self, request: HookRequest) -> None:
        """Return when the request is signed with the secret, or shows it, not being signed. Raises BadSignature."""
        signature = request.headers.get(_SIGNATURE)
        if self.secret is None or signature is None:
            return super().verify(request)
        stamp = request.headers.get(_SIGNED_TIME)
        if stamp is not None:
            require_recent(signed_time(stamp), request)
        signed = request.body if stamp is None else f"{stamp}:".encode() + request.body
        return require([signature], hex_hmac(self.secret, signed))

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal per alert; one for a legacy rule."""
        body = json_body(request)
        if isinstance(body, dict) and "alerts" in body:
            return [self._unified(alert) for alert in JsonObject(body).objects("alerts")]
        if isinstance(body, dict) and "ruleId" in body:
            return [self._legacy(JsonObject(body))]
        raise Malformed(_CUSTOM)

    def _unified(self, alert: JsonObject) -> Signal:
        labels = alert.texts("labels")
        status = alert.text("status")
        return signal(
            self.name,
            key=alert.text("fingerprint", "") or digest(labels),
            state=_state(status, labels),
            labels=labels,
            summary=alertmanager.summary_of(alert, labels),
            at=alert.moment("endsAt" if status == "resolved" else "startsAt"),
            url=next(filter(None, (alert.text(name, "") for name in ("panelURL", "dashboardURL", "generatorURL"))), ""),
        )

    def _legacy(self, rule: JsonObject) -> Signal:
        number = rule.identifier("ruleId")
        message = rule.text("message", "")
        is_test = message.startswith(_LEGACY_TEST)
        state = _LEGACY_STATES.get(rule.text("state"), SignalState.UNKNOWN)
        return signal(
            self.name,
            key=f"rule {number}",
            state=SignalState.TEST if is_test else state,
            labels={**rule.texts("tags"), "alertname": rule.text("ruleName", "")},
            summary=message or rule.text("title", ""),
            url=rule.text("ruleUrl", ""),
        )


def _state(status: str, labels: dict[str, str]) -> SignalState:
    if labels.get("alertname") == "TestAlert" and labels.get("instance") == "Grafana":
        return SignalState.TEST
    if labels.get("alertname") in _BLIND:
        return SignalState.NO_DATA  # also when that ends: seeing again is not the same as being up
    return alertmanager.STATES.get(status, SignalState.UNKNOWN)
