"""The configuration without what only a running service needs: secrets, the database, the channels.

For looking at what rules and mappings say on a machine that has none of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from bot.config.sources import HookType
from bot.config.tree import Place, Tree

_UNNEEDED = frozenset({"channels", "database", "heartbeat", "translate"})
_PROOFS = frozenset({"secret", "secret_file", "topics"})
_SENDERS = frozenset(get_args(HookType))


def without_secrets(tree: Tree) -> Tree:
    """The same file with every sender let in unasked, and nothing of what cannot be used without secrets."""
    if not isinstance(tree.value, dict):
        return tree
    value = {key: inner for key, inner in tree.value.items() if key not in _UNNEEDED}
    if isinstance(sources := value.get("sources"), dict):
        value["sources"] = {name: _let_in(source) for name, source in sources.items()}
    problems = {place: problem for place, problem in tree.problems.items() if not _left_out(place)}
    return replace(tree, value=value, problems=problems)


def _let_in(source: Any) -> Any:
    if not isinstance(source, dict) or source.get("type") not in _SENDERS:
        return source
    return {key: inner for key, inner in source.items() if key not in _PROOFS} | {"insecure": "true"}


def _left_out(place: Place) -> bool:
    return place[:1] in {(key,) for key in _UNNEEDED} or (place[:1] == ("sources",) and bool(_PROOFS & set(place[2:])))
