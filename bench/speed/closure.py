"""The closure of a project: ours against ``uv pip compile``, warm and cold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Callable

from bench.speed import figures
from bench.speed.figures import NOTHING, Series, minus, number, plus, ratio, table
from bench.speed.measure import Run
from bench.speed.setting import Setting, alternate, recipes, report, say, unrecorded
from bench.speed.tools import Replay

TITLE = "Closure"
ABOUT = """\
`spack pypi create NAME --dry-run --verify load` against `uv pip compile` of the same name (Python
3.11; ours is for all platforms and every Python that Spack has). Ours includes reading the
archives for what their build needs, and writing, loading and comparing the recipes. *Less start*
is without what `spack python -c pass` takes. *Levels* is the length of the longest way from the
named project to another one, by the fewest steps, in what uv resolved; *bound* is levels × delay +
uv without delay. Cold: our cache of the index and all of uv's are empty, Spack's own are not.
Warm: the same command has run before, so ours finds what it planned then, and uses it if the index
and Spack still say the same. *Warm, anew*: with `--no-reuse`, ours resolves, writes, loads and
compares all again, as after any change; uv's run is the same as for warm. Seconds: the median,
and the least and the most."""

_LIVE = "live"
#: The state in which all answers are cached, and what came of them is not used.
ANEW = "warm, anew"
#: The columns of `Row.times`.
TIMES = ("index", "cache", ">ours, s", ">less start", ">uv, s", ">times uv")


@dataclass(frozen=True)
class Row:
    """The runs of one closure, with one state of the caches."""

    names: Sequence[str]
    place: str
    state: str
    ours: Series
    theirs: Series
    start: Series
    written: str
    projects: int | None = None
    levels: int | None = None
    delay: float = 0.0

    @property
    def less_start(self) -> float | None:
        """Our seconds without the start of Spack."""
        return minus(self.ours.median(figures.seconds), self.start.median(figures.seconds))

    @property
    def what(self) -> str:
        """What was measured, but for the program."""
        return f"{label(self.names)}, {self.place}, {self.state}"

    def times(self) -> list[str]:
        """The cells of where it was measured, and of the time of both."""
        ours, uvs = self.less_start, self.theirs
        return [
            self.place,
            self.state,
            self.ours.cell(figures.seconds),
            number(ours),
            uvs.cell(figures.seconds),
            ratio(ours, uvs.median(figures.seconds)),
        ]


@dataclass
class Place:
    """An index that both ask, and what counts their requests."""

    label: str
    index: str
    delay: float = 0.0
    replay: Replay | None = None
    options: Sequence[str] = ()

    def ours(self, setting: Setting, names: Sequence[str], *more: str) -> Run:
        """Run ours, with more options."""
        options = ("--dry-run", "--verify", "load", "--index-url", self.index, *self.options)
        return self._run(lambda: setting.spack.create(names, *options, *more))

    def uvs(self, setting: Setting, names: Sequence[str]) -> Run:
        """Run uv."""
        uv = setting.uv
        assert uv is not None
        return self._run(lambda: uv.compile(names, self.index))

    def _run(self, command: Callable[[], Run]) -> Run:
        return self.replay.counted(command) if self.replay else command()


@contextmanager
def replaying(setting: Setting, delay: float, *options: str) -> Iterator[Place]:
    """Recorded answers as a place."""
    with Replay(setting.answers, delay) as replay:
        yield Place(f"{delay:g} ms", replay.index, delay, replay, options)


def record(
    setting: Setting, sets: Sequence[Sequence[str]], delays: Sequence[float], *options: str
) -> None:
    """Have both ask for all they will ask for later, and keep the answers."""
    for delay in delays:
        with Replay(setting.answers, delay, record=True) as replay:
            place = Place("recording", replay.index, delay, replay, options)
            for names in sets:
                say(f"recording {label(names)} ({delay:g} ms)")
                setting.spack.forget()
                place.ours(setting, names)
                if setting.uv:
                    setting.uv.forget()
                    place.uvs(setting, names)


def measure(setting: Setting, place: Place, sets: Sequence[Sequence[str]]) -> Iterator[Row]:
    """The rows of some closures."""
    for names in sets:
        say(f"closure of {label(names)}, {place.label}")
        file = setting.work / "report.json"
        file.unlink(missing_ok=True)
        # Once beforehand: it fills the caches, and says what comes of it.
        place.ours(setting, names, "--json", str(file))
        graph = place.uvs(setting, names) if setting.uv else None
        known = graph is not None and graph.code == 0
        size, levels = shape(graph.output, names) if graph and known else (None, None)
        for state in ("warm", ANEW, "cold"):
            commands: dict[str, Callable[[], Run]] = {
                "ours": partial(_ours, setting, place, names, state),
                "start": setting.spack.start,
            }
            if setting.uv:
                commands["uv"] = partial(_uvs, setting, place, names, state == "cold")
            done = alternate(setting.runs, commands)
            yield Row(
                names,
                place.label,
                state,
                Series(done["ours"]),
                Series(done.get("uv", ())),
                Series(done["start"]),
                recipes(report(file)),
                size,
                levels,
                place.delay,
            )


def _ours(setting: Setting, place: Place, names: Sequence[str], state: str) -> Run:
    if state == "cold":
        setting.spack.forget()
    return place.ours(setting, names, *(["--no-reuse"] if state == ANEW else []))


def _uvs(setting: Setting, place: Place, names: Sequence[str], cold: bool) -> Run:
    if cold and setting.uv:
        setting.uv.forget()
    return place.uvs(setting, names)


def label(names: Sequence[str]) -> str:
    """A set of names in few words."""
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def shape(printed: str, names: Sequence[str]) -> tuple[int, int]:
    """How many projects a closure has, and how many levels, by what uv printed."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    from bench.uv_graph import graph

    found = graph(printed)
    level: set[str] = {canonicalize_name(Requirement(name).name) for name in names}
    seen, levels = set(level), 1
    while True:
        level = {each for project in level for each in found.needs(project)} - seen
        if not level:
            return len(found.versions), levels
        seen |= level
        levels += 1


