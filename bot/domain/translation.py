"""Which texts of an update are wanted from a machine, and from which language it is to translate. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum


class TranslationState(StrEnum):
    """Where one wanted text stands."""

    PENDING = "pending"
    DONE = "done"  # the notice has words of its own: the machine's, or a human's who was quicker
    FAILED = "failed"  # the template's words stay


def lacking(own: Collection[str], languages: Sequence[str]) -> tuple[str, ...]:
    """The languages in which an update that has somebody's own words in some has none; of one without any, none.

    own: languages that have them; those that are configured no longer do not count.
    """
    missing = tuple(language for language in languages if language not in own)
    return missing if len(missing) < len(languages) else ()


def source_of(own: Collection[str], languages: Sequence[str]) -> str:
    """The language to translate from: the first configured one that has own words. Raises ValueError when none has."""
    found = next((language for language in languages if language in own), None)
    if found is None:
        raise ValueError("there are no words to translate")
    return found
