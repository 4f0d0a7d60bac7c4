"""A second opinion: does a recipe hold every edge that uv finds?

    spack python bench/against_uv.py NAMES [--out FILE]

NAMES is a file with a requirement a line. For each, uv resolves it for Linux and the Python at
hand (``pip install uv`` into the Python that runs Spack; where a release has no wheel uv may build
it, which runs its code, but for ``--no-build``), and ``spack pypi create --verify load`` writes it
into a new repo; ``--together-in-one-repo`` writes all with one command. Then each edge of uv's
graph whose dependent has a recipe of ours must be in that recipe, and the version that uv chose be
accepted: ``edges.py`` says what that means. Where a recipe does not list uv's version, the nearest
one that was written is held against its own metadata, and told. What was there and is used as it
is, is not judged. Of a release without a wheel, uv's own word on its edges is taken.

OUT gets a line of JSON for each project; what is there is not done again. ``--code DIR`` runs the
``create`` of another checkout. Exit code 1: an edge is lost, or too narrow.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import (
    Any,
)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from bench.edges import (
    NARROW,
    TOLD,
    Graph,
    Needed,
    Recipe,
    Stand,
    Verdict,
    judge,
    nearest,
    needed,
    version_of,
)
from bench.uv_graph import Uv
from spack_pypi.errors import SpackPyPIError

#: What may come of a root.
WHOLE, LOSING, UNWRITTEN, OURS_ALONE, NEITHER = (
    "whole",
    "loses edges",
    "not written although uv has an answer",
    "written although uv has no answer",
    "neither has an answer",
)
#: Seconds that ``create`` may take.
_PATIENCE = 1800


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold recipes against what uv resolves.")
    parser.add_argument("names", type=Path)
    parser.add_argument("--out", type=Path, help="a line of JSON a root; kept between runs")
    parser.add_argument("--code", type=Path, default=ROOT, help="the checkout whose create runs")
    parser.add_argument("--together-in-one-repo", action="store_true")
    parser.add_argument("--no-build", action="store_true", help="uv builds nothing")
    args = parser.parse_args()
    lines = (line.partition("#")[0].strip() for line in args.names.read_text("utf-8").splitlines())
    names = [line for line in lines if line]
    opinion = _opinion(build=not args.no_build)
    outcomes = []
    if args.together_in_one_repo:
        outcomes = _together(names, args.code, opinion)
        for each in outcomes:
            _keep(args.out, each)
            _print(each)
    else:
        done = _done(args.out)
        for name in names:
            outcome = done.get(name)
            if outcome is None:
                outcome = _alone(name, args.code, opinion)
                _keep(args.out, outcome)
            outcomes.append(outcome)
            _print(outcome)
    return _summary(outcomes)


def _done(file: Path | None) -> dict[str, dict[str, Any]]:
    lines = file.read_text("utf-8").splitlines() if file and file.exists() else []
    return {found["name"]: found for found in map(json.loads, lines)}


def _keep(file: Path | None, outcome: Mapping[str, Any]) -> None:
    if file:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(outcome) + "\n")


def _opinion(build: bool) -> Uv:
    """Asks the index that the host asks."""
    from spack_pypi.host.spack import SpackHost
    from spack_pypi.pypi.settings import settings

    host = SpackHost()
    try:
        url = settings(None, default=host.index_url, cache=host.cache).url
        return Uv(url, host.cache, build)
    finally:
        host.close()


# --- what we write ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """What ``create`` did: its exit code, its record of each project, why it failed."""

    code: int
    records: Mapping[str, Mapping[str, Any]]
    reason: str
    seconds: float

    def of(self, name: str) -> bool:
        """Whether a project was written, or is there."""
        status = self.records.get(name, {}).get("status")
        return status == "exists" or (status == "new" and self._moved(name))

    def _moved(self, name: str) -> bool:
        return Path(self.records[name].get("path") or os.devnull).is_file()

    def why_not(self, name: str) -> str:
        """Why a project was not written."""
        return self.records.get(name, {}).get("reason") or self.reason


def _create(names: Sequence[str], repo: Path, code: Path) -> Written:
    import spack.paths

    file = repo / "records.json"
    command = [spack.paths.spack_script, "-c"]
    command += [f"config:extensions:[{code / 'spack_pypi' / 'spack-pypi'}]", "pypi", "create"]
    command += ["--batch", "--verify", "load", "--repo", str(repo), "--json", str(file), *names]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Written(1, {}, f"it took longer than {_PATIENCE} s", _PATIENCE)
    records = json.loads(file.read_text("utf-8")) if file.exists() else []
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line[len("Error: ") :] for line in lines if line.startswith("Error: ")]
    reason = " ".join(errors[:1] or lines[-1:]) if done.returncode else ""
    return Written(
        done.returncode,
        {record["project"]: record for record in records},
        reason,
        time.monotonic() - start,
    )


# --- one against the other ----------------------------------------------------------------------


def _alone(name: str, code: Path, uv: Uv) -> dict[str, Any]:
    with _new_repo() as repo:
        written = _create([name], repo.root, code)
        return _outcome(name, written, repo.root, uv)


def _together(names: Sequence[str], code: Path, uv: Uv) -> list[dict[str, Any]]:
    with _new_repo() as repo:
        written = _create(names, repo.root, code)
        print(f"create takes {written.seconds:.0f} s and exits {written.code}", flush=True)
        return [_outcome(name, written, repo.root, uv) for name in names]


class _new_repo:
    """A repo of its own, deleted at the end."""

    def __enter__(self) -> _new_repo:
        from spack_pypi.host.repo_folder import make_repo

        self._folder = Path(tempfile.mkdtemp())
        self.root = self._folder / "spack_repo" / "trial"
        make_repo(self.root)
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _outcome(name: str, written: Written, repo: Path, uv: Uv) -> dict[str, Any]:
    start = time.monotonic()
    graph, why_none = uv.resolve(name)
    found: dict[str, Any] = {
        "name": name,
        "code": written.code,
        "create_seconds": round(written.seconds, 1),
        "uv_seconds": round(time.monotonic() - start, 1),
        "uv": why_none or len(graph.versions if graph else ()),
        "verdicts": [],
        "judged": {},
        "edges": 0,
    }
    project = canonicalize_name(Requirement(name).name)
    ours = written.of(project)
    if not ours:
        found["end"] = UNWRITTEN if graph else NEITHER
        found["reason"] = written.why_not(project)
    elif graph is None:
        found["end"] = OURS_ALONE
    else:
        judged = Judged(graph, written, repo, uv)
        try:
            found.update(judged.outcome())
        finally:
            judged.close()
        wrong = [each for each in found["verdicts"] if each["kind"] != TOLD]
        found["end"] = LOSING if wrong else WHOLE
    return found


class Judged:
    """The recipes that were written for one graph, as Spack's classes evaluate them."""

    def __init__(self, graph: Graph, written: Written, repo: Path, uv: Uv) -> None:
        from spack_pypi.host.spack import SpackHost

        self._graph, self._written, self._uv = graph, written, uv
        self._host = SpackHost()
        self._host.repos.target(str(repo), None, write=False)

    def close(self) -> None:
        """Leave Spack as it was found."""
        self._host.close()

    def outcome(self) -> dict[str, Any]:
        """What is wrong, how many edges were looked at, and which version stood for uv's."""
        verdicts: list[dict[str, str]] = []
        judged: dict[str, str] = {}
        notes: list[str] = []
        edges = 0
        self._uv.learn(self._graph)
        for project, version in sorted(self._graph.versions.items()):
            record = self._written.records.get(project, {})
            if record.get("status") != "new":
                continue
            listed = nearest(version, record["versions"])
            if listed is None:
                versions = ", ".join(record["versions"]) or "no version"
                notes.append(f"{project}: not judged, it lists {versions}")
                continue
            if version_of(listed) == Version(version):
                notes += self._disagreement(project, version)
            else:
                judged[project] = f"{listed} for {version}"
            package = record["package"]
            meaning = self._host.evaluator.meaning(package)
            text = self._host.repos.recipe_texts(package)[0]
            recipe = Recipe(project, listed, meaning, text, self._uv.cell)
            found: list[Verdict] = []
            if project not in judged and not recipe.runs():
                why = f"uv takes it, the recipe excludes Python {self._uv.cell.python}"
                found.append(Verdict(NARROW, "python", why))
            reached = _Reached(self._host, recipe)
            for extra, needs in self._needs(recipe, version, notes):
                edges += len(needs)
                found += judge(
                    recipe, needs, self._graph, self._stand, self._of_extra, reached, extra
                )
            for each in dict.fromkeys(found):
                verdicts.append(
                    {
                        "package": package,
                        "version": listed,
                        "kind": each.kind,
                        "dependency": each.dependency,
                        "why": each.why + _omitted(record, each),
                    }
                )
        return {"verdicts": verdicts, "judged": judged, "notes": notes, "edges": edges}

    def _needs(
        self, recipe: Recipe, version: str, notes: list[str]
    ) -> Iterator[tuple[str, list[Needed]]]:
        """The requirements of a release, without an extra and with each that uv took of it and
        that is a variant of the recipe."""
        project, environment = recipe.project, self._uv.environment
        texts = self._uv.requires(project, str(version_of(recipe.version)))
        if texts is None:
            if version_of(recipe.version) != Version(version):
                notes.append(
                    f"{project}: not judged, no wheel tells what {recipe.version} requires"
                )
                return
            texts = sorted(self._graph.needs(project))
            if self._graph.extras.get(project):
                notes.append(f"{project}: not judged, no wheel tells which edges its extras bring")
                return
        yield "", needed(texts, project, "", environment)
        variants = set(map(canonicalize_name, recipe.meaning.variants))
        for extra in sorted(self._graph.extras.get(project, frozenset()) & variants):
            yield extra, needed(texts, project, extra, environment)

    def _disagreement(self, project: str, version: str) -> Iterator[str]:
        """Where uv takes other edges from a release than its metadata gives."""
        texts = self._uv.requires(project, version)
        if texts is not None:
            extras = ("", *self._graph.extras.get(project, ()))
            given = {
                need.project
                for extra in extras
                for need in needed(texts, project, extra, self._uv.environment)
            }
            other = given ^ self._graph.needs(project)
            if other:
                yield f"{project}: uv and METADATA disagree about {', '.join(sorted(other))}"

    def _stand(self, project: str) -> Stand | None:
        package = self._host.repos.package_for(project)
        if package is None:
            return None
        try:
            meaning = self._host.evaluator.meaning(package.name)
        except SpackPyPIError:
            return Stand(package.name, package.requires)
        declared = tuple(version.text for version in meaning.versions)
        return Stand(package.name, package.requires, meaning.variants, declared)

    def _of_extra(self, project: str, extra: str) -> Sequence[Needed]:
        version = self._graph.versions.get(project)
        texts = self._uv.requires(project, version) if version else None
        return needed(texts or (), project, extra, self._uv.environment)


