"""Many roots at once, and all of builtin."""

from __future__ import annotations

from collections.abc import Sequence

from bench.speed import figures
from bench.speed.figures import Series, failures, table
from bench.speed.measure import Run
from bench.speed.setting import Setting, lines_of, recipes, report, say
from bench.speed.tools import Spack

TITLE = "Many roots"
ABOUT = """\
`create` with all names of [roots.txt](../bench/roots.txt) in one command with `--verify load`,
into an empty repo; and `sync --list` over all of builtin. Warm: `--offline`, after a run
of the same command that read the index, of which `create` uses no plan (`--no-reuse`). Exit code 1
says that some could not be written or compared."""


def part(setting: Setting) -> str:
    """Measure, and return the section."""
    names = lines_of(setting.roots)
    kept = setting.answers.folder.parent / "roots-cache"
    spack = setting.spack.keeping(kept, setting.work / "roots")
    create = ["create", *names, "-r", str(spack.repo), "--verify", "load", "--no-reuse"]
    listing = ["sync", "--list", "-N", "builtin"]
    return section(
        [
            _row(setting, spack, f"`create` with {len(names)} names `--verify load`", create),
            _row(setting, spack, "`sync --list -N builtin`", listing),
        ]
    )


def _row(
    setting: Setting, spack: Spack, what: str, command: Sequence[str]
) -> tuple[str, str, Series]:
    """A command, how many recipes its report has, and its runs."""
    say(what)
    file = setting.work / "report.json"
    file.unlink(missing_ok=True)
    pypi = ("pypi", *command, "--index-url", setting.answers.index)

    def once(*more: str) -> Run:
        spack.new_repo()
        return spack.run(*pypi, *more)

    read = setting.answers.folder.parent / f"roots-{command[0]}-read"
    if setting.record or not read.exists():
        once()
        read.touch()
    once("--offline", "--json", str(file))
    found = report(file)
    # Without a report it ended before it came to the projects.
    accepts = (0, 1) if found.get("packages") else (0,)
    done = Series([once("--offline") for _ in range(setting.runs)], accepts)
    count = recipes(found) if command[0] == "create" else str(len(found.get("packages", ())))
    return what, count, done


def section(rows: Sequence[tuple[str, str, Series]]) -> str:
    """The table of time and memory."""
    columns = ["command", ">recipes", ">exit code", ">s", ">CPU, s", ">largest process, MiB"]
    columns += [">all processes, MiB"]
    lines = [
        [
            what,
            count,
            ", ".join(sorted({str(run.code) for run in done.runs})),
            done.cell(figures.seconds, 1),
            done.cell(figures.cpu, 1),
            done.cell(figures.largest, 0),
            done.cell(figures.together, 0),
        ]
        for what, count, done in rows
    ]
    notes = failures([(what, done) for what, _, done in rows])
    return figures.section(table(columns, lines), notes=notes)
