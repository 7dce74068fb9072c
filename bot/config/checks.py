"""What must hold between settings that are each fine alone. Looks at nothing but the settings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from bot.config.errors import nearest
from bot.config.settings import Match, Settings
from bot.config.tree import Place, Tree
from bot.errors import Problem


def check(settings: Settings, tree: Tree) -> list[Problem]:
    """Every contradiction, each at the value that would have to change, except where the tree has a problem already."""
    found = (problem for one in _CHECKS for problem in one(settings, tree))
    return [problem for problem in found if problem.path not in {known.path for known in tree.problems.values()}]


def _addresses(settings: Settings, tree: Tree) -> Iterator[Problem]:
    if settings.listen_internal == settings.listen:
        place = ("listen_internal",)
        yield tree.problem(place, f"expected another address than listen, found {tree.shown(place)}")


def _names(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """People's eyes read these in one line; a control character would break it, or the whole feed."""
    names: dict[Place, str] = {("company", "name"): settings.company.name}
    names |= {("operators", number, "name"): operator.name for number, operator in enumerate(settings.operators)}
    for key, component in settings.components.items():
        if isinstance(component.name, str):
            names["components", key, "name"] = component.name
        else:
            names |= {("components", key, "name", language): name for language, name in component.name.items()}
    for place, name in names.items():
        if not name.strip():
            yield tree.problem(place, "expected a name, found only white space")
        elif any(unicodedata.category(character) == "Cc" for character in name):
            yield tree.problem(place, "expected a name in one line, found a control character or a line break")


def _texts(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """A text per language is there for every configured language, and for no other."""
    for key, component in settings.components.items():
        for field, texts in (("name", component.name), ("instead", component.instead)):
            if not isinstance(texts, dict):
                continue
            place = ("components", key, field)
            if missing := [language for language in settings.languages if language not in texts]:
                yield tree.problem(place, f"expected a text for each of languages, found none for {_listed(missing)}")
            for language in texts:
                if language not in settings.languages:
                    yield tree.problem((*place, language), f"expected {_one_of(settings)}, found this key")


def _languages(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Chats and operators have a language that notices are published in."""
    chats = settings.channels.telegram.chats if settings.channels.telegram else ()
    places: dict[Place, str] = {
        ("channels", "telegram", "chats", number, "language"): chat.language for number, chat in enumerate(chats)
    }
    places |= {("operators", number, "language"): each.language for number, each in enumerate(settings.operators)}
    for place, language in places.items():
        if language not in settings.languages:
            yield tree.problem(place, f"expected {_one_of(settings)}, found {tree.shown(place)}")


def _one_of(settings: Settings) -> str:
    return f"one of languages ({_listed(settings.languages)})"


def _rules(settings: Settings, tree: Tree) -> Iterator[Problem]:
    upstream = {product.partition("/")[0] for each in settings.components.values() for product in each.depends_on}
    sources = [*settings.sources, *sorted(upstream - settings.sources.keys())]
    for number, rule in enumerate(settings.rules):
        place = ("rules", number)
        yield from _known(tree, (*place, "component"), rule.component, list(settings.components), "components")
        yield from _known(tree, (*place, "match", "source"), rule.match.source, sources, "sources")
        for earlier in range(number):
            if _swallows(settings.rules[earlier].match, rule.match):
                line = tree.line(("rules", earlier))
                text = f"can never match: rules[{earlier}] in line {line} takes every signal this one could"
                yield tree.problem(place, text)
                break


def _known(tree: Tree, place: Place, name: str | None, known: list[str], of: str) -> Iterator[Problem]:
    if name is not None and name not in known:
        text = f"expected one of {of} ({_listed(known) or 'none is configured'}), found {tree.shown(place)}"
        yield tree.problem(place, text, nearest=nearest(name, known))


def _listed(words: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _swallows(earlier: Match, later: Match) -> bool:
    return not earlier.labels and earlier.source in (None, later.source)


def _twice(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Lists whose entries must differ."""
    chats = settings.channels.telegram.chats if settings.channels.telegram else ()
    yield from _repeated(tree, settings.languages, lambda at: ("languages", at))
    yield from _repeated(tree, [chat.chat for chat in chats], lambda at: ("channels", "telegram", "chats", at, "chat"))
    yield from _repeated(
        tree, [each.telegram_id for each in settings.operators], lambda at: ("operators", at, "telegram_id")
    )


def _repeated(tree: Tree, entries: Sequence[str | int], place: Callable[[int], Place]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        first = seen.setdefault(str(entry).lower(), number)
        if first != number:
            found = f"{tree.shown(place(number))} in line {tree.line(place(first))} already"
            yield tree.problem(place(number), f"expected each once, found {found}")


_CHECKS = (_addresses, _names, _texts, _languages, _rules, _twice)
