"""From the instant a signal leaves the monitor to the instant Telegram has the last of its six posts."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from urllib.request import urlopen

from benchmarks.bodies import webhook
from benchmarks.scene import HOOK, SECRET, Scene
from benchmarks.wire import connect, request
from bot import clock

PAUSE, LONGEST = 0.02, 30.0
"""Seconds between looks at whether the service has come to rest, and until it must have."""
_SENT = re.compile(r'^notice_bot_deliveries_total\{.*outcome="sent".*\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds, one value a round.

    opened: an incident opens, six posts; resolved: it ends, six replies (then six edits, not waited for);
    accepted: to the 202, of all rounds.
    """

    opened: list[float]
    resolved: list[float]
    accepted: list[float]

    @property
    def posted(self) -> list[float]:
        """To the last post, of all rounds."""
        return self.opened + self.resolved


async def measure(at: Scene, *, rounds: int) -> Latency:
    """Fire and resolve by turns, each time once everything has come to rest. rounds: even."""
    connection = await connect(at.service.url)
    left, accepted, owed = [], [], 0
    try:
        for number in range(rounds):
            body = webhook([number // 2], firing=number % 2 == 0, at=clock.now(), run="10")
            ready = request(HOOK, body, bearer=SECRET)
            left.append(time.time())
            status, answer = await connection.ask(ready)
            accepted.append(time.time() - left[-1])
            if status != 202:
                raise RuntimeError(f"answered {status}: {answer.decode()}")
            owed += len(at.chats) * (2 if number % 2 else 1)  # the end edits the first posts as well
            await asyncio.to_thread(_rest, at.service.url, deliveries=owed)
    finally:
        connection.close()
    posted = await _last_posts(at, rounds)
    taken = [last - start for last, start in zip(posted, left, strict=True)]
    return Latency(opened=taken[0::2], resolved=taken[1::2], accepted=accepted)


def _rest(url: str, *, deliveries: int) -> None:
    """Wait until so many deliveries are settled since the start. Raises TimeoutError."""
    until = time.monotonic() + LONGEST
    while _settled(url) < deliveries:
        if time.monotonic() > until:
            raise TimeoutError(f"{_settled(url)} of {deliveries} deliveries are settled")
        time.sleep(PAUSE)


def _settled(url: str) -> int:
    with urlopen(f"{url}/metrics", timeout=10) as answer:
        return int(sum(float(number) for number in _SENT.findall(answer.read().decode())))


async def _last_posts(at: Scene, rounds: int) -> list[float]:
    """When the last post of each round was there, in unix seconds."""
    times: dict[int, list[float]] = {}
    for call in await at.fake.calls():
        if call.method == "sendMessage" and call.chat_id is not None and call.outcome == "ok":
            times.setdefault(call.chat_id, []).append(call.at)
    if [len(each) for each in times.values()] != [rounds] * len(at.chats):
        raise RuntimeError(f"expected {rounds} posts a chat, found {[len(each) for each in times.values()]}")
    return [max(posts) for posts in zip(*times.values(), strict=True)]
