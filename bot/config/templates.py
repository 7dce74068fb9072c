"""The company's own templates: found beside the configuration file. What is in them, nobody reads here."""

from __future__ import annotations

from pathlib import Path

from bot.config.settings import Settings
from bot.config.tree import Tree
from bot.errors import Problem

NOTICES = "notices"
"""The folder in it, called as in ours, that holds the sentences of notices by language."""


WORDS = "site/words"
"""The folder in it, called as in ours, that holds the words of pages and feeds themselves by language."""


def locate(settings: Settings, tree: Tree, *, base: Path) -> tuple[Settings, list[Problem]]:
    """The settings with the full path of ``templates``, and what is wrong with it.

    base: the configuration file's folder.
    """
    if settings.templates is None:
        return settings, []
    folder = base / settings.templates
    problems: list[Problem] = []
    if not any((folder / name).is_dir() for name in (NOTICES, WORDS)):
        text = f"expected a folder with a folder {NOTICES} or {WORDS} in it, found none (looked in {folder})"
        problems.append(tree.problem(("templates",), text))
    return settings.model_copy(update={"templates": folder}), problems


def overlays(settings: Settings) -> tuple[Path, ...]:
    """The folders whose sentences go before ours, for ``Catalogue.load``; empty when there is none."""
    return _folders(settings, NOTICES)


def page_overlays(settings: Settings) -> tuple[Path, ...]:
    """The folders whose words of pages go before ours, for ``load_words``; empty when there is none."""
    return _folders(settings, WORDS)


def _folders(settings: Settings, name: str) -> tuple[Path, ...]:
    if settings.templates is None or not (settings.templates / name).is_dir():
        return ()
    return (settings.templates / name,)
