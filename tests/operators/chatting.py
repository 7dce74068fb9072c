"""A chat with the reception over a real intake, without Telegram: what is said, pressed, and shown by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.telegram.markdown import render
from bot.domain.calls import Call, Press
from bot.domain.delivery import Action
from bot.errors import CommandError
from bot.operators.reception import Reception
from tests.worlds import World


@dataclass(kw_only=True)
class Chat:
    """One person in one chat. chat_id: theirs when it is private."""

    here: World
    reception: Reception
    person: int
    chat_id: int
    topic: int | None = None

    async def say(self, text: str, *, answers_to: int | None = None) -> str | None:
        """Type something; why it was refused, None when it was not."""
        return await self._hear(text=text, answers_to=answers_to)

    async def press(self, label: str) -> str | None:
        """Press the newest button with this label; the toast, or why it was refused."""
        return await self.press_data(await self.data_of(label))

    async def press_data(self, data: str, message_id: int | None = None) -> str | None:
        """Press a button that may not be there any more."""
        return await self._hear(press=Press(query_id="1", data=data, message_id=message_id))

    async def data_of(self, label: str) -> str:
        """What the newest button with this label carries. Raises LookupError."""
        buttons = [each for card in await self.cards() for row in card["buttons"] for each in row]
        found = [each["data"] for each in buttons if each["text"] == label]
        if not found:
            raise LookupError(f"no {label!r} among {[each['text'] for each in buttons]}")
        return str(found[-1])

    async def cards(self) -> list[dict[str, Any]]:
        """The cards of the chat as they look by now, oldest first: lane, topic, text, buttons."""
        cards: dict[str, dict[str, Any]] = {}
        for row in await self.here.owed(to_operators=True):
            if row["address"] != str(self.chat_id) or ":card:" not in row["lane"]:
                continue
            assert row["lane"] in cards or row["action"] is Action.POST
            buttons = (row["keyboard"] or {}).get("buttons", [])
            card = {"lane": row["lane"], "topic": row["topic"], "text": render(row["text"]).text, "buttons": buttons}
            cards[row["lane"]] = card
        return list(cards.values())

    async def newest(self) -> str:
        """The text of the newest card."""
        return str((await self.cards())[-1]["text"])

    async def _hear(self, **what: Any) -> str | None:
        call = Call(
            chat_id=self.chat_id,
            topic=self.topic,
            telegram_id=self.person,
            private=self.chat_id == self.person,
            sent_at=self.here.clock(),
            **what,
        )

        async def work(desk: Any) -> str | None:
            operator = await desk.staff.find(self.person)
            assert operator is not None
            return await self.reception.hear(call, operator, desk)

        try:
            return await self.here.intake.transact(work)
        except CommandError as error:
            return str(error)
