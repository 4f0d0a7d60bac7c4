"""From runs to the cells of a Markdown table. A command that failed has no time."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Callable

from bench.speed.measure import Run

NOTHING = "–"
MIB = 1 << 20


class Series:
    """Runs of one command. ``accepts`` are the exit codes that do not count as failure."""

    def __init__(self, runs: Sequence[Run], accepts: Sequence[int] = (0,)) -> None:
        self.runs = list(runs)
        bad = [run for run in self.runs if run.code not in accepts]
        #: Why a run failed; None where all did what was asked.
        self.failure = bad[0].reason if bad else None

    def median(self, of: Callable[[Run], float | None]) -> float | None:
        """The median of a quantity, None where it failed or the system does not tell."""
        values = self._values(of)
        return statistics.median(values) if values else None

    def cell(self, of: Callable[[Run], float | None], digits: int = 2) -> str:
        """The median, and the least and the most where they differ from it: ``1.20 (1.10-1.40)``.
        Where it failed: that it did; where it was not run: nothing."""
        if self.failure is not None:
            return "failed"
        values = self._values(of)
        if not values:
            return "n/a" if self.runs else NOTHING
        shown = [number(each, digits) for each in (statistics.median(values), min(values))]
        shown.append(number(max(values), digits))
        spread = f" ({shown[1]}-{shown[2]})" if len({*shown}) > 1 else ""
        return shown[0] + spread

    def _values(self, of: Callable[[Run], float | None]) -> list[float]:
        if self.failure is not None:
            return []
        return [value for value in map(of, self.runs) if value is not None]


def seconds(run: Run) -> float:
    """Wall time."""
    return run.seconds


def cpu(run: Run) -> float:
    """CPU time, seconds."""
    return run.cpu


def largest(run: Run) -> float:
    """Memory of the largest process, MiB."""
    return run.largest / MIB


def together(run: Run) -> float | None:
    """Memory of all processes, MiB."""
    return None if run.together is None else run.together / MIB


def requests(run: Run) -> float | None:
    """Requests to a replaying server."""
    return run.requests


def sent(run: Run) -> float | None:
    """What a replaying server sent, MiB."""
    return None if run.sent is None else run.sent / MIB


def number(value: float | None, digits: int = 2) -> str:
    """A number as a table shows it."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def minus(value: float | None, less: float | None) -> float | None:
    """A difference, None where one of the two is not known. Never below 0."""
    return None if value is None or less is None else max(0.0, value - less)


def plus(value: float | None, more: float | None) -> float | None:
    """A sum, None where one of the two is not known."""
    return None if value is None or more is None else value + more


def ratio(value: float | None, of: float | None) -> str:
    """How many times ``of`` a value is: ``1.3``; nothing where one of the two is not known."""
    return NOTHING if value is None or not of else f"{value / of:.2f}"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table. A column whose name begins with ``>`` is aligned to the right."""
    head = [name.lstrip(">") for name in columns]
    rule = ["---:" if name.startswith(">") else "---" for name in columns]
    lines = [head, rule, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def section(*parts: str, notes: Sequence[str] = ()) -> str:
    """The text of a section: its parts, and a list of notes."""
    return "\n\n".join([*parts, *(["\n".join(notes)] if notes else [])])


def failures(series: Sequence[tuple[str, Series]]) -> list[str]:
    """A line for each command that failed, with the reason."""
    return [f"- {what} failed: {each.failure}" for what, each in series if each.failure]
