"""What releases say of a ``depends_on`` line.

A release explains a line if it requires the same package, for the same use (to build, or to run),
wherever the line holds, and if the versions agree: the line excludes none that the requirements
accept, and with the other lines about the package it accepts none that they exclude.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ...host.port import Cell, DeclaredDependency, Host, Meaning
from ...recipe.model import LANGUAGES, Dependency, DependencyLine
from ...translate import spack_order
from ...translate.existing_lines import applies_to
from ..compare import oracle
from ..compare.comparison import Comparison
from ..compare.dependency import variant_of
from ..compare.oracle import CellSet
from .known_needs import NOT_REQUIRED, asking, known_need, lacks_a_name, needed_variants
from .model import BY_A_PERSON, TOGETHER, Cited, Ground, Verdict
from .says import ReleaseSays
from .wanted import Requirements, Wanted

#: Why a Requires-Python is compared with nothing.
NO_SPECIFIER = "it is not a valid specifier (PEP 440)"
#: Where the table of known needs may say more.
_UNDECLARED = (Verdict.UNEXPLAINED, Verdict.NAMED, Verdict.UNKNOWN)
_UNCONFIRMED = "its metadata, which nothing confirms, does not name it"


@dataclass
class PlainLine:
    """A `DeclaredDependency` of a recipe's text."""

    line: DependencyLine
    native: bool = False
    opaque: bool = False

    def __post_init__(self) -> None:
        dependency = self.line.dependency
        self.package, self.types = dependency.package, dependency.types
        self.text, self.when = dependency.spec, str(dependency.when)

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        signed = self.line.dependency.when.variants
        on = all(variants.get(name[1:], False) is (name[0] == "+") for name in signed)
        return on and applies_to(self.line, version)

    def holds_in(self, cell: Cell) -> bool:
        when = self.line.dependency.when
        here = not when.target or f"{cell.target}:" in when.target.split(",")
        python = spack_order.contains(when.python, cell.python)
        return when.platform in ("", cell.platform) and here and python

    def accepts(self, version: str) -> bool:
        return spack_order.contains(self.line.dependency.versions, version)


