"""Lists the texts that the code says to operators and subscribers, and brings the PO files of their languages up to it.

What is said, and how: ``languages.tongue``. The sentences of notices are elsewhere: ``shelf``.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.languages.sentences import locale_of
from bot.resources import OPERATORS, SUBSCRIBERS

CODE = Path(__file__).resolve().parent.parent
"""The package: what is listed is what runs."""

_LATER = {"later": 1, "CommandError": 1, "Denied": 1}
_SAID = {**_LATER, "say": 1, "many": 2}
_MUTE = {"domain", "intake"}
"""Parts that know no language: what they call ``say`` is something else."""

_WIDTH = 100
_HEADER = """\
# What {who} are told by the bot. What is in {{ }} is filled in, what is in ` ` is typed as it is: leave both.
# Brought up to the code by: python -m bot languages gather"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Those who are told something. who: what they are called; folder: of their PO files; parts: of the package."""

    who: str
    folder: Path
    parts: tuple[str, ...]


TO_OPERATORS = Listeners(who="operators", folder=OPERATORS, parts=("domain", "hearing", "intake", "operators"))
TO_SUBSCRIBERS = Listeners(who="subscribers", folder=SUBSCRIBERS, parts=("subscribers",))


def texts(listeners: Listeners) -> Catalog:
    """All they are told, in English, without translations; each with the files it is in."""
    catalog = Catalog(project="incident-notice-bot", fuzzy=False)
    for part in listeners.parts:
        keywords = _LATER if part in _MUTE else _SAID
        for path in sorted((CODE / part).rglob("*.py")):
            for line, text in _said_in(path, keywords):
                entry = catalog.add(text, locations=[(f"bot/{path.relative_to(CODE)}", line)])
                entry.flags -= {"python-format", "python-brace-format"}  # which Babel guesses
    return catalog


def _said_in(path: Path, keywords: Mapping[str, int]) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """The line and the text of each call by one of these names, with the number of its forms.

    Babel's own extraction does not look into f-strings before Python 3.12.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and (forms := keywords.get(_name_of(node.func))):
            literals = tuple(text for each in node.args[:forms] if (text := _literal(each)) is not None)
            if len(literals) == forms:
                yield node.lineno, literals[0] if forms == 1 else literals


def _literal(argument: ast.expr) -> str | None:
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Attribute():
            return function.attr
        case ast.Name():
            return function.id
        case _:
            return ""


def brought_up(known: Catalog | None, language: str, listeners: Listeners) -> bytes:
    """A language's PO file with all that the code says now: what is new is empty, what it says no more is gone.

    known: the file as it is, None for a new language.
    """
    catalog = Catalog(
        locale=locale_of(language),
        header_comment=_HEADER.format(who=listeners.who),
        project="incident-notice-bot",
        version="1",
        msgid_bugs_address="see docs/languages.md",
        last_translator="see the history of this file",
        language_team=language,
        fuzzy=False,
    )
    for entry in texts(listeners):
        if entry.id:
            before = known.get(entry.id) if known is not None else None
            kept = before.string if before is not None and _shape(before.id) == _shape(entry.id) else ""
            added = catalog.add(entry.id, kept, locations=entry.locations)
            added.flags -= {"python-format", "python-brace-format"}
    file = io.BytesIO()
    write_po(file, catalog, width=_WIDTH, include_lineno=False, omit_header=False)
    return _without_dates(file.getvalue())


def gather(listeners: Listeners) -> Iterator[tuple[Path, int]]:
    """Bring every PO file of theirs up to the code; the files, and how many texts of each are not translated."""
    for path in sorted(listeners.folder.glob("*.po")):
        raw = brought_up(read(path), path.stem, listeners)
        path.write_bytes(raw)
        yield path, sum(1 for entry in read(path) if entry.id and not _done(entry.string))


def read(path: Path) -> Catalog:
    """A PO file as it is. Raises OSError, ValueError."""
    with path.open("rb") as file:
        return read_po(file, locale=locale_of(path.stem), abort_invalid=True)


def missing(listeners: Listeners) -> Mapping[str, int]:
    """By language, how many texts are not translated, or no longer said; languages that are complete are left out."""
    wanted = {_key(entry.id) for entry in texts(listeners) if entry.id}
    counted = {}
    for path in sorted(listeners.folder.glob("*.po")):
        done = {_key(entry.id) for entry in read(path) if entry.id and _done(entry.string) and not entry.fuzzy}
        counted[path.stem] = len(wanted ^ done)
    return {language: n for language, n in counted.items() if n}


def _key(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _shape(text: str | list[str] | tuple[str, ...]) -> int:
    return len(_key(text))


def _done(text: str | list[str] | tuple[str, ...] | None) -> bool:
    return bool(text) and all(_key(text or ""))


def _without_dates(raw: bytes) -> bytes:
    """The same texts are the same file: no time of writing in the header."""
    lines = raw.split(b"\n")
    return b"\n".join(line for line in lines if b"-Date: " not in line and b"Generated-By" not in line)
