"""One recipe's dependencies against what a release declares: where they differ, and what tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic, Severity
from ...errors import UnknownProject
from ...host.port import Host, Meaning
from ...pypi.model import Index, Metadata, Release
from ...pypi.static import with_static_requirements
from ...resolve.package import DEVELOPING
from ...translate import spack_order
from . import oracle
from .dependency import DependencyComparison, Held, printed, variant_of
from .difference import About
from .oracle import CellSet, Required

ERROR, NOTE = Severity.ERROR, Severity.NOTE

#: What PythonPackage builds with, whatever a recipe says.
_IMPLIED = ("py-pip", "py-wheel")
#: How far the extras of extras are followed.
_DEEPEST = 5


@dataclass(frozen=True)
class Expected:
    """What a release declares; ``builds`` are its build requirements, None where nothing tells."""

    release: Release
    metadata: Metadata
    builds: tuple[str, ...] | None = None
    vulnerabilities: tuple[str, ...] = ()


class Comparison:
    """Compares dependencies in every cell of the matrix that the host's Pythons give. ``staged``,
    by project, are packages that no repo has yet."""

    def __init__(self, host: Host, index: Index, staged: Mapping[str, str] | None = None) -> None:
        self._host, self._index, self._staged = host, index, staged or {}
        self._matrix = oracle.cells(host.repos.python_versions())
        self._dependency = DependencyComparison(host, index, self._matrix)

    def dependencies(
        self, meaning: Meaning, text: str, declared: Expected
    ) -> Iterator[Diagnostic]:
        """The differences of one version; none where it is not known what the release requires,
        and nothing but notes where that was never confirmed."""
        if declared.metadata.requires_dist is None:
            return
        for _, finding in self.by_extras(meaning, text, declared):
            yield finding if declared.metadata.confirmed else replace(finding, severity=NOTE)

    def by_extras(
        self, meaning: Meaning, text: str, declared: Expected
    ) -> Iterator[tuple[frozenset[str], Diagnostic]]:
        """The differences of one version, each with the extras that it shows with."""
        required = declared.metadata.requires_dist or ()
        for requirement, reason in oracle.left_out(required):
            details = (("metadata", requirement), ("example", reason))
            what = f"'{requirement}' cannot be compared: {reason}"
            yield (
                frozenset(),
                Diagnostic(
                    "not-comparable", NOTE, meaning.package, (text,), "", what, details=details
                ),
            )
        # By extra, however the variant is spelled.
        names = {
            canonicalize_name(name): name
            for name in meaning.variants
            if spack_order.contains(meaning.variant_ranges.get(name, ""), text)
        }
        provided = [*declared.metadata.provides_extra, *oracle.extras_named(required)]
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
            for finding in self._in_subset(meaning, text, declared, subset, variants):
                yield subset, finding

    def _in_subset(
        self,
        meaning: Meaning,
        text: str,
        declared: Expected,
        extras: frozenset[str],
        variants: dict[str, bool],
    ) -> Iterator[Diagnostic]:
        matrix, metadata = self._matrix, declared.metadata
        runs = oracle.running(metadata.requires_python, matrix)
        allowed = oracle.where(matrix, lambda cell: meaning.runs_in(text, variants, cell))
        base = About(meaning.package, text, "python", metadata.requires_python)
        if not extras:
            yield from self._python(base, meaning, text, variants, runs, allowed)
        both = runs & allowed
        here = declared.release.project
        run = oracle.required(metadata.requires_dist or (), here, extras, matrix)
        run = [part for each in run for part in self._with_extras(each, 0)]
        build = oracle.required(declared.builds or (), here, frozenset(), matrix)
        build = [replace(each, building=True) for each in build]
        held: dict[str, list[Held]] = {}
        for line in meaning.lines:
            if not line.native and not line.opaque and line.applies(text, variants):
                where = oracle.where(matrix, line.holds_in) & both
                if where:
                    held.setdefault(line.package, []).append((where, line))
        required: dict[str, list[Required]] = {}
        for each in run + build:
            name = self._package_of(each.project)
            if each.cells & both and not (each.building and name in _IMPLIED):
                required.setdefault(name, []).append(replace(each, cells=each.cells & both))
        opaque = {line.package for line in meaning.lines if line.opaque}
        knows_build = declared.builds is not None
        for name in sorted({*held, *required} - {"python", *({*_IMPLIED} - {*required})}):
            subject = replace(base, subject=name)
            yield from self._dependency.differences(
                subject,
                required.get(name, []),
                held.get(name, []),
                opaque=name in opaque,
                knows_build=knows_build,
            )

    def _package_of(self, project: str) -> str:
        staged = self._staged.get(project)
        package = None if staged else self._host.repos.package_for(project)
        return staged or (package.name if package else f"py-{project}")

    def _with_extras(self, asked: Required, depth: int) -> Iterator[Required]:
        """A requirement, and what those of its extras stand for that an existing package has no
        variants of: as its newest version that will do, or else the index's, declares them."""
        yield asked
        existing = self._host.repos.package_for(asked.project)
        if existing is None:
            return
        left = [e for e in asked.extras if not variant_of(existing, e, asked.specifier)]
        if not left or depth > _DEEPEST:
            return
        try:
            releases = self._index.project(asked.project).releases
        except UnknownProject:
            return
        accepted = [
            r
            for r in releases
            if not (r.yanked or r.version.is_prerelease)
            and oracle.accepts(asked.specifier, str(r.version))
        ]
        has = {oracle.version_of(text) for text in existing.versions}
        chosen = next((r for r in accepted if r.version in has), None) or next(
            iter(accepted), None
        )
        if chosen is None:
            return
        metadata = self._index.metadata(chosen)
        if not metadata.confirmed and chosen.sdist:
            metadata = with_static_requirements(metadata, self._index.source(chosen))
        texts = metadata.requires_dist or ()
        plain = {
            (a.project, a.specifier): a.cells
            for a in oracle.required(texts, asked.project, frozenset(), self._matrix)
        }
        for part in oracle.required(texts, asked.project, frozenset(left), self._matrix):
            cells = part.cells & ~plain.get((part.project, part.specifier), 0) & asked.cells
            if cells:
                yield from self._with_extras(replace(part, cells=cells), depth + 1)

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
            if line.package == "python" and not line.native and line.applies(text, variants)
        )
        for cells, code, severity in (
            (allowed & ~runs, "python-too-wide", ERROR),
            (runs & ~allowed, "python-too-narrow", NOTE),
        ):
            if cells:
                pythons = dict.fromkeys(c.python for c in oracle.members(self._matrix, cells))
                example = f"Python {oracle.few(list(pythons))}"
                yield replace(base, recipe=stated).found(code, severity, example)
