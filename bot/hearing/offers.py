"""What Telegram is to offer whom: commands by chat and language, and words about the bot. Pure.

https://core.telegram.org/bots/api#botcommandscope: the narrowest scope that fits counts, so operators see their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.config.settings import Settings
from bot.domain.model import Role
from bot.domain.staff import Operator
from bot.languages.tongue import Tongues
from bot.operators.menus import menu
from bot.subscribers.texts import Texts

EVERYBODY = "private"
"""The scope of all private chats."""

_MOST_ABOUT = 512
_MOST_SHORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing Telegram is told. what: a menu of commands, the text of an empty chat, or that of the bot's profile;

    scope: EVERYBODY or a chat's id, "" for a text; language: two letters, "" for all that have none of their own;
    commands: name and purpose, none to take the menu away; text: plain, "" to take it away.
    """

    what: Literal["commands", "description", "short"]
    scope: str
    language: str
    commands: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What it takes the place of."""
        return f"{self.what}:{self.scope}", self.language


def withdrawn(place: tuple[str, str]) -> Offer:
    """Takes away what was offered there."""
    what, _, scope = place[0].partition(":")
    kind: Literal["commands", "description", "short"] = (
        "commands" if what == "commands" else "description" if what == "description" else "short"
    )
    return Offer(what=kind, scope=scope, language=place[1])


class Offers:
    """What is to be offered as things stand. guests: what subscribers read, None when there are none."""

    def __init__(self, settings: Settings, tongues: Tongues, guests: Texts | None) -> None:
        self._settings, self._tongues, self._guests = settings, tongues, guests

    def now(self, operators: Mapping[int, Operator]) -> Sequence[Offer]:
        """All of it; what is offered and not among it is to be taken away."""
        return [*self._to_operators(operators), *self._to_their_group(), *self._to_everybody()]

    def _to_operators(self, operators: Mapping[int, Operator]) -> Iterator[Offer]:
        for telegram_id, operator in operators.items():
            yield self._menu(str(telegram_id), "", operator.role, operator.language)

    def _to_their_group(self) -> Iterator[Offer]:
        telegram = self._settings.channels.telegram
        if telegram is None or telegram.operators_chat is None or telegram.operators_chat > 0:
            return
        for code, language in self._codes():
            yield self._menu(str(telegram.operators_chat), code, Role.PUBLISHER, language)

    def _menu(self, scope: str, code: str, role: Role, language: str) -> Offer:
        commands = menu(role, self._tongues.of(language))
        return Offer(what="commands", scope=scope, language=code, commands=tuple(commands))

    def _to_everybody(self) -> Iterator[Offer]:
        if self._guests is None:
            return
        for code, language in self._codes():
            commands = tuple(self._guests.commands(language).items())
            yield Offer(what="commands", scope=EVERYBODY, language=code, commands=commands)
            about = self._guests.about(language)
            yield Offer(what="description", scope="", language=code, text=about[:_MOST_ABOUT])
            yield Offer(what="short", scope="", language=code, text=about[:_MOST_SHORT])

    def _codes(self) -> Iterator[tuple[str, str]]:
        """Telegram's language codes with our languages: the default for everybody else, then each that has a code."""
        yield "", self._settings.default_language
        seen = set()
        for language in self._settings.languages:
            code = language.partition("-")[0].lower()
            if len(code) == 2 and code not in seen:
                seen.add(code)
                yield code, language
