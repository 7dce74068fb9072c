"""What things are called in each language: names that machines must not touch, and terms they are to use."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.settings import Settings
from bot.config.values import Localised
from bot.languages.catalogue import Catalogue
from bot.languages.markdown import escape
from bot.languages.text import clean, isolate


class Vocabulary:
    """The configured names, and the glossaries of the languages' files."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.company = settings.company.name
        self._names = [component.name for component in settings.components.values()]

    def names(self, target: str) -> Mapping[str, str]:
        """By every name of a component in any language, and the company's: what it is in the target, as Markdown."""
        direction = self._catalogue.words(target).direction
        meant = {self.company: self.company}
        for name in self._names:
            meant = dict.fromkeys(_spellings(name), _in(name, target)) | meant
        return {name: escape(isolate(clean(said), direction)) for name, said in meant.items()}

    def terms(self, source: str, target: str) -> Mapping[str, str]:
        """The glossary: by the source's word, the target's."""
        said = self._catalogue.glossary(target)
        return {word: said[term] for term, word in self._catalogue.glossary(source).items() if term in said}


def _spellings(name: Localised) -> tuple[str, ...]:
    return (name,) if isinstance(name, str) else tuple(name.values())


def _in(name: Localised, language: str) -> str:
    return name if isinstance(name, str) else name[language]
