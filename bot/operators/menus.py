"""Which commands Telegram offers whom, and what they are called in which language. Pure: telling Telegram so is
``hearing.menus``'s work.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.domain.command_reading import NAMES
from bot.domain.model import Role
from bot.domain.texts import later
from bot.languages.tongue import Tongue
from bot.operators.manual import LINES

_CALLED = {
    "incident": later("command: incident"),
    "update": later("command: update"),
    "resolve": later("command: resolve"),
    "translate": later("command: translate"),
    "correct": later("command: correct"),
    "retract": later("command: retract"),
    "maintenance": later("command: maintenance"),
    "postpone": later("command: postpone"),
    "extend": later("command: extend"),
    "recurring": later("command: recurring"),
    "status": later("command: status"),
    "drafts": later("command: drafts"),
    "deliveries": later("command: deliveries"),
    "reword": later("command: reword"),
    "publish": later("command: publish"),
    "drop": later("command: drop"),
    "silence": later("command: silence"),
    "unsilence": later("command: unsilence"),
    "why": later("command: why"),
    "quick": later("command: quick"),
    "reach": later("command: reach"),
    "log": later("command: log"),
    "operators": later("command: operators"),
    "language": later("command: language"),
    "help": later("command: help"),
}
"""By its name in English, what stands for a command where translators say how it is called: [a-z0-9_] only, the same
name where their letters are others."""


def called(name: str, tongue: Tongue) -> str:
    """A command's name in a language."""
    text = _CALLED.get(name)
    return name if text is None else tongue.say(text).removeprefix("command: ")


@lru_cache(maxsize=64)
def aliases(tongue: Tongue) -> Mapping[str, str]:
    """What commands are called in a language, where that differs from English -> the name in English."""
    return {own: name for name in NAMES if (own := called(name, tongue)) not in NAMES}


def menu(role: Role, tongue: Tongue) -> list[tuple[str, str]]:
    """The commands of a role, each with what it is for, in the order of the help; each name once."""
    offered: dict[str, str] = {}
    for command, purpose in LINES:
        name = command.usage.split()[0].removeprefix("/")
        if role.includes(command.needs):
            offered.setdefault(called(name, tongue), tongue.say(purpose))
    return list(offered.items())
