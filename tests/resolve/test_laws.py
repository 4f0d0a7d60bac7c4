"""What holds in every small world: nothing is lost, nothing is refused that can be had, and
neither the order of anything nor what an earlier run wrote decides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Sequence, Set, Tuple

from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

from spack_pypi.host.port import Package
from spack_pypi.recipe.edit import RecipeText
from spack_pypi.translate import spack_order
from spack_pypi.translate.revise import applies_to
from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Request, Result
from tests.memory import MemoryHost, MemoryIndex

PROJECTS = ("a", "b", "c", "d")
VERSIONS = ("1.0", "2.0", "3.0")
#: A release: project and version, with an extra or none.
Unit = Tuple[str, str, str]


@dataclass(frozen=True)
class World:
    """``index`` maps releases to what they require; ``builtin`` packages to their versions."""

    index: Dict[Tuple[str, str], Tuple[str, ...]] = field(default_factory=dict)
    builtin: Dict[str, Tuple[str, ...]] = field(default_factory=dict)


@st.composite
def requirements(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from((*PROJECTS, "gone")))
    extra = draw(st.sampled_from(("", "", "", "[x]")))
    bound = draw(st.sampled_from(("", "", ">=2", "<2", "==2.0", ">=3,<4", "!=2.0", ">9")))
    where = draw(st.sampled_from(("", "", "", '; extra == "x"', '; sys_platform == "win32"')))
    return f"{name}{extra}{bound}{where}"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    index = {}
    for project in PROJECTS:
        for version in draw(st.sets(st.sampled_from(VERSIONS))):
            index[project, version] = tuple(draw(st.lists(requirements(), max_size=3)))
    builtin = {
        project: tuple(sorted(versions, reverse=True))
        for project in draw(st.sets(st.sampled_from(PROJECTS), max_size=2))
        for versions in [draw(st.sets(st.sampled_from(VERSIONS), min_size=1))]
    }
    return World(index, builtin)


def ports(world: World) -> Tuple[MemoryHost, MemoryIndex]:
    host, index = MemoryHost(), MemoryIndex()
    for project, versions in world.builtin.items():
        host.has(project, *versions)
    for (project, version), required in world.index.items():
        index.add(project, version, *required, build=[], extras=["x"])
    return host, index


def run(host: MemoryHost, index: MemoryIndex, names: Sequence[str]) -> Result:
    return create(host, index, Request(tuple(names), proof="load"))


def required_by(world: World, unit: Unit) -> List[Requirement]:
    """What a unit requires on Linux, as `packaging` reads it."""
    project, version, extra = unit
    environment = {"sys_platform": "linux", "extra": extra}
    found = []
    for text in world.index[project, version]:
        requirement = Requirement(text)
        marker = requirement.marker
        always = marker is None or marker.evaluate({**environment, "extra": ""})
        if (not extra and always) or (extra and not always and marker.evaluate(environment)):
            if requirement.name != project:
                found.append(requirement)
    return found


def obtainable(world: World) -> Set[Unit]:
    """The units all of whose requirements can be met, by what is obtainable or exists."""
    good = {(p, v, extra) for p, v in world.index for extra in ("", "x")}
    while True:
        bad = {
            unit
            for unit in good
            if any(
                not is_met(world, good, requirement) for requirement in required_by(world, unit)
            )
        }
        if not bad:
            return good
        good -= bad


def is_met(world: World, good: Set[Unit], requirement: Requirement) -> bool:
    return any(
        all((p, v, extra) in good for extra in ("", *requirement.extras))
        for p, v in world.index
        if p == requirement.name and requirement.specifier.contains(v)
    )


@given(worlds(), st.permutations(PROJECTS))
def test_the_order_of_what_is_named_changes_no_byte(world: World, order: Sequence[str]) -> None:
    assert run(*ports(world), PROJECTS).texts == run(*ports(world), order).texts


def lost(host: MemoryHost, index: MemoryIndex, world: World, result: Result) -> List[str]:
    """The requirements of releases that were written which their recipes do not say."""
    found = []
    for record in result.records.values():
        if record.status != "new":
            continue
        text = result.texts[record.package]
        stated = RecipeText(text).stated
        for version in record.versions:
            lines = [
                line.dependency
                for line in stated
                if applies_to(line, version)
                and line.dependency.when.platform in ("", "linux")
                and not line.dependency.when.variants
            ]
            required = required_by(world, (record.project, version, ""))
            # What an extra stands for that is no variant may be asked for here, too.
            more = any(each.extras for each in required)
            for requirement in required:
                mine = [d for d in lines if d.package == f"py-{requirement.name}"]
                told = re.search(rf"# .*\b{requirement.name}\S* is not here: Spack's graphs", text)
                known = {v for p, v in world.index if p == requirement.name}
                known |= {*world.builtin.get(requirement.name, ())}
                alike = [each for each in required if each.name == requirement.name]
                accepted = {v for v in known if all(r.specifier.contains(v) for r in alike)}
                stays = {
                    v for v in known if all(spack_order.contains(d.versions, v) for d in mine)
                }
                same = stays <= accepted if more else stays == accepted
                if not told and not (mine and same):
                    found.append(f"{record.project} {version}: {requirement}")
    return found


@given(worlds())
def test_what_is_written_says_all_that_is_required(world: World) -> None:
    host, index = ports(world)
    assert not lost(host, index, world, run(host, index, PROJECTS))


@given(worlds())
def test_who_can_be_had_is_written_and_who_cannot_is_not(world: World) -> None:
    """Without packages that exist, and so without extras that are flattened."""
    world = World(world.index, {})
    good = obtainable(world)
    result = run(*ports(world), PROJECTS)
    written = {project for project in PROJECTS if result.records[project].status == "new"}
    assert written == {project for project, _, extra in good if not extra}
    for record in result.records.values():
        for version in record.versions:
            assert (record.project, str(Version(version)), "") in good


def keep(host: MemoryHost, result: Result) -> None:
    """What a run wrote is there for the next one."""
    for record in result.records.values():
        if record.status == "new":
            text = result.texts[record.package]
            before = host.packages.get(record.project)
            if record.package in host.texts:
                host.inherited.setdefault(record.package, host.texts[record.package])
            old = before.versions if before else ()
            versions = sorted({*record.versions, *old}, key=Version, reverse=True)
            variants = () if before else ("x",) if 'variant("x"' in text else ()
            host.packages[record.project] = Package(
                record.package, "site", tuple(versions), tuple(variants)
            )
            host.texts[record.package] = text


@given(worlds(), st.permutations(PROJECTS))
def test_what_was_written_before_loses_nothing(world: World, order: Sequence[str]) -> None:
    """One after the other writes who is written at once, and loses nothing on the way."""
    at_once = run(*ports(world), PROJECTS)
    host, index = ports(world)
    for name in order:
        result = run(host, index, [name])
        assert not lost(host, index, world, result)
        assert bool(result.failed) == (at_once.records[name].status == "failed"), name
        keep(host, result)
