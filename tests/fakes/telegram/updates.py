"""What the bot is told: the queue of updates, getUpdates and the webhook. Not how an update comes about.

An update stays until a later getUpdates acknowledges it by its offset, or a webhook answers 2xx.
https://core.telegram.org/bots/api#getting-updates
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.telegram.errors import ApiError, bad_request, conflict
from tests.fakes.telegram.waiting import Changes

Json = dict[str, Any]

KINDS = frozenset({"message", "edited_message", "channel_post", "edited_channel_post", "callback_query"}) | {
    "my_chat_member",
    "chat_member",
}
"""The kinds this fake can send; chat_member only when asked for."""

_BY_DEFAULT = KINDS - {"chat_member"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FIRST_RETRY_SECONDS = 0.02
_LAST_RETRY_SECONDS = 1.0
_LONGEST_POLL_SECONDS = 50


@dataclass(slots=True)
class _Poll:
    """One waiting getUpdates, and why it was ended by somebody else."""

    ended: str | None = None


class Updates:
    """The bot's one queue of updates, and at most one reader of it."""

    def __init__(self, changes: Changes, *, first_update_id: int) -> None:
        self.pending: list[Json] = []
        self.allowed: frozenset[str] = _BY_DEFAULT
        self.webhook: Json = {"url": ""}
        self.last_error: str | None = None
        self._changes = changes
        self._next_id = first_update_id
        self._poll: _Poll | None = None
        self._delivery: asyncio.Task[None] | None = None

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
        _check_webhook(url, settings.get("secret_token", ""))
        if settings.get("drop_pending_updates"):
            self.pending.clear()
        same = settings == self.webhook or (not url and not self.webhook["url"])
        await self._end_delivery()
        self.webhook = {**settings, "url": url}
        if not url:
            return "Webhook is already deleted" if same else "Webhook was deleted"
        self._end_poll("terminated by setWebhook request")
        self._delivery = asyncio.create_task(self._deliver())
        return "Webhook is already set" if same else "Webhook was set"

    def webhook_info(self) -> Json:
        """Serve getWebhookInfo."""
        info: Json = {
            "url": self.webhook["url"],
            "has_custom_certificate": "certificate" in self.webhook,
            "pending_update_count": len(self.pending),
        }
        if self.last_error:
            info.update(last_error_date=1, last_error_message=self.last_error)
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
        if self._delivery is not None:
            self._delivery.cancel()
            with suppress(asyncio.CancelledError):
                await self._delivery
            self._delivery = None

    async def _deliver(self) -> None:
        async with aiohttp.ClientSession() as session:
            wait = _FIRST_RETRY_SECONDS
            while True:
                while not self.pending:
                    await self._changes.next()
                update = self.pending[0]
                if await self._post(session, update):
                    self.pending.remove(update)
                    self._changes.announce()
                    wait = _FIRST_RETRY_SECONDS
                else:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, _LAST_RETRY_SECONDS)

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        secret = self.webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            async with session.post(self.webhook["url"], json=update, headers=headers) as answer:
                if answer.ok:
                    return True
                self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except aiohttp.ClientError as error:
            self.last_error = f"Connection failed: {error}"
        return False


def _check_webhook(url: str, secret: str) -> None:
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")


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