def part(setting: Setting) -> str:
    """Measure, and return the section."""
    sets = [[name] for name in setting.names]
    if setting.record:
        record(setting, sets, setting.delays)
    rows: list[Row] = []
    if setting.live:
        rows += measure(setting, Place(_LIVE, setting.answers.index), sets)
    for delay in setting.delays:
        with replaying(setting, delay) as place:
            rows += measure(setting, place, sets)
    return section(rows)


def section(rows: Sequence[Row]) -> str:
    """The tables of time and of all else."""
    start = Series([run for row in rows for run in row.start.runs])
    begins = f"`spack python -c pass`: {start.cell(figures.seconds)} s, of CPU "
    begins += f"{start.cell(figures.cpu)} s."
    columns = ["project", ">projects", ">recipes", ">levels", *TIMES]
    columns += [">bound, s", ">times bound"]
    times = table(columns, [_time(row, rows) for row in rows])
    columns = ["project", "index", "cache", ">CPU ours, s", ">uv", ">largest process ours, MiB"]
    columns += [">uv", ">all processes ours, MiB", ">uv", ">requests ours", ">uv"]
    columns += [">received ours, MiB", ">uv"]
    costs = table(columns, [_cost(row) for row in rows])
    return figures.section(begins, times, costs, notes=notes(rows))


def notes(rows: Sequence[Row]) -> list[str]:
    """What failed, and what was not recorded."""
    series = [
        (f"{program}, {row.what}", each)
        for row in rows
        for program, each in (("ours", row.ours), ("uv", row.theirs))
    ]
    return [*figures.failures(series), *unrecorded(series)]


def _time(row: Row, rows: Sequence[Row]) -> list[str]:
    bound = None
    if row.levels is not None and row.place != _LIVE:
        bound = plus(_without_delay(row, rows), row.levels * row.delay / 1000)
    return [
        label(row.names),
        number(row.projects, 0),
        row.written,
        number(row.levels, 0),
        *row.times(),
        number(bound),
        ratio(row.less_start, bound),
    ]


def _without_delay(row: Row, rows: Sequence[Row]) -> float | None:
    """What uv takes for the same on the replaying server without delay."""
    same = (
        each
        for each in rows
        if (each.names, each.state) == (row.names, row.state)
        and each.place != _LIVE
        and not each.delay
    )
    found = next(same, None)
    return found.theirs.median(figures.seconds) if found else None


def _cost(row: Row) -> list[str]:
    cells = [label(row.names), row.place, row.state]
    for of, digits in (
        (figures.cpu, 2),
        (figures.largest, 0),
        (figures.together, 0),
        (figures.requests, 0),
        (figures.sent, 1),
    ):
        for each in (row.ours, row.theirs):
            value = each.median(of)
            unknown = "failed" if each.failure else "n/a" if each.runs else NOTHING
            cells.append(unknown if value is None else number(value, digits))
    return cells
