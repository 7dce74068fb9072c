"""What a failed call to Telegram means for the delivery. Pure and total; one table, narrow before broad.

Was it sent? Telegram's own refusals say no. Where no answer came, the cause beneath the library's error decides:
before the connection stood nothing was sent, after that nobody can know.
"""

from __future__ import annotations

from datetime import timedelta

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.domain.delivery import Action
from bot.errors import DeliveryError, Moved, Permanent, Reason, Throttled, Transient, Uncertain

_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,  # name resolution, refusal, TLS, proxy
    aiohttp.ConnectionTimeoutError,  # no free connection in our pool, or none in time
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientHttpProxyError,
)
_UNUSABLE_ADDRESS = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)

_ALREADY_SO = {
    Action.EDIT: ("message is not modified",),
    Action.AMEND: ("message is not modified",),
    Action.PIN: ("chat_not_modified", "message is already pinned"),
    Action.UNPIN: ("chat_not_modified", "message to unpin not found", "message is not pinned"),
}
_GONE = ("message to edit not found", "message to pin not found", "message_id_invalid")
_NOT_WELCOME = (
    "chat not found",
    "peer_id_invalid",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "channel_private",
    "group chat was deactivated",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "group chat was upgraded",
    "user_is_blocked",
    "user is deactivated",
    "bot was kicked",
    "bot was blocked",
)


def already_so(error: TelegramError, action: Action) -> bool:
    """Whether Telegram refuses only because everything already is as this action wants it: that is success."""
    return isinstance(error, BadRequest) and _says(error, _ALREADY_SO.get(action, ()))


def delivery_error(error: TelegramError, *, repeatable: bool) -> DeliveryError:
    """The same failure in our terms.

    repeatable: doing it twice does no harm (edits, pins, and all that only looks), so what is uncertain is transient.
    The text never holds the token, which the library writes into some of its errors.
    """
    match error:
        case RetryAfter():
            return _throttled(error)
        case ChatMigrated():
            return Moved("the group became a supergroup", new_address=str(error.new_chat_id))
        case Forbidden():
            return Permanent(f"not allowed to send there: {error.message}", reason=Reason.BLOCKED)
        case InvalidToken() | EndPointNotFound():
            return Permanent("Telegram does not know this token, or base_url is wrong", reason=Reason.MISCONFIGURED)
        case Conflict():
            return Transient(f"another program uses the same token: {error.message}")
        case BadRequest():
            return _refusal(error, repeatable)
    return _unanswered(error, repeatable)


def _throttled(error: RetryAfter) -> Throttled:
    """The answer does not say which limit was hit. It is taken to be the chat's.

    Our own pacing keeps the total below the limit for all chats, while a chat's can be used up by others (slow mode,
    people's own edits). Should it be the total after all, the next chats are refused too, and ``Pacer.halt`` takes
    several chats refused at once as a halt for all.
    """
    pause = error.retry_after
    seconds = pause if isinstance(pause, timedelta) else timedelta(seconds=pause)
    return Throttled(f"too many requests, pause of {seconds.total_seconds():.0f} s", retry_after=seconds)


def _refusal(error: BadRequest, repeatable: bool) -> Permanent:
    """Whoever may not pin or edit may still post: what is blocked is what was tried."""
    reason = Reason.REFUSED
    if repeatable and _says(error, _GONE):
        reason = Reason.GONE
    elif _says(error, _NOT_WELCOME):
        reason = Reason.BLOCKED
    return Permanent(f"Telegram refuses: {error.message}", reason=reason)


def _unanswered(error: TelegramError, repeatable: bool) -> DeliveryError:
    cause = error.__cause__
    if isinstance(cause, _UNUSABLE_ADDRESS) and not isinstance(cause, aiohttp.RedirectClientError):
        return Permanent("base_url is not an address", reason=Reason.MISCONFIGURED)
    if isinstance(cause, _BEFORE_SENDING):
        return Transient(f"no connection to Telegram: {type(cause).__name__}")
    if error.message.startswith("Too Many Requests"):
        return Transient("too many requests, and no word on how long to wait")
    what = type(cause).__name__ if cause else error.message
    if repeatable:
        return Transient(f"no clear answer from Telegram: {what}")
    return Uncertain(f"no clear answer from Telegram: {what}")


def _says(error: TelegramError, phrases: tuple[str, ...]) -> bool:
    said = error.message.lower()
    return any(phrase in said for phrase in phrases)
