"""``python -m tests.fakes.telegram``: the fake as a process of its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.server import FakeTelegram


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.telegram", description="A strict fake Telegram.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--token", default="12345:fake")
    parser.add_argument("--chats", type=Path, help="JSON: users, channels, supergroups, groups; arguments of add_*")
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's rates")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters, as the real server does")
    parser.add_argument("--first-message-id", type=int, default=100)
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the parent process")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    fake = FakeTelegram(
        port=arguments.port,
        token=arguments.token,
        strict=not arguments.lenient,
        limits=Limits() if arguments.limits else None,
        first_message_id=arguments.first_message_id,
    )
    if arguments.chats is not None:
        populate(fake, json.loads(arguments.chats.read_text(encoding="utf-8")))
    async with fake:
        sys.stdout.write(json.dumps({"port": fake.port, "url": fake.url, "base_url": fake.base_url}) + "\n")
        sys.stdout.flush()
        if arguments.until_stdin_closes:
            await loop.connect_read_pipe(lambda: _Parent(stopped), sys.stdin)
        await stopped.wait()


class _Parent(asyncio.Protocol):
    """The other end of stdin; it closes when the parent process ends, however that ends."""

    def __init__(self, stopped: asyncio.Event) -> None:
        self._stopped = stopped

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the fake."""
        self._stopped.set()


def populate(fake: FakeTelegram, people: dict[str, list[dict[str, Any]]]) -> None:
    """Add the users and chats of a --chats file."""
    for user in people.get("users", ()):
        fake.add_user(**user)
    for kind, add in (
        ("channels", fake.add_channel),
        ("supergroups", fake.add_supergroup),
        ("groups", fake.add_group),
    ):
        for chat in people.get(kind, ()):
            add(**chat)


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