class _Reached:
    """Which packages run dependencies lead to from a recipe; found when first asked. Of each
    package on the way the newest version counts."""

    def __init__(self, host: Any, recipe: Recipe) -> None:
        self._host, self._recipe = host, recipe
        self._packages: frozenset[str] | None = None

    def __call__(self, package: str) -> bool:
        if self._packages is None:
            self._packages = self._follow()
        return package in self._packages

    def _follow(self) -> frozenset[str]:
        cell = self._recipe.cell
        todo = [(self._recipe.meaning, self._recipe.version)]
        seen = {self._recipe.meaning.package}
        while todo:
            meaning, version = todo.pop()
            for line in meaning.lines:
                if "run" not in line.types or line.package in seen or line.opaque:
                    continue
                if line.applies(version, meaning.variants) and line.holds_in(cell):
                    seen.add(line.package)
                    found = self._host.repos.package(line.package)
                    if found and found.versions:
                        todo.append(
                            (self._host.evaluator.meaning(line.package), found.versions[0])
                        )
        return frozenset(seen - {self._recipe.meaning.package})


def _omitted(record: Mapping[str, Any], verdict: Verdict) -> str:
    """What the report of ``create`` said of an edge that is lost."""
    asked = re.match(r"[\w.-]+", verdict.why)
    for omission in record.get("omissions", ()):
        declared = re.match(r"[\w.-]+", omission["declared"] or "")
        if asked and declared and canonicalize_name(declared[0]) == canonicalize_name(asked[0]):
            return f" (reported: {omission['reason']})"
    return ""


