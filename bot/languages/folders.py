"""Which files of which folders speak a language: ours, then the company's own. Reads none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.errors import Problem
from bot.languages.negotiate import REGIONAL, closest
from bot.languages.sentences import locale_of


def files_of(language: str, folders: Sequence[Path]) -> list[Path]:
    """The files for a BCP 47 tag, the first of them complete, each later one saying some of it otherwise.

    A regional tag without a file of its own takes its language's: ``en-GB`` the words of ``en``, and on top of them
    what a later folder says in ``en.yaml`` and in ``en-GB.yaml``. Empty when no folder has the language.
    """
    stems = (closest(language, languages_of(folder), within=REGIONAL) for folder in folders)
    stem = next((stem for stem in stems if stem is not None), None)
    if stem is None:
        return []
    files = (folder / f"{name}.yaml" for folder in folders for name in dict.fromkeys((stem, language)))
    return [file for file in files if file.exists()]


def languages_of(folder: Path) -> list[str]:
    """The tags that a folder has a file for."""
    return sorted(file.stem for file in folder.glob("*.yaml"))


def strays(folder: Path) -> Iterator[Problem]:
    """Files that nobody would ever read, because they are not called ``<tag>.yaml``."""
    for file in sorted(folder.iterdir()):
        if file.name.startswith("."):
            continue
        if file.suffix != ".yaml":
            yield Problem(file=str(file), line=None, path="", text="expected a name such as it.yaml")
        elif locale_of(file.stem) is None:
            yield Problem(file=str(file), line=None, path="", text="its name is no language CLDR knows")
