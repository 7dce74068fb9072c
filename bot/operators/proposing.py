"""Changes of what was published that more than one must agree to: the card, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.buttons import Button, Buttons
from bot.domain.calls import Call
from bot.domain.cards import Card, Reader
from bot.domain.model import Role
from bot.domain.presses import Pressed, data_of
from bot.domain.proposals import Deed, Proposal
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.proposals import KIND
from bot.languages.markdown import escape, to_plain
from bot.languages.text import utf16_length
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators.drafts.shortening import cut
from bot.operators.phrases import language_name, moment
from bot.operators.rights import require

_MOST_UNITS = 3800
"""UTF-16 code units of the words it shows, so that the card is one text:
https://core.telegram.org/bots/api#sendmessage"""


def card(proposal: Proposal, reader: Reader, *, tongue: Tongue, zone: ZoneInfo, now: datetime) -> Card:
    """What the reader sees. Pure. zone: the company's; now: aware."""
    by = tongue.say("Proposed by {name}.", name=escape(proposal.made_by))
    head = f"{_head(proposal, tongue)}\n{by}"
    fate = _fate(proposal, tongue, zone=zone, now=now)
    waits = proposal.ended_at is None
    return Card(
        text="\n\n".join([head, *_texts(proposal, tongue), fate]),
        buttons=_buttons(proposal, tongue) if waits and reader.role.includes(Role.PUBLISHER) else None,
    )


def waits(proposal: Proposal, tongue: Tongue) -> str:
    """The answer to whoever proposed it. Markdown."""
    return tongue.say("Proposal {id} waits for another publisher's yes. Nothing has changed yet.", id=proposal.id)


def _head(proposal: Proposal, tongue: Tongue) -> str:
    number, incident = proposal.number, proposal.incident_id
    match proposal.deed, number:
        case Deed.RETRACT, None:
            return tongue.say(
                "**Proposal {id}: withdraw all of incident {incident}**", id=proposal.id, incident=incident
            )
        case Deed.RETRACT, _:
            text = tongue.say("withdraw update {number} of incident {incident}", number=number, incident=incident)
        case Deed.CORRECT, _:
            text = tongue.say("correct update {number} of incident {incident}", number=number, incident=incident)
        case _:
            text = tongue.say("more words for update {number} of incident {incident}", number=number, incident=incident)
    return tongue.say("**Proposal {id}: {what}**", id=proposal.id, what=text)


def _texts(proposal: Proposal, tongue: Tongue) -> Iterator[str]:
    """What customers read now, while it waits, and what they would read."""
    present = proposal.present if proposal.ended_at is None else {}
    room = _MOST_UNITS // max(1, len(proposal.texts) + len(present))
    for language, text in proposal.texts.items():
        name = escape(language_name(language, tongue))
        if language not in present:
            yield f"🌐 **{name}**"
        else:
            yield tongue.say("🌐 **{language}, as it is now**", language=name)
            yield _shortened(present[language], room)
            yield tongue.say("🌐 **{language}, as proposed**", language=name)
        yield _shortened(text, room)


def _shortened(text: str, room: int) -> str:
    return text if utf16_length(to_plain(text)) <= room else escape(cut(to_plain(text), room))


def _fate(proposal: Proposal, tongue: Tongue, *, zone: ZoneInfo, now: datetime) -> str:
    names = tongue.listed([escape(name) for name in proposal.approvals])
    if proposal.ended_at is None:
        return tongue.say(
            "Yes from {names}: {n} of {needed}.", names=names, n=len(proposal.approvals), needed=proposal.needed
        )
    at = moment(proposal.ended_at, zone=zone, now=now, tongue=tongue)
    if proposal.ended_by is None:
        return tongue.say("✅ **Done** at {time}: {names} said yes.", names=names, time=at)
    return tongue.say("🗑 **Dropped** by {name} at {time}.", name=escape(proposal.ended_by), time=at)


def _buttons(proposal: Proposal, tongue: Tongue) -> Buttons:
    yes = Button(tongue.say("Confirm"), data_of(KIND, proposal.id, "confirm"), style="success")
    no = Button(tongue.say("Drop"), data_of(KIND, proposal.id, "drop"), style="danger")
    return Buttons(((yes, no),))


class ProposalCards:
    """Serves one operator at a time; keeps nothing between presses."""

    def __init__(self, tongues: Tongues | None) -> None:
        """tongues: None for English only."""
        self._tongues = tongues

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Say yes or no to a proposal; the short answer. Raises CommandError."""
        tongue = self._tongues.of(operator.language) if self._tongues else ENGLISH
        require(operator, Role.PUBLISHER, f"proposal {what.id} {what.verb}")
        proposal = await desk.proposals.load(what.id)
        if proposal.ended_at is not None:
            await desk.proposals.refresh(what.id)
            return tongue.say("That is settled already.")
        match what.verb:
            case "confirm":
                after = await desk.proposals.agree(what.id, operator)
                said = tongue.say("Done.") if after.ended_at else tongue.say("Your yes is noted.")
            case "drop":
                await desk.proposals.drop(what.id, operator)
                said = tongue.say("Dropped.")
            case _:
                raise CommandError("This button is from another time. Send the command again.")
        await desk.staff.note(operator, what.verb, f"proposal {what.id}", incident_id=proposal.incident_id)
        return said
