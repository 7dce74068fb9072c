"""docs/benchmarks.md: the figures of the last run, the machine, and how they came about.

What stands below the last heading is written by hand - what costs the time - and is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Row, markdown

BY_HAND = "## What costs the time"

_TEXT = """# How fast it is

Written by `make bench`, all but the last part. Nothing here is promised: run it on your own machine.

{table}

{notes}

- **Signal to last post** begins just before a webhook's bytes leave the monitor and ends when the fake Telegram, a
  process of its own, has the last of six posts, one per language. In between: HTTP, the rule, six notices worded and
  frozen, one durable commit, the outbox's claim and its commit, six Bot API calls through python-telegram-bot. Every
  round waits until the one before is settled. By turns an incident opens, and ends (six replies; the edits of the
  six first posts come after them, or between them).
- **Telegram's own limits are lifted here**: it takes one call a second per chat and 20 a minute per channel, and the
  service keeps to that. One post per channel passes at once; the second into the same chat waits for its second,
  whatever we do. What is measured is what we add.
- **Durable signals** are distinct problems of one component, posted by another process over {connections} connections
  that are kept open. Each request is answered once its signals are committed with SQLite's `synchronous=FULL`. At the
  end the service is killed with SIGKILL and all that was acknowledged is looked for in the database; if one signal is
  missing there is no figure.
- **Alertmanager** stands beside as a measure of the machine, at its own job: one alert in, one webhook with one text
  out to a small sink, `group_wait: 0s`; alerts accepted by `POST /api/v2/alerts`. It keeps them in memory: a crash
  loses them, and it words nothing. That it is faster is no surprise; by how much is the price of six languages, of
  durability and of Python.
- Everything runs on this machine over loopback and shares its cores: service, fake Telegram, client, sink.

## The machine

| | |
|---|---|
{machine}

"""


def write(
    path: Path, rows: Sequence[Row], *, notes: Sequence[str], machine: Sequence[tuple[str, str]], connections: int
) -> None:
    """Write the document anew; what was written by hand stays."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    kept = before[before.index(BY_HAND) :] if BY_HAND in before else f"{BY_HAND}\n"
    text = _TEXT.format(
        table=markdown(rows),
        notes="\n".join(notes),
        machine="\n".join(f"| {name} | {value} |" for name, value in machine),
        connections=connections,
    )
    path.write_text(text + kept, encoding="utf-8")
