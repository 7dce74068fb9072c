"""A planned stretch of time: how operators type one, and which cannot be announced. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import joints
from bot.domain.dates import FARTHEST, Here, length_of, take_moment
from bot.domain.nearest import instead_of
from bot.errors import CommandError

LONGEST = timedelta(days=30)
"""What takes longer is not maintenance, and would silence its components for as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """starts, ends: aware UTC. That it ends after it starts is for ``refuse`` to see to."""

    starts: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends - self.starts


def take_window(text: str, here: Here) -> tuple[Window, str]:
    """The window that ``text`` begins with, and what follows it. Raises CommandError when none does."""
    starts, ends, rest = take_start(text, here)
    if ends is None:
        raise CommandError("expected until when, such as - 04:00 or for 2h{found}.", found=instead_of(rest))
    return Window(starts=starts, ends=ends), rest


def take_start(text: str, here: Here) -> tuple[datetime, datetime | None, str]:
    """When it starts, when it ends (None when that is not said), and what follows. Raises CommandError."""
    starts, rest = take_moment(text, here)
    ends, rest = take_end(rest, here, starts=starts)
    return starts, ends, rest


def take_end(text: str, here: Here, *, starts: datetime) -> tuple[datetime | None, str]:
    """The end of what starts then, where ``text`` begins with a length or an end, and what follows; None when it begins
    with neither. Raises CommandError.
    """
    if match := joints.lasting(here.names.joints).match(text):
        return starts + length_of(match[1]), text[match.end() :].strip()
    if match := joints.until(here.names.joints).match(text):
        ends, rest = take_moment(text[match.end() :], here, after=starts)
        return ends, rest.strip()
    return None, text.strip()


def refuse(window: Window, *, now: datetime) -> None:
    """Raises CommandError for a window that cannot be announced now."""
    if window.starts <= now:
        raise CommandError("that window begins in the past; write the year if you mean another one.")
    if window.starts - now > FARTHEST:
        raise CommandError("that window begins more than a year from now.")
    refuse_length(window)


def refuse_length(window: Window) -> None:
    """Raises CommandError for one that ends before it begins, or lasts too long."""
    if window.length <= timedelta():
        raise CommandError("that window ends before it begins.")
    if window.length > LONGEST:
        raise CommandError("that window is longer than {n} days.", n=LONGEST.days)
