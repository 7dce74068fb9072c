"""What the bot is told: the queue of updates and getUpdates. Not how an update comes about, nor the webhook.

An update stays until a later getUpdates acknowledges it by its offset, or a webhook answers 2xx.
https://core.telegram.org/bots/api#getting-updates
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.errors import ApiError, conflict
from tests.fakes.telegram.waiting import Changes
from tests.fakes.telegram.webhook import Delivery, Manner, check_webhook

Json = dict[str, Any]

KINDS = frozenset({"message", "edited_message", "channel_post", "edited_channel_post", "callback_query"}) | {
    "my_chat_member",
    "chat_member",
}
"""The kinds this fake can send; chat_member only when asked for."""

_BY_DEFAULT = KINDS - {"chat_member"}
_LONGEST_POLL_SECONDS = 50


@dataclass(slots=True)
class _Poll:
    """One waiting getUpdates, and why it was ended by somebody else."""

    ended: str | None = None


class Updates:
    """The bot's one queue of updates, and at most one reader of it.

    told: every update there ever was. manner: how webhooks are served. delivery: None while there is no webhook.
    """

    def __init__(self, changes: Changes, *, first_update_id: int) -> None:
        self.pending: list[Json] = []
        self.allowed: frozenset[str] = _BY_DEFAULT
        self.webhook: Json = {"url": ""}
        self.told: list[Json] = []
        self.manner = Manner()
        self.delivery: Delivery | None = None
        self._changes = changes
        self._next_id = first_update_id
        self._poll: _Poll | None = None

    def add(self, kind: str, content: Json) -> int:
        """Queue one update, unless the bot did not ask for its kind. Returns its id."""
        update_id = self._next_id
        self._next_id += 1
        if kind in self.allowed:
            self.inject({"update_id": update_id, kind: content})
        return update_id

    def inject(self, update: Json) -> None:
        """Queue a ready-made update as it is, so that a test can repeat one or send nonsense."""
        self.pending.append(update)
        self.told.append(update)
        self._changes.announce()

    async def get(self, *, offset: int, limit: int, seconds: float) -> list[Json]:
        """Serve getUpdates. A newer call ends an older one with 409. Raises ApiError 409."""
        if self.webhook["url"]:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._acknowledge(offset)
        mine = self._poll = _Poll()
        self._changes.announce()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LONGEST_POLL_SECONDS)):
                while not self.pending and mine.ended is None:
                    await self._changes.next()
        if mine.ended is not None:
            raise conflict(mine.ended)
        self._poll = None
        return self.pending[: min(max(limit, 1), 100)]

    def is_polled(self) -> bool:
        """Whether a getUpdates is waiting just now."""
        return self._poll is not None

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Remember allowed_updates: None leaves the last setting, an empty list restores the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) if kinds else _BY_DEFAULT

    async def set_webhook(self, settings: Json) -> str:
        """Serve setWebhook and deleteWebhook (an empty url). Returns the description of the answer."""
        url = settings.get("url", "")
        check_webhook(settings)
        if settings.get("drop_pending_updates"):
            self.pending.clear()
        same = {**settings, "url": url} == self.webhook or (not url and not self.webhook["url"])
        await self._end_delivery()
        self.webhook = {**settings, "url": url}
        if not url:
            return "Webhook is already deleted" if same else "Webhook was deleted"
        self._end_poll("terminated by setWebhook request")
        self.delivery = Delivery(self.webhook, self.manner, lambda: self.pending, self._changes)
        self.delivery.start()
        return "Webhook is already set" if same else "Webhook was set"

    def webhook_info(self) -> Json:
        """Serve getWebhookInfo."""
        named = ("max_connections", "ip_address", "allowed_updates")
        info: Json = {
            "url": self.webhook["url"],
            "has_custom_certificate": "certificate" in self.webhook,
            "pending_update_count": len(self.pending),
            **{name: self.webhook[name] for name in named if name in self.webhook and self.webhook["url"]},
        }
        if self.delivery is not None and self.delivery.last_error:
            info.update(last_error_date=1, last_error_message=self.delivery.last_error)
        return info

    async def close(self) -> None:
        """Stop delivering and let go of a waiting poll."""
        self._end_poll("terminated by close")
        await self._end_delivery()

    def _acknowledge(self, offset: int) -> None:
        if offset > 0:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        elif offset < 0:
            self.pending = self.pending[offset:]

    def _end_poll(self, reason: str) -> None:
        if self._poll is not None:
            self._poll.ended = reason
            self._poll = None
            self._changes.announce()

    async def _end_delivery(self) -> None:
        if self.delivery is not None:
            await self.delivery.stop()
            self.delivery = None


def check_kinds(kinds: Sequence[str]) -> None:
    """Refuse a kind of update that does not exist in this fake. Raises ApiError 400."""
    if unknown := sorted(set(kinds) - ALL_KINDS):
        raise ApiError(400, f"Bad Request: strict fake: no such kind of update: {', '.join(unknown)}")


ALL_KINDS = KINDS | {
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "purchased_paid_media",
}
"""Every kind of the Bot API, which allowed_updates may name."""
