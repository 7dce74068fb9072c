"""The company's own templates: found beside the configuration file. What is in them, nobody reads here."""

from __future__ import annotations

from pathlib import Path

from bot.config.settings import Settings
from bot.config.tree import Tree
from bot.errors import Problem

NOTICES = "notices"
"""The folder in it, called as in ours, that holds the sentences of notices by language."""


def locate(settings: Settings, tree: Tree, *, base: Path) -> tuple[Settings, list[Problem]]:
    """The settings with the full path of ``templates``, and what is wrong with it.

    base: the configuration file's folder.
    """
    if settings.templates is None:
        return settings, []
    folder = base / settings.templates
    problems: list[Problem] = []
    if not (folder / NOTICES).is_dir():
        text = f"expected a folder with a folder {NOTICES} in it, found none (looked in {folder})"
        problems.append(tree.problem(("templates",), text))
    return settings.model_copy(update={"templates": folder}), problems


def overlays(settings: Settings) -> tuple[Path, ...]:
    """The folders whose sentences go before ours, for ``Catalogue.load``; empty when there is none."""
    return () if settings.templates is None else (settings.templates / NOTICES,)
