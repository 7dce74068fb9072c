"""From ``config.yaml`` to settings that can be relied on, or an error that names every problem at once.

What the file may say is ``settings``; how YAML is read, ``tree``; how errors are worded, ``errors``; what must hold
between settings, ``checks``. This only puts them in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.bare import without_secrets
from bot.config.checks import check
from bot.config.errors import explain
from bot.config.pictures import find
from bot.config.secrets import resolve
from bot.config.settings import Settings
from bot.config.templates import locate
from bot.config.tree import Tree, Value, read
from bot.errors import ConfigError, Problem

_LARGEST = 1024 * 1024


def load(path: Path, environ: Mapping[str, str], *, secrets: bool = True) -> Settings:
    """The settings in a file, with every secret read into ``secret`` and ``token``.

    environ: fills in ``${NAME}``; secrets: False for settings that serve nobody, without secrets, database, channels.
    Raises ConfigError with all problems found, in the order of the file's lines.
    """
    tree = read(_text(path), file=str(path), environ=environ)
    tree = tree if secrets else without_secrets(tree)
    problems = list(tree.problems.values())
    settings, invalid = _validated(tree)
    problems += invalid
    if settings is not None:
        settings, unreadable = resolve(settings, tree, base=path.parent)
        settings, no_pictures = find(settings, tree, base=path.parent)
        settings, no_templates = locate(settings, tree, base=path.parent)
        problems += unreadable + no_pictures + no_templates + check(settings, tree)
    if settings is None or problems:
        raise ConfigError(*sorted(problems, key=lambda problem: (problem.line or 0, problem.path)))
    return settings


def rule_lines(path: Path) -> list[int]:
    """The line each rule begins in, 1-based. Raises ConfigError when the file is not YAML."""
    tree = read(_text(path), file=str(path), environ={})
    rules = tree.at(("rules",))
    return [tree.line(("rules", number)) for number in range(len(rules) if isinstance(rules, list) else 0)]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors that complete and check while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
        if len(raw) <= _LARGEST:
            return raw.decode("utf-8-sig")
        line, reason = None, f"expected at most {_LARGEST} bytes, found more"
    except UnicodeDecodeError as error:
        line, reason = raw.count(b"\n", 0, error.start) + 1, "expected UTF-8, found a byte that is not"
    except OSError as error:
        line, reason = None, f"expected a readable file, found: {(error.strerror or 'an error').lower()}"
    raise ConfigError(Problem(file=str(path), line=line, path="", text=reason))


def _validated(tree: Tree) -> tuple[Settings | None, list[Problem]]:
    if not isinstance(tree.value, dict):
        found = "nothing" if tree.value is None else "a list" if isinstance(tree.value, list) else "text"
        return None, [tree.problem((), f"expected a section of keys, found {found}")]
    try:
        return Settings.model_validate(_switched_on(tree.value)), []
    except ValidationError as error:
        return None, explain(error, tree)


def _switched_on(value: dict[str, Value]) -> dict[str, Value]:
    """A channel with nothing after its name is on, with its defaults: ``feed:`` says the same as ``feed: {}``."""
    channels = value.get("channels")
    if not isinstance(channels, dict):
        return value
    return {**value, "channels": {name: {} if channel is None else channel for name, channel in channels.items()}}
