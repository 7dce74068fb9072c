"""Whether a translation can be used, and what it changes. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from bot.errors import CatalogueError, Problem
from bot.languages.files import Entry
from bot.languages.moments import Moments
from bot.languages.notices import prove
from bot.languages.sentences import Sentences, locale_of, placeholders
from bot.translating.po import Translation
from bot.translating.shelf import PAGE, Pair, Shelf, pairs

_FREE = ("when.", "language", "reviewed")
"""Texts that need not use what the English ones use: other languages write a time with other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """All texts of a language as they are to be from now on, in the order of the English ones.

    notices, page: by path, those of the page without ``page.``; changed: how many differ from what was there.
    """

    notices: Mapping[str, str]
    page: Mapping[str, str]
    changed: int


def accept(translation: Translation, language: str, shelf: Shelf) -> Accepted:
    """The texts there are with the translated ones in their places.

    Raises CatalogueError with everything that would keep the service from starting with them, and with every
    placeholder that got lost, by line of the translators' file.
    """
    known = list(pairs(language, shelf))
    entries = {**shelf.notice_texts(language), **shelf.page_texts(language), **translation.entries}
    notices = {path: entry for path, entry in entries.items() if not path.startswith(PAGE)}
    page = {path: entry for path, entry in entries.items() if path.startswith(PAGE)}
    file = next((entry.file for entry in translation.entries.values()), language)
    problems = [*_in_notices(language, notices, shelf, file), *_in_page(known, page, file)]
    wrong = {problem.path for problem in problems}
    problems += [problem for problem in _lost(known, entries) if problem.path not in wrong]
    if problems:
        raise CatalogueError(*problems)
    before = {pair.path: pair.own for pair in known}
    order = [path for path in dict.fromkeys([*before, *entries]) if path in entries]
    return Accepted(
        notices={path: entries[path].text for path in order if path in notices},
        page={path.removeprefix(PAGE): entries[path].text for path in order if path in page},
        changed=sum(entries[path].text != before.get(path) for path in order),
    )


def _in_notices(language: str, entries: Mapping[str, Entry], shelf: Shelf, file: str) -> tuple[Problem, ...]:
    if locale_of(language) is None:
        return (Problem(file=file, line=None, path="", text=f"{language} is no language CLDR knows"),)
    try:
        sentences = Sentences.of(language, entries, file=file, components=shelf.components)
    except CatalogueError as error:
        return error.problems
    return tuple(prove(Moments(sentences=sentences, locale=sentences.locale)))


def _in_page(known: list[Pair], entries: Mapping[str, Entry], file: str) -> Iterator[Problem]:
    """A page is there as a whole or not at all."""
    paths = [pair.path for pair in known if pair.path.startswith(PAGE)]
    for path in paths if entries else ():
        if path not in entries:
            yield Problem(file=file, line=None, path=path, text="missing")
    for path, entry in entries.items():
        if path not in paths:
            yield Problem(file=entry.file, line=entry.line, path=path, text="not a known key")


def _lost(known: list[Pair], entries: Mapping[str, Entry]) -> Iterator[Problem]:
    for pair in known:
        entry = entries.get(pair.path)
        if entry is None or pair.path.startswith(_FREE):
            continue
        names = _braces if pair.path.startswith(PAGE) else placeholders
        needed, found = names(pair.english), names(entry.text)
        for text in (
            *(f"lacks the placeholder {name!r}" for name in sorted(needed - found)),
            *(f"the placeholder {name!r} is not in the English text" for name in sorted(found - needed)),
        ):
            yield Problem(file=entry.file, line=entry.line, path=pair.path, text=text)


def _braces(text: str) -> frozenset[str]:
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return frozenset({text})  # a brace that stands alone
