"""Where a story went: a card of its places, page by page, with buttons for what no machine can settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.buttons import Button, Buttons
from bot.domain.calls import Call
from bot.domain.delivery import Action, DeliveryState
from bot.domain.model import Role
from bot.domain.places import Lost, Place, Places
from bot.domain.presses import Pressed, data_of
from bot.domain.staff import Operator
from bot.domain.texts import later
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators.drafts.shortening import shortened
from bot.operators.phrases import language_name, moment, standing
from bot.operators.rights import require

KIND = "dlv"
"""What the data of these buttons begins with; their id is a delivery's, of those that turn pages the incident's."""

SIZE = 6
"""Places on one page."""

_MOST_LOST = 3
_LONGEST_ERROR = 200
_DONE = {
    (Action.POST, DeliveryState.UNKNOWN): later("❔ Perhaps posted, perhaps not, at {time}: {error}"),
    (Action.POST, DeliveryState.DEAD): later("❌ Not posted at {time}: {error}"),
    (Action.EDIT, DeliveryState.DEAD): later("❌ Not brought up to date at {time}: {error}"),
    (Action.AMEND, DeliveryState.DEAD): later("❌ Not corrected at {time}: {error}"),
    (Action.PIN, DeliveryState.DEAD): later("❌ Not pinned at {time}: {error}"),
    (Action.UNPIN, DeliveryState.DEAD): later("❌ Not unpinned at {time}: {error}"),
}
_OTHERWISE = later("❌ Not done at {time}: {error}")
_STATES = {
    DeliveryState.SENT: later("{n} sent"),
    DeliveryState.PENDING: later("{n} waiting"),
    DeliveryState.LEASED: later("{n} on the way"),
    DeliveryState.DEAD: later("{n} given up"),
    DeliveryState.UNKNOWN: later("{n} in doubt"),
    DeliveryState.SUPERSEDED: later("{n} overtaken by newer words"),
}


class DeliveriesCard:
    """Serves one operator at a time; keeps nothing between presses."""

    def __init__(self, clock: Clock, zone: ZoneInfo, tongues: Tongues | None) -> None:
        """zone: the company's, for times; tongues: None for English only."""
        self._clock, self._zone, self._tongues = clock, zone, tongues

    async def show(self, incident_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """The card, at the end of the chat. Raises CommandError: no such incident."""
        await self._draw(incident_id, 0, call, operator, desk, anew=True)

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Turn a page, or settle what is in doubt. Raises CommandError."""
        tongue = self._tongue(operator)
        if what.verb == "page" and what.argument.isdecimal():
            await self._draw(what.id, int(what.argument), call, operator, desk)
            return None
        require(operator, Role.PUBLISHER, f"delivery {what.id} {what.verb}")
        incident_id, address = await desk.deliveries.whose(what.id)
        match what.verb:
            case "there":
                await desk.deliveries.confirm(what.id)
            case "again":
                await desk.deliveries.send_again(what.id)
            case "retry":
                await desk.deliveries.try_again(what.id)
            case _:
                raise CommandError("This button is from another time. Send the command again.")
        await desk.staff.note(operator, what.verb, f"delivery {what.id} at {address}", incident_id=incident_id)
        page = what.argument or "0"
        await self._draw(incident_id, int(page) if page.isdecimal() else 0, call, operator, desk)
        return tongue.say("It counts as sent.") if what.verb == "there" else tongue.say("It will be sent again.")

    async def _draw(
        self, incident_id: int, page: int, call: Call, operator: Operator, desk: IntakeDesk, *, anew: bool = False
    ) -> None:
        found = await desk.deliveries.of(incident_id)
        page = min(page, max(0, len(found.places) - 1) // SIZE)
        view = View(found, page, self._tongue(operator), zone=self._zone, now=self._clock())
        await desk.cards.show(
            f"{KIND}:{incident_id}",
            call.chat_id,
            view.text(),
            view.buttons(),
            language=operator.language,
            topic=call.topic,
            page=str(page),
            anew=anew,
        )

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


class View:
    """One page of a story's places. Pure. page: from 0 on; zone: the company's; now: aware."""

    def __init__(self, found: Places, page: int, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> None:
        self._found, self._page, self._tongue = found, page, tongue
        self._zone, self._now = zone, now
        self._shown = found.places[page * SIZE : (page + 1) * SIZE]

    def text(self) -> str:
        """Markdown."""
        say, incident = self._tongue.say, self._found.incident
        head = say(
            "**Deliveries of incident {id}** ({standing})", id=incident.id, standing=standing(incident, self._tongue)
        )
        places = ["\n".join(self._place(each)) for each in self._shown]
        none = [] if places else [say("Nothing was owed to any chat.")]
        return "\n\n".join([head, *places, *none, *self._subscribers()])

    def buttons(self) -> Buttons | None:
        """What can be settled here, and the pages."""
        rows = [row for place in self._shown for lost in _newest(place) for row in self._settling(place, lost)]
        last = max(0, len(self._found.places) - 1) // SIZE
        turns = [("◀", self._page - 1), ("↻", self._page), ("▶", self._page + 1)]
        pages = [
            Button(sign, data_of(KIND, self._found.incident.id, "page", str(page)))
            for sign, page in turns
            if 0 <= page <= last
        ]
        return Buttons((*rows, tuple(pages)))

    def _place(self, place: Place) -> list[str]:
        say = self._tongue.say
        topic = f" · {say('topic {number}', number=place.topic)}" if place.topic is not None else ""
        language = escape(language_name(place.language, self._tongue))
        lines = [f"**{escape(place.address)}**{topic} · {escape(place.channel)} · {language}"]
        if place.sent:
            lines.append(f"✅ {say('{n} sent', n=place.sent)}")
        if place.waiting and place.since is not None and place.next_try is not None:
            lines.append(self._waiting(place, place.since, place.next_try))
        lines += [self._lost(lost) for lost in _newest(place)]
        hidden = len(place.lost) - _MOST_LOST
        return lines if hidden <= 0 else [*lines, say("... and {n} more.", n=hidden)]

    def _waiting(self, place: Place, since: datetime, next_try: datetime) -> str:
        say = self._tongue.say
        line = f"⏳ {say('{n} waiting since {time}', n=place.waiting, time=self._moment(since))}"
        if next_try > self._now:
            line = f"{line}, {say('next try at {time}', time=self._moment(next_try))}"
        return f"{line}: {escape(shortened(place.error, _LONGEST_ERROR))}" if place.error else line

    def _lost(self, lost: Lost) -> str:
        error = escape(shortened(lost.error, _LONGEST_ERROR))
        said = _DONE.get((lost.action, lost.state), _OTHERWISE)
        return self._tongue.say(said, time=self._moment(lost.at), error=error)

    def _settling(self, place: Place, lost: Lost) -> list[tuple[Button, ...]]:
        say, page = self._tongue.say, str(self._page)
        where = shortened(place.address, 24)
        if lost.state is DeliveryState.DEAD:
            again = Button(f"{say('Try again')} · {where}", data_of(KIND, lost.id, "retry", page))
            return [] if lost.overtaken else [(again,)]
        there = Button(f"{say('It is there')} · {where}", data_of(KIND, lost.id, "there", page))
        again = Button(say("Send again"), data_of(KIND, lost.id, "again", page))
        return [(there,) if lost.overtaken else (there, again)]

    def _subscribers(self) -> list[str]:
        found = self._found.subscribers
        if not found:
            return []
        lines = [
            f"{escape(language_name(language, self._tongue))}: {self._counts(language)}"
            for language in sorted({language for language, _ in found})
        ]
        return ["\n".join([self._tongue.say("**Subscribers**"), *lines])]

    def _counts(self, language: str) -> str:
        counted = self._found.subscribers
        return ", ".join(
            self._tongue.say(text, n=counted[language, state])
            for state, text in _STATES.items()
            if (language, state) in counted
        )

    def _moment(self, at: datetime) -> str:
        return moment(at, zone=self._zone, now=self._now, tongue=self._tongue)


def _newest(place: Place) -> Sequence[Lost]:
    """What is shown of what was lost there."""
    return place.lost[-_MOST_LOST:]
