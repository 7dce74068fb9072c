"""Every sentence customers read, in every language: proven complete when loaded, then turned into notices.

Never mixes languages: a text whose language is not at hand is written whole in the next best one, and says so.
Publishes nothing and stores nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import langcodes

from bot.domain.facts import Facts
from bot.domain.model import Direction, Notice
from bot.errors import CatalogueError, Problem
from bot.languages.folders import files_of, languages_of, strays
from bot.languages.moments import Moments
from bot.languages.negotiate import closest
from bot.languages.notices import promise, prove, write
from bot.languages.sentences import Sentences, locale_of
from bot.languages.shape import TERMS


@dataclass(frozen=True, slots=True)
class Words(Mapping[str, str]):
    """A language's single words by dotted path, for pages, feeds and dialogues: ``words["status.resolved"]``.

    tag: BCP 47 tag of these words; direction: theirs; name: what the language calls itself;
    reviewed: who has read the file as a native speaker, None when nobody has.
    """

    tag: str
    direction: Direction
    name: str
    reviewed: str | None
    texts: Mapping[str, str] = field(repr=False)

    def __getitem__(self, path: str) -> str:
        return self.texts[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


class Catalogue:
    """The sentences of the languages that were asked for. Made by ``load``, then never changes."""

    def __init__(self, sentences: Mapping[str, Sentences]) -> None:
        self._sentences = dict(sentences)

    @classmethod
    def load(
        cls, folder: Path, languages: Sequence[str], *overlays: Path, components: Collection[str] = ()
    ) -> Catalogue:
        """Reads the files of these BCP 47 tags (at least one; the first is the default) and proves them complete.

        overlays: folders that say some texts otherwise, the last one with the last word; they may also bring languages
        of their own; components: the ids that texts of their own may be written for.
        Raises CatalogueError with every problem of every file.
        """
        loaded: dict[str, Sentences] = {}
        problems = [problem for overlay in overlays for problem in strays(overlay)]
        for language in languages:
            files = files_of(language, (folder, *overlays))
            try:
                if not files:
                    raise _missing(folder, language)
                loaded[language] = _proven(Sentences.load(*files, components=components))
            except CatalogueError as error:
                problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise CatalogueError(*problems)
        return cls(loaded)

    @property
    def languages(self) -> tuple[str, ...]:
        """What was asked for, the default first."""
        return tuple(self._sentences)

    def resolve(self, language: str) -> str:
        """Which of ``languages`` serves a tag: itself, its parent, the closest one, else the default."""
        return closest(language, self.languages) or self.languages[0]

    def words(self, language: str) -> Words:
        """The single words of a language, or of the one that stands in for it."""
        return self._words[self.resolve(language)]

    def glossary(self, language: str) -> Mapping[str, str]:
        """What a language, or the one that stands in for it, calls things, by the terms of ``shape.TERMS``.

        As in the middle of a sentence. The words for impacts and kinds are among ``words``.
        """
        entries = self._sentences[self.resolve(language)].entries
        return MappingProxyType({term: entries[f"glossary.{term}"].text for term in TERMS})

    def components(self, language: str) -> tuple[str, ...]:
        """The ids of the components that have texts of their own in a language."""
        return self._sentences[self.resolve(language)].components

    def moments(self, language: str) -> Moments:
        """How a language, or the one that stands in for it, writes times and lists."""
        sentences = self._sentences[self.resolve(language)]
        locale = locale_of(language)
        return Moments(
            sentences=sentences, locale=locale if locale and _same(language, sentences.tag) else sentences.locale
        )

    def render(self, facts: Facts, language: str) -> Notice:
        """The notice for a destination in that language; ``lang`` and ``direction`` are those of the words used.

        Whatever the names and texts in the facts hold, it is shown literally. An operator's text and the ``instead``
        lines are in the language asked for: they are left out when another has to stand in.
        """
        moments = self.moments(language)
        return write(facts, language, moments, own=_same(language, moments.sentences.tag))

    def promise(self, at: datetime, language: str, zone: ZoneInfo) -> str:
        """The paragraph (Markdown) that ends a notice in a language and says by when there will be more news."""
        return promise(at, self.moments(language), zone)

    @cached_property
    def _words(self) -> Mapping[str, Words]:
        return {language: _words(sentences) for language, sentences in self._sentences.items()}


def _words(sentences: Sentences) -> Words:
    texts = {path: entry.text for path, entry in sentences.entries.items()}
    return Words(
        tag=sentences.tag,
        direction=sentences.direction,
        name=texts["language"],
        reviewed=None if texts["reviewed"] == "no" else texts["reviewed"],
        texts=MappingProxyType(
            {path.removeprefix("words."): text for path, text in texts.items() if path.startswith("words.")}
        ),
    )


@cache
def _same(tag: str, other: str) -> bool:
    """True when both are the same language in the same script, whatever the region."""
    try:
        one, two = (langcodes.Language.get(each).maximize() for each in (tag, other))
    except ValueError:
        return False
    return (one.language, one.script) == (two.language, two.script)


def _missing(folder: Path, language: str) -> CatalogueError:
    text = f"no file for language {language!r}; there are: {', '.join(languages_of(folder)) or 'none'}"
    return CatalogueError(Problem(file=str(folder), line=None, path="", text=text))


def _proven(sentences: Sentences) -> Sentences:
    """The same, once every one of them has been written with sample facts."""
    problems = prove(Moments(sentences=sentences, locale=sentences.locale))
    if problems:
        raise CatalogueError(*problems)
    return sentences
