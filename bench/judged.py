"""The recipes that were written for a graph of uv, held against it; for ``against_uv.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from bench.created import Written
from bench.edges import (
    NARROW,
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

#: The codes of what a recipe does not say.
LEFT_OUT = ("missing-dependency", "omitted-requirement", "cycle")


class Judged:
    """The recipes that were written for one graph, as Spack's classes evaluate them."""

    def __init__(self, graph: Graph, written: Written, repo: Path, uv: Uv) -> None:
        from spack_pypi.host.spack.host import SpackHost

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
                        "why": each.why + self._reported(package, each),
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

    def _reported(self, package: str, verdict: Verdict) -> str:
        """What the report of ``create`` said of an edge that is lost."""
        asked = re.match(r"[\w.-]+", verdict.why)
        for each in self._written.diagnostics:
            declared = re.match(r"[\w.-]+", each["subject"] or "")
            if each["code"] not in LEFT_OUT or each["package"] != package:
                continue
            if (
                asked
                and declared
                and canonicalize_name(declared[0]) == canonicalize_name(asked[0])
            ):
                return f" (reported: {each['text']})"
        return ""


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
