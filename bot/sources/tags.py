"""Tags as labels: most hosted monitors let people tag a check, and rules match on labels. Reads nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.sources.reading import JsonObject

MOST_TAGS = 200
"""More than this nobody gives to one check; the others are not looked at."""

_BETWEEN = re.compile("[:=]")


def tag_labels(tags: Iterable[str]) -> dict[str, str]:
    """One label per tag: ``service:shop`` and ``service=shop`` are service with the value shop, a bare ``public`` is
    public with an empty value. Blank tags are none; of a name that repeats the last counts.
    """
    pairs = (_BETWEEN.split(tag, maxsplit=1) for tag in tags)
    return {name.strip(): "".join(value).strip() for name, *value in pairs if name.strip()}


def tags_of(where: JsonObject, name: str) -> list[str]:
    """The tags in a field that is a list of texts, or one text with commas between them; none when absent or null.

    Of more than ``MOST_TAGS`` the first.

    Raises Malformed for anything else.
    """
    value = where.fields.get(name)
    if type(value) is not list:
        return [tag.strip() for tag in where.text(name, "").split(",", MOST_TAGS)[:MOST_TAGS]]
    items = JsonObject({str(index): item for index, item in enumerate(value[:MOST_TAGS])}, where.at(name))
    return [items.text(index) for index in items.fields]
