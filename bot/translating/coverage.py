"""How far each language has come: its sentences, its page, and who has read them. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.errors import CatalogueError, Problem
from bot.languages.folders import languages_of
from bot.languages.moments import Moments
from bot.languages.notices import prove
from bot.languages.sentences import Sentences, locale_of
from bot.translating.shelf import PAGE, REFERENCE, Shelf, pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One language. name: its own for itself; configured: whether notices are published in it;
    texts, needed: how many of the sentences of notices there are; page_texts, page_needed: of the page's own words;
    reviewed: who has read the file as a native speaker, None when nobody has; problems: all that is wrong with it.
    """

    language: str
    name: str
    configured: bool
    texts: int
    needed: int
    page_texts: int
    page_needed: int
    reviewed: str | None
    problems: tuple[Problem, ...]

    @property
    def complete(self) -> bool:
        """True when the service can be run in this language."""
        return not self.problems and self.texts == self.needed and self.page_texts == self.page_needed


def coverages(shelf: Shelf, configured: Collection[str]) -> Iterator[Coverage]:
    """Every language there is a file for, and every configured one, by tag; English, the reference, first."""
    folders = (shelf.notices, *shelf.overlays, shelf.page)
    found = {language for folder in folders for language in languages_of(folder)}
    for language in sorted({*found, *configured}, key=lambda tag: (tag != REFERENCE, tag)):
        yield _coverage(language, shelf, language in configured)


def _coverage(language: str, shelf: Shelf, configured: bool) -> Coverage:
    try:
        known = list(pairs(language, shelf))
        problems = _problems(language, shelf, proven=configured)
    except CatalogueError as error:
        known, problems = [], error.problems
    texts = {pair.path: pair.own for pair in known}
    page = [text for path, text in texts.items() if path.startswith(PAGE)]
    notices = [text for path, text in texts.items() if not path.startswith(PAGE)]
    reviewed = texts.get("reviewed")
    return Coverage(
        language=language,
        name=texts.get("language") or _display_name(language),
        configured=configured,
        texts=len(list(filter(None, notices))),
        needed=len(notices),
        page_texts=len(list(filter(None, page))),
        page_needed=len(page),
        reviewed=None if reviewed == "no" else reviewed,
        problems=problems,
    )


def _problems(language: str, shelf: Shelf, *, proven: bool) -> tuple[Problem, ...]:
    """What is wrong. proven: also with what its sentences say; that takes a while, and tests have done it for ours."""
    entries = shelf.notice_texts(language)
    if not entries or locale_of(language) is None:
        return ()
    file = str(shelf.notices / f"{language}.yaml")
    try:
        sentences = Sentences.of(language, entries, file=file, components=shelf.components)
    except CatalogueError as error:
        return error.problems
    return tuple(prove(Moments(sentences=sentences, locale=sentences.locale))) if proven else ()


def _display_name(language: str) -> str:
    locale = locale_of(language)
    return (locale and locale.get_display_name()) or language
