"""How what operators type about themselves and each other is read, behind the command's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.model import Role
from bot.domain.nearest import instead_of, no_such, quoted
from bot.domain.staff_commands import AddOperator, ChangeRole, ChooseLanguage, RemoveOperator, ShowOperators
from bot.errors import CommandError

OPERATORS = "/operators [add ID NAME ROLE [LANGUAGE] | role ID ROLE | remove ID]"
"""All that can be said about operators."""

LONGEST_NAME = 64
"""Characters, as in the configuration."""

_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)


def read_operators(rest: str, languages: Sequence[str]) -> ShowOperators | AddOperator | ChangeRole | RemoveOperator:
    """What ``/operators ...`` says. languages: those an operator can have. Raises CommandError."""
    words = rest.split()
    match words:
        case []:
            return ShowOperators()
        case [verb, *said] if verb.lower() == "add":
            return _add(said, languages)
        case [verb, *said] if verb.lower() == "role":
            return ChangeRole(telegram_id=_id(said), role=_role(_only(said[1:])))
        case [verb, *said] if verb.lower() == "remove":
            _only(["", *said[1:]])
            return RemoveOperator(telegram_id=_id(said))
        case _:
            raise CommandError("expected add, role or remove, not {typed}.", typed=quoted(rest))


def read_language(rest: str, languages: Sequence[str]) -> ChooseLanguage:
    """What ``/language ...`` says. Raises CommandError."""
    return ChooseLanguage(language=_language(rest, languages) if rest else None)


def _add(words: Sequence[str], languages: Sequence[str]) -> AddOperator:
    """The name may be of several words; the role, and perhaps a language, end it."""
    telegram_id = _id(words)
    *said, last = words[1:] or [""]
    language = None
    if len(said) > 1 and last.lower() not in list(Role):
        language = _language(last, languages)
        *said, last = said
    role, name = _role(last), " ".join(said)
    if not name:
        raise CommandError("the name is missing.")
    if len(name) > LONGEST_NAME:
        raise CommandError("the name is too long; at most {n} characters fit.", n=LONGEST_NAME)
    return AddOperator(telegram_id=telegram_id, name=name, role=role, language=language)


def _id(words: Sequence[str]) -> int:
    typed = words[0] if words else ""
    if _ID.fullmatch(typed) is None:
        raise CommandError("expected the person's Telegram id, such as 123456789{found}.", found=instead_of(typed))
    return int(typed)


def _role(typed: str) -> Role:
    if typed.lower() not in list(Role):
        raise no_such("role", typed, list(Role))
    return Role(typed.lower())


def _language(typed: str, languages: Sequence[str]) -> str:
    known = next((tag for tag in languages if tag.lower() == typed.lower().replace("_", "-")), None)
    if known is None:
        raise CommandError(
            "{typed} is none of the languages that notices are published in: {languages}.",
            typed=quoted(typed),
            languages=", ".join(languages),
        )
    return known


def _only(words: Sequence[str]) -> str:
    if len(words) > 1:
        raise CommandError("what does {typed} mean?", typed=quoted(" ".join(words[1:])))
    return words[0] if words else ""
