"""Reads a file of sentences: YAML whose every value is text, with the line each stands on. Knows no key by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import CatalogueError, Problem

# All scalars as strings: the usual loaders read ``no`` as False and 12:30 as 750. The one in C where there is one.
_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a file. line: 1-based, where it begins; file: its path as it was given."""

    text: str
    line: int
    file: str


def read(file: Path) -> dict[str, Entry]:
    """The texts by dotted path (``outage.resolved.title``), in the order of the file.

    Raises CatalogueError naming every key that stands twice and every value that is not text.
    """
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise CatalogueError(
            Problem(file=str(file), line=None, path="", text=f"cannot be read: {error.strerror}")
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(Problem(file=str(file), line=None, path="", text="is not UTF-8")) from error
    except yaml.YAMLError as error:
        raise CatalogueError(_syntax(file, error)) from error
    found: dict[str, Entry] = {}
    problems = list(_walk(root, "", found, str(file)))
    if problems:
        raise CatalogueError(*problems)
    return found


def _syntax(file: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "a character that may not stand there"
    return Problem(file=str(file), line=mark.line + 1 if mark else None, path="", text=f"is not YAML: {what}")


def _walk(node: yaml.Node | None, path: str, found: dict[str, Entry], file: str) -> Iterator[Problem]:
    if isinstance(node, yaml.ScalarNode) and path:
        found[path] = Entry(node.value.strip(), node.start_mark.line + 1, file)
    elif isinstance(node, yaml.MappingNode) and path.count(".") < _DEEPEST:
        yield from _walk_mapping(node, path, found, file)
    else:
        line = node.start_mark.line + 1 if node else None
        yield Problem(file=file, line=line, path=path, text="expected text" if path else "expected keys and texts")


def _walk_mapping(node: yaml.MappingNode, path: str, found: dict[str, Entry], file: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Problem(file=file, line=line, path=path, text="expected a key")
            continue
        inner = f"{path}.{key.value}" if path else key.value
        if key.value in seen:
            yield Problem(file=file, line=line, path=inner, text=f"stands here and in line {seen[key.value]}")
            continue
        seen[key.value] = line
        yield from _walk(value, inner, found, file)
