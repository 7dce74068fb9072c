"""What the buttons below our texts carry: ``KIND:ID:VERB`` or ``KIND:ID:VERB:ARGUMENT``. Pure.

It gives nobody any right: whoever presses is looked up, and what the button is about is loaded, at every press.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.buttons import MOST_DATA

_FORM = re.compile(r"([a-z]{1,12}):(\d{1,18}):([a-z_]{1,16})(?::([\w.+@/=-]{1,40}))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """kind: what the button is about, such as "draft"; id: which of them; verb: what to do; argument: with what."""

    kind: str
    id: int
    verb: str
    argument: str = ""


def data_of(kind: str, id: int, verb: str, argument: str = "") -> str:
    """The data of a button. Raises ValueError for what ``pressed`` could not read."""
    data = f"{kind}:{id}:{verb}" + (f":{argument}" if argument else "")
    if _FORM.match(data) is None or len(data) > MOST_DATA:
        raise ValueError(f"no button can carry {data!r}")
    return data


def pressed(data: str) -> Pressed | None:
    """What a button's data says; None for what is not ours (a button of another version, or made up)."""
    found = _FORM.match(data)
    if found is None:
        return None
    return Pressed(kind=found[1], id=int(found[2]), verb=found[3], argument=found[4] or "")
