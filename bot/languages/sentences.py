"""The sentences of one language file, compiled. Knows how to fill them in, not with what."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from bot.languages.shape import compare, shape

# Values are made safe for Markdown or plain text before they get here, so nothing is escaped a second time.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
# A tag alone on its line takes the line with it. Jinja2's trim_blocks would do so too where words come before the tag,
# and run the last of them into the next line's first.
_LONE_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)

# What a template can raise on values it was not written for; Jinja2 wraps none of Python's own.
_GOES_WRONG = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """What one file says.

    tag: BCP 47 tag of the words, the file's name; locale: CLDR's facts about it; direction: of the words;
    entries: every text by dotted path, as it stands in the file; file: its path as it was given.
    """

    tag: str
    locale: Locale
    direction: Direction
    file: str
    entries: Mapping[str, Entry] = field(repr=False)
    templates: Mapping[str, Template] = field(repr=False)

    @classmethod
    def load(cls, file: Path) -> Sentences:
        """Reads ``<tag>.yaml``. Raises CatalogueError with everything that is wrong with it by itself."""
        entries = read(file)
        locale = locale_of(file.stem)
        if locale is None:
            raise CatalogueError(Problem(file=str(file), line=None, path="", text="its name is no language CLDR knows"))
        expected = shape(plurals_of(locale))
        templates, misuses = _compile(entries, expected, str(file))
        problems = [*compare(entries, expected, str(file)), *misuses]
        if problems:
            raise CatalogueError(*problems)
        direction: Direction = "rtl" if locale.text_direction == "rtl" else "ltr"
        return cls(
            tag=file.stem, locale=locale, direction=direction, file=str(file), entries=entries, templates=templates
        )

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
        return Problem(file=self.file, line=self.entries[path].line, path=path, text=text)


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


def _compile(
    entries: Mapping[str, Entry], expected: Mapping[str, frozenset[str]], file: str
) -> tuple[dict[str, Template], list[Problem]]:
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
            problems.append(Problem(file=file, line=entry.line, path=path, text=f"not a template: {error.message}"))
            continue
        allowed = expected.get(path, frozenset())
        unknown = sorted(find_undeclared_variables(tree) - allowed)
        problems += [_unknown(name, allowed, path, entry.line, file) for name in unknown]
    return templates, problems


def _unknown(name: str, allowed: frozenset[str], path: str, line: int, file: str) -> Problem:
    near = get_close_matches(name, allowed, n=1)
    text = f"no placeholder {name!r} here; there are: {', '.join(sorted(allowed)) or 'none'}"
    return Problem(file=file, line=line, path=path, text=text, nearest=near[0] if near else None)
