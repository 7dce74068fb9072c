"""A language's texts as a PO file, which translators' programs and Weblate work in, and back. Writes no file itself.

msgctxt is the path, msgid the English text, msgstr the translation. PO has no place for what our plural forms are, so
that each is a text of its own. https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.errors import CatalogueError, Problem
from bot.languages.files import Entry
from bot.translating.shelf import Pair

_PROJECT = "incident-notice-bot"
_WIDTH = 100
_HEADER = """\
# The sentences customers read. What is in {{ }}, {% %} or { } is filled in or chosen by the service: leave it as it is.
# How to write such a file: docs/languages.md"""
_FLAGS = {"python-format", "python-brace-format"}  # which Babel guesses, and which are wrong for most


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """What came back. language: BCP 47 tag from the file's header, None when it has none;
    entries: translated texts by path, each with its line in the PO file; english: what each was translated from;
    untranslated: how many texts are empty or marked as fuzzy, and were left out.
    """

    language: str | None
    entries: Mapping[str, Entry]
    english: Mapping[str, str]
    untranslated: int

    def stale(self, current: Mapping[str, str]) -> list[str]:
        """The paths that were translated from an English text that is not the current one."""
        return [path for path in self.entries if path in current and current[path] != self.english[path]]


def export(language: str, texts: Iterable[Pair], *, version: str, now: datetime) -> bytes:
    """The PO file of a language that CLDR knows. now: aware, goes into its header."""
    catalog = Catalog(
        header_comment=_HEADER,
        last_translator="nobody yet",
        language_team=language,
        msgid_bugs_address="see docs/languages.md",
        locale=Locale.parse(language, sep="-"),
        project=_PROJECT,
        version=version,
        creation_date=now,
        revision_date=now,
        fuzzy=False,
    )
    for pair in texts:
        uses = f"May use: {', '.join(sorted(pair.names))}" if pair.names else ""
        notes = [note for note in (pair.notes, uses) if note]
        message = catalog.add(pair.english, pair.own or "", context=pair.path, auto_comments=notes)
        message.flags -= _FLAGS
    file = io.BytesIO()
    write_po(file, catalog, width=_WIDTH, omit_header=False)
    return file.getvalue()


def parse(raw: bytes, *, file: str) -> Translation:
    """What a PO file says. file: its name, for problems. Raises CatalogueError when it is none."""
    catalog = _read(raw, file)
    texts = [each for each in catalog if isinstance(each.id, str) and each.id and each.context]
    entries: dict[str, Entry] = {}
    english: dict[str, str] = {}
    for each in texts:
        path, line = str(each.context), each.lineno or 1
        if path in entries:
            text = f"stands here and in line {entries[path].line}"
            raise CatalogueError(Problem(file=file, line=line, path=path, text=text))
        if each.string and not each.fuzzy:
            entries[path] = Entry(str(each.string).strip(), line, file)
            english[path] = str(each.id)
    return Translation(
        language=_language(catalog), entries=entries, english=english, untranslated=len(texts) - len(entries)
    )


def _read(raw: bytes, file: str) -> Catalog:
    try:
        return read_po(io.BytesIO(raw), abort_invalid=True)
    except PoFileError as error:
        line, text = error.lineno + 1, str(error)
    except UnicodeDecodeError:
        line, text = None, "it is not UTF-8"
    except (LookupError, ValueError) as error:  # a header that says nonsense
        line, text = None, str(error)
    raise CatalogueError(Problem(file=file, line=line, path="", text=f"is not a PO file: {text}"))


def _language(catalog: Catalog) -> str | None:
    identifier = catalog.locale_identifier
    return identifier.replace("_", "-") if identifier else None
