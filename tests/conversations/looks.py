"""Whether a post is what a conversation expects of it. Pure; says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.telegram import Post

Wanted = str | Sequence[str] | Mapping[str, Any]
"""A part of the text, several, or a mapping: text, lacks, with, without, buttons, and the fields of ``_FIELDS``."""

_PARTS = {"text", "lacks", "with", "without"}
_FIELDS = {"silent", "pinned", "edits", "thread", "paid", "protected"}


def mismatch(post: Post, wanted: Wanted, *, ids: Sequence[int] = ()) -> str:
    """What of it is not so, "" when all is. ids: of the posts around, which ``answers`` counts from 1."""
    if not isinstance(wanted, Mapping):
        wanted = {"text": wanted}
    wrong = [f"lacks {part!r}" for part in parts(wanted.get("text", ())) if part not in post.text]
    wrong += [f"has {part!r}" for part in parts(wanted.get("lacks", ())) if part in post.text]
    labels = [label for row in post.labels() for label in row]
    wrong += [f"has no button {label!r}" for label in parts(wanted.get("with", ())) if label not in labels]
    wrong += [f"has a button {label!r}" for label in parts(wanted.get("without", ())) if label in labels]
    for name, value in wanted.items():
        if name in _PARTS:
            continue
        found = _found(post, name, ids)
        if found != value:
            wrong.append(f"{name} is {found!r}, not {value!r}")
    return "; ".join(wrong)


def parts(value: object) -> list[str]:
    """One part or several as a list."""
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def shown(post: Post) -> str:
    """A post as one line for the eyes."""
    text = post.text if len(post.text) < 160 else f"{post.text[:160]}..."
    return f"#{post.id} {text!r} {post.labels() or ''}".rstrip()


def _found(post: Post, name: str, ids: Sequence[int]) -> Any:
    if name == "buttons":
        return post.labels()
    if name == "edited":
        return post.edits > 0
    if name == "answers":
        return ids.index(post.reply_to) + 1 if post.reply_to in ids else None
    if name == "links":
        return [button["url"] for row in post.buttons for button in row if "url" in button]
    if name == "kinds":
        return sorted({entity["type"] for entity in post.entities})
    if name not in _FIELDS:
        raise ValueError(f"nothing is known of a post's {name!r}")
    return getattr(post, name)
