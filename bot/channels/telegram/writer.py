"""Collects text and its entities piece by piece. Pure. Knows neither Markdown nor notices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.channels.telegram.entities import Entity, EntityKind, Formatted, cleaned, units, with_single_marks

_STYLES = frozenset({"bold", "italic"})


@dataclass(slots=True)
class _Open:
    kind: EntityKind
    url: str | None
    start: int | None = None


@dataclass(slots=True)
class Writer:
    """Text so far, the entities that are closed and those that are open.

    Gaps and bullets are written only once something comes behind them, and outside the entities that begin there.
    bullet: what stands before the next words ("• "); parts: the pieces written so far.
    """

    bullet: str = ""
    parts: list[str] = field(default_factory=list)
    _entities: list[Entity] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _at: int = 0
    _gap: str = ""

    def gap(self, newlines: str) -> None:
        """Ask for at least these newlines before what comes next; behind a waiting bullet there is none."""
        if not self.bullet:
            self._gap = max(self._gap, newlines, key=len)

    def begin(self, kind: EntityKind, *, url: str | None = None) -> None:
        """Open an entity; it starts with the next words."""
        self._open.append(_Open(kind, url))

    def end(self) -> None:
        """Close the entity opened last; without any words since, there is none."""
        self._close(self._open.pop())

    def write(self, text: str) -> None:
        """Add words to the text and to all open entities."""
        text = cleaned(text)
        if not text:
            return
        self._add((self._gap if self.parts else "") + self.bullet)
        self._gap = self.bullet = ""
        for entity in self._open:
            entity.start = self._at if entity.start is None else entity.start
        self._add(text)

    def code(self, text: str) -> None:
        """Add words as they are. Telegram keeps no style in code, and no code in a link."""
        if any(entity.kind == "text_link" for entity in self._open):
            self.write(text)
            return
        everything = self._open
        for entity in everything:
            if entity.kind in _STYLES:
                self._close(entity)
                entity.start = None
        self._open = [entity for entity in everything if entity.kind not in _STYLES]
        self.begin("code")
        self.write(text)
        self.end()
        self._open = everything

    def finish(self) -> Formatted:
        """All of it without white space at either end, which Telegram trims."""
        whole = "".join(self.parts)
        text = whole.strip(" \n")
        lead = len(whole) - len(whole.lstrip(" \n"))
        clipped = [_clipped(entity, lead, units(text)) for entity in reversed(self._entities)]  # outer ones first
        entities = sorted((each for each in clipped if each.length > 0), key=lambda each: (each.offset, -each.length))
        return Formatted(text=with_single_marks(text), entities=tuple(entities))

    def _add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._at += units(text)

    def _close(self, entity: _Open) -> None:
        if entity.start is not None:
            self._entities.append(
                Entity(
                    kind=entity.kind,
                    offset=entity.start,
                    length=self._at - entity.start,
                    url=entity.url,
                )
            )


def _clipped(entity: Entity, lead: int, end: int) -> Entity:
    start = max(entity.offset - lead, 0)
    return replace(entity, offset=start, length=min(entity.offset + entity.length - lead, end) - start)
