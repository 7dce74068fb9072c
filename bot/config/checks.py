"""What must hold between settings that are each fine alone. Looks at nothing but the settings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from bot.config.colours import DARK_GROUNDS, LIGHT_GROUNDS, READABLE, colour, least_contrast, readable_on, written
from bot.config.errors import nearest
from bot.config.settings import Chat, Match, Rule, Settings
from bot.config.tree import Place, Tree
from bot.config.values import Localised
from bot.domain.model import Publish
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
    for place, texts in _localised(settings):
        if isinstance(texts, dict):
            if missing := [language for language in settings.languages if language not in texts]:
                yield tree.problem(place, f"expected a text for each of languages, found none for {_listed(missing)}")
            for language in texts:
                if language not in settings.languages:
                    yield tree.problem((*place, language), f"expected {_one_of(settings)}, found this key")


def _localised(settings: Settings) -> Iterator[tuple[Place, Localised]]:
    for key, component in settings.components.items():
        yield ("components", key, "name"), component.name
        for field, text in (("group", component.group), ("region", component.region)):
            if text is not None:
                yield ("components", key, field), text
        for number, way in enumerate(component.ways):
            listed = isinstance(component.instead, tuple)
            yield ("components", key, "instead", *((number, "text") if listed else ())), way.text


def _languages(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Chats and operators have a language that notices are published in."""
    places: dict[Place, str] = {(*place, "language"): chat.language for place, chat in _chats(settings)}
    places |= {("operators", number, "language"): each.language for number, each in enumerate(settings.operators)}
    for place, language in places.items():
        if language not in settings.languages:
            yield tree.problem(place, f"expected {_one_of(settings)}, found {tree.shown(place)}")


def _chats(settings: Settings) -> Iterator[tuple[Place, Chat]]:
    """Every chat of every bot."""
    telegram = settings.channels.telegram
    for name, bot in telegram.all_bots.items() if telegram else ():
        of = ("channels", "telegram", *(("bots", name) if name else ()))
        yield from (((*of, "chats", number), chat) for number, chat in enumerate(bot.chats))


def _one_of(settings: Settings) -> str:
    return f"one of languages ({_listed(settings.languages)})"


def _rules(settings: Settings, tree: Tree) -> Iterator[Problem]:
    for number, rule in enumerate(settings.rules):
        place = ("rules", number)
        yield from _known(tree, (*place, "component"), rule.component, list(settings.components), "components")
        yield from _known(tree, (*place, "match", "source"), rule.match.source, list(settings.sources), "sources")
        yield from _upstream_rule(settings, tree, place, rule)
        for earlier in range(number):
            if _swallows(settings.rules[earlier].match, rule.match):
                line = tree.line(("rules", earlier))
                text = f"can never match: rules[{earlier}] in line {line} takes every signal this one could"
                yield tree.problem(place, text)
                break


def _upstream_rule(settings: Settings, tree: Tree, place: Place, rule: Rule) -> Iterator[Problem]:
    """Without a component a rule needs an upstream source; whose fault it is must be known by name."""
    looked_at = rule.match.source in settings.upstreams
    if rule.component is None and rule.publish is not Publish.NEVER and not looked_at:
        text = f"component is missing ({rule.match.source} is no upstream source, whose products components depend on)"
        yield tree.problem(place, text)
    if rule.kind == "upstream" and rule.upstream is None and not looked_at:
        yield tree.problem(place, "upstream is missing: the platform at fault, as customers know it")


def _dependencies(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """What components and ways depend on is there, and no two components silence each other."""
    for key, component in settings.components.items():
        for number, name in enumerate(component.depends_on):
            place: Place = ("components", key, "depends_on", number)
            yield from _known(tree, place, name.partition("/")[0], list(settings.sources), "sources")
        for number, way in enumerate(component.ways):
            for each, name in enumerate(way.depends_on):
                place = ("components", key, "instead", number, "depends_on", each)
                known = list(settings.sources) if "/" in name else [*settings.components, *settings.sources]
                yield from _known(tree, place, name.partition("/")[0], known, "components and sources")
        for number, name in enumerate(component.inhibited_by):
            place = ("components", key, "inhibited_by", number)
            yield from _known(tree, place, name, list(settings.components), "components")
            if key in _inhibitors(settings, name):
                yield tree.problem(place, f"{key} would silence itself: {name} says nothing while {key} is down")


def _products(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """A product of a status page that something stands on is one that is looked at."""
    named: dict[Place, str] = {}
    for key, component in settings.components.items():
        place: Place = ("components", key)
        named |= {(*place, "depends_on", at): name for at, name in enumerate(component.depends_on)}
        for number, way in enumerate(component.ways):
            named |= {(*place, "instead", number, "depends_on", at): name for at, name in enumerate(way.depends_on)}
    for where, name in named.items():
        source, _, product = name.partition("/")
        products = settings.upstreams[source].products if source in settings.upstreams else ()
        if product and products:
            yield from _known(tree, where, product, list(products), f"sources.{source}.products")


def _inhibitors(settings: Settings, name: str) -> set[str]:
    """The component and everything that silences it, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found and each in settings.components:
            found.add(each)
            waiting += settings.components[each].inhibited_by
    return found


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
    yield from _repeated(tree, settings.languages, lambda at: ("languages", at))
    yield from _chats_twice(settings, tree)
    yield from _repeated(
        tree, [each.telegram_id for each in settings.operators], lambda at: ("operators", at, "telegram_id")
    )


def _chats_twice(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """A topic is posted to once, and a chat by one bot: whether a post is there is found out by what one bot knows."""
    seen: dict[str, list[tuple[Place, Chat]]] = {}
    for place, chat in _chats(settings):
        others = seen.setdefault(chat.chat.lower(), [])
        for other_place, other in others:
            if chat.topic == other.topic or place[:-2] != other_place[:-2]:
                where = (*place, "chat")
                text = f"expected each once, found {tree.shown(where)} in line {tree.line(other_place)} already"
                yield tree.problem(where, text)
                break
        others.append((place, chat))


def _repeated(tree: Tree, entries: Sequence[str | int], place: Callable[[int], Place]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        first = seen.setdefault(str(entry).lower(), number)
        if first != number:
            found = f"{tree.shown(place(number))} in line {tree.line(place(first))} already"
            yield tree.problem(place(number), f"expected each once, found {found}")


def _colours(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Links and buttons can be read by everybody."""
    website = settings.channels.website
    if website is None:
        return
    for field, grounds in (("accent", LIGHT_GROUNDS), ("accent_dark", DARK_GROUNDS)):
        text = getattr(website, field)
        if text is None or (found := least_contrast(colour(text), grounds)) >= READABLE:
            continue
        better = written(readable_on(colour(text), grounds))
        place = ("channels", "website", field)
        expected = f"expected a contrast of {READABLE:g} to {' and '.join(grounds)} (WCAG AA)"
        yield tree.problem(place, f"{expected}, found {tree.shown(place)} with {found:.2g}; {better} has it")


_CHECKS = (_addresses, _names, _texts, _languages, _dependencies, _products, _rules, _twice, _colours)
