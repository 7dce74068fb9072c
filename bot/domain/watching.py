"""From readings of somebody else's status page to signals: what must be seen twice before it counts.

Pure: no page is fetched here and no clock is read. A reading is everything that a page says is wrong at one look; what
is not in it is well. Kinds of readings, and what each does:

- the page could not be had or not be understood: there is no reading, ``observe`` is not called, nothing changes;
- a product of which nobody can say how it is (UNKNOWN): nothing changes for this product. It neither counts as a
  reading with the problem nor as one without it, and it does not start the count anew;
- everything else counts, for the problems in it and for those no longer in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.model import Signal, SignalState

READINGS = 2
"""How many readings in a row must agree before anything is reported: a beginning, a change and an end alike."""

REPEAT_AFTER = 10
"""What stays as it was reported is said again after so many readings, as monitors do: whoever lost it has it again."""

LONGEST_PAUSE = timedelta(minutes=5)
"""A page that fails is asked less and less often, but at least this often: it may fail because all of it is down."""

_MOST_DOUBLINGS = 6
_JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is known of one product.

    told: what was reported last, None while it is well; fired: the last FIRING reported since it was well, None when
    there was none; turning: what the latest readings say instead, None for well; agreeing: how many of them in a row;
    steady: readings since ``told`` was said.
    """

    told: Signal | None = None
    fired: Signal | None = None
    turning: Signal | None = None
    agreeing: int = 0
    steady: int = 0


Memory = Mapping[str, Track]
"""Every product that is not simply well, by its key. Empty for a page never looked at."""

_WELL = Track()


def remembered(firing: Iterable[Signal]) -> Memory:
    """A memory in which these were reported: after a restart, what the store still has as firing."""
    return {signal.key: Track(told=signal, fired=signal) for signal in firing}


def observe(memory: Memory, reading: Collection[Signal]) -> tuple[Memory, tuple[Signal, ...]]:
    """What is known after a reading, and what is to be reported because of it.

    reading: at most one signal per key, each FIRING, MAINTENANCE or UNKNOWN.
    """
    seen = {signal.key: signal for signal in reading}
    after: dict[str, Track] = {}
    reports: list[Signal] = []
    for key in dict.fromkeys([*memory, *seen]):
        track, report = _step(memory.get(key, _WELL), seen.get(key))
        if track != _WELL:
            after[key] = track
        if report is not None:
            reports.append(report)
    return after, tuple(reports)


def pause(every: timedelta, *, failures: int, draw: float) -> timedelta:
    """How long to wait before the next look.

    every: as configured; failures: looks in a row that came to nothing; draw: from 0 up to 1, spreads the looks of
    several pages and nodes by a tenth to either side.
    """
    longest = max(every, LONGEST_PAUSE)
    wait = min(every * (1 << min(failures, _MOST_DOUBLINGS)), longest)
    return wait * (1 - _JITTER + 2 * _JITTER * draw)


def _step(track: Track, now: Signal | None) -> tuple[Track, Signal | None]:
    if now is not None and now.state is SignalState.UNKNOWN:
        return track, None
    if _same(now, track.told):
        return _steady(track)
    agreeing = track.agreeing + 1 if track.agreeing and _agree(now, track) else 1
    if agreeing < READINGS:
        return replace(track, turning=now, agreeing=agreeing, steady=0), None
    return _turned(track, now)


def _steady(track: Track) -> tuple[Track, Signal | None]:
    """It is as was reported."""
    due = track.told is not None and track.steady + 1 >= REPEAT_AFTER
    steady = 0 if due or track.told is None else track.steady + 1
    return replace(track, turning=None, agreeing=0, steady=steady), track.told if due else None


def _turned(track: Track, now: Signal | None) -> tuple[Track, Signal | None]:
    """It has been otherwise for long enough."""
    if now is None:
        return _WELL, replace(track.fired, state=SignalState.RESOLVED, at=None) if track.fired else None
    return Track(told=now, fired=now if now.state is SignalState.FIRING else track.fired), now


def _agree(now: Signal | None, track: Track) -> bool:
    """Two readings that differ from what was told say the same: of a new state its kind is enough, of a change within
    the state all of it.
    """
    if track.told is not None and now is not None and now.state is track.told.state:
        return _same(now, track.turning)
    return _state(now) is _state(track.turning)


def _same(one: Signal | None, other: Signal | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.state is other.state and one.labels == other.labels


def _state(signal: Signal | None) -> SignalState | None:
    return None if signal is None else signal.state
