"""Leads dialogues: begins them, hears presses and words, shows the next question, and does what they come to.

A press carries no right: that it is this person's, and that their role still suffices, is looked up every time.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.clock import Clock
from bot.domain.calls import Call
from bot.domain.changes import Change
from bot.domain.commands import Begin
from bot.domain.dialogues import Dialogue, Talk
from bot.domain.model import Incident
from bot.domain.presses import Pressed
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.intake.drawing import subject_of
from bot.intake.voice import closed_already
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators.answers import refusal
from bot.operators.clerk import Clerk
from bot.operators.dialogues import drawing
from bot.operators.dialogues.asking import Company, Given, Next, Scene
from bot.operators.dialogues.ending import Drafted, drafted
from bot.operators.dialogues.kinds import KINDS, Kind
from bot.operators.lateness import refuse_late
from bot.operators.rights import require

_log = structlog.get_logger(__name__)


class Dialogues:
    """Serves one operator at a time; keeps nothing between calls."""

    def __init__(self, company: Company, clock: Clock, clerk: Clerk, tongues: Tongues | None) -> None:
        """tongues: None for English only."""
        self._company, self._clock, self._tongues = company, clock, tongues
        self._clerk = clerk

    async def begin(self, command: Begin, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """Begin a dialogue at the first question that the command leaves open; it ends what the operator was at here.

        Raises CommandError: the operator's role is too low.
        """
        kind = KINDS[command.kind]
        _authorise(kind, operator)
        former = await desk.dialogues.current(call.chat_id, call.telegram_id)
        if former is not None:
            overtaken = self._tongue(operator).say("Given up: you have begun something else.")
            await self._close(former, overtaken, operator, desk)
        given = ({**command.said},) if command.said else ()
        dialogue = await desk.dialogues.begin(
            command.kind,
            Talk(given=given, fixed=len(given)),
            chat_id=call.chat_id,
            topic=call.topic,
            telegram_id=call.telegram_id,
        )
        await self._go_on(dialogue, dialogue.talk, call, operator, desk)

    async def press(self, what: Pressed, call: Call, operator: Operator, desk: IntakeDesk) -> str | None:
        """A button of a dialogue's card; the toast that answers it. Raises CommandError."""
        tongue = self._tongue(operator)
        dialogue = await desk.dialogues.one(what.id)
        if dialogue is None or dialogue.ended:
            return tongue.say("This has ended already.")
        if dialogue.telegram_id != call.telegram_id:
            return await self._belongs_to(dialogue, tongue, desk)
        if what.verb == "still":
            return None
        step, _, key = what.argument.partition(".")
        if step != str(dialogue.step):
            await self._show_again(dialogue, call, operator, desk)
            return tongue.say("This step has passed.")
        if what.verb == "cancel":
            await self._close(dialogue, tongue.say("Given up: nothing has changed."), operator, desk)
            return None
        _authorise(KINDS[dialogue.kind], operator)
        if error := await _lost(dialogue, desk):
            await self._close(dialogue, escape(tongue.error(error)), operator, desk)
            return tongue.error(error)
        if what.verb == "back":
            talk = dialogue.talk.back() if dialogue.talk.can_go_back else dialogue.talk
            await self._go_on(dialogue, talk, call, operator, desk)
        else:
            scene = await self._scene(dialogue, operator, desk)
            question = KINDS[dialogue.kind].question(dialogue.talk)
            if question is not None:
                answer = question.pressed(key, dialogue.talk, scene)
                await self._answered(dialogue, answer, call, operator, desk)
        return None

    async def typed(self, text: str, call: Call, operator: Operator, desk: IntakeDesk) -> bool:
        """Words that are no command: whether they were for a dialogue, which then has gone on. Raises CommandError."""
        dialogue = await desk.dialogues.current(call.chat_id, call.telegram_id)
        if dialogue is None or dialogue.ended:
            return False
        if not call.private and (
            call.answers_to is None or not await desk.dialogues.is_shown_at(dialogue, call.answers_to)
        ):
            return False
        refuse_late(call, self._clock())
        kind = KINDS[dialogue.kind]
        _authorise(kind, operator)
        question = kind.question(dialogue.talk)
        if question is None:
            return False
        if error := await _lost(dialogue, desk):
            await self._close(dialogue, escape(self._tongue(operator).error(error)), operator, desk)
            await desk.tell(call.chat_id, refusal(error, self._tongue(operator)), topic=call.topic)
            return True
        scene = await self._scene(dialogue, operator, desk)
        await self._answered(dialogue, question.typed(text, dialogue.talk, scene), call, operator, desk)
        return True

    async def _answered(
        self, dialogue: Dialogue, answer: Next, call: Call, operator: Operator, desk: IntakeDesk
    ) -> None:
        talk = dialogue.talk.plus(answer.part) if isinstance(answer, Given) else dialogue.talk.looking(answer.part)
        await self._go_on(dialogue, talk, call, operator, desk)

    async def _go_on(self, dialogue: Dialogue, talk: Talk, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """Ask the next question, or end it when there is none."""
        dialogue = await desk.dialogues.go_on(dialogue, talk)
        kind = KINDS[dialogue.kind]
        if kind.question(talk) is None:
            await self._end(dialogue, kind, call, operator, desk)
        else:
            await self._show(dialogue, operator, desk, anew=call.press is None)

    async def _end(self, dialogue: Dialogue, kind: Kind, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """Do what it came to. What makes a draft ends in the draft's card, which takes the place of the dialogue's."""
        command = kind.command(dialogue.talk.said)
        if isinstance(command, Drafted):
            await self._become(dialogue, await drafted(command, operator, desk), call, operator, desk)
        else:
            [told, *more] = await self._clerk.carry_out(command, operator, desk)
            await self._close(dialogue, told, operator, desk)
            for text in more:
                await desk.tell(call.chat_id, text, topic=call.topic)
        _log.info("dialogue ended", kind=dialogue.kind, by=operator.name)

    async def _become(
        self, dialogue: Dialogue, draft: Change, call: Call, operator: Operator, desk: IntakeDesk
    ) -> None:
        await desk.dialogues.end(dialogue)
        to = subject_of(draft.update_id)
        await desk.cards.hand_over(dialogue.subject, dialogue.chat_id, dialogue.topic, to=to)
        await desk.drafts.show(
            draft.update_id,
            chat_id=dialogue.chat_id,
            topic=dialogue.topic,
            language=operator.language,
            anew=call.press is None,
        )

    async def _show_again(self, dialogue: Dialogue, call: Call, operator: Operator, desk: IntakeDesk) -> None:
        """Show where it stands: where it is shown already, else at the end of the chat."""
        at = call.press.message_id if call.press else None
        known = at is not None and await desk.dialogues.is_shown_at(dialogue, at)
        await self._show(dialogue, operator, desk, anew=not known)

    async def _show(self, dialogue: Dialogue, operator: Operator, desk: IntakeDesk, *, anew: bool) -> None:
        kind, scene = KINDS[dialogue.kind], await self._scene(dialogue, operator, desk)
        question = kind.question(dialogue.talk)
        if question is None:
            return
        screen = question.screen(dialogue.talk, scene)
        await desk.cards.show(
            dialogue.subject,
            dialogue.chat_id,
            drawing.text_of(screen, kind, dialogue.talk, scene, group=dialogue.chat_id != dialogue.telegram_id),
            drawing.buttons_of(screen, dialogue, scene.tongue),
            language=operator.language,
            topic=dialogue.topic,
            anew=anew,
        )

    async def _close(self, dialogue: Dialogue, text: str, operator: Operator, desk: IntakeDesk) -> None:
        """End it, with a last word where it was. text: Markdown."""
        await desk.dialogues.end(dialogue)
        if await desk.cards.one(dialogue.subject, dialogue.chat_id, dialogue.topic) is None:
            await desk.tell(dialogue.chat_id, text, topic=dialogue.topic)
            return
        last = drawing.closed(KINDS[dialogue.kind], self._tongue(operator), text)
        await desk.cards.show(
            dialogue.subject, dialogue.chat_id, last, language=operator.language, topic=dialogue.topic
        )
        await desk.cards.forget(dialogue.subject)

    async def _scene(self, dialogue: Dialogue, operator: Operator, desk: IntakeDesk) -> Scene:
        """What the next screen is drawn from. Raises CommandError when its incident cannot be chosen (any more)."""
        kind, chosen = KINDS[dialogue.kind], dialogue.talk.said.get("incident")
        scene = Scene(
            company=self._company,
            tongue=self._tongue(operator),
            language=operator.language,
            now=self._clock(),
            stories=await _stories(kind, chosen, desk),
            told=await desk.dialogues.told(chosen) if chosen and kind.stories == "told" else (),
            draft=await desk.drafts.load(dialogue.talk.said["draft"]) if "draft" in dialogue.talk.said else None,
            wants=kind.wants,
        )
        if error := await _lost(dialogue, desk):
            raise error
        return scene

    async def _belongs_to(self, dialogue: Dialogue, tongue: Tongue, desk: IntakeDesk) -> str:
        owner = await desk.staff.find(dialogue.telegram_id)
        if owner is None:
            return tongue.say("Somebody else has begun this.")
        return tongue.say("{name} is answering this. Begin one of your own.", name=owner.name)

    def _tongue(self, operator: Operator) -> Tongue:
        return self._tongues.of(operator.language) if self._tongues else ENGLISH


def _authorise(kind: Kind, operator: Operator) -> None:
    require(operator, kind.needs, kind.title)


async def _lost(dialogue: Dialogue, desk: IntakeDesk) -> CommandError | None:
    """Why what the dialogue is about cannot be the incident that was chosen, None when it can."""
    kind, chosen = KINDS[dialogue.kind], dialogue.talk.said.get("incident")
    if chosen is None:
        return None
    found = await desk.dialogues.story(chosen)
    if found is None:
        return CommandError("there is no published incident {id}; /status lists the open ones", id=chosen)
    if kind.stories == "open" and not found.open:
        return closed_already(found)
    return None if kind.concerns(found) else CommandError(kind.wants)


async def _stories(kind: Kind, chosen: int | None, desk: IntakeDesk) -> Sequence[Incident]:
    """What can be chosen from; the chosen one alone once there is one."""
    if chosen is not None:
        found = [await desk.dialogues.story(chosen)]
    elif kind.stories == "none":
        return ()
    else:
        found = [*await (desk.dialogues.open_stories() if kind.stories == "open" else desk.dialogues.told_stories())]
    return [each for each in found if each and (each.open or kind.stories == "told") and kind.concerns(each)]
