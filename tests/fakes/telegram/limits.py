"""Telegram's rates as sliding windows. Not a queue: what is too much is refused with the seconds to wait.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

COUNTED = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup", "forwardMessage", "copyMessage"})
"""The methods that share the limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``count`` calls in any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The windows: of every chat, of a group or channel besides, and of the bot as a whole. None switches one off.

    ``paid``: instead of ``overall``, for what is sent with allow_paid_broadcast.
    ``jitter_seconds``: how much earlier than exact a call may arrive, for callers that pace by their own clock.
    """

    per_chat: Window | None = Window(count=1, seconds=1)
    per_group: Window | None = Window(count=20, seconds=60)
    overall: Window | None = Window(count=30, seconds=1)
    paid: Window | None = Window(count=1000, seconds=1)
    jitter_seconds: float = 0.0

    def windows(self, chat_id: int, *, paid: bool = False) -> list[tuple[str, Window]]:
        """The windows that a call for this chat falls into, each with the key it is counted under."""
        keyed = [(f"chat {chat_id}", self.per_chat), ("paid", self.paid) if paid else ("overall", self.overall)]
        if chat_id < 0:
            keyed.append((f"group {chat_id}", self.per_group))
        return [(key, window) for key, window in keyed if window is not None]


@dataclass(slots=True)
class Buckets:
    """The times of accepted calls, per window."""

    limits: Limits
    times: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, chat_id: int, now: float, *, paid: bool = False) -> int | None:
        """Count one call, or refuse it: the whole seconds to wait. None means accepted."""
        windows = self.limits.windows(chat_id, paid=paid)
        waits = [self._wait(key, window, now) for key, window in windows]
        if (longest := max(waits, default=0.0)) > 0:
            return math.ceil(longest)
        for key, _ in windows:
            self.times.setdefault(key, deque()).append(now)
        return None

    def _wait(self, key: str, window: Window, now: float) -> float:
        times = self.times.setdefault(key, deque())
        while times and times[0] <= now - window.seconds + self.limits.jitter_seconds:
            times.popleft()
        return times[0] + window.seconds - now if len(times) >= window.count else 0.0


def violations(accepted: Iterable[tuple[int, float, bool]], limits: Limits) -> list[str]:
    """Which windows a finished run exceeded, one line each. ``accepted``: chat id, unix seconds, paid; in order."""
    buckets = Buckets(limits)
    found = []
    for chat_id, at, paid in accepted:
        for key, window in limits.windows(chat_id, paid=paid):
            if buckets._wait(key, window, at) > 0:
                found.append(f"{key}: more than {window.count} in {window.seconds} s at {at:.3f}")
            buckets.times[key].append(at)
    return found
