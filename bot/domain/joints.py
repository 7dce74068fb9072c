"""The small words between the parts of a time as operators type it: "in 2h", "for 2h", "until 04:00". Pure.

English ones are always understood; ``languages.joints`` knows those of other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LENGTH = r"((?:\d{1,6} ?[smhd] ?)+)(?!\w)"
"""A duration inside a longer text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joints:
    """Words of one language besides the English ones, any of which may be several words.

    ahead: before how long from now; at: before a time of day; lasting: before how long; until: before an end;
    week, two_weeks, month: a window that comes every one of these.
    """

    ahead: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    week: tuple[str, ...] = ()
    two_weeks: tuple[str, ...] = ()
    month: tuple[str, ...] = ()


ENGLISH = Joints()
"""The English words alone."""


@lru_cache(maxsize=64)
def ahead(joints: Joints) -> re.Pattern[str]:
    """``in 2h30m``; the duration is group 1."""
    return _compiled(rf"{_any('in', *joints.ahead)}\s+{LENGTH}")


@lru_cache(maxsize=64)
def at(joints: Joints) -> re.Pattern[str]:
    """What may stand between a day and a time; matches nothing, too."""
    return _compiled(rf"\s*,?\s*(?:[tT](?=\d)|{_any('at', *joints.at)}\s)?\s*")


@lru_cache(maxsize=64)
def lasting(joints: Joints) -> re.Pattern[str]:
    """``for 2h``, ``+ 2h``; the duration is group 1."""
    return _compiled(rf"\s*,?\s*(?:{_any('for', *joints.lasting)}\s+|\+\s*){LENGTH}")


@lru_cache(maxsize=64)
def until(joints: Joints) -> re.Pattern[str]:
    """``until 04:00``, ``- 04:00``: all before the end."""
    return _compiled(rf"\s*(?:[-–—]|{_any('to', 'until', 'till', *joints.until)}(?=\s))\s*")


@lru_cache(maxsize=64)
def every(joints: Joints) -> re.Pattern[str]:
    """``every week``; which one it is says the name of the group: week, two_weeks, month."""
    week = _any(r"every\s+week", *joints.week)
    two_weeks = _any(r"every\s+(?:2|two|second|other)\s+weeks?", *joints.two_weeks)
    month = _any(r"every\s+month", *joints.month)
    return _compiled(rf"(?:(?P<two_weeks>{two_weeks})|(?P<week>{week})|(?P<month>{month}))(?![\w-])[\s,.]*")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _any(*words: str) -> str:
    """Any of the words, the longest that fits."""
    return f"(?:{'|'.join(_longest_first(words))})"


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted((word.replace(" ", r"\s+") for word in words), key=len, reverse=True)
