"""Reads the files of the page's own words, ours and the company's, and proves them: no gap, no strange placeholder.

How a language is chosen, and what the words are for, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter

from bot.errors import CatalogueError, Problem
from bot.languages.files import Entry, read
from bot.languages.folders import files_of, languages_of, strays

_REFERENCE = "en"


def load_sentences(language: str, folders: Sequence[Path]) -> dict[str, str]:
    """The sentences of a BCP 47 tag by key: those of the first folder, said otherwise by each later one.

    Raises CatalogueError naming a language without a file, every gap, and every sentence that cannot be filled in.
    """
    files = files_of(language, folders)
    if not files:
        text = f"no file for language {language!r}; there are: {', '.join(languages_of(folders[0]))}"
        raise CatalogueError(Problem(file=str(folders[0]), line=None, path="", text=text))
    entries = {key: entry for file in files for key, entry in read(file).items()}
    problems = list(_problems(files[0], entries, _reference(folders[0])))
    if problems:
        raise CatalogueError(*problems)
    return {key: entry.text for key, entry in entries.items()}


def load_strays(folders: Sequence[Path]) -> list[Problem]:
    """What is wrong with folders as such: files in them that no language would ever read."""
    return [problem for folder in folders for problem in strays(folder)]


@cache
def _reference(folder: Path) -> Mapping[str, frozenset[str]]:
    """The placeholders of each key there is."""
    return {key: _placeholders(entry.text) for key, entry in read(folder / f"{_REFERENCE}.yaml").items()}


def _problems(file: Path, entries: Mapping[str, Entry], reference: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    for key in sorted(reference.keys() - entries.keys()):
        yield Problem(file=str(file), line=None, path=key, text="is missing")
    for key, entry in entries.items():
        if key not in reference:
            text = f"is not a key of {_REFERENCE}.yaml"
        elif not _fits(entry.text, reference[key]):
            text = f"expected these placeholders: {', '.join(sorted(reference[key])) or 'none'}"
        else:
            continue
        yield Problem(file=entry.file, line=entry.line, path=key, text=text)


def _fits(sentence: str, names: frozenset[str]) -> bool:
    """Whether it has exactly these placeholders, and nothing beside their names in the braces."""
    try:
        plain = all(not spec and conversion is None for _, _, spec, conversion in Formatter().parse(sentence))
        return plain and _placeholders(sentence) == names
    except ValueError:  # braces that do not match
        return False


def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
