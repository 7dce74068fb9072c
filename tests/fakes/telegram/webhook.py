"""Delivery of updates to a webhook: real HTTP with the secret, again with growing pauses until it answers 2xx.

Updates of one chat go out one after the other; those of different chats at the same time, up to ``max_connections``,
so that a bot cannot rely on their order. https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.telegram.errors import bad_request
from tests.fakes.telegram.waiting import Changes

Json = dict[str, Any]

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FIRST_RETRY_SECONDS = 0.02
_LAST_RETRY_SECONDS = 1.0
_MAX_SECRET = 256
_MOST_CONNECTIONS = 100
_USUAL_CONNECTIONS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to the webhook. ``status``: None where no answer came. heard: False where the answer got lost."""

    update_id: int
    status: int | None
    heard: bool = True


@dataclass(slots=True, kw_only=True)
class Manner:
    """How webhooks are served, as the test wants it, and what became of it; outlives each webhook.

    through: where a reverse proxy listens that stands for the webhook's own scheme, host and port; None for nobody.
    by_hand: a refused update waits for ``again``, however long. unheard: how many coming 2xx answers are lost on their
    way, so that the same update is delivered once more.
    """

    through: str | None = None
    by_hand: bool = False
    unheard: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    _again: asyncio.Event = field(default_factory=asyncio.Event)

    def again(self) -> None:
        """Try at once what waits after a refusal."""
        self._again.set()
        self._again = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait before the next attempt."""
        again = self._again
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self.by_hand else seconds):
                await again.wait()


class Delivery:
    """One webhook being served, from ``start`` to ``stop``."""

    def __init__(self, settings: Json, manner: Manner, pending: Callable[[], list[Json]], changes: Changes) -> None:
        self.settings = settings
        self.last_error: str | None = None
        self._manner = manner
        self._pending = pending
        self._changes = changes
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Deliver what is pending, and what comes."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Deliver no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        busy: dict[int, asyncio.Task[None]] = {}
        limit = asyncio.Semaphore(self.settings.get("max_connections", _USUAL_CONNECTIONS))
        async with aiohttp.ClientSession() as session:
            try:
                while True:
                    busy = {queue: task for queue, task in busy.items() if not task.done()}
                    for update in self._pending():
                        if (queue := queue_of(update)) not in busy:
                            busy[queue] = asyncio.create_task(self._deliver(session, update, limit))
                    await self._changes.next()
            finally:
                for task in busy.values():
                    task.cancel()
                await asyncio.gather(*busy.values(), return_exceptions=True)

    async def _deliver(self, session: aiohttp.ClientSession, update: Json, limit: asyncio.Semaphore) -> None:
        wait = _FIRST_RETRY_SECONDS
        while True:
            async with limit:
                accepted = await self._post(session, update)
            self._changes.announce()
            if accepted:
                break
            await self._manner.pause(wait)
            wait = min(wait * 2, _LAST_RETRY_SECONDS)
        with suppress(ValueError):  # dropped meanwhile: drop_pending_updates
            self._pending().remove(update)
        asyncio.get_running_loop().call_soon(self._changes.announce)

    def _address(self) -> str:
        url = urlsplit(self.settings["url"])
        through = self._manner.through
        return f"{through}{url.path}?{url.query}".rstrip("?") if through else url.geturl()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        secret = self.settings.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        status, heard = None, True
        try:
            async with session.post(self._address(), json=update, headers=headers) as answer:
                status = answer.status
                if not answer.ok:
                    self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                elif self._manner.unheard:
                    self._manner.unheard, heard = self._manner.unheard - 1, False
                    self.last_error = "Read timeout expired"
        except aiohttp.ClientError as error:
            self.last_error = f"Connection failed: {error}"
        self._manner.attempts.append(Attempt(update_id=update["update_id"], status=status, heard=heard))
        return status is not None and status // 100 == 2 and heard


def queue_of(update: Json) -> int:
    """The id of the chat (else the person) whose updates keep their order."""
    content: Json = next((value for value in update.values() if isinstance(value, dict)), {})
    message = content.get("message", content)
    chat = message.get("chat") if isinstance(message, dict) else None
    return int((chat or content.get("from") or {"id": 0})["id"])


def check_webhook(settings: Json) -> None:
    """Refuse what setWebhook refuses. http is taken on loopback only. Raises ApiError 400."""
    url, secret = settings.get("url", ""), settings.get("secret_token", "")
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > _MAX_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= settings.get("max_connections", 1) <= _MOST_CONNECTIONS:
        raise bad_request("bad webhook: max_connections must be between 1 and 100")
