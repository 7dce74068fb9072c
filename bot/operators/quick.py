"""The quick keyboard: a tap drafts a disruption of a component in ready-made words, and the draft's card publishes it.

Two taps and customers know. What a tap types can be typed by anybody, so it gives no right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.buttons import NoQuick, Quick
from bot.domain.calls import Call
from bot.domain.commands import OpenIncident, ShowQuick
from bot.domain.model import Impact, Origin, Role
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.desk import IntakeDesk
from bot.languages.tongue import Tongue
from bot.operators.dialogues.ending import drafted
from bot.operators.rights import require

SIGN = "⚡"
_MOST = 24
_WIDTH = 2


class QuickKeyboard:
    """The keyboard, and what its taps do. components: by id, the names in all languages."""

    def __init__(self, components: Mapping[str, Mapping[str, str]]) -> None:
        self._components = components

    def keyboard(self, language: str) -> Quick:
        """A tap for each of the first 24 components, by their names in this language."""
        labels = [f"{SIGN} {name}" for name in list(self._named(language))[:_MOST]]
        return Quick(tuple(tuple(labels[at : at + _WIDTH]) for at in range(0, len(labels), _WIDTH)))

    async def show(self, command: ShowQuick, call: Call, operator: Operator, tongue: Tongue, desk: IntakeDesk) -> None:
        """Answer /quick. Raises CommandError: not in private, where everybody would have the keyboard."""
        if not command.on:
            text = tongue.say("The quick keyboard is gone. `/quick` brings it back.")
            await desk.tell(call.chat_id, text, keyboard=NoQuick(), topic=call.topic)
            return
        if not call.private:
            raise CommandError("Everybody here would have that keyboard. Write /quick to me in private.")
        lines = [tongue.say("A tap makes a draft in ready-made words; its card publishes it. `/quick off` hides this.")]
        if len(self._components) > _MOST:
            lines.append(tongue.say("These are the first {n}; `/incident` has all of them.", n=_MOST))
        keyboard = self.keyboard(operator.language)
        await desk.tell(call.chat_id, "\n".join(lines), keyboard=keyboard, topic=call.topic)

    async def tapped(self, text: str, operator: Operator, desk: IntakeDesk) -> int:
        """Draft a major disruption of the component a tap names; the draft's number. Raises CommandError.

        Who taps twice, or after a colleague, gets the draft that is there.
        """
        require(operator, Role.DRAFTER, text)
        component = self._tapped(text.removeprefix(SIGN).strip(), operator.language)
        if component is None:
            raise CommandError("That button is old; /quick shows the present ones.")
        if known := await _waiting(component, desk):
            return known
        command = OpenIncident(components=(component,), impact=Impact.MAJOR, texts={})
        return (await drafted(command, operator, desk)).update_id

    def _tapped(self, label: str, language: str) -> str | None:
        """The component a label stands for: first in the operator's language, then in any other."""
        languages = dict.fromkeys([language, *(tag for names in self._components.values() for tag in names)])
        return next((found for tag in languages if (found := self._named(tag).get(label))), None)

    def _named(self, language: str) -> Mapping[str, str]:
        """Label -> component; those that share a name have their ids behind it."""
        names = {each: said.get(language) or next(iter(said.values())) for each, said in self._components.items()}
        shared = _twice(list(names.values()))
        return {f"{name} ({each})" if name in shared else name: each for each, name in names.items()}


async def _waiting(component: str, desk: IntakeDesk) -> int | None:
    """The draft by which an operator would open an incident of this component alone, None when there is none."""
    opening = [draft for draft in await desk.drafts.waiting() if draft.incident.published_at is None]
    mine = [draft for draft in opening if draft.incident.origin is Origin.OPERATOR and not draft.incident.kind.planned]
    return next((draft.id for draft in mine if draft.incident.components == (component,)), None)


def _twice(names: Sequence[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}
