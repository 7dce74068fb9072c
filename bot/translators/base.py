"""What a provider is: one request, one answer, or a typed error. It never retries, waits or judges words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Lines to translate.

    lines: at least one, each with words in it, without line ends; ``<x id="1"/>`` and the like stand for what must stay
    as it is, nothing else in them is markup; source, target: BCP 47 tags of different languages;
    terms: what to call things, by the source's word; company: whose customers read it.
    """

    lines: tuple[str, ...]
    source: str
    target: str
    terms: Mapping[str, str] = field(default_factory=dict)
    company: str = ""


class Translator(Protocol):
    """One provider."""

    @property
    def name(self) -> str:
        """As configured, for metrics and logs."""
        ...

    async def translate(self, task: Task) -> Sequence[str]:
        """The lines in the target language, as they came back. Raises TranslatorBusy or Untranslated.

        May never return: whoever asks sets the time.
        """
        ...