class DependencyGrounds:
    """See the module; of one recipe, by what it means and says in its text."""

    def __init__(
        self, host: Host, comparison: Comparison, requirements: Requirements, meaning: Meaning
    ) -> None:
        self._host, self._comparison, self._meaning = host, comparison, meaning
        self._requirements, self._matrix = requirements, comparison.matrix

    def ground(self, line: DependencyLine, says: ReleaseSays) -> Ground | None:
        """What one release says of a line; None if the line does not apply to it."""
        dependency = line.dependency
        if not applies_to(line, says.version):
            return None
        if dependency.package == "python":
            verdict, cited, notes = self._of_python(dependency, says)
        elif dependency.package in LANGUAGES or self._is_tool(dependency, says):
            verdict, cited, notes = _of_tool(dependency, says)
        else:
            verdict, cited, notes = self._of_package(dependency, says)
        known = known_need(dependency, says) if verdict in _UNDECLARED else None
        if known is not None:
            verdict, cited, notes = Verdict.NAMED, [known[0], *cited], known[1]
        else:
            cited = [*cited, *asking(dependency, says)]
        return Ground(verdict, tuple(dict.fromkeys(cited)), tuple(notes), (says.version,))

    # --- Python, languages, tools -------------------------------------------------------------

    def _of_python(
        self, dependency: Dependency, says: ReleaseSays
    ) -> tuple[Verdict, Sequence[Cited], Sequence[str]]:
        declared = says.metadata.requires_python
        if not declared:
            unknown = says.requires_unknown
            if unknown:
                return Verdict.UNKNOWN, (), (f"what the release requires is unknown: {unknown}",)
            if not says.metadata.confirmed:
                return Verdict.UNKNOWN, (), (_UNCONFIRMED,)
            return Verdict.UNEXPLAINED, (), (BY_A_PERSON,)
        cited = [Cited("Requires-Python", declared)]
        if says.python is None:
            return Verdict.UNKNOWN, cited, (NO_SPECIFIER,)
        when, line = dependency.when, PlainLine(DependencyLine(dependency))
        if when.variants or when.platform or when.target or when.python:
            return Verdict.DIFFERS, cited, ("it has a condition, which Requires-Python never has",)
        pythons = self._host.repos.python_versions()
        accepted = {p for p in pythons if oracle.accepts(declared, p)}
        lines = self._others(dependency, says, {})
        held = [p for p in pythons if line.accepts(p)]
        notes: list[str] = []
        narrow = [p for p in pythons if p in accepted and p not in held]
        wide = [p for p in held if p not in accepted and all(x.accepts(p) for x in lines)]
        for variant in sorted({*dependency.variants} - needed_variants(dependency, says)):
            notes.append(f"{variant} is nothing that the metadata asks for")
        if narrow:
            notes.append(f"it excludes Python {_few(narrow)}, which the metadata accepts")
        if wide:
            notes.append(f"it accepts Python {_few(wide)}, which the metadata excludes")
        if notes:
            return Verdict.DIFFERS, cited, notes
        return Verdict.EXPLAINED, cited, () if {*held} <= accepted else (TOGETHER,)

    def _is_tool(self, dependency: Dependency, says: ReleaseSays) -> bool:
        tools = says.built.tools if says.built else ()
        return any(tool.package == dependency.package for tool in tools)

    # --- projects -----------------------------------------------------------------------------

    def _of_package(
        self, dependency: Dependency, says: ReleaseSays
    ) -> tuple[Verdict, Sequence[Cited], Sequence[str]]:
        package, when = self._host.repos.provider(dependency.package), dependency.when
        anywhere = self._requirements.anywhere(says, package)
        cited = [each.cited for each in anywhere]
        if not anywhere:
            return self._of_nothing(dependency, says)
        signed = {canonicalize_name(name[1:]): name[0] == "+" for name in when.variants}
        strange = sorted({*signed} - says.extras)
        targets = [part for part in when.target.split(",") if part]
        if any(part.rstrip(":") not in oracle.FAMILIES or ":" not in part for part in targets):
            return Verdict.UNKNOWN, cited, ("its condition names targets that no marker knows",)
        if strange:
            names = ", ".join(strange)
            notes = [f"its condition names {names}, which is not an extra of the release"]
            return Verdict.DIFFERS, cited, notes
        wanted = frozenset(name for name, on in signed.items() if on)
        by_name = {canonicalize_name(name): name for name in self._meaning.variants}
        variants = {
            **self._meaning.variants,
            **{by_name.get(n, n): on for n, on in signed.items()},
        }
        where = self._requirements.where(PlainLine(DependencyLine(dependency)).holds_in, says)
        where &= oracle.where(self._matrix, self._meaning.runs_in(says.version, variants))
        if not where:
            note = "its condition holds with no Python that the release and this Spack have"
            return Verdict.UNKNOWN, cited, (note,)
        here = [w for w in self._requirements.of(says, wanted) if w.package == package]
        used = [w for w in here if w.cells & where and w.building is not _runs(dependency)]
        cited = [each.cited for each in here] or cited
        notes = [*self._uses(dependency, here, used, where)]
        if used:
            others = self._others(dependency, says, variants)
            notes += self._ranges(dependency, says, here, used, where, others)
            own = needed_variants(dependency, says)
            notes += self._variants(dependency, used, where, others, own)
        verdict = Verdict.DIFFERS if {*notes} - {TOGETHER} else Verdict.EXPLAINED
        if verdict is Verdict.EXPLAINED:
            return verdict, [each.cited for each in used], notes
        return verdict, cited, [note for note in notes if note != TOGETHER]

    def _of_nothing(
        self, dependency: Dependency, says: ReleaseSays
    ) -> tuple[Verdict, Sequence[Cited], Sequence[str]]:
        """What the release says of a package that none of its known requirements names."""
        for hint in says.built.hints if says.built else ():
            if dependency.package in hint.names():
                place = f"{hint.file}:{hint.line}" if hint.line else hint.file
                return Verdict.NAMED, [Cited(place, hint.text)], (NOT_REQUIRED,)
        unknown = says.requires_unknown if _runs(dependency) else says.build_unknown
        if unknown:
            use = "release" if _runs(dependency) else "build"
            return Verdict.UNKNOWN, (), (f"what the {use} requires is not known: {unknown}",)
        if _runs(dependency) and not says.metadata.confirmed:
            return Verdict.UNKNOWN, (), (_UNCONFIRMED,)
        return Verdict.UNEXPLAINED, (), (BY_A_PERSON,)

    def _uses(
        self,
        dependency: Dependency,
        here: Sequence[Wanted],
        used: Sequence[Wanted],
        where: CellSet,
    ) -> Iterator[str]:
        """How the line is used otherwise than required, and where it holds beyond that."""
        at_all = oracle.union(each.cells for each in here)
        needed = oracle.union(each.cells for each in used)
        if not here:
            yield "it also holds without the extra"
        elif at_all & where and not needed & where:
            use = "build" if _runs(dependency) else "run"
            yield f"the metadata requires it only to {use}"
        elif where & ~needed:
            where_not = oracle.example(self._matrix, where & ~needed)
            yield f"it also holds where it is not required, for example {where_not}"

    def _ranges(
        self,
        dependency: Dependency,
        says: ReleaseSays,
        here: Sequence[Wanted],
        used: Sequence[Wanted],
        where: CellSet,
        others: Sequence[DeclaredDependency],
    ) -> Iterator[str]:
        """Versions about which they disagree, in each region of cells in which the same holds."""
        held = [(oracle.where(self._matrix, line.holds_in), line) for line in others]
        needed = where & oracle.union(each.cells for each in used)
        sets = [*(each.cells for each in here), *(cells for cells, _ in held)]
        line = PlainLine(DependencyLine(dependency))
        notes: list[str] = []
        for region in oracle.regions(needed, sets):
            known = self._comparison.known(dependency.package, used[0].required.project)
            besides = [other for cells, other in held if cells & region]
            every = _specifiers(here if _runs(dependency) else used, region)
            _, narrow = known.differing(every, [line])
            narrow = tuple(v for v in narrow if not lacks_a_name(dependency, says, v))
            running = oracle.widest(each.required for each in used if each.cells & region)
            alone, _ = known.differing(running, [line])
            wide, _ = known.differing(running, [line, *besides])
            if narrow:
                notes.append(f"it excludes {oracle.few(narrow)}, which the metadata accepts")
            if wide:
                notes.append(f"it accepts {oracle.few(wide)}, which the metadata excludes")
            elif alone:
                notes.append(TOGETHER)
        yield from dict.fromkeys(notes)

    def _variants(
        self,
        dependency: Dependency,
        used: Sequence[Wanted],
        where: CellSet,
        others: Sequence[DeclaredDependency],
        needed: Set[str],
    ) -> Iterator[str]:
        """Extras that no line asks for, and variants that no extra asks for and that are not
        ``needed``."""
        existing = self._host.repos.package(dependency.package)
        here = [each.required for each in used if each.cells & where]
        asked = {
            f"+{name}"
            for each in here
            for extra in each.extras
            if existing and (name := variant_of(existing, extra, each.specifier))
        }
        has = {*dependency.variants, *(v for o in others for v in re.findall(r"\+[\w-]+", o.text))}
        for variant in sorted(asked - has):
            yield f"it lacks {variant}, which the metadata asks for"
        own = {*(existing.requires if existing else ())}
        for variant in sorted({*dependency.variants} - asked - own - needed):
            yield f"{variant} is nothing that the metadata asks for"

    def _others(
        self, dependency: Dependency, says: ReleaseSays, variants: dict[str, bool]
    ) -> list[DeclaredDependency]:
        """All lines about its package that hold with these variants for the same use."""
        settings = {**self._meaning.variants, **variants}
        use = "run" if _runs(dependency) else "build"
        return [
            line
            for line in self._meaning.lines
            if line.package == dependency.package
            and not line.opaque
            and (not line.types or use in line.types)
            and line.applies(says.version, settings)
        ]


