"""Durations as people write them: ``90s``, ``10m``, ``1h30m``, ``2d``. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_WHOLE = re.compile(r"(?:[0-9]{1,6}[smhd]){1,4}")
_PART = re.compile(r"([0-9]+)([smhd])")


def duration(text: str) -> timedelta | None:
    """The duration, None when the text is none."""
    if not _WHOLE.fullmatch(text):
        return None
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)), timedelta())


def spelt(length: timedelta) -> str:
    """The same the other way round, without parts that are nothing: ``1h30m``; ``0s`` for none."""
    seconds = round(length.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"
