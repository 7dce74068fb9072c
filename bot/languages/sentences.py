"""The sentences of one language, compiled. Knows how to fill them in, not with what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.model import Direction
from bot.errors import CatalogueError, Problem
from bot.languages.files import Entry, read
from bot.languages.shape import Shape, compare, particular_of, shape

# Values are made safe for Markdown or plain text before they get here, so nothing is escaped a second time.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
# A tag alone on its line takes the line with it. Jinja2's trim_blocks would do so too where words come before the tag,
# and run the last of them into the next line's first.
_LONE_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)

# What a template can raise on values it was not written for; Jinja2 wraps none of Python's own.
_GOES_WRONG = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """What one language says.

    tag: BCP 47 tag of the words, the name of its first file; locale: CLDR's facts about it; direction: of the words;
    entries: every text by dotted path, as it stands in the last file that has it; file: the first, as it was given.
    """

    tag: str
    locale: Locale
    direction: Direction
    file: str
    entries: Mapping[str, Entry] = field(repr=False)
    templates: Mapping[str, Template] = field(repr=False)

    @classmethod
    def load(cls, file: Path, *overlays: Path, components: Collection[str] = ()) -> Sentences:
        """Reads ``<tag>.yaml``, then files that say some of it otherwise, text by text; the last one has the last word.

        components: the ids that texts of their own may be written for.
        Raises CatalogueError with everything that is wrong with them by themselves.
        """
        if locale_of(file.stem) is None:
            raise CatalogueError(Problem(file=str(file), line=None, path="", text="its name is no language CLDR knows"))
        entries = {path: entry for each in (file, *overlays) for path, entry in read(each).items()}
        return cls.of(file.stem, entries, file=str(file), components=components)

    @classmethod
    def of(cls, tag: str, entries: Mapping[str, Entry], *, file: str, components: Collection[str] = ()) -> Sentences:
        """The same from texts that have been read already. file: where one that is missing should stand."""
        locale = Locale.parse(tag, sep="-")
        expected = shape(plurals_of(locale), components)
        templates, misuses = _compile(entries, expected)
        problems = [*compare(entries, expected, file), *misuses]
        if problems:
            raise CatalogueError(*problems)
        direction: Direction = "rtl" if locale.text_direction == "rtl" else "ltr"
        return cls(tag=tag, locale=locale, direction=direction, file=file, entries=entries, templates=templates)

    def find(self, names: Iterable[str], part: str) -> str:
        """The path of the first of these names that has such a part. Raises CatalogueError when none has."""
        tried: list[str] = []
        for name in names:
            path = f"{name}.{part}"
            if path in self.entries:
                return path
            tried.append(path)
        raise CatalogueError(Problem(file=self.file, line=None, path=tried[0] if tried else "", text="missing"))

    @property
    def components(self) -> tuple[str, ...]:
        """The components that have texts of their own."""
        return tuple(dict.fromkeys(component for path in self.entries if (component := particular_of(path))))

    def text(self, path: str) -> str | None:
        """The text at ``path`` as it stands in the file, None when there is none (only ``when.zones`` may lack any)."""
        entry = self.entries.get(path)
        return entry.text if entry else None

    def say(self, path: str, values: Mapping[str, object]) -> str:
        """The text at ``path`` filled in. Raises CatalogueError where its template goes wrong on these values."""
        template = self.templates.get(path)
        if template is None:
            return self.entries[path].text
        try:
            return template.render(values).strip()
        except _GOES_WRONG as error:
            raise CatalogueError(self.problem(path, f"does not render: {error}")) from error

    def problem(self, path: str, text: str) -> Problem:
        """A problem with the text at ``path``."""
        entry = self.entries[path]
        return Problem(file=entry.file, line=entry.line, path=path, text=text)


def placeholders(text: str) -> frozenset[str]:
    """The names a text uses, those it only asks about among them; none for what is no template."""
    try:
        return frozenset(find_undeclared_variables(_ENVIRONMENT.parse(text)))
    except TemplateSyntaxError:
        return frozenset()


@cache
def locale_of(tag: str) -> Locale | None:
    """CLDR's facts about a BCP 47 tag, None for a tag CLDR does not know."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def plurals_of(locale: Locale) -> frozenset[str]:
    """The plural categories that whole numbers from 1 take: two in English, five of Arabic's six, one in Japanese."""
    return frozenset({locale.plural_form(number) for number in range(1, 200)} | {"other"})


def _compile(entries: Mapping[str, Entry], expected: Shape) -> tuple[dict[str, Template], list[Problem]]:
    """Templates of the texts that hold any placeholder, and what is wrong with them."""
    templates: dict[str, Template] = {}
    problems: list[Problem] = []
    for path, entry in entries.items():
        if "{" not in entry.text:
            continue
        try:
            tree = _ENVIRONMENT.parse(_LONE_TAG.sub(r"\1", entry.text))
            templates[path] = _ENVIRONMENT.from_string(tree)
        except TemplateSyntaxError as error:
            problems.append(_misuse(path, entry, f"not a template: {error.message}"))
            continue
        allowed = expected.placeholders(path) or frozenset()
        unknown = sorted(find_undeclared_variables(tree) - allowed)
        problems += [_unknown(name, allowed, path, entry) for name in unknown]
    return templates, problems


def _unknown(name: str, allowed: frozenset[str], path: str, entry: Entry) -> Problem:
    near = get_close_matches(name, allowed, n=1)
    text = f"no placeholder {name!r} here; there are: {', '.join(sorted(allowed)) or 'none'}"
    return _misuse(path, entry, text, nearest=near[0] if near else None)


def _misuse(path: str, entry: Entry, text: str, *, nearest: str | None = None) -> Problem:
    return Problem(file=entry.file, line=entry.line, path=path, text=text, nearest=nearest)
