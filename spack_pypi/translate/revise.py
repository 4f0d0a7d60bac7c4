"""What must change in the dependencies of a recipe when it gets new versions.

Its lines were written for older releases. A line ends before a new release only if the metadata of
the older release requires it and that of the new one does not, or if it contradicts the new one.
What no metadata explains was added by a person and stays: compilers, tools that a build backend
requires when it is called, caps, the dependencies of tests and variants. A cap on Python ends only
before a release that names a later Python as supported than the older one did. What the lines that
stay do not state yet is added, but for what a person left out of them without harm: a bound on
Python that excludes none, and bounds for building that the older release declared, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..recipe.model import ALWAYS, LANGUAGES, Dependency, DependencyLine
from . import spack_order
from .existing_lines import IMPLIED, applies_to, is_native, is_of_branch
from .left_out import is_left_out
from .one_bound import without_stated_bound
from .stated import LineEnvironments, contained, is_stated
from .versions import BoundaryRule, Inexpressible, apart, boundary, is_pin, runs
from .written_types import with_other_types, without_build


@dataclass(frozen=True)
class Revision:
    """``ends`` maps the lines (by number) that must no longer apply to all versions to the version
    range that remains of their own ``when``; ``added`` maps each new version to new lines, and
    ``left_out`` to bounds for building that the recipe leaves out as it did before; of the lines
    that are ``removed`` nothing remains, and ``blocks`` (`DependencyLine.block`) get other
    versions."""

    ends: Mapping[int, str]
    added: Mapping[str, Sequence[Dependency]]
    left_out: Mapping[str, Sequence[Dependency]] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    blocks: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NewVersion:
    """What is known of a version that a recipe gets.

    ``dependencies`` are its own by its metadata, ``before`` those of the nearest release that the
    recipe lists, in the same form; if nothing is known of that one, only lines that contradict
    the new one end. ``undeclared`` are dependencies of both that no metadata declares: the author
    of the recipe knew how the older release is built and run, so they are not added. ``unknown``:
    it is not known what it requires to run, ``uncertain``: nor all that it requires to build;
    what the recipe states is kept. ``unavailable`` are packages that it is known to need, in
    versions that no repo has. ``supported`` are the newest Pythons (``3.13``) that the older
    release and the new one name as supported; empty for one that names none."""

    dependencies: Sequence[Dependency] = ()
    before: Sequence[Dependency] = ()
    undeclared: Sequence[Dependency] = ()
    unknown: bool = False
    uncertain: bool = False
    unavailable: frozenset[str] = frozenset()
    supported: tuple[str, str] = ("", "")


class InLoops(Exception):
    """Lines that must end stand in ``loops``: by the lines of the recipe in which these begin,
    which of the dependencies that each states, counted from 0."""

    def __init__(self, loops: Mapping[int, Collection[int]]) -> None:
        super().__init__(f"lines of the loops in {[*loops]} must end")
        self.loops = loops


def revise(
    stated: Sequence[DependencyLine],
    versions: Sequence[str],
    new: Mapping[str, NewVersion],
    pythons: Sequence[str] = (),
    excluded: Sequence[DependencyLine] = (),
    branches: Sequence[str] = (),
) -> Revision:
    """How the lines of a recipe with these ``versions`` (in any order) must change for ``new``
    ones. ``pythons`` are all that the host has, for a recipe whose author is followed in what it
    leaves out; without them everything is added. What is ``excluded`` by conflicts need not be
    excluded by a range as well. ``branches`` are those of the new ones that the recipe lists
    already: what it states for none of its ``versions`` was required by what these were before.

    Raises `InLoops` if lines of loops must end, and `Inexpressible` if a line cannot end, because
    it is inherited or because nothing would remain of it.
    """
    ended_before: dict[int, set[str]] = {}
    added: dict[str, Sequence[Dependency]] = {}
    left_out: dict[str, Sequence[Dependency]] = {}
    required = {
        branch: frozenset(line.package for line in new[branch].dependencies)
        for branch in branches
        if not new[branch].unknown
    }
    removed = {
        number
        for branch in required
        for number, line in enumerate(stated)
        if is_of_branch(line, branch, required[branch], versions)
    }
    for version, known in new.items():
        lines = known.dependencies
        environments = LineEnvironments(stated, lines, pythons)
        judge = _Judge(known, environments)
        applying = {
            number: line
            for number, line in enumerate(stated)
            if applies_to(line, version) and number not in removed
        }
        wrong = {number for number, line in applying.items() if judge.ends(line)}
        wrong |= judge.opposed({n: line for n, line in applying.items() if n not in wrong})
        for number in sorted(wrong):
            ended_before.setdefault(number, set()).add(version)
        kept = [line.dependency for number, line in applying.items() if number not in wrong]
        ended = [stated[number].dependency for number in (*wrong, *removed)]
        without = {line.package for line in ended}
        holes = [line.dependency for line in excluded if applies_to(line, version)]
        lacking = [
            line
            for line in lines
            if not is_stated(line, kept, environments, holes)
            and not (line in known.undeclared and line.package not in without)
        ]
        omitted = [
            line
            for line in lacking
            if pythons and is_left_out(line, known.before, kept, ended, environments)
        ]
        added[version] = [
            with_other_types(line, lines, ended, kept) for line in lacking if line not in omitted
        ]
        if pythons:
            added[version] = [
                without_stated_bound(without_build(line, lines, stated), kept, environments)
                for line in added[version]
            ]
        left_out[version] = [line for line in omitted if line.package != "python"]
    loops = _in_loops(stated, ended_before)
    if loops:
        raise InLoops(loops)
    every = sorted({*versions, *new}, key=spack_order.key)
    ends: dict[int, str] = {}
    for number, taken_out in ended_before.items():
        line = stated[number]
        dependency = line.dependency
        ends_at = apart if is_pin(dependency.versions) else boundary
        remains = remaining(dependency.when.versions, every, taken_out, ends_at)
        if line.fixed or not remains:
            raise Inexpressible(
                f"its recipe states '{line.dependency.spec}' for every version, which is wrong "
                f"for {', '.join(sorted(taken_out, key=spack_order.key))}"
            )
        ends[number] = remains
    return Revision(ends, added, left_out, frozenset(removed))


def _in_loops(
    stated: Sequence[DependencyLine], numbers: Iterable[int]
) -> dict[int, Collection[int]]:
    """Those of the lines with these ``numbers`` that stand in loops, as `InLoops` has them."""
    of_loops = [line.loop for line in stated]
    found: dict[int, set[int]] = {}
    for number in numbers:
        loop = of_loops[number]
        if loop:
            found.setdefault(loop, set()).add(number - of_loops.index(loop))
    return {loop: found[loop] for loop in sorted(found)}


@dataclass(frozen=True)
class _Judge:
    """Decides which existing lines end before a new version; ``environments`` are those in which
    it runs."""

    new: NewVersion
    environments: LineEnvironments

    def ends(self, stated: DependencyLine) -> bool:
        """Whether a line that applies to the new release must end before it."""
        line = stated.dependency
        if line.package in IMPLIED or line.when.variants or line.when.target:
            return False
        if not {"build", "link", "run"} & {*line.types}:
            return False  # no metadata declares the dependencies of tests
        runs = "run" in line.types
        if self.new.unknown and runs:
            return False
        new = [each for each in _alike(self.new.dependencies, line) if not each.when.target]
        old = _alike(self.new.before, line)
        where = self.environments.where(line.when)
        return any(
            self._ends_in(stated, new_here, old_here)
            for here, new_here in self.environments.cases(where, new)
            for _, old_here in self.environments.cases(here, old)
        )

    def opposed(self, applying: Mapping[int, DependencyLine]) -> set[int]:
        """Of lines that leave no version together with what the new release requires, although
        each of them does, those that require more than it does."""
        found: set[int] = set()
        for package in {each.dependency.package for each in applying.values()}.difference(IMPLIED):
            lines = {
                number: stated
                for number, stated in applying.items()
                if stated.dependency.package == package
                and replace(stated.dependency.when, versions="") == ALWAYS
            }
            new = [d for d in self.new.dependencies if d.package == package and d.when == ALWAYS]
            together = [each.dependency.versions for each in lines.values()]
            if new and spack_order.disjoint([*together, *(each.versions for each in new)]):
                found |= {n for n, each in lines.items() if not _explains(new, each.dependency)}
        return found

    def _ends_in(
        self, stated: DependencyLine, new: Sequence[Dependency], old: Sequence[Dependency]
    ) -> bool:
        """Whether the line is wrong in an environment where the releases have these
        dependencies. A cap that is inherited is kept."""
        line = stated.dependency
        if new and spack_order.disjoint([line.versions, *(each.versions for each in new)]):
            return True
        if line.package == "python":  # a release without Requires-Python runs with any
            if not stated.fixed and self._supports_more(line, old):
                return True
        else:
            runs = "run" in line.types
            if not new or (runs and not _run(new)):
                return self._is_given_up(line, _run(old) if runs else old)
            if is_native(line.package):
                return False  # a person may know more about a tool than the metadata
        low, colon, high = line.versions.partition(":")
        both = bool(low and high) and "," not in line.versions
        bounds = (f"{low}:", f":{high}") if both else (line.versions,)
        lines = [replace(line, versions=bound) for bound in bounds]
        return any(not _explains(new, each) and _explains(old, each) for each in lines)

    def _supports_more(self, line: Dependency, old: Sequence[Dependency]) -> bool:
        """Whether a cap on Python is what the older release named as supported, and the new one
        names a later Python."""
        before, now = self.new.supported
        if not (before and now) or spack_order.contains(line.versions, now):
            return False
        return _explains([*old, Dependency("python", f":{before}")], line)

    def _is_given_up(self, line: Dependency, old: Sequence[Dependency]) -> bool:
        """Whether the older release requires it, and the new one certainly does not."""
        if line.package in LANGUAGES:
            return False  # they follow from the names of source files, and are not declared
        if line.package in self.new.unavailable:
            return False
        return bool(old) and ("run" in line.types or not self.new.uncertain)


def _alike(lines: Sequence[Dependency], line: Dependency) -> list[Dependency]:
    """Those about the same package, but for those of variants."""
    return [each for each in lines if each.package == line.package and not each.when.variants]


def _run(lines: Sequence[Dependency]) -> list[Dependency]:
    return [line for line in lines if "run" in line.types]


def _explains(lines: Sequence[Dependency], line: Dependency) -> bool:
    """Whether an existing line requires no more than these do together."""
    return contained([each.versions for each in lines], line.versions)


def remaining(
    ranges: str, known: Sequence[str], without: set[str], between: BoundaryRule = boundary
) -> str:
    """What remains of version ranges when some known versions (oldest first) are taken out; empty
    for nothing. ``between`` says where a range ends, between two versions. Raises
    `Inexpressible`."""
    parts: list[str] = []
    for part in (ranges or ":").split(","):
        members = [version for version in known if spack_order.contains(part, version)]
        if not without & set(members):
            parts.append(part)
            continue
        low, colon, high = part.lstrip("=").partition(":")
        high = high if colon else low
        for stays, first, last in runs(version not in without for version in members):
            if not stays:
                continue
            start = low if first == 0 else between(members[first - 1], members[first])[1]
            end = high
            if last + 1 < len(members):
                found = between(members[last], members[last + 1])[0]
                if found is None:
                    raise Inexpressible(
                        f"no version range ends between {members[last]} and the next version"
                    )
                end = found
            mine = members[first : last + 1]
            # ``1.5:1.5.0`` holds one version more than ``1.5.0``: ``1.5``, the same release.
            is_one = re.fullmatch(rf"{re.escape(start)}(\.0)*", end) if start else None
            if is_one and [v for v in known if spack_order.contains(end, v)] == mine:
                start = end
            parts.append(start if start == end else f"{start}:{end}")
    return ",".join(parts)
