"""All texts of one language, of notices and of the page, with the English ones beside them. Judges none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.model import Kind
from bot.languages.files import Entry, read
from bot.languages.folders import files_of
from bot.languages.sentences import locale_of, plurals_of
from bot.languages.shape import particular_of, particular_to, shape
from bot.resources import NOTICES, SITE
from bot.translating.comments import comments

REFERENCE = "en"
PAGE = "page."
"""What the paths of the page's own words begin with here, to keep them from those of notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where the texts lie.

    notices, page: our folders; overlays: the company's, whose sentences go before ours;
    components: the ids that sentences of their own may be written for.
    """

    notices: Path = NOTICES
    page: Path = SITE / "words"
    overlays: tuple[Path, ...] = ()
    components: frozenset[str] = frozenset()

    def notice_texts(self, language: str) -> dict[str, Entry]:
        """What there is for notices, by path; empty for a language without files. Raises CatalogueError."""
        files = files_of(language, (self.notices, *self.overlays))
        return {path: entry for file in files for path, entry in read(file).items()}

    def page_texts(self, language: str) -> dict[str, Entry]:
        """What there is for the page, by path with ``page.`` before it; empty for a language without a file.

        Raises CatalogueError.
        """
        files = files_of(language, (self.page,))
        return {PAGE + key: entry for file in files for key, entry in read(file).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One text to be translated.

    own: what there is, None for nothing yet; names: the placeholders it may use;
    notes: what the comments of the English file say about it, "" for nothing.
    """

    path: str
    english: str
    own: str | None
    names: frozenset[str]
    notes: str = ""


def pairs(language: str, shelf: Shelf) -> Iterator[Pair]:
    """Every text the language needs, in the order of the English files, and then what it has beyond that.

    language: a BCP 47 tag that CLDR knows, with or without files. Raises CatalogueError for files that cannot be read.
    """
    locale = locale_of(language)
    expected = shape(plurals_of(locale) if locale else frozenset({"other"}), shelf.components)
    english, own = shelf.notice_texts(REFERENCE), shelf.notice_texts(language)
    notes = _notes(english)
    ordered = [*(path for path in english if path in expected.required or path in own), *expected.required, *own]
    for path in dict.fromkeys(ordered):
        text = own.get(path)
        names = expected.placeholders(path) or frozenset()
        original = _original(path, english)
        yield Pair(
            path=path,
            english=original.text if original else path.rpartition(".")[2],
            own=text.text if text else None,
            names=names,
            notes=notes.get((original.file, original.line), "") if original else "",
        )
    page = shelf.page_texts(language)
    for path, entry in shelf.page_texts(REFERENCE).items():
        text = page.get(path)
        yield Pair(path=path, english=entry.text, own=text.text if text else None, names=frozenset())


def _notes(entries: Mapping[str, Entry]) -> dict[tuple[str, int], str]:
    """The comments of the files that the texts are from, by file and line."""
    return {
        (file, line): " ".join(said)
        for file in {entry.file for entry in entries.values()}
        for line, said in comments(Path(file).read_text(encoding="utf-8")).items()
    }


def _original(path: str, english: Mapping[str, Entry]) -> Entry | None:
    """The English text at a path, or the nearest there is: another plural's, that of all components, an outage's."""
    parent = path.rpartition(".")[0]
    kind, _, step = path.partition(".")
    for candidate in (path, f"{parent}.other", _common(path), f"{Kind.OUTAGE}.{step}" if kind in set(Kind) else path):
        if candidate in english:
            return english[candidate]
    return None


def _common(path: str) -> str:
    component = particular_of(path)
    return path if component is None else path.removeprefix(particular_to(component, ""))
