"""The company's logo: found beside the configuration file, and small enough for a page that must load at once."""

from __future__ import annotations

from pathlib import Path

from bot.config.settings import Settings
from bot.config.tree import Tree
from bot.errors import Problem

TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
"""Endings that a picture may have, and what they are served as."""

LARGEST = 24 * 1024
"""Bytes of one picture: the whole view is to stay below 60 kB."""


def find(settings: Settings, tree: Tree, *, base: Path) -> tuple[Settings, list[Problem]]:
    """The settings with the logos' full paths, and what is wrong with them. base: the configuration file's folder."""
    problems: list[Problem] = []
    found: dict[str, Path] = {}
    for field in ("logo", "logo_dark"):
        file = getattr(settings.company, field)
        if file is None:
            continue
        found[field] = (base / file).resolve()
        if wrong := _wrong_with(found[field]):
            problems.append(tree.problem(("company", field), f"expected a picture, found {wrong}"))
    company = settings.company.model_copy(update=found)
    return settings.model_copy(update={"company": company}), problems


def _wrong_with(file: Path) -> str | None:
    if file.suffix.lower() not in TYPES:
        return f"{file.suffix or 'no ending'}; there are: {', '.join(TYPES)}"
    try:
        size = len(file.read_bytes())
    except OSError as error:
        return f"{(error.strerror or 'an error').lower()} ({file})"
    return f"{size} bytes; at most {LARGEST} keep the page quick" if size > LARGEST else None
