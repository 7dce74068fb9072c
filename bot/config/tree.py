"""YAML that remembers: every value as text, with the line it stands on. Knows nothing of what the keys mean.

Scalars are never guessed at (YAML would read ``no`` as false, ``12:30`` as 750, ``1.10`` as 1.1). ``${NAME}`` and
``${NAME:-default}`` are filled in from the environment; ``$${`` is a literal ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.errors import ConfigError, Problem
from bot.redaction import Redactor

Place = tuple[str | int, ...]
"""Where a value stands: ("channels", "telegram", "chats", 0, "language")."""

Value = Any
"""text, None for nothing, a list of Values, or a dict of Values by text."""

_LONGEST = 60
_DEEPEST = 30
_MOST_VALUES = 100_000

_PLAIN_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}
_NOTHING = {"", "~", "null", "Null", "NULL"}
_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\}|\$\{")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One file's values.

    file: as the person named it; lines: 1-based, of each place's key or list item;
    unset: by place, the environment variable whose absence makes the value there None;
    hidden: places whose value came from the environment, so that it must not be shown;
    problems: what is wrong already, whatever the keys mean, by place.
    """

    file: str
    value: Value
    lines: Mapping[Place, int]
    unset: Mapping[Place, str] = field(default_factory=dict)
    hidden: frozenset[Place] = frozenset()
    problems: Mapping[Place, Problem] = field(default_factory=dict)

    def at(self, place: Place) -> Value:
        """The value at a place, None when nothing is there."""
        value = self.value
        for step in place:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int):
                value = value[step]
            else:
                return None
        return value

    def shown(self, place: Place) -> str:
        """The text at a place as an error may quote it: short, and without what could be a secret."""
        if place in self.hidden:
            return "a value from the environment"
        text = Redactor()(re.sub(r"://.*@", "://***@", str(self.at(place)), flags=re.DOTALL))
        return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    def problem(self, place: Place, text: str, *, nearest: str | None = None) -> Problem:
        """A problem with what stands at a place, or is missing there."""
        return Problem(file=self.file, line=self.line(place), path=dotted(place), text=text, nearest=nearest)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest section around it."""
        return _line(self.lines, place)


def read(text: str, *, file: str, environ: Mapping[str, str]) -> Tree:
    """The tree of a YAML text. Raises ConfigError when it is not YAML or beyond the size of any sane configuration."""
    root = _composed(text, file)
    grower = _Grower(file, environ)
    value = None if root is None else grower.grow(root, ())
    return Tree(
        file=file,
        value=value,
        lines=grower.lines,
        unset=grower.unset,
        hidden=frozenset(grower.hidden),
        problems=grower.problems,
    )


def dotted(place: Place) -> str:
    """``channels.telegram.chats[0].language``; a key that is no plain word is quoted: ``labels['a b']``."""
    return "".join(_step(step) for step in place).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", step) else f"[{step[:80]!a}]"


def _line(lines: Mapping[Place, int], place: Place) -> int:
    return next(lines[place[:length]] for length in range(len(place), -1, -1) if place[:length] in lines)


class _Loader(yaml.BaseLoader):
    """Composes nodes of text, and refuses to descend without end."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise yaml.composer.ComposerError(None, None, f"more than {_DEEPEST} levels deep", self.get_mark())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _composed(text: str, file: str) -> yaml.Node | None:
    """The root node, None when there is none. The snippet that PyYAML would show is left out: it may hold a secret."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        reason = ": ".join(part for part in (error.context, error.problem) if part)
    except yaml.reader.ReaderError as error:
        line, reason = text.count("\n", 0, error.position) + 1, "a control character"
    except (ValueError, OverflowError):  # PyYAML converts "\UFFFFFFFF" and %YAML 1.999... without looking
        line, reason = None, "a number or an escape in it is beyond all bounds"
    else:
        return node
    raise ConfigError(Problem(file=file, line=line, path="", text=f"not YAML: {reason}"))


class _Grower:
    """Turns nodes into values, and notes on the way where they stand and what is wrong with them."""

    def __init__(self, file: str, environ: Mapping[str, str]) -> None:
        self.file = file
        self.environ = environ
        self.values = 0
        self.lines: dict[Place, int] = {(): 1}
        self.unset: dict[Place, str] = {}
        self.hidden: set[Place] = set()
        self.problems: dict[Place, Problem] = {}

    def grow(self, node: yaml.Node, place: Place) -> Value:
        self.values += 1
        if self.values > _MOST_VALUES or len(place) > _DEEPEST:
            text = f"expected at most {_MOST_VALUES} values, {_DEEPEST} levels deep, found more (aliases repeat them)"
            raise ConfigError(Problem(file=self.file, line=node.start_mark.line + 1, path="", text=text))
        if node.tag not in _PLAIN_TAGS:
            self.refuse(place, f"expected a plain value, found the tag {ascii(node.tag)[:80]}")
        if isinstance(node, yaml.MappingNode):
            return self.section(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.entry(item, (*place, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node, place)

    def entry(self, node: yaml.Node, place: Place, *, line: int | None = None) -> Value:
        self.lines[place] = line or node.start_mark.line + 1
        return self.grow(node, place)

    def section(self, node: yaml.MappingNode, place: Place) -> Value:
        values: dict[str, Value] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.refuse(place, "expected keys of plain text, found another kind", line=line)
                continue
            inner = (*place, str(key_node.value))
            if key_node.value in values:
                self.refuse(inner, f"expected each key once, found it in line {self.lines[inner]} already", line=line)
                continue
            values[key_node.value] = self.entry(value_node, inner, line=line)
        return values

    def scalar(self, node: yaml.ScalarNode, place: Place) -> str | None:
        text = str(node.value)
        if node.style is None and text in _NOTHING:
            return None
        whole = _VARIABLE.fullmatch(text)
        if whole and whole["name"] and not whole["default"] and whole["name"] not in self.environ:
            self.unset[place] = whole["name"]
            return None
        filled = _VARIABLE.sub(lambda found: self.fill(found, place), text)
        if _SURROGATE.search(filled):
            self.refuse(place, "expected text, found half of a surrogate pair")
        return _SURROGATE.sub("\ufffd", filled)

    def fill(self, found: re.Match[str], place: Place) -> str:
        name, default = found["name"], found["default"]
        if found[0] == "$${":
            return "${"
        if name is None:
            self.refuse(place, "expected ${NAME} or ${NAME:-default}, found ${ without it ($${ is a literal ${)")
            return found[0]
        if value := self.environ.get(name):
            self.hidden.add(place)
            return value
        if default is None and name not in self.environ:
            self.refuse(place, f"expected the environment variable {name}, found it unset")
        return (default or "").removeprefix(":-")

    def refuse(self, place: Place, text: str, *, line: int | None = None) -> None:
        line = line or _line(self.lines, place)
        self.problems.setdefault(place, Problem(file=self.file, line=line, path=dotted(place), text=text))
