"""What the first views after a change cost when there are forty languages, and whom they keep waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.bodies import webhook
from benchmarks.figures import NOT_MEASURED, Table, quantile, written
from benchmarks.processes import ROOT
from benchmarks.scene import HOOK, SECRET, Scene, Settings, unhesitating
from benchmarks.storm import rest
from benchmarks.wire import Connection, connect, get, request, waits
from bot import clock

LANGUAGES = 40
LONGEST = 0.05
"""The aim: seconds that no request takes longer than."""
BETWEEN, AT_REST, TO_REST = 0.005, 2.0, 60.0
"""Seconds between questions whether the service lives; of nothing else being asked; to come to rest in, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Seconds. channels: that are posted to meanwhile; told: webhook to its 202; first: the first view of the front
    page in the first language, right after it; others: the first view in the others, one after the other; at_once: in
    the others after another change, asked at the same moment; again: in all of them, once made; idle, alive:
    ``/healthz`` before the first change, and from each change to the last of its views.
    """

    channels: int
    told: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    alive: list[float] = field(default_factory=list)


def forty(*, channels: bool) -> Settings:
    """A service of one component in forty languages, without judgement. channels: one on Telegram per language."""
    settings = unhesitating()
    there = sorted(path.stem for path in (ROOT / "templates" / "notices").glob("*.yaml"))
    settings["languages"] = sorted(there, key=lambda language: language != "en")[:LANGUAGES]
    settings["channels"]["telegram"]["chats"] = [
        {"chat": f"@benchmark_{language.replace('-', '_')}", "language": language}
        for language in settings["languages"]
        if channels
    ]
    rules = [rule for rule in settings["rules"] if rule["component"] == "shop"]
    return settings | {"components": {"shop": {"name": "Bottega"}}, "rules": rules}


async def measure(at: Scene, languages: Sequence[str], *, changes: int) -> Views:
    """By turns an incident opens, and ends; after each the front page is asked for in all languages.

    changes: a multiple of 4.
    Raises RuntimeError when the service refuses something, TimeoutError when it does not come to rest.
    """
    views, over = Views(channels=len(at.chats)), asyncio.Event()
    connections = [await connect(at.service.url) for _ in languages]
    pages = [get(f"/{language}/", coding="gzip") for language in languages]
    try:
        async with asyncio.TaskGroup() as tasks:
            idle = tasks.create_task(waits(at.service.url, over, between=BETWEEN))
            await asyncio.sleep(AT_REST)
            over.set()
        views.idle.extend(idle.result())
        for number in range(changes):
            await _change(at, views, connections, pages, number)
            await asyncio.to_thread(rest, at, TO_REST)
    finally:
        for connection in connections:
            connection.close()
    return views


async def _change(
    at: Scene, views: Views, connections: Sequence[Connection], pages: Sequence[bytes], number: int
) -> None:
    """One incident opens or ends. Two by two, the views follow one after the other, or come at once."""
    at_once, over = number % 4 > 1, asyncio.Event()
    body = webhook([number // 2], firing=number % 2 == 0, at=clock.now(), run="60")
    async with asyncio.TaskGroup() as tasks:
        alive = tasks.create_task(waits(at.service.url, over, between=BETWEEN))
        views.told.append(await _taken(connections[0], request(HOOK, body, bearer=SECRET), 202))
        views.first.append(await _taken(connections[0], pages[0], 200))
        others = list(zip(connections[1:], pages[1:], strict=True))
        if at_once:
            views.at_once.extend(await asyncio.gather(*(_taken(*each, 200) for each in others)))
        else:
            views.others.extend([await _taken(*each, 200) for each in others])
        over.set()
    views.alive.extend(alive.result())
    views.again.extend([await _taken(connections[0], page, 200) for page in pages])


async def _taken(connection: Connection, asked: bytes, expected: int) -> float:
    """Seconds to the answer. Raises RuntimeError when it is not the one expected."""
    left = time.perf_counter()
    status, answer = await connection.ask(asked)
    if status != expected:
        raise RuntimeError(f"answered {status}: {answer[:200]!r}")
    return time.perf_counter() - left


def table(measured: Sequence[Views]) -> Table:
    """Two columns, p50 and longest, for each that was measured; what was aimed at beside them."""
    rest = LANGUAGES - 1
    rows = {
        "webhook to 202": "told",
        "first view of a page, one language": "first",
        f"first view, {rest} other languages one after the other": "others",
        f"first view, {rest} other languages at once": "at_once",
        "a view once it is made": "again",
        "/healthz, nothing else going on": "idle",
        "/healthz, from a change to the last first view": "alive",
    }
    head = ["ms", "aim"]
    for views in measured:
        what = f"{views.channels} channels" if views.channels else "no channels"
        head += [f"{what}, p50", f"{what}, longest"]
    return Table(head=tuple(head), rows=[_row(what, name, measured) for what, name in rows.items()], texts=2)


def _row(what: str, name: str, measured: Sequence[Views]) -> tuple[str, ...]:
    series = [getattr(views, name) for views in measured]
    figures = [written(quantile(each, share) * 1000) for each in series for share in (0.5, 1.0)]
    met = all(quantile(each, 1.0) <= LONGEST for each in series)
    aim = NOT_MEASURED if name == "idle" else f"{LONGEST * 1000:g} at most: {'met' if met else 'missed'}"
    return (what, aim, *figures)


def notes(measured: Sequence[Views]) -> list[str]:
    """How much was measured."""
    return [f"{LANGUAGES} languages; {len(measured[0].told)} changes each, half of them with all views at once."]
