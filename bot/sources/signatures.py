"""How a sender proves who it is: by signing what it sends with a key both sides know.

Which bytes it signs, and where it puts the signature, is each source's own matter.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from bot.errors import BadSignature
from bot.sources.base import HookRequest

WINDOW = timedelta(minutes=5)
"""How far a signed time may be from ours: what https://docs.svix.com/receiving/verifying-payloads/how-manual and others
use. Beyond it a request was kept and sent again by somebody.
"""

_SECONDS = re.compile("[0-9]{1,11}")


@dataclass(slots=True, kw_only=True)
class Signed(ABC):
    """What every source whose sender signs has in common.

    name: the last part of its address; secret: the key, None lets everybody in (``insecure: true``), never "".
    """

    type: ClassVar[str]
    """The word for it in the configuration."""
    methods: ClassVar[frozenset[str]] = frozenset({"POST"})
    """The HTTP methods this sender uses."""

    unproven: ClassVar[int | None] = None
    """They are only hashed."""

    name: str
    secret: str | None = field(repr=False)

    def knows(self, head: HookRequest) -> bool:
        """False, for the body is signed; True when everybody is let in."""
        return self.secret is None

    def wants(self, request: HookRequest) -> str | None:
        """None: no certificate is needed."""
        return None

    def verify(self, request: HookRequest) -> None:
        """Return when the request is signed with the key, lately. Raises BadSignature, which never quotes anything."""
        if self.secret is not None:
            self.check(request, self.secret)

    @abstractmethod
    def check(self, request: HookRequest, secret: str) -> None:
        """Return when the request is signed with this key. Raises BadSignature."""

    def confirms(self, request: HookRequest) -> str | None:
        """None: nothing is to be opened."""
        return None

    def answer(self, request: HookRequest) -> Mapping[str, str]:
        """Nothing beside what every sender reads."""
        return {}


def require(candidates: Iterable[str], expected: str) -> None:
    """Return when one of the signatures shown is the expected one, compared in constant time. Raises BadSignature."""
    shown = [candidate.encode("utf-8", "surrogatepass") for candidate in candidates if candidate]
    if not shown:
        raise BadSignature("no signature")
    if not any(hmac.compare_digest(candidate, expected.encode()) for candidate in shown):
        raise BadSignature("wrong signature")


def require_recent(signed_at: datetime, request: HookRequest, *, within: timedelta = WINDOW) -> None:
    """Return when the signed time is near the time of the request. Raises BadSignature."""
    if abs(request.received_at - signed_at) > within:
        raise BadSignature("the signed time is too far from ours: an old request sent again, or a wrong clock")


def signed_time(seconds: str) -> datetime:
    """A time that was signed, as digits that count seconds since 1970. Raises BadSignature for anything else."""
    if not _SECONDS.fullmatch(seconds):
        raise BadSignature("no signed time")
    return datetime.fromtimestamp(int(seconds), UTC)


def hex_hmac(secret: str, body: bytes, *, algorithm: Callable[..., Any] = hashlib.sha256) -> str:
    """The HMAC of the bytes, as hexadecimal digits in lower case."""
    return hmac.new(secret.encode(), body, algorithm).hexdigest()
