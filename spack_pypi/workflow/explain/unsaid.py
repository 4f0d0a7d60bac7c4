"""What releases declare and no line of a recipe says, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name

from ...host.port import DeclaredDependency, Host, Meaning
from ...recipe.model import Dependency, DependencyLine
from ...recipe.stated_lines import stated_lines
from ...resolve.package import DEVELOPING
from ...translate import spack_order
from ...translate.existing_lines import applies_to, is_brought
from ...translate.origins import Origin
from ...translate.requirements import parsed
from ..compare import oracle
from ..compare.comparison import IMPLIED, Comparison, Expected
from ..compare.oracle import CellSet
from .dependencies import NO_SPECIFIER
from .model import FOR_DEVELOPING, Cited, Unsaid
from .says import ReleaseSays
from .wanted import RUN_FIELD, Requirements, Wanted

_CYCLE = "it requires this package itself, and Spack's graphs have no cycles"


class UnsaidFinder:
    """Finds it for one recipe, by what it means: lines that are computed or inherited count.
    ``stated`` are the lines of its text."""

    def __init__(
        self,
        host: Host,
        comparison: Comparison,
        requirements: Requirements,
        meaning: Meaning,
        stated: Sequence[DependencyLine],
    ) -> None:
        self._host, self._comparison, self._meaning = host, comparison, meaning
        self._requirements, self._matrix = requirements, comparison.matrix
        self._stated = stated

    def of(self, says: ReleaseSays) -> Iterator[Unsaid]:
        """What one release declares and no line says."""
        yield from self._python(says)
        yield from self._not_comparable(says)
        yield from self._with_extras(says)
        yield from self._tools(says)

    def _python(self, says: ReleaseSays) -> Iterator[Unsaid]:
        declared = says.metadata.requires_python
        lines = [
            line
            for line in self._meaning.lines
            if line.package == "python" and not line.native and self._applies(line, says, {})
        ]
        if declared and not lines:
            pythons = self._host.repos.python_versions() if says.python is not None else ()
            excluded = [p for p in pythons if not oracle.accepts(declared, p)]
            reason = "every Python that this Spack has satisfies it" if pythons else NO_SPECIFIER
            if excluded:
                reason = f"no line says it, though this Spack has Python {excluded[0]}"
            yield self._unsaid(says, Cited("Requires-Python", declared), reason, "python")

    def _not_comparable(self, says: ReleaseSays) -> Iterator[Unsaid]:
        for text, reason in oracle.not_comparable(says.metadata.requires_dist or ()):
            yield self._unsaid(says, Cited(RUN_FIELD, text), reason)

    # --- requirements -------------------------------------------------------------------------

    def _with_extras(self, says: ReleaseSays) -> Iterator[Unsaid]:
        """Without extras; with each for which the recipe has a variant; then the others."""
        ranges = self._meaning.variant_ranges
        by_extra = {
            canonicalize_name(name): name
            for name in self._meaning.variants
            if spack_order.contains(ranges.get(name, ""), says.version)
        }
        every = sorted(says.extras)
        seen: set[Cited] = set()
        cycles = self._cycles(says)
        for extra in ("", *(e for e in every if e in by_extra)):
            for wanted in self._requirements.of(says, frozenset({extra} - {""})):
                if wanted.cited not in seen:
                    on = {name: by == extra for by, name in by_extra.items() if by in every}
                    found = self._missing(says, wanted, on, cycles)
                    if found is not None:
                        yield found
                    seen.add(wanted.cited)
        yield from self._left(says, every, seen)

    def _left(self, says: ReleaseSays, every: list[str], seen: set[Cited]) -> Iterator[Unsaid]:
        """What only extras without variants require: counted by extra, and those for development
        together; and what applies nowhere."""
        number: Counter[str] = Counter()
        for text in says.metadata.requires_dist or ():
            if Cited(RUN_FIELD, text) in seen or not _is_requirement(text, says):
                continue
            alone = self._requirements.alone
            asking = [e for e in every if alone(says, text, frozenset({e}))]
            if not asking:
                reason = "its marker holds on no Python and platform that this Spack has"
                yield self._unsaid(says, Cited(RUN_FIELD, text), reason)
                continue
            lasting = [e for e in asking if not DEVELOPING.match(e)]
            number.update(lasting or [""])
        for extra, count in sorted(number.items()):
            cited, reason = Cited(f"extra {extra}", ""), "the recipe has no variant for this extra"
            if not extra:
                named = ", ".join(e for e in every if DEVELOPING.match(e))
                cited, reason = Cited(f"extras {named}", ""), FOR_DEVELOPING
            found = self._unsaid(says, cited, reason)
            yield replace(found, counted=(count, count))

    def _missing(
        self, says: ReleaseSays, wanted: Wanted, on: Mapping[str, bool], cycles: set[str]
    ) -> Unsaid | None:
        """The requirement, if no line says it for each configuration in which the release runs."""
        package = wanted.package
        if wanted.building and package in IMPLIED:
            reason = "PythonPackage builds with it, whatever a recipe says"
            stated = [each for each in self._stated if each.dependency.package == package]
            said = any(applies_to(line, says.version) for line in stated)
            return None if said else self._unsaid(says, wanted.cited, reason, package)
        settings = {**self._meaning.variants, **on}
        runs = self._requirements.where(self._meaning.runs_in(says.version, settings), says)
        if not wanted.cells & runs:
            reason = "its marker holds on no Python and platform on which the package runs"
            return self._unsaid(says, wanted.cited, reason, package)
        runs &= ~self._comparison.of_no_use(wanted.required.project)
        if not wanted.cells & runs:
            reason = "Python has this module itself, and a port would take its place"
            return self._unsaid(says, wanted.cited, reason, package)
        use = "build" if wanted.building else "run"
        lines = [
            line
            for line in self._meaning.lines
            if line.package == package and self._applies(line, says, on) and use in line.types
        ]
        covered = oracle.union(oracle.where(self._matrix, line.holds_in) for line in lines)
        missing = wanted.cells & runs & ~covered
        if not missing or any(line.opaque for line in lines):
            return None
        if not missing & ~wanted.required.brought:
            reason = "what has the extra depends on it in each version"
            return self._unsaid(says, wanted.cited, reason, package)
        if package in cycles:
            return self._unsaid(says, wanted.cited, _CYCLE, package)
        reason = self._reason(package, missing, bool(covered), use)
        return self._unsaid(says, wanted.cited, reason, package)

    def _reason(self, package: str, missing: CellSet, partly: bool, use: str) -> str:
        cells = oracle.members(self._matrix, missing)
        platforms = dict.fromkeys(cell.platform for cell in cells)
        exists = self._host.repos.package(package) is not None
        if "linux" not in platforms:
            where = f"no line says it on {' and '.join(platforms)}"
            return where if exists else f"{where}, and no repo has {package}"
        if not exists:
            return f"no line says it, and no repo has {package}"
        if not partly:
            return f"no line says that it is needed to {use}"
        example = oracle.example(self._matrix, missing)
        return f"no line says it everywhere, for example not with {example}"

    def _cycles(self, says: ReleaseSays) -> set[str]:
        """The packages that are missing because they require this one."""
        expected = Expected(
            says.release,
            says.metadata,
            says.built.requirements if says.built else None,
            smaller=says.smaller,
        )
        differences = self._comparison.dependencies(self._meaning, says.version, expected)
        return {each.subject for each in differences if each.code == "cycle"}

    # --- languages and tools ------------------------------------------------------------------

    def _tools(self, says: ReleaseSays) -> Iterator[Unsaid]:
        for origin in says.tools:
            lines = [line for line in self._meaning.lines if line.package == origin.what]
            there = any(self._applies(line, says, {}) for line in lines)
            if not (there or self._is_brought(origin, says)):
                cited = Cited(origin.where, origin.what)
                yield self._unsaid(says, cited, "no line says it", origin.what)

    def _is_brought(self, origin: Origin, says: ReleaseSays) -> bool:
        """Whether recipes leave a tool to a package that this one always needs to build."""
        always = {
            line.package
            for line in self._meaning.lines
            if "build" in line.types
            and self._applies(line, says, {})
            and all(line.holds_in(cell) for cell in self._matrix.cells)
        }
        tool = Dependency(origin.what, origin.versions)
        repos = self._host.repos
        recipes = (repos.recipe_texts(name) for name in always if repos.has(name))
        return is_brought(tool, ([*stated_lines(texts)] for texts in recipes))

    def _applies(
        self, line: DeclaredDependency, says: ReleaseSays, on: Mapping[str, bool]
    ) -> bool:
        return line.applies(says.version, {**self._meaning.variants, **on})

    def _unsaid(self, says: ReleaseSays, cited: Cited, reason: str, package: str = "") -> Unsaid:
        return Unsaid(cited, reason, package, (says.version,))


def _is_requirement(text: str, says: ReleaseSays) -> bool:
    """Whether it can be compared, and is about another project."""
    requirement = parsed(text)
    if requirement is None or any(oracle.not_comparable([text])):
        return False
    return canonicalize_name(requirement.name) != says.release.project
