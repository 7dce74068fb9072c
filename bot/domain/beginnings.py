"""Commands that leave open what a dialogue then asks: ``/incident``, ``/update 12``, ``/maintenance shop``. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.domain import component_names
from bot.domain.commands import Begin
from bot.errors import CommandError

_NUMBER = re.compile(r"#?(\d{1,9})")
_OF_COMPONENTS = frozenset({"incident", "maintenance"})
_OF_INCIDENTS = frozenset({"update", "extend", "postpone", "correct"})
_COMPLETE_WITH_A_NUMBER = frozenset({"resolve", "retract"})


def begun(name: str, rest: str, components: Mapping[str, Collection[str]]) -> Begin | None:
    """The dialogue that a command begins, None for one that says it all, or says something else.

    name: the command's, in lower case; rest: what follows it; components: id -> names.
    """
    if name not in _OF_COMPONENTS | _OF_INCIDENTS | _COMPLETE_WITH_A_NUMBER:
        return None
    if not rest:
        return Begin(kind=name, said={})
    if name in _OF_COMPONENTS:
        return _about_components(name, rest, components)
    number = _NUMBER.fullmatch(rest)
    if number and int(number[1]) and name in _OF_INCIDENTS:
        return Begin(kind=name, said={"incident": int(number[1])})
    return None


def _about_components(name: str, rest: str, components: Mapping[str, Collection[str]]) -> Begin | None:
    try:
        chosen, more = component_names.take(rest, components)
    except CommandError:
        return None  # the one-line form says what is wrong with it
    return None if more else Begin(kind=name, said={"components": list(chosen)})
