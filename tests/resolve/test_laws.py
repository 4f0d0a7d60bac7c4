"""What holds in every small world: nothing is lost, nothing is refused that can be had, and
neither the order of anything nor what an earlier run wrote decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.translate import spack_order
from spack_pypi.translate.existing_lines import applies_to
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

PROJECTS = ("a", "b", "c", "d")
VERSIONS = ("1.0", "2.0", "3.0")
#: A release: project and version, with an extra or none.
Unit = tuple[str, str, str]


@dataclass(frozen=True)
class World:
    """``index`` maps releases to what they require; ``builtin`` packages to their versions."""

    index: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    builtin: dict[str, tuple[str, ...]] = field(default_factory=dict)


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


def ports(world: World) -> tuple[MemoryHost, MemoryIndex]:
    host, index = MemoryHost(), MemoryIndex()
    for project, versions in world.builtin.items():
        host.has(project, *versions)
    for (project, version), required in world.index.items():
        index.add(project, version, *required, build=[], extras=["x"])
    return host, index


def run(host: MemoryHost, index: MemoryIndex, names: Sequence[str]) -> Outcome:
    return create(host, index, Request(tuple(names), verify=Verify.LOAD))


def required_by(world: World, unit: Unit) -> list[Requirement]:
    """What a unit requires on Linux, as `packaging` reads it."""
    project, version, extra = unit
    environment = {"sys_platform": "linux", "extra": extra}
    found = []
    for text in world.index[project, version]:
        requirement = Requirement(text)
        marker = requirement.marker
        always = marker is None or marker.evaluate({**environment, "extra": ""})
        asked = marker is None or marker.evaluate(environment)
        asked = asked and (not extra or not always)
        if asked and requirement.name != project:
            found.append(requirement)
    return found


def obtainable(world: World) -> set[Unit]:
    """The units all of whose requirements can be met, by what is obtainable or exists."""
    good = {(p, v, extra) for p, v in world.index for extra in ("", "x")}
    while True:
        bad = {
            unit
            for unit in good
            if any(not is_met(world, good, each) for each in required_by(world, unit))
            or contradict(required_by(world, unit))
        }
        if not bad:
            return good
        good -= bad


def is_met(world: World, good: set[Unit], requirement: Requirement) -> bool:
    return any(
        all((p, v, extra) in good for extra in ("", *requirement.extras))
        for p, v in world.index
        if p == requirement.name and requirement.specifier.contains(v)
    )


def contradict(requirements: Sequence[Requirement]) -> bool:
    """Whether no version satisfies all that is required of some project."""
    names = {requirement.name for requirement in requirements}
    return any(
        not any(
            all(r.specifier.contains(version) for r in requirements if r.name == name)
            for version in (*VERSIONS, "9.1")
        )
        for name in names
    )


@given(worlds(), st.permutations(PROJECTS))
def test_the_order_of_what_is_named_changes_no_byte(world: World, order: Sequence[str]) -> None:
    assert run(*ports(world), PROJECTS).plan.texts == run(*ports(world), order).plan.texts


def lost(host: MemoryHost, index: MemoryIndex, world: World, result: Outcome) -> list[str]:
    """The requirements of releases that were written which their recipes do not say."""
    found: list[str] = []
    for record in result.plan.records.values():
        if record.status is not RecordStatus.NEW:
            continue
        text = result.plan.texts[record.package]
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
            # What an extra of a package brings may ask for more of the same project.
            exact = not any(requirement.extras for requirement in required)
            for requirement in required:
                name = requirement.name
                mine = [d for d in lines if d.package == f"py-{name}"]
                reported = re.search(rf"# .*\b{name}\S* is left out: Spack's graphs", text)
                known = {v for p, v in world.index if p == name}
                known |= {*world.builtin.get(name, ())}
                stays = {
                    v for v in known if all(spack_order.contains(d.versions, v) for d in mine)
                }
                meant = {
                    v
                    for v in known
                    if all(r.specifier.contains(v) for r in required if r.name == name)
                }
                same = stays == meant if exact else stays <= meant
                if not reported and not (mine and same):
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
    written = {
        project for project in PROJECTS if result.plan.records[project].status is RecordStatus.NEW
    }
    assert written == {project for project, _, extra in good if not extra}
    for record in result.plan.records.values():
        for version in record.versions:
            assert (record.project, str(Version(version)), "") in good


@given(worlds(), st.permutations(PROJECTS))
def test_what_was_written_before_loses_nothing(world: World, order: Sequence[str]) -> None:
    """One after the other writes who is written at once, and loses nothing on the way, in recipes
    of its own and in those that add to what exists. (Where an extra is requested of a package
    that an earlier run wrote without it, what it brings may be refused, but is not lost.)"""
    extras = any("[" in text for required in world.index.values() for text in required)
    at_once = run(*ports(world), PROJECTS)
    host, index = ports(world)
    for name in order:
        result = run(host, index, [name])
        assert not lost(host, index, world, result)
        fails = at_once.plan.records[name].status is RecordStatus.FAILED
        assert bool(result.plan.failed) == fails or (result.plan.failed and extras), name
        for record in result.plan.records.values():
            if record.status is RecordStatus.NEW:
                host.keep(record.project, record.package, result.plan.texts[record.package])
