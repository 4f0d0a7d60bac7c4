"""The dependencies of a recipe compared with what a release declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Optional

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...diagnostics import Diagnostic, Severity
from ...errors import SpackPyPIError, UnknownProject
from ...host.port import Host, Meaning, Package
from ...pypi.archives.static import with_static_requirements
from ...pypi.model import Index, Metadata, Publisher, Release, Smaller
from ...resolve.package import DEVELOPING
from ...translate import spack_order
from ...translate.ports import PORTS
from . import oracle, patched
from .dependency import DependencyComparison, Held, printed, variant_of
from .difference import About
from .known import KnownVersions
from .oracle import CellSet, Required
from .reported import Reported

ERROR, NOTE = Severity.ERROR, Severity.NOTE

#: What PythonPackage builds with, whatever a recipe says.
IMPLIED = ("py-pip", "py-wheel")
#: How far the extras of extras are followed.
_DEEPEST = 5
#: Who published a release, as the index attests; None where that cannot be asked.
Published = Optional[tuple[Publisher, ...]]


@dataclass(frozen=True)
class Expected:
    """What a release declares; ``builds`` are its build requirements, None if they are unknown.
    ``publishers`` are who published it, none where that is not asked; ``smaller`` have all that it
    imports of larger projects."""

    release: Release
    metadata: Metadata
    builds: tuple[str, ...] | None = None
    vulnerabilities: Reported = Reported()
    publishers: Published = ()
    smaller: tuple[Smaller, ...] = ()


class Comparison:
    """Compares dependencies in each cell of the matrix of the host's Python versions. ``staged``
    are packages that no repo has yet, by project; ``matrix`` has the cells."""

    def __init__(self, host: Host, index: Index, staged: Mapping[str, str] | None = None) -> None:
        self._host, self._index, self._staged = host, index, staged or {}
        self.matrix = oracle.Matrix(oracle.cells(host.repos.python_versions()))
        self._dependency = DependencyComparison(host, index, self.matrix)

    def dependencies(
        self, meaning: Meaning, text: str, expected: Expected
    ) -> Iterator[Diagnostic]:
        """The differences of one version; none if it is unknown what the release requires, and
        only notes if that is unconfirmed."""
        if expected.metadata.requires_dist is None:
            return
        found = (difference for _, difference in self.by_extras(meaning, text, expected))
        for difference in patched.weighed(found, meaning.source_changes(text)):
            confirmed = expected.metadata.confirmed
            yield difference if confirmed else replace(difference, severity=NOTE)
        required = patched.required_names(expected.metadata, expected.builds)
        yield from patched.notes(meaning, text, required)

    def by_extras(
        self, meaning: Meaning, text: str, expected: Expected
    ) -> Iterator[tuple[frozenset[str], Diagnostic]]:
        """The differences of one version, each with the extras for which it is found."""
        required = expected.metadata.requires_dist or ()
        for requirement, reason in oracle.not_comparable(required):
            details = (("metadata", requirement), ("example", reason))
            what = f"'{requirement}' cannot be compared: {reason}"
            difference = Diagnostic("not-comparable", NOTE, meaning.package, (text,), "", what)
            yield frozenset(), replace(difference, details=details)
        # By extra (PEP 503): a variant may have another spelling.
        names = {
            canonicalize_name(name): name
            for name in meaning.variants
            if spack_order.contains(meaning.variant_ranges.get(name, ""), text)
        }
        provided = [*expected.metadata.provides_extra, *oracle.extras_named(required)]
        extras = [
            extra
            for extra in dict.fromkeys(map(canonicalize_name, provided))
            if extra in names and not DEVELOPING.match(extra)
        ]
        subsets: list[frozenset[str]] = [frozenset()]
        subsets += [frozenset([extra]) for extra in extras]
        if len(extras) > 1:
            subsets.append(frozenset(extras))
        for subset in subsets:
            variants: dict[str, bool] = {
                **meaning.variants,
                **{names[extra]: extra in subset for extra in extras},
            }
            for difference in self._in_subset(meaning, text, expected, subset, variants):
                yield subset, difference

    def _in_subset(
        self,
        meaning: Meaning,
        text: str,
        expected: Expected,
        extras: frozenset[str],
        variants: dict[str, bool],
    ) -> Iterator[Diagnostic]:
        matrix, metadata = self.matrix, expected.metadata
        runs = oracle.running(metadata.requires_python, matrix)
        allowed = oracle.where(matrix, meaning.runs_in(text, variants))
        base = About(meaning.package, text, "python", metadata.requires_python)
        if not extras:
            yield from self._python(base, meaning, text, variants, runs, allowed)
        both = runs & allowed
        here = expected.release.project
        run = oracle.required(metadata.requires_dist or (), here, extras, matrix)
        named = {line.package for line in meaning.lines if line.applies(text, variants)}
        run = [self.as_named(each, expected.smaller, named) for each in run]
        run = [part for each in run for part in self.with_extras(each)]
        build = oracle.required(expected.builds or (), here, frozenset(), matrix)
        build = [replace(each, building=True) for each in build]
        held: dict[str, list[Held]] = {}
        for line in meaning.lines:
            if line.applies(text, variants) and not line.opaque and not line.native:
                where = oracle.where(matrix, line.holds_in) & both
                if where:
                    held.setdefault(line.package, []).append((where, line))
        required: dict[str, list[Required]] = {}
        for each in run + build:
            name = self.package_of(each.project)
            cells = each.cells & both & ~self.of_no_use(each.project)
            if cells and not (each.building and name in IMPLIED):
                required.setdefault(name, []).append(replace(each, cells=cells))
        opaque = {line.package for line in meaning.lines if line.opaque}
        knows_build = expected.builds is not None
        for name in sorted({*held, *required} - {"python", *({*IMPLIED} - {*required})}):
            subject = replace(base, subject=name)
            yield from self._dependency.differences(
                subject,
                required.get(name, []),
                held.get(name, []),
                opaque=name in opaque,
                knows_build=knows_build,
            )

    def package_of(self, project: str) -> str:
        """The package of a project, or the name that it would have."""
        staged = self._staged.get(project)
        package = None if staged else self._host.repos.package_for(project)
        return staged or (package.name if package else f"py-{project}")

    def as_named(
        self, required: Required, smaller: Sequence[Smaller], packages: Set[str]
    ) -> Required:
        """A requirement to run, of one of the ``smaller`` projects that suffice where the recipe,
        of the ``packages`` that it names, has only that one's."""
        for each in smaller:
            if each.larger == required.project and not required.extras:
                other = self.package_of(each.project) in packages
                if other and self.package_of(each.larger) not in packages:
                    return replace(required, project=each.project)
        return required

    def of_no_use(self, project: str) -> CellSet:
        """The cells in which nobody needs a project: their Python has its module itself."""
        since = PORTS.get(project)
        if since is None:
            return 0
        first = Version(since)
        return oracle.where(self.matrix, lambda cell: Version(cell.python) >= first)

    def known(self, package: str, project: str) -> KnownVersions:
        """The known versions of a dependency."""
        return self._dependency.known(package, project)

    def of_package(self, package: str, required: Required) -> Required:
        """A requirement of a package's release in the versions of what is required."""
        return self._dependency.of_package(package, required)

    def with_extras(self, required: Required, depth: int = 0) -> Iterator[Required]:
        """A requirement, and those of its extras for which an existing package has no variant: as
        declared by the newest accepted version that the package has, or else the index. Variants
        that are parts of such an extra are extras that are required."""
        existing = self._host.repos.package_for(required.project)
        left = [
            extra
            for extra in required.extras
            if existing is not None and not variant_of(existing, extra, required.specifier)
        ]
        saying: Sequence[Release] = ()
        if existing is not None and left and depth <= _DEEPEST:
            saying = self._saying(required, existing)
        if existing is None or not saying:
            yield required
            return
        texts, project, asked = self._texts(saying[0]), required.project, frozenset(left)
        parts = oracle.variants_of_extras(
            texts,
            project,
            asked,
            self.matrix,
            lambda extra: bool(variant_of(existing, extra, required.specifier)),
        )
        required = replace(required, extras=tuple(sorted({*required.extras, *parts})))
        yield required
        oldest = self._texts(saying[-1]) if len(saying) > 1 else ()
        before = oracle.required(oldest, project, asked, self.matrix, frozenset(parts))
        plain = {
            (a.project, a.specifier): a.cells
            for a in oracle.required(texts, project, frozenset(), self.matrix)
        }
        for part in oracle.required(texts, project, asked, self.matrix, frozenset(parts)):
            cells = part.cells & ~plain.get((part.project, part.specifier), 0) & required.cells
            if cells:
                least = self._at_least(part, before)
                brought = self._brought(required, existing, least)
                here = replace(least, cells=cells, brought=brought)
                yield from self.with_extras(here, depth + 1)

    def _texts(self, release: Release) -> Sequence[str]:
        """What a release requires (PEP 508)."""
        metadata = self._index.metadata(release)
        if not metadata.confirmed and release.sdist:
            metadata = with_static_requirements(metadata, self._index.source(release))
        return metadata.requires_dist or ()

    def _at_least(self, part: Required, before: Sequence[Required]) -> Required:
        """What an extra requires, with what an older release accepts, if that is more."""
        same = [
            each.specifier
            for each in before
            if each.project == part.project and not part.cells & ~each.cells
        ]
        known = self.known(self.package_of(part.project), part.project)
        if len(same) == 1 and known.holds(same[0], part.specifier):
            return replace(part, or_accepts=same[0])
        return part

    def _brought(self, required: Required, existing: Package, part: Required) -> CellSet:
        """The cells in which a package, with the variants that are required or on by default, has
        itself what an extra requires, in each version that would do."""
        name = self.package_of(part.project)
        accepted = [v for v in existing.versions if oracle.accepts(required.specifier, v)]
        if not accepted or part.extras:
            return 0
        try:
            meaning = self._host.evaluator.meaning(existing.name)
        except SpackPyPIError:
            return 0
        asked = (variant_of(existing, extra, required.specifier) for extra in required.extras)
        variants = {**meaning.variants, **{each: True for each in asked if each}}
        known = self.known(name, part.project)
        wanted = oracle.widest([self.of_package(name, part)])
        lines = [
            line
            for line in meaning.lines
            if line.package == name
            and "run" in line.types
            and not line.opaque
            and not known.differing(wanted, [line])[0]
        ]
        brought = (1 << len(self.matrix.cells)) - 1
        for text in accepted:
            here = (line for line in lines if line.applies(text, variants))
            brought &= oracle.union(oracle.where(self.matrix, line.holds_in) for line in here)
        return brought

    def _saying(self, required: Required, existing: Package) -> Sequence[Release]:
        """The releases that say what extras require, newest first: those accepted ones that the
        package has, or else the newest one of the index."""
        try:
            releases = self._index.project(required.project).releases
        except UnknownProject:
            return ()
        accepted = [
            release
            for release in releases
            if not (release.yanked or release.version.is_prerelease)
            and oracle.accepts(required.specifier, str(release.version))
        ]
        has = {oracle.version_of(text) for text in existing.versions}
        known = [release for release in accepted if release.version in has]
        return known or accepted[:1]

    def _python(
        self,
        base: About,
        meaning: Meaning,
        text: str,
        variants: dict[str, bool],
        runs: CellSet,
        allowed: CellSet,
    ) -> Iterator[Diagnostic]:
        stated = ", ".join(
            printed(line)
            for line in meaning.lines
            if line.package == "python" and line.applies(text, variants) and not line.native
        )
        for cells, code, severity in (
            (allowed & ~runs, "python-too-wide", ERROR),
            (runs & ~allowed, "python-too-narrow", NOTE),
        ):
            if cells:
                pythons = dict.fromkeys(c.python for c in oracle.members(self.matrix, cells))
                example = f"Python {oracle.few(list(pythons))}"
                yield replace(base, recipe=stated).diagnostic(code, severity, example)
