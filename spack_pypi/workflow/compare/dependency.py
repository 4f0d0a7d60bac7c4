"""One dependency of a recipe compared with the requirements of a release on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...diagnostics import Diagnostic, Severity
from ...errors import SpackPyPIError
from ...host.port import DeclaredDependency, Host, Package
from ...pypi.model import Index
from ...translate import spack_order
from ...translate.library_versions import library_version
from ...translate.of_package import may_differ, needs_released, of_package
from . import oracle
from .cycles import Cycles
from .difference import About
from .known import KnownVersions
from .oracle import CellSet, Matrix, Required

#: Of how many packages the versions are kept: those that most recipes depend on.
_PACKAGES = 2**8

ERROR, NOTE = Severity.ERROR, Severity.NOTE

#: A dependency that a recipe declares, with the cells in which it holds.
Held = tuple[CellSet, DeclaredDependency]
#: What `About.diagnostic` makes a difference of: code, severity, example, phrase.
_Found = tuple[str, Severity, str, str]


class DependencyComparison:
    """Compares in every cell of the matrix; each range is compared once."""

    def __init__(self, host: Host, index: Index, matrix: Matrix) -> None:
        self._host, self._index, self._matrix = host, index, matrix
        self._cycles = Cycles(host, matrix.cells)
        self.known = lru_cache(_PACKAGES)(self._versions_of)

    def differences(
        self,
        about: About,
        required: Sequence[Required],
        held: Sequence[Held],
        *,
        opaque: bool,
        knows_build: bool,
    ) -> Iterator[Diagnostic]:
        """The differences. ``opaque``: some of its conditions are not evaluated, so it counts as
        missing nowhere; ``knows_build``: all build requirements are known."""
        said, required = required, [self.of_package(about.subject, each) for each in required]
        found = [
            *self._presence(about, required, held, opaque, knows_build),
            *self._variants(about, required, held),
            *self._ranges(about, required, held),
        ]
        if found:  # most often there is none, and nothing to print
            declared = dict.fromkeys(
                f"{each.project}{each.specifier}" + (" (build)" if each.building else "")
                for each in said
            )
            recipe = "; ".join(printed(line) for _, line in held)
            about = replace(about, declared="; ".join(declared), recipe=recipe)
        for code, severity, example, phrase in found:
            yield about.diagnostic(code, severity, example, phrase)

    def of_package(self, package: str, required: Required) -> Required:
        """A requirement in the versions of the package: without the epoch of the releases that it
        lists without one, and without what only counts the project's files."""
        project, wider = required.project, required.or_accepts
        return replace(
            required,
            specifier=self._in_package(package, project, required.specifier),
            or_accepts=None if wider is None else self._in_package(package, project, wider),
        )

    def _in_package(self, package: str, project: str, specifier: str) -> str:
        numbers = self._host.repos.numbers(project)
        if not may_differ(specifier, numbers):
            return specifier  # as almost always
        existing = self._host.repos.package(package)
        declared = existing.declared if existing else ()
        released = self._released(project) if needs_released(specifier, numbers) else ()
        return of_package(project, specifier, numbers, declared, released)

    def _released(self, project: str) -> Sequence[Version]:
        """The versions that a project has released, as far as that is known."""
        try:
            page = self._index.project(project)
        except SpackPyPIError:
            return ()
        return [release.version for release in page.releases]

    def _presence(
        self,
        about: About,
        required: Sequence[Required],
        held: Sequence[Held],
        opaque: bool,
        knows_build: bool,
    ) -> Iterator[_Found]:
        """Where it is missing, or not required."""
        need_run = oracle.union(each.cells for each in required if not each.building)
        need = oracle.union(each.cells for each in required)
        alone = oracle.union(each.cells & ~each.brought for each in required)
        have_run = oracle.union(cells for cells, line in held if "run" in line.types)
        have = oracle.union(cells for cells, line in held if line.types)
        missing, build_only, extra = alone & ~have, need_run & have & ~have_run, have & ~need
        if missing and not opaque:
            code = "missing-dependency" if need_run else "missing-build-dependency"
            code = "condition-too-narrow" if have else code
            severity = NOTE if self._is_intended(about.subject, missing) else ERROR
            if severity is ERROR and self._closes_a_cycle(about, required, missing):
                code, severity = "cycle", NOTE
            yield code, severity, self._example(missing, need), ""
        if build_only and not opaque:
            yield "build-only-dependency", ERROR, self._example(build_only, need_run), ""
        if extra and about.subject.startswith("py-") and (knows_build or have_run & extra):
            # More than is declared does no harm, and may be what a person found out.
            code = "condition-too-wide" if need else "extra-dependency"
            yield code, NOTE, self._example(extra, have), ""

    def _variants(
        self, about: About, required: Sequence[Required], held: Sequence[Held]
    ) -> Iterator[_Found]:
        """The variants of required extras that the recipe does not switch on."""
        have = oracle.union(cells for cells, line in held if line.types)
        existing = self._host.repos.package(about.subject)
        for name in existing.variants if existing else ():
            with_it = oracle.union(
                each.cells
                for each in required
                for extra in each.extras
                if existing and variant_of(existing, extra, each.specifier) == name
            )
            on = re.compile(rf"\+{re.escape(name)}(?![\w-])")
            switched_on = oracle.union(where for where, line in held if on.search(line.text))
            without = with_it & ~switched_on
            if without & have:
                severity = NOTE if self._is_default(about.subject, name) else ERROR
                phrase = f"{about.subject} lacks the variant +{name}"
                example = self._example(without, with_it)
                yield "missing-variant", severity, example, phrase

    def _ranges(
        self, about: About, required: Sequence[Required], held: Sequence[Held]
    ) -> Iterator[_Found]:
        """Where the recipe accepts more or fewer versions, in each region of cells in which the
        same requirements and lines hold."""
        cells = oracle.union(each.cells for each in required)
        cells &= oracle.union(where for where, line in held if line.types)
        sets = [*(each.cells for each in required), *(where for where, _ in held)]
        for region in oracle.regions(cells, sets):
            here = [each for each in required if each.cells & region]
            stated = [line for where, line in held if where & region]
            known = self.known(about.subject, here[0].project)
            every = oracle.specifiers(here)
            _, narrow = known.differing(every, stated)
            wide, _ = known.differing(oracle.widest(here), stated)
            to_run = [each for each in here if not each.building]
            wide_to_run, _ = known.differing(oracle.widest(to_run), stated)
            # It may be intended if no release violates the bound yet, or only building needs it.
            certain = not {*wide_to_run}.isdisjoint(known.texts)
            # No version that the metadata accepts: the lines exclude each other.
            accepted = known.accepted(every) if narrow else set()
            excluded = bool(accepted) and accepted <= {*narrow}
            for versions, code, severity in (
                (wide_to_run or wide, "range-too-wide", ERROR if certain else NOTE),
                (narrow, "range-too-narrow", ERROR if excluded else NOTE),
            ):
                if versions:
                    where = self._example(region, cells)
                    example = oracle.few(versions) + (f" ({where})" if where else "")
                    yield code, severity, example, ""

    def _is_default(self, package: str, variant: str) -> bool:
        try:
            return self._host.evaluator.meaning(package).variants.get(variant, False)
        except SpackPyPIError:
            return False

    def _is_intended(self, package: str, missing: CellSet) -> bool:
        """Whether a person may leave a dependency out: on Windows alone; off Linux, because Spack
        has no such package; or because it has but one numpy to build with and to run."""
        platforms = {cell.platform for cell in oracle.members(self._matrix, missing)}
        if platforms == {"windows"} or package == "py-oldest-supported-numpy":
            return True
        return "linux" not in platforms and self._host.repos.package(package) is None

    def _closes_a_cycle(
        self, about: About, required: Sequence[Required], missing: CellSet
    ) -> bool:
        """Whether what is missing, to run, always requires the package itself."""
        running = [each for each in required if each.cells & missing]
        if any(each.building for each in running):
            return False
        return self._cycles.requires(about.subject, oracle.specifiers(running), about.package)

    def _versions_of(self, package: str, project: str) -> KnownVersions:
        """The known versions of a dependency: as its recipe spells them, else as the index."""
        existing = self._host.repos.package(package)
        versions, deprecated = (existing.versions, existing.deprecated) if existing else ((), ())
        known = {text: oracle.version_of(text) for text in versions}
        spelled = {oracle.version_of(text): text for text in deprecated}
        try:
            numbers = self._host.repos.numbers(project)
            for release in self._index.project(project).releases:
                if not release.yanked:
                    version = library_version(release.version, numbers)
                    plain = version if oracle.is_plain(version) else None
                    known.setdefault(spelled.get(version, str(version)), plain)
        except SpackPyPIError:
            pass  # the versions of recipes, and those that could come next, still show much
        return KnownVersions(known)

    def _example(self, cells: CellSet, of: CellSet) -> str:
        """A configuration among ``cells``, as an example ``of`` others; empty if these are all."""
        return "" if cells == of else oracle.example(self._matrix, cells)


def variant_of(package: Package, extra: str, specifier: str) -> str | None:
    """The variant for an extra (PEP 503 name), if a version that the specifier accepts has it, or
    none is known."""
    name = next((v for v in package.variants if canonicalize_name(v) == extra), None)
    ranges = package.variant_ranges.get(name or "", "")
    accepted = [v for v in package.versions if oracle.accepts(specifier, v)]
    if not accepted or any(spack_order.contains(ranges, version) for version in accepted):
        return name
    return None


def printed(line: DeclaredDependency) -> str:
    """A dependency as the recipe has it."""
    return f"{line.text} when {line.when}" if line.when else line.text
