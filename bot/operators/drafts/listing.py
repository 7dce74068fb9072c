"""/drafts: what waits for a yes. A card of each draft, of many a list to choose from; proposals too.

What the cards say and do is ``card``'s and ``pressing``'s matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.buttons import Button, Buttons
from bot.domain.calls import Call
from bot.domain.changes import Draft
from bot.domain.presses import Pressed, data_of
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import answers
from bot.operators.phrases import affected, stands

KIND = "drafts"
"""The kind of its buttons, and what names its card."""

MOST = 10
"""How many cards one /drafts shows; where more wait there is a list, with so many on a page."""

_IN_A_ROW = 5


class DraftList:
    """Serves one operator at a time; keeps nothing between presses."""

    def __init__(self, tongues: Tongues | None) -> None:
        """tongues: None for English only."""
        self._tongues = tongues

    async def show(self, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """What waits, the oldest first, at the end of the chat."""
        waiting, tongue = await desk.drafts.waiting(), self._tongue(operator)
        if len(waiting) > MOST:
            await self._list(waiting, 0, call, operator, desk)
        else:
            for draft in waiting:
                await _card(draft.id, call, operator, desk)
        proposed = await desk.proposals.show_waiting(call.chat_id, topic=call.topic, language=operator.language)
        if not waiting and not proposed:
            await desk.tell(call.chat_id, tongue.say(answers.NO_DRAFTS), topic=call.topic)

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Turn to a page, or send the card of a draft to the end of the chat. Raises CommandError: no such draft."""
        match what.verb:
            case "open":
                await _card(what.id, call, operator, desk)
            case "page":
                await self._list(await desk.drafts.waiting(), what.id, call, operator, desk)
            case _:
                raise CommandError("This button is from another time. Send the command again.")
        return None

    async def _list(
        self, waiting: Sequence[Draft], page: int, call: Call, operator: Operator, desk: IntakeDesk
    ) -> None:
        tongue = self._tongue(operator)
        await desk.cards.show(
            KIND,
            call.chat_id,
            listed(waiting, page, tongue),
            buttons(waiting, page),
            language=operator.language,
            topic=call.topic,
            anew=call.press is None,
        )

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


def listed(waiting: Sequence[Draft], page: int, tongue: Tongue) -> str:
    """A page of the list, as Markdown. page: 0 and up; one that there is not any more is the last. Pure."""
    if not waiting:
        return tongue.say(answers.NO_DRAFTS)
    head = tongue.say("**Drafts waiting: {n}**", n=len(waiting))
    return "\n".join([head, *(_line(each, tongue) for each in _part(waiting, page))])


def buttons(waiting: Sequence[Draft], page: int) -> Buttons | None:
    """One for each draft of the page, and those that turn it; None when nothing waits. Pure."""
    part, page, last = _part(waiting, page), min(page, _last(waiting)), _last(waiting)
    opening = [Button(str(each.id), data_of(KIND, each.id, "open")) for each in part]
    rows = [tuple(opening[at : at + _IN_A_ROW]) for at in range(0, len(opening), _IN_A_ROW)]
    turning = [Button("◀", data_of(KIND, page - 1, "page"))] if page > 0 else []
    turning += [Button("▶", data_of(KIND, page + 1, "page"))] if page < last else []
    rows += [tuple(turning)] if turning else []
    return Buttons(tuple(rows)) if rows else None


def _line(draft: Draft, tongue: Tongue) -> str:
    what = stands(affected(draft.incident, tongue), draft.impact, draft.status, tongue)
    return tongue.say("**{id}** · incident {incident} · {what}", id=draft.id, incident=draft.incident.id, what=what)


def _part(waiting: Sequence[Draft], page: int) -> Sequence[Draft]:
    start = min(page, _last(waiting)) * MOST
    return waiting[start : start + MOST]


def _last(waiting: Sequence[Draft]) -> int:
    return max(0, len(waiting) - 1) // MOST


async def _card(draft_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> None:
    await desk.drafts.show(draft_id, chat_id=call.chat_id, topic=call.topic, language=operator.language, anew=True)
