"""JSON pointers (https://www.rfc-editor.org/rfc/rfc6901): the value at a place, and one name for several parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.sources.reading import MOST_ITEMS

_INDEX = re.compile(rf"0|[1-9][0-9]{{0,{len(str(MOST_ITEMS))}}}")


def find(value: Any, pointer: str) -> Any:
    """The value at a place, None when there is none; the pointer has the form that settings are checked for."""
    for step in _steps(pointer):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def spell(parts: Iterable[str]) -> str:
    """One name for a thing that several texts name together, as a pointer without its first slash.

    Different parts never make the same name.
    """
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
