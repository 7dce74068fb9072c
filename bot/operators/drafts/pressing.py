"""What the buttons below a draft do, and what a typed yes says yes to. Each press is judged by who presses it now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.calls import Call
from bot.domain.changes import Draft
from bot.domain.durations import spelt
from bot.domain.model import Impact, Role, UpdateState
from bot.domain.presses import Pressed
from bot.domain.promises import promised_in
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.rewording import Rewording
from bot.languages.markdown import to_plain
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import answers
from bot.operators.drafts.card import PICKING, outcome
from bot.operators.drafts.words import opened_at
from bot.operators.phrases import affected, language_name, moment
from bot.operators.rights import require, require_drop

HUSH = timedelta(hours=1)
"""For how long the components of a dropped draft are silenced by one tap."""

_NEEDS = {
    "page": Role.VIEWER,
    "back": Role.VIEWER,
    "pick": Role.DRAFTER,
    "words": Role.DRAFTER,
    "impact": Role.DRAFTER,
    "publish": Role.PUBLISHER,
    "promise": Role.PUBLISHER,
    "wait": Role.PUBLISHER,
    "drop": Role.DRAFTER,
    "hush": Role.PUBLISHER,
}

AskForWords = Callable[[int, Call, Operator, IntakeDesk], Awaitable[None]]
"""Begins to ask an operator for other words for a draft, where they press."""


class DraftCards:
    """Serves one operator at a time; keeps nothing between presses."""

    def __init__(self, clock: Clock, zone: ZoneInfo, tongues: Tongues | None, *, ask_for_words: AskForWords) -> None:
        """zone: the company's, for times; tongues: None for English only."""
        self._clock, self._zone, self._tongues, self._ask_for_words = clock, zone, tongues, ask_for_words

    async def read(self, draft_id: int, call: Call, operator: Operator, desk: IntakeDesk) -> bool:
        """Whether who typed a yes had its words on a card before; if not, they get that card now.

        Raises CommandError when there is no such draft.
        """
        if await desk.drafts.read(draft_id, call.chat_id, at=call.sent_at or self._clock()):
            return True
        await desk.drafts.show(draft_id, chat_id=call.chat_id, topic=call.topic, language=operator.language, anew=True)
        unread = self._tongue(operator).say(
            "Draft {id} is not published: read its card first, then press Publish or say it again.", id=draft_id
        )
        await desk.tell(call.chat_id, unread, topic=call.topic)
        return False

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """Do what a button says; the short answer. Raises CommandError: not this operator's to do, or not possible."""
        tongue = self._tongue(operator)
        draft = await desk.drafts.load(what.id)
        needs = _NEEDS.get(what.verb)
        if needs is None:
            raise _old()
        if draft.state is not UpdateState.DRAFT and what.verb != "page":
            await self._show(draft.id, call, operator, desk)
            return to_plain(outcome(draft, tongue, zone=self._zone, now=self._clock()))
        if what.verb == "drop":
            await require_drop(draft, operator, desk, f"draft {draft.id} drop")
        else:
            require(operator, needs, f"draft {draft.id} {what.verb}")
        return await self._do(what, draft, call, operator, desk)

    async def _do(self, what: Pressed, draft: Draft, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        match what.verb:
            case "page":
                return await self._turn(what.argument, draft, call, operator, desk)
            case "pick" | "back":
                return await self._pick(draft, call, operator, desk, begins=what.verb == "pick")
            case "words":
                await self._ask_for_words(draft.id, call, operator, desk)
                return None
            case "publish":
                return await self._publish(what.argument, draft, operator, desk)
            case "drop" | "hush":
                return await self._drop(draft, operator, desk, silences=what.verb == "hush")
            case _:
                return await self._change(what, draft, call, operator, desk)

    async def _turn(self, language: str, draft: Draft, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        if language not in draft.notices:
            raise CommandError("notices are not published in {language} any more.", language=language)
        await self._show(draft.id, call, operator, desk, page=language)
        return language_name(language, self._tongue(operator))

    async def _pick(
        self, draft: Draft, call: Call, operator: Operator, desk: IntakeDesk, *, begins: bool
    ) -> str | None:
        shown = await self._shown(draft, call, operator, desk)
        await self._show(draft.id, call, operator, desk, page=f"{shown}{PICKING}" if begins else shown)
        return None

    async def _publish(self, wording: str, draft: Draft, operator: Operator, desk: IntakeDesk) -> str:
        tongue = self._tongue(operator)
        change = await desk.drafts.publish(draft.id, by=operator.name, person=operator, wording=wording)
        if change.draft:
            missing = draft.needed - len((await desk.drafts.load(draft.id)).approvals)
            await self._note(operator, "approve", draft, desk)
            return tongue.many(
                "Your yes is noted; {n} more is needed.", "Your yes is noted; {n} more are needed.", n=missing
            )
        await self._note(operator, "publish", draft, desk)
        return tongue.say("Published.")

    async def _drop(self, draft: Draft, operator: Operator, desk: IntakeDesk, *, silences: bool) -> str:
        tongue, components = self._tongue(operator), draft.incident.components
        await desk.drafts.drop(draft.id, by=operator.name)
        await self._note(operator, "drop", draft, desk)
        if not silences:
            return tongue.say("Dropped.")
        until = await desk.silences.silence(components, length=HUSH, by=operator.name)
        await desk.staff.note(operator, "silence", f"{', '.join(components)} {spelt(HUSH)}")
        names, at = affected(draft.incident, tongue), moment(until, zone=self._zone, now=self._clock(), tongue=tongue)
        return tongue.say("Dropped. {names}: silent until {time}", names=to_plain(names), time=at)

    async def _change(
        self, what: Pressed, draft: Draft, call: Call, operator: Operator, desk: IntakeDesk
    ) -> str | None:
        """Its deadline, or what it says."""
        tongue = self._tongue(operator)
        match what.verb, what.argument:
            case "wait", minutes if minutes.isdecimal():
                await desk.drafts.wait(draft.id, timedelta(minutes=int(minutes)), by=operator.name)
            case "promise", minutes if minutes.isdecimal():
                promised_at = promised_in(timedelta(minutes=int(minutes)), self._clock())
                wish = Rewording(promised_at=promised_at)
                await desk.drafts.reword(draft.id, wish, by=operator.name, person=operator)
            case "impact", impact if impact in list(Impact):
                shown = await self._shown(draft, call, operator, desk)
                wish = Rewording(impact=Impact(impact))
                await desk.drafts.reword(draft.id, wish, by=operator.name, person=operator)
                await self._show(draft.id, call, operator, desk, page=shown)
            case _:
                raise _old()
        await self._note(operator, what.verb, draft, desk, what.argument)
        yes = [] if what.verb == "wait" else answers.counted(await desk.drafts.load(draft.id), operator.name, tongue)
        return " ".join([tongue.say("Changed."), *yes])

    async def _shown(self, draft: Draft, call: Call, operator: Operator, desk: IntakeDesk) -> str:
        """The language that the card in this chat shows."""
        known = await desk.drafts.page(draft.id, call.chat_id, call.topic)
        shown = (known or "").removesuffix(PICKING)
        return shown if shown in draft.notices else opened_at(draft.notices, operator.language)

    async def _show(
        self, draft_id: int, call: Call, operator: Operator, desk: IntakeDesk, *, page: str | None = None
    ) -> None:
        await desk.drafts.show(draft_id, chat_id=call.chat_id, topic=call.topic, language=operator.language, page=page)

    async def _note(self, operator: Operator, deed: str, draft: Draft, desk: IntakeDesk, more: str = "") -> None:
        details = f"draft {draft.id} {more}".rstrip()
        await desk.staff.note(operator, deed, details, incident_id=draft.incident.id)

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


def _old() -> CommandError:
    return CommandError("This button is from another time. Send the command again.")
