"""How a sender proves who it is: by showing a secret both sides know. Those that sign are in ``signatures``."""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.errors import BadSignature
from bot.sources.base import HookRequest


@dataclass(slots=True, kw_only=True)
class SharedSecret:
    """What every source whose sender shows a shared secret has in common.

    name: the last part of its address; secret: None lets everybody in (``insecure: true``), never "";
    header: a header that may carry the secret, beside Authorization and ``?token=``.
    """

    type: ClassVar[str]
    """The word for it in the configuration."""
    methods: ClassVar[frozenset[str]] = frozenset({"POST"})
    """The HTTP methods this sender uses."""

    unproven: ClassVar[int | None] = 512 * 1024
    """As much as is parsed of a stranger's body, where the proof is inside. PagerDuty takes no more, SNS sends half:

    https://developer.pagerduty.com/docs/send-alert-event, https://docs.aws.amazon.com/sns/latest/dg/sns-limits.html
    """

    name: str
    secret: str | None = field(repr=False)
    header: str = "X-Hook-Token"

    def knows(self, head: HookRequest) -> bool:
        """True, for nothing in the body counts. Raises BadSignature when the secret is not shown."""
        SharedSecret.verify(self, head)
        return True

    def shown_in(self, head: HookRequest) -> bool:
        """Whether headers or query show the secret, for senders that may also show it in the body."""
        try:
            return SharedSecret.knows(self, head)
        except BadSignature:
            return False

    def wants(self, request: HookRequest) -> str | None:
        """None: no certificate is needed."""
        return None

    def verify(self, request: HookRequest) -> None:
        """Return when the secret is among what the request shows. Raises BadSignature, which never quotes it."""
        if self.secret is None:
            return
        shown = list(_shown(request, self.header.lower()))
        if not shown:
            raise BadSignature("no secret in the Authorization header, the configured header or ?token=")
        secret = _bytes(self.secret)
        if not any(hmac.compare_digest(candidate, secret) for candidate in shown):
            raise BadSignature("wrong secret")

    def confirms(self, request: HookRequest) -> str | None:
        """None: nothing is to be opened."""
        return None

    def answer(self, request: HookRequest) -> Mapping[str, str]:
        """Nothing beside what every sender reads."""
        return {}


def _shown(request: HookRequest, header: str) -> Iterator[bytes]:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield _bytes(credentials.strip())
    elif scheme.lower() == "basic":
        yield _password(credentials.strip())
    if header in request.headers:
        yield _bytes(request.headers[header])
    if "token" in request.query:
        yield _bytes(request.query["token"])


def _password(credentials: str) -> bytes:
    """The password of basic authentication (https://www.rfc-editor.org/rfc/rfc7617); the name does not matter."""
    try:
        _, colon, password = b64decode(_bytes(credentials), validate=True).partition(b":")
    except Base64Error:
        raise BadSignature("the Authorization header is not valid base64") from None
    if not colon:
        raise BadSignature("the Authorization header holds no password")
    return password


def _bytes(text: str) -> bytes:
    """Any text, also what HTTP libraries make of header bytes that are not UTF-8; equal bytes only for equal texts."""
    return text.encode("utf-8", "surrogatepass")
