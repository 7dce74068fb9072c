"""Plays a conversation: the real service and the real Telegram library, between a strict fake Telegram and a database.

Nothing of the service is reached into but its database, which is only read. What a step expects is waited for; a
failure tells the whole conversation so far.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bot.app import Service, running
from bot.domain.rates import Limits, Window
from tests.conversations.cast import settings_of, stage_of
from tests.conversations.script import Mode, Script
from tests.conversations.shelf import open_shelf
from tests.conversations.steps import Failed, Play
from tests.conversations.transcript import Transcript
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram import Limits as Rates
from tests.fakes.telegram.errors import ApiError
from tests.story.shop import logged
from tests.worlds import catalogue

_NO_LIMIT = Window(count=1_000_000, seconds=1.0)
_UNPACED = Limits(overall=_NO_LIMIT, chat=_NO_LIMIT, group=_NO_LIMIT)
_NO_RATES = Rates(per_chat=None, per_group=None, overall=None, paid=None)


async def play(script: Script, database: str, mode: Mode, *, patience: float = 10.0) -> None:
    """Play it from beginning to end. Raises Failed with the whole conversation up to where it went otherwise.

    patience: seconds until what is waited for counts as never coming.

    Nor may the bot ask Telegram for anything that Telegram does not know, or the service log an error.
    """
    async with stage_of(script) as fake, open_shelf(database) as shelf:
        settings = settings_of(script, fake, database, mode)
        names = {int(person["id"]): name for name, person in script.who.items()}
        names |= {fake.world.find(chat.get("id", name)).id: name for name, chat in script.chats.items()}
        transcript = Transcript(fake, names)
        with logged(settings) as log:
            host = _Host(script, fake, database, mode)
            async with _hosted(host):
                this = Play(script=script, fake=fake, shelf=shelf, transcript=transcript, host=host, patience=patience)
                await _all_steps(this, log.getvalue)
        if odd := fake.violations(_NO_RATES):
            raise Failed(f"{transcript}\n\nThe bot asked for what Telegram does not know: {odd}")
        if errors := _errors(log.getvalue()):
            raise Failed(f"{transcript}\n\nThe service logged errors:\n{errors}")


async def _all_steps(this: Play, log: Callable[[], str]) -> None:
    for step in this.script.steps:
        this.transcript.add(str(step))
        try:
            await this.step(step)
        except (Failed, LookupError, ApiError) as error:
            place = f"{this.script.name}.yaml:{step.line}"
            head = f"{this.script.about}\n\n{this.transcript}\n\n{place} went otherwise\n     {step}\n     {error}"
            raise Failed(f"{head}\n{_errors(log())}") from None


def _errors(log: str) -> str:
    """What our own modules logged as errors. The library logs whatever a sick proxy answers as one of its own."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    ours = [line for line in lines if str(line.get("logger", "bot")).startswith("bot")]
    bad = [line for line in ours if line.get("level") in {"error", "critical"}]
    return "\n".join(f"{line.get('logger')}: {line['event']}\n{line.get('exception', '')}" for line in bad)


class _Host:
    """Runs the service, one after the other when it is restarted."""

    def __init__(self, script: Script, fake: FakeTelegram, database: str, mode: Mode) -> None:
        self._script, self._fake, self._database, self._mode = script, fake, database, mode
        self._up: tuple[AsyncExitStack, Service] | None = None

    @property
    def url(self) -> str:
        """Where the service answers."""
        if self._up is None:
            raise Failed("the service is down")
        return self._up[1].url

    async def start(self) -> None:
        """Bring it up."""
        settings = settings_of(self._script, self._fake, self._database, self._mode)
        stack = AsyncExitStack()
        opening = running(settings, catalogue(*settings.languages), limits=_UNPACED)
        self._up = stack, await stack.enter_async_context(opening)
        self._fake.proxy_webhook(self.url)

    async def restart(self, mode: Mode | None) -> None:
        """Take it down and bring it up again. mode: how it is told of updates from now on, None for as before."""
        await self.stop()
        self._mode = mode or self._mode
        await self.start()

    async def stop(self) -> None:
        """Take it down."""
        if self._up is not None:
            (stack, _), self._up = self._up, None
            await stack.aclose()


@asynccontextmanager
async def _hosted(host: _Host) -> AsyncIterator[None]:
    try:
        await host.start()
        yield
    finally:
        await host.stop()
