"""What becomes of planned maintenance: by an operator who moves it, and by itself. Pure.

What happens by itself (a reminder, its beginning, its end) follows from how the story stands alone, so it is the same
after a restart, on every node, and however late.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.model import Incident, Status
from bot.domain.windows import Window, refuse, refuse_length
from bot.errors import CommandError


class Turn(StrEnum):
    """What automation tells of a plan."""

    REMINDER = "reminder"
    BEGINNING = "beginning"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a published, open maintenance stands.

    status: of its newest published update; told_at: when that was published;
    starts, ends: its window; asked: operators have been asked already whether it has ended by then.
    """

    status: Status
    starts: datetime
    ends: datetime
    told_at: datetime
    asked: bool


def turn(plan: Plan, *, remind: timedelta | None, now: datetime) -> Turn | None:
    """What is to be told now, None for nothing. remind: how long before the beginning, None for never.

    What was missed is missed: nothing is told that is no longer true.
    """
    if plan.status.ends or plan.asked:
        return None
    if plan.ends <= now:
        return Turn.END
    if plan.status is not Status.SCHEDULED:
        return None
    if plan.starts <= now:
        return Turn.BEGINNING
    at = _reminder_at(plan, remind)
    return Turn.REMINDER if at is not None and at <= now else None


def turns_at(plan: Plan, *, remind: timedelta | None) -> datetime | None:
    """When there is next something to tell, None when there is nothing more."""
    if plan.status.ends or plan.asked:
        return None
    if plan.status is not Status.SCHEDULED:
        return plan.ends
    return _reminder_at(plan, remind) or plan.starts


def _reminder_at(plan: Plan, remind: timedelta | None) -> datetime | None:
    """None when customers have been told of the plan so shortly before it that they need no reminder."""
    at = plan.starts - remind if remind else None
    return at if at is not None and plan.told_at < at else None


def planned_for(incident: Incident, window: Window | None) -> Incident:
    """The incident with this window; as it is for None."""
    if window is None:
        return incident
    return replace(incident, scheduled_for=window.starts, scheduled_until=window.ends)


def not_begun(incident: Incident, *, now: datetime) -> bool:
    """Whether its window is still to come and nobody has said that it began earlier; False without a window."""
    return incident.status is Status.SCHEDULED and incident.scheduled_for is not None and now < incident.scheduled_for


def moved(incident: Incident, *, starts: datetime, ends: datetime | None, now: datetime) -> Window:
    """The new window of maintenance that has not begun; ends: None for as long as it was planned.

    Raises CommandError when it has begun, or the window cannot be announced.
    """
    if incident.status is not Status.SCHEDULED:
        raise CommandError("incident {id} is in progress; /extend {id} 1h makes it longer", id=incident.id)
    if ends is None:
        ends = starts + _window_of(incident).length
    window = Window(starts=starts, ends=ends)
    refuse(window, now=now)
    return window


def extended(incident: Incident, longer: timedelta | datetime, *, now: datetime) -> Window:
    """The window of maintenance in progress with a later end: so much later than planned, or then.

    Raises CommandError when it has not begun, or the end would be no later.
    """
    if incident.status is not Status.IN_PROGRESS:
        raise CommandError("incident {id} has not begun; /postpone {id} START - END moves it", id=incident.id)
    planned = _window_of(incident)
    ends = longer if isinstance(longer, datetime) else planned.ends + longer
    if ends <= planned.ends:
        raise CommandError("it would not end later than planned; /resolve {id} ends it now", id=incident.id)
    if ends <= now:
        raise CommandError("that end is in the past")
    window = Window(starts=planned.starts, ends=ends)
    refuse_length(window)
    return window


def _window_of(incident: Incident) -> Window:
    if incident.scheduled_for is None or incident.scheduled_until is None:
        raise CommandError("incident {id} has no window yet; say when it starts and ends", id=incident.id)
    return Window(starts=incident.scheduled_for, ends=incident.scheduled_until)


def overtaken(incident: Incident, status: Status, window: Window | None, *, now: datetime) -> CommandError | None:
    """Why an update drafted with this status and window would no longer be true, None when it is."""
    if status is Status.SCHEDULED and incident.status is not Status.SCHEDULED:
        return CommandError("incident {id} is {status} by now", id=incident.id, status=incident.status)
    if window is not None and status is Status.SCHEDULED and window.starts <= now:
        return CommandError("its window has begun meanwhile")
    if window is not None and window.ends <= now:
        return CommandError("its window is over meanwhile")
    return None
