"""What tests of subscribers are made from: intake with subscribers on, people who speak to the bot, a broadcaster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.calls import Call, Press, Turnout
from bot.domain.changes import Change
from bot.domain.delivery import Delivery, Receipt
from bot.domain.following import Progress
from bot.domain.model import Impact, Status
from bot.intake.broadcasting import Broadcaster
from bot.intake.desk import IntakeDesk
from bot.intake.transaction import Transaction
from bot.languages.tongue import Tongues
from bot.resources import SUBSCRIBERS
from bot.store import claims, outbox
from bot.store.engine import Store
from bot.subscribers.reception import Reception
from bot.subscribers.texts import Texts
from tests.worlds import StillClock, World, catalogue, world

CARLA, DARIO, ELENA = 7000001, 7000002, 7000003


@dataclass
class House:
    """Intake, whoever hears subscribers, and what makes broadcasts into deliveries."""

    world: World
    reception: Reception
    broadcaster: Broadcaster
    shown: list[Progress] = field(default_factory=list)

    async def says(self, text: str | None, *, chat: int = CARLA, language: str | None = "it") -> str | None:
        """Somebody writes this; the toast."""
        call = Call(
            chat_id=chat, telegram_id=chat, private=True, text=text, sent_at=self.world.clock(), language_code=language
        )
        return await self._hears(call)

    async def presses(self, data: str, *, chat: int = CARLA, language: str | None = "it") -> str | None:
        """Somebody presses the button with this data; the toast."""
        press = Press(query_id="1", data=data, message_id=5)
        call = Call(chat_id=chat, telegram_id=chat, private=True, press=press, sent_at=None, language_code=language)
        return await self._hears(call)

    async def _hears(self, call: Call) -> str | None:
        return await self.world.intake.transact(lambda desk: self.reception.hear(call, desk))

    async def blocks(self, chat: int = CARLA, *, blocked: bool = True) -> None:
        """Somebody blocks the bot, or lets it write again."""
        turnout = Turnout(chat_id=chat, blocked=blocked)
        await self.world.intake.transact(lambda desk: self.reception.turned(turnout, desk))

    async def texts(self, chat: int = CARLA) -> list[str]:
        """What a chat is owed in texts, settled or not, oldest first."""
        return [row["text"] for row in await self.rows(chat) if row["text"] is not None]

    async def buttons(self, chat: int = CARLA) -> dict[str, str]:
        """The data of the buttons below the last text for a chat, by what they say."""
        keyboard = [row["keyboard"] for row in await self.rows(chat) if row["text"] is not None][-1] or {"buttons": []}
        return {each["text"]: each["data"] for row in keyboard["buttons"] for each in row}

    async def rows(self, chat: int = CARLA) -> list[dict[str, Any]]:
        """All deliveries to a chat, oldest first."""
        return [row for row in await self.world.rows("deliveries") if row["address"] == str(chat)]

    async def posts(self, chat: int = CARLA, *states: str) -> list[dict[str, Any]]:
        """Those that carry notices; states: only in these."""
        found = [row for row in await self.rows(chat) if row["notice_id"] is not None]
        return [row for row in found if not states or row["state"] in states]

    async def opens(self, *components: str, impact: Impact = Impact.MAJOR) -> Change:
        """An operator tells of a problem."""

        async def work(desk: IntakeDesk) -> Change:
            return await desk.stories.open(
                components=components or ["shop"], impact=impact, texts={}, by="Ada", draft=False
            )

        return await self.world.intake.transact(work)

    async def goes_on(self, incident_id: int, status: Status | None = Status.IDENTIFIED) -> Change:
        """An operator goes on telling; None ends the story."""

        async def work(desk: IntakeDesk) -> Change:
            return await desk.stories.add_update(incident_id, status=status, texts={}, by="Ada", draft=False)

        return await self.world.intake.transact(work)

    async def corrects(self, incident_id: int, **texts: str) -> None:
        """An operator puts own words where the template's stood."""

        async def work(desk: IntakeDesk) -> Any:
            return await desk.stories.amend(incident_id, None, texts=texts, by="Ada")

        await self.world.intake.transact(work)

    async def claims(self, most: int = 64) -> list[Delivery]:
        """Up to so many deliveries are in flight from now on."""
        now = self.world.clock()
        async with self.world.store.write() as connection:
            return await claims.claim(connection, lease="lease", until=now, now=now, limit=most, channels=["telegram"])

    async def lands(self, flying: Sequence[Delivery]) -> None:
        """They have arrived."""
        async with self.world.store.write() as connection:
            for delivery in flying:
                sent = outbox.sent(Receipt(id=str(10_000 + delivery.id)), now=self.world.clock())
                assert await outbox.settle(connection, delivery, sent)

    async def sends(self, most: int = 1000) -> list[Delivery]:
        """Everything that may go is sent, ``most`` at the most, in this order."""
        sent: list[Delivery] = []
        while claimed := await self.claims(min(64, most - len(sent))) if len(sent) < most else []:
            await self.lands(claimed)
            sent += claimed
        return sent


@asynccontextmanager
async def house(
    store: Store, clock: StillClock, *, languages: Sequence[str] = ("en", "it"), **changes: Any
) -> AsyncIterator[House]:
    """The usual service with subscribers on. changes: keys of ``channels.telegram.subscribers``."""
    channels = {"feed": {}, "website": {}, "telegram": {"subscribers": changes}}
    async with world(store, clock, channels=channels, destinations=(), languages=list(languages)) as opened:
        yield furnished(opened)


def furnished(opened: World) -> House:
    """The house around an intake that has subscribers on."""
    settings = opened.settings
    texts = Texts(settings, catalogue(*settings.languages), Tongues(SUBSCRIBERS))
    helped: set[int] = set()

    def may_help(telegram_id: int, _: object) -> bool:
        return telegram_id not in helped and not helped.add(telegram_id)  # type: ignore[func-returns-value]  # adds

    shown: list[Progress] = []

    async def show(_: Transaction, progress: Progress) -> None:
        shown.append(progress)

    telegram = settings.channels.telegram
    assert telegram is not None
    assert telegram.subscribers is not None
    return House(
        world=opened,
        reception=Reception(settings, texts, may_help=may_help, clock=opened.clock),
        broadcaster=Broadcaster(
            opened.store,
            opened.clock,
            zone=ZoneInfo(settings.timezone),
            silent=telegram.subscribers.silent,
            digest=texts.digest,
            owed=lambda: None,
            show=show,
            wake=asyncio.Event(),
        ),
        shown=shown,
    )
