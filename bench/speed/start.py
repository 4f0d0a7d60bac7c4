"""What a Spack command costs that does not use the extension."""

from __future__ import annotations

import shutil
import venv
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bench.speed import figures
from bench.speed.figures import Series, failures, minus, number, table
from bench.speed.measure import Run, run
from bench.speed.setting import Setting, alternate, say
from bench.speed.tools import ROOT, write_scope

TITLE = "Start of Spack"
ABOUT = """\
`spack python -c pass` without the extension, with its path in `config:extensions`, and with the
entry point that an installation adds. The three have equal virtual environments, which hold
nothing else."""

#: The least number of runs: the differences are a few milliseconds.
LEAST = 20


def part(setting: Setting) -> str:
    """Measure, and return the section."""
    say("start of Spack")
    folder = setting.work / "start"
    shutil.rmtree(folder, ignore_errors=True)
    bare, installed = (_python(folder / name) for name in ("bare", "installed"))
    _install(folder / "installed")
    extension = {"config": {"extensions": [str(ROOT / "spack_pypi" / "spack-pypi")]}}
    without: Mapping[str, object] = {"config": {}}
    write_scope(folder / "without", config=without)
    write_scope(folder / "with", config=extension)
    commands = {
        "without": partial(_once, setting, bare, folder / "without"),
        "`config:extensions`": partial(_once, setting, bare, folder / "with"),
        "entry point": partial(_once, setting, installed, folder / "without"),
    }
    for command in commands.values():
        command()  # compiles what is imported
    done = alternate(max(LEAST, setting.runs), commands)
    return section({name: Series(runs) for name, runs in done.items()})


def _once(setting: Setting, python: Path, scope: Path) -> Run:
    environment = {**setting.spack.environment, "SPACK_PYTHON": str(python)}
    del environment["PYTHONPATH"]
    command: list[str | Path] = [setting.spack.program, "-C", scope, "python", "-c", "pass"]
    return run(command, environment)


def _python(folder: Path) -> Path:
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    """What an editable installation leaves."""
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "spack_pypi.pth").write_text(f"{ROOT}\n", "utf-8")
    about = packages / "spack_pypi-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: spack-pypi\nVersion: 0\n")
    (about / "entry_points.txt").write_text(
        "[spack.extensions]\npypi = spack_pypi.plugin:extension\n", "utf-8"
    )


def section(done: Mapping[str, Series]) -> str:
    """A row for each way, with what it adds to the first."""
    first = next(iter(done.values())).median(figures.seconds)
    lines = []
    for name, series in done.items():
        more = minus(series.median(figures.seconds), first)
        lines.append(
            [
                name,
                str(len(series.runs)),
                series.cell(figures.seconds, 3),
                number(None if more is None else 1000 * more, 1),
                series.cell(figures.cpu, 3),
            ]
        )
    columns = ["extension", ">runs", ">s", ">more, ms", ">CPU, s"]
    notes = failures(list(done.items()))
    return figures.section(table(columns, lines), notes=notes)
