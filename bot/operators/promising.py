"""The reminder of news that customers were promised, and what its buttons do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.buttons import Button, Buttons
from bot.domain.calls import Call
from bot.domain.cards import Card, Reader
from bot.domain.commands import Begin
from bot.domain.model import Incident, Role
from bot.domain.presses import Pressed, data_of
from bot.domain.promises import promised_in
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.promises import KIND
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators.drafts.buttons import PROMISES
from bot.operators.phrases import moment, standing
from bot.operators.rights import require

BeginDialogue = Callable[[Begin, Call, Operator, IntakeDesk], Awaitable[None]]
"""Begins a dialogue with an operator where they press."""


def reminder(
    incident: Incident, promised_at: datetime, reader: Reader, *, tongue: Tongue, zone: ZoneInfo, now: datetime
) -> Card:
    """It is time for the news. Pure. zone: the company's; now: aware."""
    at = moment(promised_at, zone=zone, now=now, tongue=tongue)
    text = tongue.say(
        "⏰ **You promised news by {time} about incident {id}** ({standing}), and nothing newer is published.",
        time=at,
        id=incident.id,
        standing=standing(incident, tongue),
    )
    return Card(text=text, buttons=_buttons(incident, tongue) if reader.role.includes(Role.DRAFTER) else None)


def kept(incident_id: int, at: datetime, *, tongue: Tongue, zone: ZoneInfo) -> str:
    """The news has come. Markdown. at: when it was published."""
    time = moment(at, zone=zone, now=at, tongue=tongue)
    return tongue.say("✅ News about incident {id} was published at {time}.", id=incident_id, time=time)


def _buttons(incident: Incident, tongue: Tongue) -> Buttons:
    def button(text: str, verb: str, argument: str = "") -> Button:
        return Button(text, data_of(KIND, incident.id, verb, argument))

    half, hour = PROMISES
    return Buttons(
        (
            (button(tongue.say("Update"), "update"), button(tongue.say("Resolve"), "resolve")),
            (
                button(tongue.say("Promise news in 30 min"), "again", half),
                button(tongue.say("in 1 h"), "again", hour),
            ),
        )
    )


class PromiseCards:
    """Serves one operator at a time; keeps nothing between presses."""

    def __init__(self, clock: Clock, tongues: Tongues | None, *, begin: BeginDialogue) -> None:
        """tongues: None for English only."""
        self._clock, self._tongues, self._begin = clock, tongues, begin

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Begin an update, or draft one that only promises again. Raises CommandError."""
        require(operator, Role.DRAFTER, f"promise of incident {what.id} {what.verb}")
        if what.verb in ("update", "resolve"):
            await self._begin(Begin(kind=what.verb, said={"incident": what.id}), call, operator, desk)
            return None
        if what.verb != "again" or not what.argument.isdecimal():
            raise CommandError("This button is from another time. Send the command again.")
        promised_at = promised_in(timedelta(minutes=int(what.argument)), self._clock())
        change = await desk.stories.promise_again(what.id, promised_at, by=operator.name)
        await desk.staff.note(operator, "promise", f"draft {change.update_id}", incident_id=what.id)
        await desk.drafts.show(change.update_id, chat_id=call.chat_id, topic=call.topic, language=operator.language)
        tongue = self._tongues.of(operator.language) if self._tongues else ENGLISH
        return tongue.say("Draft {id} says so: its card asks for your yes.", id=change.update_id)