# --- what is printed ----------------------------------------------------------------------------


def _print(outcome: Mapping[str, Any]) -> None:
    name, end = outcome["name"], outcome["end"]
    reason = outcome.get("reason") or (outcome["uv"] if isinstance(outcome["uv"], str) else "")
    size = f" ({outcome['edges']} edges)" if end in (WHOLE, LOSING) else ""
    print(f"{name}: {end}{size}{f': {reason}' if reason else ''}", flush=True)
    for each in outcome["verdicts"]:
        subject = f"{each['package']} {each['version']}"
        print(f"  {subject}: {each['kind']}: {each['dependency']}: {each['why']}")
    for project, which in outcome["judged"].items():
        print(f"  {project}: judged by {which}")
    for each in outcome.get("notes", ()):
        print(f"  note: {each}")


def _summary(outcomes: Sequence[Mapping[str, Any]]) -> int:
    ends = Counter(each["end"] for each in outcomes)
    kinds = Counter(verdict["kind"] for each in outcomes for verdict in each["verdicts"])
    answered = ends[WHOLE] + ends[LOSING] + ends[UNWRITTEN]
    print(f"\n{len(outcomes)} roots, {sum(each['edges'] for each in outcomes)} edges looked at")
    for end in (WHOLE, LOSING, UNWRITTEN, OURS_ALONE, NEITHER):
        names = [each["name"] for each in outcomes if each["end"] == end]
        print(f"  {ends[end]:4} {end}" + (f": {', '.join(names)}" if end != WHOLE else ""))
    told = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    print(f"  edges: {', '.join(told) or 'all there'}")
    noted = [each["name"] for each in outcomes if each.get("notes")]
    if noted:
        print(f"  not all could be judged of {len(noted)}: {', '.join(noted)}")
    if answered:
        share = 100 * ends[WHOLE] / answered
        print(f"  written whole, of those that uv has an answer for: {share:.1f}%")
    return 1 if ends[LOSING] else 0


if __name__ == "__main__":
    sys.exit(main())
