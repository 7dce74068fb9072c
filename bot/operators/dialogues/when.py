"""The questions when maintenance begins, until when, and whether it comes again. Pure.

Everywhere natural words may be typed instead, in the operator's language and on the company's clocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import get_day_names

from bot.domain.dates import length_of, take_moment
from bot.domain.dialogues import Talk
from bot.domain.joints import LENGTH
from bot.domain.nearest import quoted
from bot.domain.recurring import Every, Recurrence, take_every
from bot.domain.windows import Window, refuse, refuse_length, take_end, take_start
from bot.errors import CommandError
from bot.operators.dialogues.asking import Choice, Given, Looking, Next, Scene, Screen, gone, in_rows, press_one
from bot.operators.dialogues.calendar import hour_grid, minute_grid, month_grid, nearest_month, week_of
from bot.operators.phrases import day as day_name
from bot.operators.windows import often

_LENGTHS = (30, 60, 120, 240)
_LENGTH = re.compile(LENGTH, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StartDay:
    """The day it begins, on a calendar; or all of it in words."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "day" in said or "starts" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """A month."""
        today = _today(scene)
        year, month = _shown_month(talk, today)
        text = scene.tongue.say(
            "On which day does it begin? Or type all of it, such as {example}.", example=_example(scene)
        )
        return Screen(text, month_grid(year, month, today=today, locale=week_of(scene.language)), typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """A day, or another month."""
        kind, _, rest = key.partition("-")
        try:
            chosen = date.fromisoformat(f"{rest}-01" if kind == "m" else rest)
        except ValueError:
            raise gone() from None
        if kind == "m":
            return Looking({"month": rest})
        if kind != "d" or chosen < _today(scene):
            raise CommandError("That day has passed.")
        return Given({"day": rest})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """When it begins, and perhaps until when and how often."""
        starts, ends, rest = take_start(text, scene.here)
        every, rest = take_every(rest, scene.here.names.joints)
        _nothing_more(rest)
        _refuse_past(starts, ends, scene)
        part: dict[str, Any] = {"starts": starts.isoformat()}
        part |= {"ends": ends.isoformat()} if ends else {}
        return Given(part | ({"every": every.value} if every else {}))


@dataclass(frozen=True, slots=True)
class StartTime:
    """The time it begins: the hour, then the quarter of it."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "starts" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """Hours, or the quarters of the chosen one."""
        hour, now = talk.look.get("hour"), scene.now.astimezone(scene.company.zone)
        after = now.time() if talk.said["day"] == now.date().isoformat() else None
        text = scene.tongue.say("At what time ({zone})? Any other can be typed.", zone=scene.company.zone.key)
        return Screen(text, hour_grid(after=after) if hour is None else minute_grid(hour, after=after), typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """An hour, or a time."""
        kind, *numbers = key.split("-")
        if kind == "h" and len(numbers) == 1 and numbers[0].isdigit() and int(numbers[0]) < 24:
            return Looking({"hour": int(numbers[0])})
        try:
            clock = time.fromisoformat(":".join(numbers))
        except ValueError:
            raise gone() from None
        return self._given(f"{clock:%H:%M}", talk, scene)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """A time of that day."""
        return self._given(text.strip(), talk, scene)

    def _given(self, clock: str, talk: Talk, scene: Scene) -> Given:
        starts, rest = take_moment(f"{talk.said['day']} {clock}", scene.here)
        _nothing_more(rest)
        _refuse_past(starts, None, scene)
        return Given({"starts": starts.isoformat()})


@dataclass(frozen=True, slots=True)
class HowLong:
    """How long it lasts, or until when."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "ends" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """The usual lengths."""
        text = scene.tongue.say(
            "How long will it take? Press, or type it, such as {example}.", example="`90m`, `- 04:00`"
        )
        return Screen(text, [lengths(scene)], typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """One of them."""
        return self._given(length_pressed(key), talk)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """A length, or an end."""
        text, starts = text.strip(), datetime.fromisoformat(talk.said["starts"])
        if (length := _LENGTH.fullmatch(text)) is not None:
            return self._given(length_of(length[0]), talk)
        ends, rest = take_end(text, scene.here, starts=starts)
        if ends is None:
            ends, rest = take_moment(text, scene.here, after=starts)
        _nothing_more(rest)
        return self._given(ends - starts, talk)

    def _given(self, length: timedelta, talk: Talk) -> Given:
        starts = datetime.fromisoformat(talk.said["starts"])
        refuse_length(Window(starts=starts, ends=starts + length))
        return Given({"ends": (starts + length).isoformat()})


@dataclass(frozen=True, slots=True)
class Again:
    """Whether it comes again, and how often."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "every" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """Once, and each way to come again with the day it would next be."""
        choices = [Choice(scene.tongue.say("Once"), "once", "success")]
        choices += [Choice(_often(each, talk, scene), each.value.replace("_", "-")) for each in Every]
        return Screen(scene.tongue.say("Does it come again?"), in_rows(choices, 1))

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """One of them."""
        if key == "once":
            return Given({"every": None})
        if key.replace("-", "_") not in list(Every):
            raise gone()
        return Given({"every": key.replace("-", "_")})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """``every week`` and the like."""
        every, rest = take_every(text.strip(), scene.here.names.joints)
        if every is None or rest:
            raise press_one()
        return Given({"every": every.value})


def lengths(scene: Scene) -> list[Choice]:
    """The usual lengths as buttons."""
    return [
        Choice(
            scene.tongue.say("{n} min", n=minutes) if minutes < 60 else scene.tongue.say("{n} h", n=minutes // 60),
            f"l-{minutes}",
        )
        for minutes in _LENGTHS
    ]


def length_pressed(key: str) -> timedelta:
    """The length that one of these buttons stands for. Raises CommandError for another button."""
    minutes = next((each for each in _LENGTHS if key == f"l-{each}"), None)
    if minutes is None:
        raise gone()
    return timedelta(minutes=minutes)


def window_of(said: Mapping[str, Any]) -> Window:
    """The window that the answers make."""
    return Window(starts=datetime.fromisoformat(said["starts"]), ends=datetime.fromisoformat(said["ends"]))


def _example(scene: Scene) -> str:
    """``sat 02:00 + 2h`` with the reader's own name of that day."""
    saturday = get_day_names("abbreviated", "format", week_of(scene.language))[5]
    return f"`{saturday.rstrip('.').lower()} 02:00 + 2h`"


def _often(every: Every, talk: Talk, scene: Scene) -> str:
    first = window_of(talk.said)
    recurrence = Recurrence(first=first, every=every, zone=scene.company.zone)
    following = recurrence.after(first.starts).starts.astimezone(scene.company.zone)
    return scene.tongue.say(
        "{often} (next: {day})", often=_capital(often(every, scene.tongue)), day=day_name(following, scene.tongue)
    )


def _today(scene: Scene) -> date:
    return scene.now.astimezone(scene.company.zone).date()


def _shown_month(talk: Talk, today: date) -> tuple[int, int]:
    shown = talk.look.get("month") or str(talk.look.get("day", today))
    year, month = (int(part) for part in shown.split("-")[:2])
    return nearest_month(year, month, today=today)


def _refuse_past(starts: datetime, ends: datetime | None, scene: Scene) -> None:
    refuse(Window(starts=starts, ends=ends or starts + timedelta(minutes=1)), now=scene.now)


def _nothing_more(rest: str) -> None:
    if rest.strip():
        raise CommandError("what does {words} mean?", words=quoted(rest))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