def _of_tool(
    dependency: Dependency, says: ReleaseSays
) -> tuple[Verdict, Sequence[Cited], Sequence[str]]:
    """What a release says of a language, or of a tool that its build backend runs."""
    if says.source is None or says.built is None:
        if not says.problem:
            return Verdict.UNEXPLAINED, (), (BY_A_PERSON,)
        return Verdict.UNKNOWN, (), (f"what the build requires is not known: {says.problem}",)
    of_it = [each for each in says.tools if each.what == dependency.package]
    if not of_it:
        return Verdict.UNEXPLAINED, (), (BY_A_PERSON,)
    cited = [Cited(each.where, each.what) for each in of_it]
    notes = []
    versions = of_it[0].versions
    if not spack_order.contained([dependency.versions], versions):
        notes.append(f"it accepts versions that are not in {dependency.package}@{versions}")
    if not spack_order.contained([versions], dependency.versions):
        notes.append("it excludes versions that the archive accepts")
    if str(dependency.when).startswith("+") or dependency.when.platform:
        notes.append("it has a condition, which the archive does not")
    if _runs(dependency):
        notes.append("it is only needed to build")
    return (Verdict.DIFFERS if notes else Verdict.EXPLAINED), cited, notes


def _specifiers(wanted: Sequence[Wanted], region: CellSet) -> tuple[str, ...]:
    """The specifiers of those that hold in a region."""
    return oracle.specifiers(each.required for each in wanted if each.cells & region)


def _runs(dependency: Dependency) -> bool:
    return "run" in dependency.types


def _few(pythons: Sequence[str]) -> str:
    """Some Pythons, the oldest first."""
    return oracle.few(list(reversed(pythons)))
