"""How senders sign: the far side of ``bot.sources``, written from the vendors' words and not from our code.

One function for each type that signs, and its line in ``SIGNERS``.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.sources.base import HookRequest


@dataclass(frozen=True, kw_only=True)
class Signer:
    """How one kind of sender signs.

    sign: the request as it would be sent, signed with the key at the time;
    header: carries the signature, in lower case; timed: True when a time is signed too;
    key, other_key: two keys of the kind this sender makes.
    """

    sign: Callable[[HookRequest, str, datetime], HookRequest]
    header: str
    timed: bool = False
    key: str = "one-key-9f1c / 電池"
    other_key: str = "another-key-77aa"


def adding(request: HookRequest, headers: Mapping[str, str]) -> HookRequest:
    """The request with further headers."""
    return replace(request, headers={**request.headers, **headers})


def hex_digest(key: str, content: bytes) -> str:
    """HMAC-SHA256 as hexadecimal digits."""
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def checkly(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://www.checklyhq.com/docs/integrations/alerts/webhooks/; the time beside it is not signed."""
    signature = hex_digest(key, request.body)
    return adding(request, {"x-checkly-signature": signature, "x-checkly-timestamp": at.isoformat()})


def grafana(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/, with a time."""
    stamp = f"{at.timestamp():.0f}"
    signature = hex_digest(key, f"{stamp}:".encode() + request.body)
    return adding(
        request,
        {"x-grafana-alerting-signature": signature, "x-grafana-alerting-signature-timestamp": stamp},
    )


def incident_io(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://docs.svix.com/receiving/verifying-payloads/how-manual"""
    name, stamp = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", f"{at.timestamp():.0f}"
    content = f"{name}.{stamp}.".encode() + request.body
    digest = hmac.new(b64decode(key.removeprefix("whsec_")), content, hashlib.sha256).digest()
    signature = f"v1,{b64encode(digest).decode()}"
    return adding(request, {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature})


def instatus(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://instatus.com/help/notifications/webhook"""
    return adding(request, {"x-instatus-webhook-signature": hex_digest(key, request.body)})


def oh_dear(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://ohdear.app/docs/integrations/webhooks/signing-webhooks"""
    return adding(request, {"ohdear-signature": hex_digest(key, request.body)})


def pagerduty(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://developer.pagerduty.com/docs/28e906a0e4f46-verifying-signatures"""
    return adding(request, {"x-pagerduty-signature": f"v1={hex_digest(key, request.body)}"})


def sentry(request: HookRequest, key: str, at: datetime) -> HookRequest:
    """https://docs.sentry.io/organization/integrations/integration-platform/webhooks/; the time is not signed."""
    signature = hex_digest(key, request.body)
    return adding(request, {"sentry-hook-signature": signature, "sentry-hook-timestamp": f"{at.timestamp():.0f}"})


SIGNERS: dict[str, Signer] = {
    "checkly": Signer(sign=checkly, header="x-checkly-signature"),
    "incident_io": Signer(
        sign=incident_io,
        header="webhook-signature",
        timed=True,
        key="whsec_OSOMR6UfwAx9yxEUR9eJzUxsMEyTjKoW",
        other_key="whsec_e4ABGbNvVzV2QgTbGCMCqF/6Q2P1bd1H",
    ),
    "instatus": Signer(sign=instatus, header="x-instatus-webhook-signature"),
    "oh_dear": Signer(sign=oh_dear, header="ohdear-signature"),
    "pagerduty": Signer(sign=pagerduty, header="x-pagerduty-signature"),
    "sentry": Signer(sign=sentry, header="sentry-hook-signature"),
}
"""Those that only sign. Grafana may, and may show a word instead."""
