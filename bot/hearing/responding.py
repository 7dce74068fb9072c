"""Answers presses of buttons: without an answer the client shows for a while that it waits. Never tries twice."""

from __future__ import annotations

import structlog
from telegram import Bot
from telegram.error import TelegramError

LONGEST = 200
"""Characters: https://core.telegram.org/bots/api#answercallbackquery"""
_log = structlog.get_logger(__name__)


class Responder:
    """Gives the short answers that clients show above the chat."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def __call__(self, query_id: str, text: str | None) -> None:
        """Answer a press. A query that is too old by now is nobody's loss: what was pressed has been done."""
        shown = text if text is None or len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        try:
            await self._bot.answer_callback_query(query_id, shown, show_alert=bool(shown and len(shown) > 60))
        except TelegramError as error:
            _log.debug("a press was not answered", error=error.message)
