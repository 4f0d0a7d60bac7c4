"""How the time grows with the size of the closure."""

from __future__ import annotations

from collections.abc import Sequence

from bench.speed import figures
from bench.speed.closure import TIMES, Row, label, measure, notes, record, replaying
from bench.speed.figures import number, table
from bench.speed.setting import Setting, lines_of

TITLE = "Time against size"
ABOUT = """\
As above, for sets of projects that are resolved together (`create NAME... --together`), from
recorded answers with the delay that is shown. The sets are those of
[growth.txt](../bench/growth.txt); projects are counted in what uv resolved."""


def part(setting: Setting) -> str:
    """Measure, and return the section."""
    sets = [line.split() for line in lines_of(setting.growth)]
    delay = setting.delays[-1]
    if setting.record:
        record(setting, sets, [delay], "--together")
    with replaying(setting, delay, "--together") as place:
        rows = list(measure(setting, place, sets))
    return section(rows)


def section(rows: Sequence[Row]) -> str:
    """A row for each set, by size."""
    columns = [">projects", ">recipes", "named", *TIMES, ">ms a project, ours", ">uv"]
    columns += [">CPU ours, s", ">largest process ours, MiB"]
    lines = []
    for row in sorted(rows, key=lambda row: (row.state, row.projects or 0)):
        seconds = (row.less_start, row.theirs.median(figures.seconds))
        lines.append(
            [
                number(row.projects, 0),
                row.written,
                label(row.names),
                *row.times(),
                *(_each(value, row.projects) for value in seconds),
                row.ours.cell(figures.cpu),
                row.ours.cell(figures.largest, 0),
            ]
        )
    return figures.section(table(columns, lines), notes=notes(rows))


def _each(seconds: float | None, projects: int | None) -> str:
    return number(None if seconds is None or not projects else 1000 * seconds / projects, 0)
