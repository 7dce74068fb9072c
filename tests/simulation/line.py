"""The strict fake Telegram at the other end of a line with a delay, without sockets, for python-telegram-bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telegram import Bot
from telegram.request import BaseRequest, RequestData

from tests.fakes.telegram import FakeTelegram

TOKEN = "12345:simulated"


class Line(BaseRequest):
    """Carries the library's requests. delay: seconds of one way, drawn anew for each way of each call."""

    def __init__(self, fake: FakeTelegram, delay: Callable[[], float]) -> None:
        self._fake, self._delay = fake, delay

    @property
    def read_timeout(self) -> float | None:
        return 15.0

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        await asyncio.sleep(self._delay())
        answer = await self._fake.call(url.rpartition("/")[2], request_data.json_parameters if request_data else {})
        await asyncio.sleep(self._delay())
        return answer


def bot_at(fake: FakeTelegram, delay: Callable[[], float]) -> Bot:
    """A bot at the other end."""
    line = Line(fake, delay)
    return Bot(TOKEN, request=line, get_updates_request=line)
