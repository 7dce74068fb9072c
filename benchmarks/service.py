"""``python -m benchmarks.service CONFIG``: the service as the command line runs it, but with Telegram's limits lifted.

Prints {"url": ...} once it is up; ends when its standard input closes, which it does when whoever started it ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import uvloop

from bot.app import running
from bot.config.file import load
from bot.config.secrets import secrets_of
from bot.domain.rates import Limits, Window
from bot.languages.catalogue import Catalogue
from bot.logs import configure
from bot.resources import NOTICES

_PLENTY = Window(count=100_000, seconds=1.0)
LIFTED = Limits(overall=_PLENTY, chat=_PLENTY, group=_PLENTY)
"""Telegram lets one post a second into a chat; that would be all there is to see."""


async def serve(config: Path) -> None:
    """Run until standard input closes."""
    settings = load(config, os.environ)
    catalogue = Catalogue.load(NOTICES, settings.languages)
    configure(stream=sys.stderr, human=False, level="INFO", secrets=secrets_of(settings))
    told = asyncio.Event()
    await asyncio.get_running_loop().connect_read_pipe(lambda: _Parent(told), sys.stdin)
    async with running(settings, catalogue, limits=LIFTED) as service:
        print(json.dumps({"url": service.url}), flush=True)
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(told.wait()), service.broken]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ends[0].cancel()
    if service.broken.done():
        service.broken.result()


class _Parent(asyncio.Protocol):
    """The other end of standard input."""

    def __init__(self, told: asyncio.Event) -> None:
        self._told = told

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody needs the service any more."""
        self._told.set()


def main() -> None:
    """Serve, on the loop the command line takes."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
