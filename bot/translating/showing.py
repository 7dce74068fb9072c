"""Coverage as a table for people in a terminal. Columns whose width nobody can know, such as 日本語, come last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from bot.translating.coverage import Coverage

_HEAD = ("", "language", "notices", "page", "reviewed by", "")


def table(rows: Sequence[Coverage]) -> Iterator[str]:
    """One line per language after a heading; ``*`` marks those notices are published in.

    With colours, which ``click.echo`` leaves out where there is no terminal.
    """
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    for number, line in enumerate(cells):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        yield click.style(text, bold=True) if number == 0 else _coloured(text, rows[number - 1])


def _cells(row: Coverage) -> tuple[str, ...]:
    count = len(row.problems)
    return (
        "*" if row.configured else "",
        row.language,
        _share(row.texts, row.needed) + (f", {count} problem{'s' if count > 1 else ''}" if count else ""),
        _share(row.page_texts, row.page_needed),
        row.reviewed or "nobody yet",
        row.name,
    )


def _share(there: int, needed: int) -> str:
    return "complete" if there == needed and needed else f"{there} of {needed}" if there else "none"


def _coloured(text: str, row: Coverage) -> str:
    if not row.complete:
        return click.style(text, fg="red" if row.configured else "yellow")
    return text if row.reviewed else click.style(text, dim=True)
