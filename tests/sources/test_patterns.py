"""No text can make a source think for long: every regular expression takes linear time, proven by its shape."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import bot.sources
from tests.sources.ambiguity import How, is_linear

SLOW = {
    "two loops over the same letters": (r"test-\w*alertrule[\w-]*", "fullmatch"),
    "a loop in a loop": (r"(a+)+b", "fullmatch"),
    "two ways to say the same": (r"(a|aa)*b", "fullmatch"),
    "loops that follow each other": (r"\s*\s*x", "fullmatch"),
    "loops with something between that may lack": (r"[a-z]+-?[a-z]+x", "fullmatch"),
    "a loop that may begin anywhere": (r"\s+x", "search"),
    "a loop that can hold its own beginning": (r"<.*>", "search"),
}
QUICK = {
    "one loop": (r"\{\{.*\}\}", "fullmatch"),
    "loops with something certain between": (r"[a-z]+(?:-[a-z]+)+-[0-9]+", "fullmatch"),
    "a beginning, and any end": (r'a:.*?b="([^"]*)"', "match"),
    "a beginning that the loop cannot hold": (r"<[^<>]*>", "search"),
    "a loop at the end": (r"[\W_]+", "search"),
    "so many and no more": (r"[0-9]{1,19}(\.[0-9]{1,9})?", "fullmatch"),
}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(bot.sources.__path__, "bot.sources."):
        yield importlib.import_module(found.name)


def patterns() -> Iterator[Any]:
    """Every expression of every source, and the way it is used that asks most of it."""
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and name.isupper():
                uses = set(re.findall(rf"\b{name}\.(\w+)\(", inspect.getsource(module)))
                how = "fullmatch" if uses <= {"fullmatch"} else "match" if uses <= {"fullmatch", "match"} else "search"
                yield pytest.param(value, how, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize(("pattern", "how"), list(patterns()))
def test_every_expression_of_a_source_takes_linear_time(pattern: re.Pattern[Any], how: How) -> None:
    assert is_linear(pattern, how)


def test_there_are_no_expressions_but_those() -> None:
    for module in modules():
        inline = re.findall(r"(?<!\w)re\.(?!compile|escape|Pattern|IGNORECASE)\w+", inspect.getsource(module))
        local = re.findall(r"^[ ]+.*re\.compile\(", inspect.getsource(module), re.M)
        assert (inline, local) == ([], []), module.__name__


@pytest.mark.parametrize(("pattern", "how"), SLOW.values(), ids=SLOW)
def test_the_judge_knows_a_slow_one(pattern: str, how: How) -> None:
    assert not is_linear(re.compile(pattern), how)


@pytest.mark.parametrize(("pattern", "how"), QUICK.values(), ids=QUICK)
def test_the_judge_knows_a_quick_one(pattern: str, how: How) -> None:
    assert is_linear(re.compile(pattern), how)
