"""The components as a page lists them: in groups, with their regions, their state and their past days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.channels.website.strips import Strip, strip
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.config.values import Localised
from bot.domain.overview import Overview, State
from bot.domain.uptime import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One component. region: None when it has none; strip: None while nothing is on record."""

    name: Markup
    region: Markup | None
    state: State
    strip: Strip | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Components under one heading, in the order of the configuration. name: None for those on their own."""

    name: Markup | None
    rows: tuple[Row, ...]


def listed(view: Overview, settings: Settings, words: Words, record: Record) -> Sequence[Group]:
    """All components, each group where its first one stands in the configuration."""
    groups: dict[str | None, tuple[Localised | None, list[Row]]] = {}
    for identifier, state in view.components:
        component = settings.components[identifier]
        key = None if component.group is None else words.name(component.group)
        _, rows = groups.setdefault(key, (component.group, []))
        rows.append(
            Row(
                name=words.name_html(component.name),
                region=None if component.region is None else words.name_html(component.region),
                state=state,
                strip=strip(record, identifier, words),
            )
        )
    return [
        Group(name=None if name is None else words.name_html(name), rows=tuple(rows)) for name, rows in groups.values()
    ]
