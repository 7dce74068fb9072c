"""Which of the languages at hand serves somebody best. Knows nothing of notices or pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import langcodes

# CLDR's distances: 0 the same, 5 another region, 1 no -> nb, 8 Swiss German -> German, 20 Catalan -> Spanish (readers
# who mostly read both). 24 and more, such as Ukrainian -> Russian, nobody should be served unasked.
# https://www.unicode.org/reports/tr35/#EnhancedLanguageMatching
REGIONAL = 5
SAME = 10
READABLE = 20

_LONGEST_HEADER = 1000
_MOST_TAGS = 20


def closest(tag: str, available: Sequence[str], *, within: int = READABLE) -> str | None:
    """The one of ``available`` nearest to a BCP 47 tag, itself first, or None when all are further than ``within``.

    Also finds parents (de-CH -> de), and what cutting a tag short does not: zh-HK -> zh-Hant, no -> nb.
    A tag that is none gives None.
    """
    return _closest(tag, tuple(available), within)


@lru_cache(maxsize=4096)
def _closest(tag: str, available: tuple[str, ...], within: int) -> str | None:
    if tag in available:
        return tag
    try:
        match, _ = langcodes.closest_match(tag, available, max_distance=within)
    except ValueError:
        return None
    return match if match in available else None


def negotiate(accept_language_header: str, available: Sequence[str]) -> str:
    """The language to answer in, always one of ``available``, whose first is the default (at least one is needed).

    A header as RFC 9110 section 12.5.4 has it: ``de-CH, fr;q=0.8, *;q=0.1``. A wish that is met well goes before an
    earlier one met only roughly. ``;q=0`` rules a language out. Whatever cannot be read is passed over.
    """
    wishes, refused = _wishes(accept_language_header)
    offered = [tag for tag in available if closest(tag, refused, within=REGIONAL) is None] or list(available)
    for within in (SAME, READABLE):
        for wish in wishes:
            match = offered[0] if wish == "*" else closest(wish, offered, within=within)
            if match is not None and (wish != "*" or within == READABLE):
                return match
    return offered[0]


def _wishes(header: str) -> tuple[list[str], tuple[str, ...]]:
    """Tags wanted, the most wanted first, and tags refused."""
    weighed = [_weigh(part) for part in header[:_LONGEST_HEADER].split(",")[:_MOST_TAGS]]
    wanted = sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: -pair[1])
    return [tag for tag, _ in wanted], tuple(tag for tag, weight in weighed if weight == 0 and tag not in {"", "*"})


def _weigh(part: str) -> tuple[str, float]:
    tag, _, rest = part.partition(";")
    name, _, value = rest.partition("=")
    if name.strip().lower() != "q":
        return tag.strip(), 1.0
    try:
        weight = float(value)
    except ValueError:
        return "", 0.0
    return (tag.strip(), weight) if 0 <= weight <= 1 else ("", 0.0)
