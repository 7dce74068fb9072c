"""What somebody is told in private when they are appointed, changed or dismissed, and the quick keyboard they get.

Whether that may be done, and what whoever does it reads, is ``staff``'s.
"""

from __future__ import annotations

from bot.domain.buttons import Keyboard, NoQuick
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.intake.desk import IntakeDesk
from bot.languages.tongue import ENGLISH, Tongue, Tongues
from bot.operators import manual
from bot.operators.phrases import role_name
from bot.operators.quick import QuickKeyboard


class Telling:
    """Keeps nothing between calls."""

    def __init__(self, quick: QuickKeyboard, tongues: Tongues | None) -> None:
        """tongues: None for English only."""
        self._quick, self._tongues = quick, tongues

    async def appointed(self, person: Operator, desk: IntakeDesk) -> None:
        """Welcome them."""
        reader = manual.Reader(name=person.name, role=person.role, language=person.language)
        text = manual.welcome(reader, self._tongue(person))
        await desk.tell(person.telegram_id, text, keyboard=self._keyboard(person))

    async def changed(self, person: Operator, desk: IntakeDesk) -> None:
        """Tell them their role. person: as they are now."""
        tongue = self._tongue(person)
        if person.role is Role.ADMIN:
            text = tongue.say("You are an admin now. `/help` shows what you can say.")
        else:
            role = role_name(person.role, tongue)
            text = tongue.say("You are a {role} now. `/help` shows what you can say.", role=role)
        await desk.tell(person.telegram_id, text, keyboard=self._keyboard(person))

    async def dismissed(self, person: Operator, desk: IntakeDesk) -> None:
        """Tell them that they are no operator any more, and take the keyboard away."""
        text = self._tongue(person).say("You are no operator any more; I do not follow your commands from now on.")
        await desk.tell(person.telegram_id, text, keyboard=NoQuick())

    def _keyboard(self, person: Operator) -> Keyboard:
        """Whoever may use its buttons has it."""
        return self._quick.keyboard(person.language) if person.role.includes(Role.DRAFTER) else NoQuick()

    def _tongue(self, person: Operator) -> Tongue:
        return self._tongues.of(person.language) if self._tongues else ENGLISH
