"""The proof: ``create`` as it is by default, against what Spack itself takes for the root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.speed import figures
from bench.speed.closure import record, replaying
from bench.speed.figures import Series, failures, number, ratio, table
from bench.speed.measure import Run
from bench.speed.setting import Setting, recipes, report, say

TITLE = "Proof"
ABOUT = """\
`spack pypi create NAME`, which loads, compares, audits and concretizes what it writes before it is
moved into the repo, against `spack spec` of the same root with these recipes. The index is
replayed without delay, and our cache is warm."""


@dataclass(frozen=True)
class Row:
    """The runs for one root."""

    name: str
    spec: str
    written: str
    ours: Series
    theirs: Series


def part(setting: Setting) -> str:
    """Measure, and return the section."""
    if setting.record:
        record(setting, [[name] for name in setting.names], [0.0])
    rows = []
    with replaying(setting, 0.0) as place:
        for name in setting.names:
            say(f"proof of {name}")
            index = ("--index-url", place.index)
            place.ours(setting, [name])  # for the cache
            file = setting.work / "report.json"
            ours: list[Run] = []
            theirs: list[Run] = []
            found: dict[str, Any] = {}
            for _ in range(setting.runs):
                setting.spack.new_repo()
                file.unlink(missing_ok=True)
                ours.append(setting.spack.create([name], *index, "--json", str(file)))
                found = report(file)
                if ours[-1].code == 0:
                    theirs.append(setting.spack.run("spec", root(name, found)))
            setting.spack.new_repo()
            rows.append(Row(name, root(name, found), recipes(found), Series(ours), Series(theirs)))
    return section(rows)


def root(name: str, found: dict[str, Any]) -> str:
    """The spec of a named requirement: the package that a report gives its project, with a
    variant for each extra."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    requirement = Requirement(name)
    project = canonicalize_name(requirement.name)
    named = (p["package"] for p in found.get("packages", ()) if p["project"] == project)
    variants = "".join(f"+{canonicalize_name(extra)}" for extra in sorted(requirement.extras))
    return next(named, f"py-{project}") + variants


def section(rows: Sequence[Row]) -> str:
    """The table of time and memory."""
    columns = ["project", ">recipes", "compared with", ">CPU ours, s", ">CPU Spack, s", ">times"]
    columns += [">ours, s", ">Spack, s", ">largest process ours, MiB", ">Spack", ">times"]
    columns += [">all processes ours, MiB", ">Spack"]
    lines = []
    for row in rows:
        pair = (row.ours, row.theirs)
        processors = [each.median(figures.cpu) for each in pair]
        memory = [each.median(figures.largest) for each in pair]
        lines.append(
            [
                row.name,
                row.written,
                f"`spack spec {row.spec}`",
                *(each.cell(figures.cpu, 1) for each in pair),
                ratio(*processors),
                *(each.cell(figures.seconds, 1) for each in pair),
                *(number(each, 0) for each in memory),
                ratio(*memory),
                *(number(each.median(figures.together), 0) for each in pair),
            ]
        )
    notes = failures(
        [
            (f"{program} of {row.name}", each)
            for row in rows
            for program, each in (("create", row.ours), ("spack spec", row.theirs))
        ]
    )
    return figures.section(table(columns, lines), notes=notes)
