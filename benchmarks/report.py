"""docs/benchmarks.md: the figures of the last run, the machine, and how they came about.

What stands below the last heading is written by hand - what costs the time - and is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Table, markdown

BY_HAND = "## What costs the time"

_TEXT = """# How fast it is

Written by `make bench`, all but the last part. Nothing here is promised: run it on your own machine.

{speed}

- **Signal to last post** begins just before a webhook's bytes leave the monitor and ends when the fake Telegram, a
  process of its own, has the last of six posts, one per language. In between: HTTP, the rule, six notices worded and
  frozen, one durable commit, the outbox's claim and its commit, six Bot API calls through python-telegram-bot. Every
  round waits until the one before is settled. By turns an incident opens, and ends (six replies; the edits of the
  six first posts come after them, or between them).
- **Telegram's own limits are lifted here**: it takes one call a second per chat and 20 a minute per channel, and the
  service keeps to that. One post per channel passes at once; the second into the same chat waits for its second,
  whatever we do. What is measured is what we add.
- **Judgement is out of the way here**: no storm brake, nothing flaps, nothing reopens. An outage that comes and goes a
  hundred times a minute is told of once; these rounds want it told of each time.
- **Durable signals** are distinct problems of one component, posted by another process over {connections} connections
  that are kept open. Each request is answered once its signals are committed with SQLite's `synchronous=FULL`. At the
  end the service is killed with SIGKILL and all that was acknowledged is looked for in the database; if one signal is
  missing there is no figure.
- **Alertmanager** stands beside as a measure of the machine, at its own job: one alert in, one webhook with one text
  out to a small sink, `group_wait: 0s`; alerts accepted by `POST /api/v2/alerts`. It keeps them in memory: a crash
  loses them, and it words nothing. That it is faster is no surprise; by how much is the price of six languages, of
  durability and of Python.
- Everything runs on this machine over loopback and shares its cores: service, fake Telegram, client, sink.

## Reading a request

{reading}

- The request is the sender's first recorded beginning of an outage (`tests/fixtures`; in JSON where it has that), with
  a secret or signature that holds. What is measured is all that the source computes: who it is from, and which signals
  it is. The median of many, taken by turns with `json.loads` of the same bytes in the same process.
- All of it is work of the one Python thread that everything else waits for.

## The storm

{storms}

- Twelve components, a rule each that speaks by itself, one operator; `storm` and `flapping` as they are by default.
  Distinct problems of all components by turns, sent as fast as they are accepted: what a bad minute brings, in as much
  less than a minute as it takes. Telegram's own limits are lifted, as above.
- **Committed** is the last answer, **nothing owed** when the last post is out. Counts of what operators were not told
  one by one follow five minutes later and are not waited for. Somebody else asks `/healthz` meanwhile, fifty times a
  second. Memory is the resident set of the service's process; at most and after are since the storm began.

## Pages

{pages}

- Pages and feeds are ready bytes. **Bare aiohttp** is a process of its own on the same kind of loop: one handler that
  takes the same bytes and headers from a dictionary, and nothing else. Both are asked by a third process that keeps its
  connections open. One incident is open.

{changes}

- What customers see changes (an incident opens, or ends), and every page must be made anew, on demand, in each
  language. **First view** is the first request for the front page of a language after the change, sent when the
  webhook is answered: reading the database, drawing, packing as the visitor takes it. **At once**: by so many visitors
  in the same moment, each in a language of their own; the last has waited for all others.
- **Channels**: meanwhile the service posts to as many Telegram channels, one per language; beside it, the same without
  any. `/healthz` is asked two hundred times a second at most; when nothing else goes on its longest answer is what the
  machine itself does to figures.

## Posts

{posts}

- A broadcast, as it is owed, out of the database, by the dispatcher at its pace, through the channel and
  python-telegram-bot, over TLS, to a stand-in for Telegram that answers every post 50 ms late; each is written down as
  sent. **Bare aiohttp** posts the same number of requests with words of the same length, at the same pace, over a
  session of its own, and does nothing else. Each is a process of its own; CPU is the process's, threads and system
  calls included.

## An hour of Telegram

{hour}

- Lived through in virtual time (`tests/simulation`): a clock that jumps to the next timer, the real dispatcher, pacer,
  channel, python-telegram-bot and SQLite store, and the strict fake Telegram with Telegram's own limits as exact
  sliding windows: 30 calls in any second, 1,000 of a broadcast that is paid for; one a second in each chat; 20 in any
  minute in each channel. One way takes 20 ms and, by columns, up to so many milliseconds more, drawn anew each time.
  What computing costs is not seen here; that is the table above.
- **The allowed rate** is that one, from the first post of the broadcast to the last, in whole seconds. On a network
  that delays calls unequally a part of it is given away on purpose: a call that took longer than the quickest may have
  come in that much later, and counts from then.
- **Busy**: two operators ask for something every 1.2 to 6.2 seconds, a third one presses a card's buttons three times a
  second, and there is news for all twelve channels every 45 seconds, a post and an edit each.

## The machine

| | |
|---|---|
{machine}

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table. notes: what must be known beside it, a line each."""

    table: Table
    notes: Sequence[str]

    @property
    def text(self) -> str:
        """In Markdown."""
        return "\n\n".join([markdown(self.table), *(["\n".join(self.notes)] if self.notes else [])])


def write(
    path: Path,
    *,
    speed: Section,
    reading: Section,
    storms: Section,
    pages: Section,
    changes: Section,
    posts: Section,
    hour: Section,
    machine: Sequence[tuple[str, str]],
    connections: int,
) -> None:
    """Write the document anew; what was written by hand stays."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    kept = before[before.index(BY_HAND) :] if BY_HAND in before else f"{BY_HAND}\n"
    text = _TEXT.format(
        speed=speed.text,
        reading=reading.text,
        storms=storms.text,
        pages=pages.text,
        changes=changes.text,
        posts=posts.text,
        hour=hour.text,
        machine="\n".join(f"| {name} | {value} |" for name, value in machine),
        connections=connections,
    )
    path.write_text(text + kept, encoding="utf-8")
