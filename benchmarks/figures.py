"""From measured values to rows of a table. Measures nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("", "unit", "this service", "Alertmanager", "ratio")
NOT_MEASURED = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. ours, theirs: None where it was not, or cannot be, measured; ratio: of the larger to the smaller."""

    what: str
    unit: str
    ours: float | None
    theirs: float | None

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """As text, in the order of ``HEAD``."""
        return self.what, self.unit, _written(self.ours), _written(self.theirs), self._ratio()

    def _ratio(self) -> str:
        if not self.ours or not self.theirs:
            return NOT_MEASURED
        return f"1:{self.theirs / self.ours:.1f}" if self.theirs > self.ours else f"{self.ours / self.theirs:.1f}:1"


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


def aligned(rows: Sequence[Row]) -> str:
    """A table for the terminal."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(rows: Sequence[Row]) -> str:
    """The same table in Markdown."""
    head = [f"| {' | '.join(HEAD).strip()} |", "|---|---|--:|--:|--:|"]
    return "\n".join(head + [f"| {' | '.join(row.cells)} |" for row in rows])


def _written(value: float | None) -> str:
    if value is None:
        return NOT_MEASURED
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
