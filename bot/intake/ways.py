"""Which ways to reach the company work at this moment: a notice never points at one that is down."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from bot.config.settings import Component, Settings, Way
from bot.domain.model import Incident
from bot.store.connection import Connection
from bot.store.incidents import load_incidents
from bot.store.problems import ProblemKey, which_fire
from bot.store.schema import incidents


async def working_ways(connection: Connection, settings: Settings, incident: Incident) -> list[Way]:
    """The ways of the incident's components that depend on nothing that is down, in the configured order."""
    known = [settings.components[name] for name in incident.components if name in settings.components]
    ways = [way for component in known for way in component.ways]
    if not any(way.depends_on for way in ways):
        return ways
    down = await _down(connection, settings, {name for way in ways for name in way.depends_on})
    down |= set(incident.components)
    return [way for way in ways if not down & set(way.depends_on)]


async def _down(connection: Connection, settings: Settings, names: Iterable[str]) -> set[str]:
    """Those of the components and upstream products that are down; a component also is while what it stands on is."""
    told = sa.and_(incidents.c.published_at.is_not(None), incidents.c.closed_at.is_(None))
    affected = {
        name
        for incident in await load_incidents(connection, told)
        if not incident.kind.planned
        for name in incident.components
    }
    stands_on = {name: _stands_on(settings.components.get(name), name) for name in names}
    firing = await which_fire(connection, {_key(each) for upstream in stands_on.values() for each in upstream})
    return {
        name
        for name, upstream in stands_on.items()
        if name in affected or any(_key(each) in firing for each in upstream)
    }


def _stands_on(component: Component | None, name: str) -> tuple[str, ...]:
    return component.depends_on if component is not None else (name,)


def _key(name: str) -> ProblemKey:
    """``meta/graph-api`` is a problem, ``meta`` any problem of the source."""
    source, _, key = name.partition("/")
    return (source, key)
