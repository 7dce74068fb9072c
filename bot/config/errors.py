"""What pydantic found wrong with the settings, said to the person who wrote the file: where, expected, found.

Never repeats a value that is, or may hold, a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config.settings import Settings
from bot.config.tree import Place, Tree
from bot.config.values import PATTERNS
from bot.errors import Problem

Schema = Mapping[str, Any]

_KINDS = {
    "string": "text",
    "object": "a section of keys",
    "array": "a list",
    "integer": "a whole number",
    "boolean": "true or false",
}


def explain(error: ValidationError, tree: Tree) -> list[Problem]:
    """One problem per error, except where the tree has a problem already."""
    root = Settings.model_json_schema()
    details = error.errors(include_url=False, include_input=False)
    found = ((_place(detail, tree), detail) for detail in details)
    return [_problem(detail, place, tree, root) for place, detail in found if place not in tree.problems]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt one was probably meant to be."""
    return next(iter(get_close_matches(word, known, n=1)), None)


def unset_near(place: Place, tree: Tree) -> str:
    """Names the unset environment variables that left a value, or one directly inside it, absent; "" when none did."""
    names = [name for at, name in tree.unset.items() if place in (at, at[:-1])]
    return "".join(f"; the environment variable {name} is not set" for name in names)


def _place(detail: ErrorDetails, tree: Tree) -> Place:
    """The place in the file. pydantic's location also holds names of alternatives, which are left out."""
    missing = detail["type"] == "missing"
    place: Place = ()
    for step in detail["loc"][:-1] if missing else detail["loc"]:
        inside = tree.at(place)
        if (isinstance(inside, dict) and step in inside) or (isinstance(inside, list) and isinstance(step, int)):
            place = (*place, step)
    return (*place, detail["loc"][-1]) if missing else place


def _problem(detail: ErrorDetails, place: Place, tree: Tree, root: Schema) -> Problem:
    kind, schemas = detail["type"], list(_schemas(root, place))
    if kind == "extra_forbidden":
        known = _keys(_schemas(root, place[:-1]))
        near = nearest(str(place[-1]), known)
        return tree.problem(place, f"expected one of {', '.join(known)}; found an unknown key", nearest=near)
    if kind == "missing":
        return tree.problem(place, f"expected {_kinds(schemas)}, found nothing{unset_near(place, tree)}")
    if detail["loc"][-1] == "[key]":
        return tree.problem(place, f"expected {_expected(detail, schemas)}, found this key")
    if isinstance(tree.at(place), dict) and kind == "value_error":  # what a whole section needs; says what it found
        return tree.problem(place, _expected(detail, schemas) + unset_near(place, tree))
    expected = _expected(detail, schemas).removeprefix("expected ")
    return tree.problem(place, f"expected {expected}, found {_found(place, tree, schemas)}{unset_near(place, tree)}")


def _expected(detail: ErrorDetails, schemas: Sequence[Schema]) -> str:
    ctx = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(ctx["error"])
        case "string_pattern_mismatch":
            return PATTERNS[ctx["pattern"]]
        case "enum" | "literal_error":
            several = sum("enum" in schema for schema in schemas) > 1  # the error itself knows only one alternative
            return _kinds(schemas) if several else f"one of {ctx['expected']}"
        case "greater_than_equal":
            return f"at least {ctx['ge']}"
        case "less_than_equal":
            return f"at most {ctx['le']}"
        case "too_short" | "string_too_short":
            return "at least one" if detail["type"] == "too_short" else "text that is not empty"
        case "string_too_long":
            return f"at most {ctx['max_length']} characters"
        case _:
            return _kinds(schemas)


def _found(place: Place, tree: Tree, schemas: Sequence[Schema]) -> str:
    value = tree.at(place)
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return f"{'an empty' if not value else 'a'} {'list' if isinstance(value, list) else 'section'}"
    scalar = any(schema.get("type") not in ("object", "array") for schema in schemas)
    secret = any(schema.get("writeOnly") for schema in schemas)
    if not scalar or secret:
        return "text"
    return tree.shown(place)


def _schemas(root: Schema, place: Place) -> Iterator[Schema]:
    """Every alternative that the JSON Schema allows at a place."""
    found: list[Schema] = list(_alternatives(root, root))
    for step in place:
        inner = [child for schema in found for child in _children(schema, step)]
        found = [option for child in inner for option in _alternatives(root, child)]
    return iter(found)


def _alternatives(root: Schema, schema: Schema) -> Iterator[Schema]:
    if "$ref" in schema:
        yield from _alternatives(root, root["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if not options:
        yield schema
    for option in options:
        yield from _alternatives(root, option)


def _children(schema: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        if "items" in schema:
            yield schema["items"]
    elif step in schema.get("properties", {}):
        yield schema["properties"][step]
    else:
        yield from schema.get("patternProperties", {}).values()
        if isinstance(anything := schema.get("additionalProperties"), dict):
            yield anything


def _keys(schemas: Iterable[Schema]) -> list[str]:
    return sorted({key for schema in schemas for key in schema.get("properties", ())})


def _kinds(schemas: Iterable[Schema]) -> str:
    return " or ".join(dict.fromkeys(_kind(schema) for schema in schemas if schema.get("type") != "null"))


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return f"one of {', '.join(map(repr, schema['enum']))}"
    return PATTERNS.get(schema.get("pattern", ""), _KINDS[schema["type"]])
