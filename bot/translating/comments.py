"""What the comments of a file of sentences say about each text, for translators who never see that file."""

from __future__ import annotations

import re

_KEY = re.compile(r"(?P<indent> *)[\w.-]+:(?: |$)")
_COMMENT = re.compile(r" *# ?(?P<text>.*)")


def comments(text: str) -> dict[int, list[str]]:
    """The comments above each key and above the sections it stands in, by the key's line (1-based).

    A blank line ends a comment. Lines within a text of several lines may look like keys; nobody asks for those.
    """
    sections: list[tuple[int, list[str]]] = []
    pending: list[str] = []
    found: dict[int, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if comment := _COMMENT.fullmatch(line):
            pending.append(comment["text"])
        elif key := _KEY.match(line):
            indent = len(key["indent"])
            sections = [section for section in sections if section[0] < indent]
            sections.append((indent, pending))
            found[number] = [said for _, above in sections for said in above]
            pending = []
        else:
            pending = []
    return found
