"""Colours as pages use them, and how well two of them can be told apart. Pure; knows no style sheet.

Contrast is WCAG 2.2's: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

import re

Colour = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""

LIGHT_GROUNDS = ("#f6f5f2", "#ffffff")
"""What text stands on in the light scheme: the page, and the cards on it."""

DARK_GROUNDS = ("#12151a", "#1a1f26")
"""The same in the dark scheme."""

READABLE = 4.5
"""The least contrast of text, level AA: https://www.w3.org/TR/WCAG22/#contrast-minimum"""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_STEPS = 100


def colour(text: str) -> Colour:
    """``#0a7`` or ``#00aa77``. Raises ValueError for anything else."""
    if not _COLOUR.fullmatch(text):
        raise ValueError("expected a colour such as #0a7 or #00aa77")
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def written(value: Colour) -> str:
    """``#00aa77``."""
    return "#" + bytes(value).hex()


def contrast(one: Colour, other: Colour) -> float:
    """From 1 (the same) to 21 (black and white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(text: Colour, grounds: tuple[str, ...]) -> float:
    """The contrast on that ground where it is the lowest."""
    return min(contrast(text, colour(ground)) for ground in grounds)


def readable_on(text: Colour, grounds: tuple[str, ...], *, least: float = READABLE) -> Colour:
    """The colour itself where it can be read on every ground, else the nearest darker or lighter one that can.

    grounds: all light or all dark, so that there is one; least: the contrast to reach, at most 7.
    """
    towards = _BLACK if least_contrast(_BLACK, grounds) > least_contrast(_WHITE, grounds) else _WHITE
    shades = (_mixed(text, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if least_contrast(shade, grounds) >= least)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(value: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in value)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
