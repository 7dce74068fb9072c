"""From measured values to tables. Measures nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOT_MEASURED = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """head: of every column; rows: as many cells each; texts: so many columns, from the left, are words, the others
    numbers.
    """

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. ours, theirs: None where it was not, or cannot be, measured."""

    what: str
    unit: str
    ours: float | None
    theirs: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, in the order of ``compared``."""
        return self.what, self.unit, written(self.ours), written(self.theirs), ratio(self.ours, self.theirs)


def compared(rows: Sequence[Row]) -> Table:
    """This service beside Alertmanager."""
    head = ("", "unit", "this service", "Alertmanager", "ratio")
    return Table(head=head, rows=[row.cells for row in rows], texts=2)


def ratio(ours: float | None, theirs: float | None) -> str:
    """Of the larger to the smaller, which is 1."""
    if not ours or not theirs:
        return NOT_MEASURED
    return f"1:{theirs / ours:.1f}" if theirs > ours else f"{ours / theirs:.1f}:1"


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed. values: not empty; share: 0 to 1."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def milliseconds(what: str, share: float, ours: Sequence[float], theirs: Sequence[float] | None) -> Row:
    """A quantile of two series of seconds."""
    return Row(
        what=what,
        unit="ms",
        ours=quantile(ours, share) * 1000,
        theirs=quantile(theirs, share) * 1000 if theirs else None,
    )


def aligned(table: Table) -> str:
    """For the terminal."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < table.texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(table: Table) -> str:
    """For the document."""
    rule = ["---"] * table.texts + ["--:"] * (len(table.head) - table.texts)
    head = [f"| {' | '.join(table.head).strip()} |", f"|{'|'.join(rule)}|"]
    return "\n".join(head + [f"| {' | '.join(cells)} |" for cells in table.rows])


def written(value: float | None) -> str:
    """A number with as many digits as mean something."""
    if value is None:
        return NOT_MEASURED
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
