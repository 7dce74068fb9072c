"""The card of maintenance that comes again and again, and what its buttons do."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.buttons import Button, Buttons
from bot.domain.calls import Call
from bot.domain.model import Role
from bot.domain.presses import Pressed, data_of
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators.phrases import more
from bot.operators.rights import require
from bot.operators.windows import often, window
from bot.store.recurrences import Series

KIND = "series"
"""The kind of button that it has."""

_MOST = 20
_MOST_NAMES = 3


class SeriesCard:
    """One for each chat, drawn anew by /recurring and by every press."""

    def __init__(self, zone: ZoneInfo, tongues: Tongues | None) -> None:
        """zone: the company's, for times; tongues: None for English only."""
        self._zone, self._tongues = zone, tongues

    async def show(self, call: Call, operator: Operator, desk: IntakeDesk, *, ending: int | None = None) -> None:
        """Answer /recurring; a press draws the card where it is. ending: the one that is asked about, None for all."""
        tongue = self._tongues.of(operator.language) if self._tongues else ENGLISH
        known = await desk.recurring.standing()
        chosen = next((each for each in known if each.id == ending), None)
        buttons = _really(chosen, tongue) if chosen else _buttons(known, tongue)
        await desk.cards.show(
            KIND,
            call.chat_id,
            question(chosen, self._zone, tongue) if chosen else series_text(known, self._zone, tongue),
            buttons if operator.role.includes(Role.PUBLISHER) else None,
            language=operator.language,
            topic=call.topic,
            anew=call.press is None,
        )

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Ask whether to end one, or end it. Raises CommandError: the role is too low, or it has ended already."""
        tongue = self._tongues.of(operator.language) if self._tongues else ENGLISH
        require(operator, Role.PUBLISHER, f"end recurring maintenance {what.id}")
        if what.verb in ("ask", "open"):
            await self.show(call, operator, desk, ending=what.id if what.verb == "ask" else None)
            return None
        ended = await desk.recurring.end(what.id)
        await desk.staff.note(operator, "end recurring maintenance", f"{what.id}: {', '.join(ended.components)}")
        await self.show(call, operator, desk)
        return tongue.say("It comes no more. What is announced already stays.")


def series_text(known: Sequence[Series], zone: ZoneInfo, tongue: Tongue) -> str:
    """The list, as Markdown. zone: the company's, for times."""
    if not known:
        return tongue.say("No maintenance comes again and again. `/maintenance` can make some.")
    lines = [_line(each, zone, tongue) for each in known[:_MOST]]
    return "\n".join([tongue.say("**Maintenance that comes again**"), *lines, *more(len(known) - _MOST, tongue)])


def question(series: Series, zone: ZoneInfo, tongue: Tongue) -> str:
    """Whether this one is to be ended, as Markdown. zone: the company's, for times."""
    lasting = tongue.say("It will be announced no more; what is announced already stays.")
    return "\n".join([tongue.say("**End this one?**"), _line(series, zone, tongue), lasting])


def _line(series: Series, zone: ZoneInfo, tongue: Tongue) -> str:
    hidden = len(series.components) - _MOST_NAMES
    names = escape(", ".join(series.components[:_MOST_NAMES])) + (f" +{hidden}" if hidden > 0 else "")
    following = window(series.next_starts, series.next_starts + series.first.length, zone=zone, tongue=tongue)
    said = {"id": series.id, "components": names, "often": often(series.every, tongue), "window": escape(following)}
    return tongue.say("**{id}** {components}, {often}; next: {window}", **said)


def _buttons(known: Sequence[Series], tongue: Tongue) -> Buttons:
    ends = [
        Button(tongue.say("End {id}", id=each.id), data_of(KIND, each.id, "ask"), style="danger")
        for each in known[:_MOST]
    ]
    return Buttons(tuple(tuple(ends[at : at + 4]) for at in range(0, len(ends), 4)))


def _really(series: Series, tongue: Tongue) -> Buttons:
    yes = Button(tongue.say("Yes, end it"), data_of(KIND, series.id, "end"), style="danger")
    return Buttons(((yes,), (Button(tongue.say("‹ Back"), data_of(KIND, 0, "open")),)))
