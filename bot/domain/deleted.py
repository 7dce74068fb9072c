"""What takes the place of a post that somebody has deleted. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.delivery import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A post is gone, and a change that was owed to it could not be made.

    action: that change; open: the incident is not over; newest: the post carried its lane's newest words;
    others: another post of the lane stands, or is about to, and shows what is so from now on;
    edited: an edit that does so waits already; pins: the lane's first post is to be pinned, and no pin waits;
    unwanted: these words were posted anew before, or have been withdrawn: nobody wants them there.
    """

    action: Action
    open: bool
    newest: bool
    others: bool
    edited: bool
    pins: bool
    unwanted: bool


def in_its_place(loss: Loss) -> tuple[Action, ...]:
    """What is owed instead, in this order; nothing when the post is best left alone.

    Words that are not the newest need no new post, nor does a story that is over. Where another post stands it becomes
    the first one: to post the same words twice in a row would be worse than to lose a place.
    """
    if not loss.open:
        return ()
    if loss.action is Action.AMEND:
        return (Action.POST,) if loss.newest and not loss.unwanted else ()
    pin = (Action.PIN,) if loss.pins else ()
    if loss.others:
        return pin if loss.edited else (Action.EDIT, *pin)
    return () if loss.unwanted else (Action.POST, *pin)
