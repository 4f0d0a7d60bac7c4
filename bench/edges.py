"""Is each edge of a resolved graph in the recipes? The judgement of ``bench/against_uv.py``.

It shares no code with what writes recipes, nor with ``check``: `packaging` says what a release
requires in one environment, Spack's classes (behind `Meaning`) what the recipe says there.

An edge of the dependent's release, to the version that was resolved for the dependency, is

* ``lost`` if no line of the recipe brings its package at run time in that cell, or none brings it
  with the variants that the requirement needs;
* ``too narrow`` if a line does, but all lines together reject the version;
* ``reported`` if it is lost, closes a cycle of the resolved graph, and a comment in the file names
  its package or project.

An extra of the dependency that its package has a variant of must be required by the line, unless
it is on by default. One that it has none of is flattened: each requirement of that extra must be
answered by a line of the dependent itself, or else be reached from it by run dependencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import (
    Callable,
)

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from spack_pypi.host.port import Cell, DeclaredDependency, Meaning

LOST, NARROW, REPORTED = "lost", "too narrow", "reported"


@dataclass(frozen=True)
class Needed:
    """A requirement that holds: of a project, with extras of it, in some versions."""

    project: str
    extras: tuple[str, ...] = ()
    specifier: str = ""

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.project}{extras}{self.specifier}"


def needed(
    texts: Iterable[str], project: str, extra: str, environment: Mapping[str, str]
) -> list[Needed]:
    """What the requirements (PEP 508) of a project ask for in an environment: without an extra
    (``""``), or with that one, and then not what they ask for without. Extras that it names of the
    project itself count as part of it. What is not a requirement is skipped."""
    parsed = []
    for text in texts:
        try:
            parsed.append(Requirement(text))
        except InvalidRequirement:
            continue

    def holding(wanted: str) -> list[Requirement]:
        given = {**environment, "extra": wanted}
        return [each for each in parsed if each.marker is None or each.marker.evaluate(given)]

    without = {str(each) for each in holding("")}
    found: dict[Needed, None] = {}
    todo, seen = [extra], {extra}
    while todo:
        for each in holding(todo.pop()):
            name = canonicalize_name(each.name)
            extras = tuple(sorted(canonicalize_name(inner) for inner in each.extras))
            if name == project:
                todo += [inner for inner in extras if inner not in seen]
                seen.update(extras)
            elif not extra or str(each) not in without:
                found[Needed(name, extras, str(each.specifier))] = None
    return list(found)


def nearest(version: str, listed: Sequence[str]) -> str | None:
    """The listed version that is equal to this one, as PEP 440 has it, else the next older one,
    else the next newer one; None where none is listed that PEP 440 can read."""
    wanted = Version(version)
    known = sorted(
        (found, text) for text in listed for found in [version_of(text)] if found is not None
    )
    older = [text for found, text in known if found <= wanted]
    newer = [text for found, text in known if found > wanted]
    return older[-1] if older else newer[0] if newer else None


def version_of(text: str) -> Version | None:
    """A version as a recipe spells it (``2024_09_5``), read as PEP 440; None if that cannot."""
    try:
        return Version(text.replace("_", "."))
    except InvalidVersion:
        return None


def spelled(version: str, declared: Iterable[str]) -> str:
    """A version as the dependency's recipe spells it, else as Spack orders it best."""
    wanted = Version(version)
    for text in declared:
        if version_of(text) == wanted:
            return text
    words = {"a": "alpha", "b": "beta"}
    return re.sub(r"(?<=\d)(a|b)(?=\d+$)", lambda found: words[found[1]], version)


@dataclass(frozen=True)
class Stand:
    """The package of a project. ``requires`` are the variants without which it does
    not (``python3`` of opencv), ``variants`` its boolean ones with their defaults, ``declared``
    its versions."""

    package: str
    requires: tuple[str, ...] = ()
    variants: Mapping[str, bool] = field(default_factory=dict)
    declared: tuple[str, ...] = ()

    def variant(self, extra: str) -> str | None:
        """The name of the variant that is this extra."""
        return next((n for n in self.variants if canonicalize_name(n) == extra), None)


@dataclass(frozen=True)
class Graph:
    """What a resolver took: the version of each project, the extras that it took of it, and who
    needs it."""

    versions: Mapping[str, str]
    extras: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dependents: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def needs(self, project: str) -> frozenset[str]:
        """The other projects that a project needs."""
        return frozenset(n for n, by in self.dependents.items() if project in by and n != project)

    def closes_circle(self, dependent: str, dependency: str) -> bool:
        """Whether a way leads from the dependency back to the dependent."""
        seen: set[str] = set()
        todo = [dependent]
        while todo:
            project = todo.pop()
            if project == dependency:
                return True
            if project not in seen:
                seen.add(project)
                todo += self.dependents.get(project, frozenset())
        return False


