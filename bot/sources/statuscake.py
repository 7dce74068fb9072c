"""StatusCake: what a contact group sends to its webhook address when an uptime test goes down or up.

Every request carries ``Token``, the MD5 of the account's user name and API key. It never changes, so it is no more than
a shared secret, and taken as one. No time is sent.
Format, as others receive it: https://docs.firehydrant.com/docs/statuscake-event-source
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed, UnreadableBody
from bot.sources.base import HookRequest
from bot.sources.flat import flat_fields
from bot.sources.reading import JsonObject
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal
from bot.sources.tags import tag_labels, tags_of

_STATES = {"down": SignalState.FIRING, "up": SignalState.RESOLVED}


class StatusCake(SharedSecret):
    """A StatusCake account. The key is the number of the test; without one, a hash of its name and address."""

    __slots__ = ()
    type: ClassVar[str] = "statuscake"
    unproven: ClassVar[int | None] = 64 * 1024
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    def knows(self, head: HookRequest) -> bool:
        """True when the secret is shown as every shared secret; the ``Token`` may be in the body."""
        return self.shown_in(head)

    def verify(self, request: HookRequest) -> None:
        """As every shared secret, and also when the secret is the ``Token`` among the fields. Raises BadSignature."""
        shown = _token(request).encode("utf-8", "surrogatepass")
        secret = (self.secret or "").encode("utf-8", "surrogatepass")
        if not shown or not hmac.compare_digest(shown, secret):
            super().verify(request)

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        fields = flat_fields(request)
        name, status, url = fields.text("Name", ""), fields.text("Status"), fields.text("URL", "")
        code = _number(fields, "StatusCode")
        own = {"monitor": name, "type": fields.text("Method", ""), "code": code}
        return [
            signal(
                self.name,
                key=_number(fields, "TestID") or digest({"name": name, "url": url}),
                state=_STATES.get(status.lower(), SignalState.UNKNOWN),
                labels=tag_labels(tags_of(fields, "Tags")) | {label: value for label, value in own.items() if value},
                summary=f"{name}: {status} {code}",
                url=url,
            )
        ]


def _number(fields: JsonObject, name: str) -> str:
    return fields.identifier(name) if fields.fields.get(name) not in (None, "") else ""


def _token(request: HookRequest) -> str:
    try:
        return flat_fields(request).text("Token", "")
    except (Malformed, UnreadableBody):
        return ""  # what cannot be read shows nothing; once the sender is known, parsing says what is wrong with it
