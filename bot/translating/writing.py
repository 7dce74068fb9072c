"""Writes files of sentences that ``languages.files`` reads back to the same texts. Judges none of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from bot.translating.accepting import Accepted
from bot.translating.shelf import Shelf

_WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, all others on one line if they fit."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def keep(accepted: Accepted, language: str, shelf: Shelf) -> Iterator[Path]:
    """Write what was accepted, and say which files.

    Ours as a whole; into a company's own folder what differs from ours, and no words of the page. Raises OSError.
    """
    if shelf.overlays:
        ours = replace(shelf, overlays=()).notice_texts(language)
        own = {path: text for path, text in accepted.notices.items() if path not in ours or ours[path].text != text}
        yield save(shelf.overlays[-1] / f"{language}.yaml", nested(own))
        return
    yield save(shelf.notices / f"{language}.yaml", nested(accepted.notices))
    if accepted.page:
        yield save(shelf.page / f"{language}.yaml", accepted.page)


def nested(texts: Mapping[str, str]) -> dict[str, Any]:
    """Texts by dotted path as sections in sections, in the order they are given."""
    root: dict[str, Any] = {}
    for path, text in texts.items():
        *steps, last = path.split(".")
        section = root
        for step in steps:
            section = section.setdefault(step, {})
        section[last] = text
    return root


def save(file: Path, content: Mapping[str, Any]) -> Path:
    """Write a file of sentences as a whole or not at all; the comment it began with stays, all other comments go.

    content: texts by key, or sections of them. Returns the file. Raises OSError.
    """
    dumped = yaml.dump(dict(content), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".yaml.new")
    draft.write_text(_opening(file) + dumped, encoding="utf-8")
    os.replace(draft, file)
    return file


def _opening(file: Path) -> str:
    if not file.exists():
        return ""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(takewhile(lambda line: line.startswith("#") or not line.strip(), lines))