@dataclass(frozen=True)
class Verdict:
    """What is wrong with an edge (`LOST`, `NARROW`), or `REPORTED`."""

    kind: str
    dependency: str
    why: str


@dataclass(frozen=True)
class Recipe:
    """A version of a recipe in one cell; ``text`` is the file."""

    project: str
    version: str
    meaning: Meaning
    text: str
    cell: Cell

    def lines(self, package: str, extras: Iterable[str] = ()) -> list[DeclaredDependency]:
        """What it says of a package there, with the variants of these extras on: dependencies at
        run time, and conflicts."""
        names: dict[str, str] = {canonicalize_name(v): v for v in self.meaning.variants}
        variants = {**self.meaning.variants}
        variants.update({names[extra]: True for extra in extras if extra in names})
        return [
            line
            for line in self.meaning.lines
            if line.package == package
            and ("run" in line.types or not line.types)
            and line.applies(self.version, variants)
            and line.holds_in(self.cell)
        ]

    def runs(self) -> bool:
        """Whether it can be installed in the cell at all."""
        return self.meaning.runs_in(self.version, self.meaning.variants)(self.cell)

    def comments_on(self, name: str) -> bool:
        """Whether a comment in the file names a package or project."""
        return bool(re.search(rf"(?m)^\s*#.*(?<![\w-]){re.escape(name)}(?![\w-])", self.text))


def judge(
    recipe: Recipe,
    needs: Iterable[Needed],
    graph: Graph,
    stands: Callable[[str], Stand | None],
    of_extra: Callable[[str, str], Sequence[Needed]],
    reached: Callable[[str], bool],
    extra: str = "",
) -> Iterator[Verdict]:
    """What is wrong with the edges of one version of a recipe.

    ``needs`` is what its release requires, with the ``extra`` or without; ``stands`` gives the
    package for a project, ``of_extra`` what an extra of a project as resolved requires, and
    ``reached`` tells whether run dependencies lead from the recipe to a package.
    """
    extras = (extra,) if extra else ()
    for need in needs:
        yield from _edge(recipe, need, graph, stands, extras)
        for each in _flattened(need, stands, of_extra):
            found = list(_edge(recipe, each, graph, stands, extras))
            stand = stands(each.project)
            if found and found[0].kind == LOST and stand and reached(stand.package):
                continue
            for verdict in found:
                why = f"{verdict.why}, for {need}"
                yield Verdict(verdict.kind, verdict.dependency, why)


def _edge(
    recipe: Recipe,
    need: Needed,
    graph: Graph,
    stands: Callable[[str], Stand | None],
    extras: Sequence[str],
) -> Iterator[Verdict]:
    stand = stands(need.project)
    if stand is None:
        yield Verdict(LOST, need.project, f"{need}: no repo has a package for it")
        return
    package = stand.package
    if package == recipe.meaning.package:
        return
    lines = recipe.lines(package, extras)
    bring = [line for line in lines if line.types]
    if not bring:
        circle = graph.closes_circle(recipe.project, need.project)
        reported = circle and any(map(recipe.comments_on, (package, need.project)))
        closing = ", closes a circle" if circle else ""
        yield Verdict(REPORTED if reported else LOST, package, f"{need}: no line for it{closing}")
        return
    asked = {name for line in bring for name in re.findall(r"\+([\w-]+)", line.text)}
    wanted = [*(name.lstrip("+") for name in stand.requires)]
    wanted += filter(None, map(stand.variant, need.extras))
    for name in wanted:
        if name not in asked and not stand.variants.get(name, False):
            yield Verdict(LOST, f"{package}+{name}", f"{need}: no line with +{name}")
    version = graph.versions.get(need.project)
    if version is None or not SpecifierSet(need.specifier).contains(version, prereleases=True):
        return
    text = spelled(version, stand.declared)
    reject = [line for line in lines if not line.opaque and not line.accepts(text)]
    if reject:
        reported_lines = "; ".join(line.text for line in reject)
        yield Verdict(NARROW, package, f"{need}: {reported_lines} rejects {text}")


def _flattened(
    need: Needed,
    stands: Callable[[str], Stand | None],
    of_extra: Callable[[str, str], Sequence[Needed]],
) -> Iterator[Needed]:
    """What the extras of a requirement bring that its package has no variants of."""
    todo, seen = [need], {need}
    while todo:
        asked = todo.pop()
        stand = stands(asked.project)
        for extra in asked.extras if stand else ():
            if stand and stand.variant(extra) is None:
                for each in of_extra(asked.project, extra):
                    if each not in seen:
                        seen.add(each)
                        todo.append(each)
                        yield each
