"""Texts cut to the room there is. Pure."""

from __future__ import annotations

from bot.languages.text import utf16_length


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut at the last space that leaves at most ``longest`` characters."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[longest // 2 :] else cut}…"


def cut(text: str, most: int) -> str:
    """The text, with its lines, cut so that it has at most ``most`` UTF-16 code units, at least one."""
    if utf16_length(text) <= most:
        return text
    kept = text[: most - 1]
    while utf16_length(kept) > most - 1:
        kept = kept[: len(kept) - max(1, (utf16_length(kept) - most + 1) // 2)]
    return f"{kept.rstrip()}…"
