"""One recipe's dependencies against what a release declares: where they differ, and what tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic, Severity
from ...errors import SpackPyPIError, UnknownProject
from ...host.port import Cell, DeclaredDependency, Host, Meaning, Package
from ...pypi.model import Index, Metadata, Release
from ...pypi.static import with_static_requirements
from ...resolve.package import DEVELOPING
from ...translate import spack_order
from . import oracle
from .cycles import Cycles
from .oracle import CellSet, Required

ERROR, NOTE = Severity.ERROR, Severity.NOTE

#: What PythonPackage builds with, whatever a recipe says.
_IMPLIED = ("py-pip", "py-wheel")
#: How far the extras of extras are followed.
_DEEPEST = 5
#: How many versions are shown as an example.
_EXAMPLES = 3


#: Code → what it says of its subject. What it does not have is a sentence of its own.
_PHRASES: Mapping[str, str] = {
    "missing-dependency": "{} is missing",
    "missing-build-dependency": "{} is missing for building",
    "build-only-dependency": "{} is a dependency for building only",
    "extra-dependency": "{} is not required",
    "condition-too-narrow": "{} is missing in some configurations",
    "condition-too-wide": "{} is not required in some configurations",
    "range-too-wide": "{} accepts too many versions",
    "range-too-narrow": "{} accepts too few versions",
    "python-too-wide": "the recipe accepts too many Python versions",
    "python-too-narrow": "the recipe accepts too few Python versions",
    "cycle": "{} is missing, as it requires this package itself",
    "not-comparable": "a requirement cannot be compared",
    "wrong-archive": "the archive is no file of the release",
    "wrong-checksum": "the sha256 is not that of the archive",
}


@dataclass(frozen=True)
class About:
    """What a difference is about: a version of a package, a dependency (``subject``), what the
    metadata declares of it and what the recipe says."""

    package: str
    version: str
    subject: str = ""
    declared: str = ""
    recipe: str = ""

    def found(
        self, code: str, severity: Severity, example: str = "", phrase: str = ""
    ) -> Diagnostic:
        """A difference; ``example`` are versions or a configuration that show it."""
        what = phrase or _PHRASES[code].format(self.subject)
        parts = [
            f"the metadata says {self.declared or 'nothing'}",
            f"the recipe says {self.recipe or 'nothing'}",
            *([f"for example {example}"] if example else []),
        ]
        details = (("metadata", self.declared), ("recipe", self.recipe), ("example", example))
        return Diagnostic(
            code,
            severity,
            self.package,
            (self.version,),
            self.subject,
            f"{what}: {'; '.join(parts)}",
            details=details,
        )


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
        self._cycles = Cycles(host, self._matrix)
        self._known: dict[str, tuple[str, ...]] = {}
        self._compared: dict[object, tuple[tuple[str, ...], tuple[str, ...]]] = {}

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
        lines: dict[str, list[tuple[CellSet, DeclaredDependency]]] = {}
        for line in meaning.lines:
            if not line.native and not line.opaque and line.applies(text, variants):
                where = oracle.where(matrix, line.holds_in) & both
                if where:
                    lines.setdefault(line.package, []).append((where, line))
        asked: dict[str, list[Required]] = {}
        for each in run + build:
            name = self._package_of(each.project)
            if each.cells & both and not (each.building and name in _IMPLIED):
                asked.setdefault(name, []).append(replace(each, cells=each.cells & both))
        opaque = {line.package for line in meaning.lines if line.opaque}
        knows_build = declared.builds is not None
        for name in sorted({*lines, *asked} - {"python", *({*_IMPLIED} - {*asked})}):
            subject = replace(base, subject=name)
            yield from self._one(
                subject, asked.get(name, []), lines.get(name, []), name in opaque, knows_build
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
        left = [e for e in asked.extras if not _variant(existing, e, asked.specifier)]
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
            _printed(line)
            for line in meaning.lines
            if line.package == "python" and not line.native and line.applies(text, variants)
        )
        for cells, code, severity in (
            (allowed & ~runs, "python-too-wide", ERROR),
            (runs & ~allowed, "python-too-narrow", NOTE),
        ):
            if cells:
                pythons = dict.fromkeys(c.python for c in self._cells(cells))
                told = "Python " + ", ".join(_some(list(pythons)))
                yield replace(base, recipe=stated).found(code, severity, told)

    def _one(
        self,
        base: About,
        asked: Sequence[Required],
        lines: Sequence[tuple[CellSet, DeclaredDependency]],
        opaque: bool,
        knows_build: bool,
    ) -> Iterator[Diagnostic]:
        """The differences about one dependency."""
        need_run = _union(a.cells for a in asked if not a.building)
        need = _union(a.cells for a in asked)
        have_run = _union(cells for cells, line in lines if "run" in line.types)
        have = _union(cells for cells, line in lines if line.types)
        declared = "; ".join(
            dict.fromkeys(
                f"{a.project}{a.specifier}" + (" (build)" if a.building else "") for a in asked
            )
        )
        recipe = "; ".join(_printed(line) for _, line in lines)
        base = replace(base, declared=declared, recipe=recipe)
        missing = need & ~have
        if missing and not opaque:
            code = "missing-dependency" if need_run else "missing-build-dependency"
            code = "condition-too-narrow" if have else code
            severity = NOTE if self._may_be_meant(base.subject, missing) else ERROR
            if severity == ERROR and self._closes_a_circle(base, asked, missing):
                code, severity = "cycle", NOTE
            yield base.found(code, severity, self._told(missing, need))
        build_only = need_run & have & ~have_run
        if build_only and not opaque:
            yield base.found("build-only-dependency", ERROR, self._told(build_only, need_run))
        extra = have & ~need
        if extra and base.subject.startswith("py-") and (knows_build or have_run & extra):
            # More than is declared does no harm, and may be what a person found out.
            code = "condition-too-wide" if need else "extra-dependency"
            yield base.found(code, NOTE, self._told(extra, have))
        existing = self._host.repos.package(base.subject)
        for name in existing.variants if existing else ():
            with_it = _union(
                asking.cells
                for asking in asked
                for extra in asking.extras
                if existing and _variant(existing, extra, asking.specifier) == name
            )
            on = re.compile(rf"\+{re.escape(name)}(?![\w-])")
            without = with_it & ~_union(where for where, line in lines if on.search(line.text))
            if without & have:
                severity = NOTE if self._is_default(base.subject, name) else ERROR
                example = self._told(without, with_it)
                phrase = f"{base.subject} lacks the variant +{name}"
                yield base.found("missing-variant", severity, example, phrase)
        yield from self._ranges(base, asked, lines, need & have)

    def _ranges(
        self,
        base: About,
        asked: Sequence[Required],
        lines: Sequence[tuple[CellSet, DeclaredDependency]],
        cells: CellSet,
    ) -> Iterator[Diagnostic]:
        regions = [cells] if cells else []
        for mask in [a.cells for a in asked] + [c for c, _ in lines]:
            regions = [part for r in regions for part in (r & mask, r & ~mask) if part]
        for region in regions:
            here = [a for a in asked if a.cells & region]
            stated = [line for where, line in lines if where & region]
            known = self._versions_of(base.subject, here[0].project)
            every = _specifiers(here)
            running = _specifiers(a for a in here if not a.building)
            wide, narrow = self._compare(base.subject, every, stated, known)
            wide_to_run, _ = self._compare(base.subject, running, stated, known)
            # A bound that no release violates yet, or that only building asks for, may be meant.
            certain = bool(set(known) & set(wide_to_run))
            # Nothing at all that the metadata accepts: what the lines say excludes each other.
            wanted = {v for v in known if oracle.accepts(",".join(every), v)}
            excluded = bool(wanted) and wanted <= {*narrow}
            for versions, code, severity in (
                (wide_to_run or wide, "range-too-wide", ERROR if certain else NOTE),
                (narrow, "range-too-narrow", ERROR if excluded else NOTE),
            ):
                if versions:
                    where = self._told(region, cells)
                    told = ", ".join(_some(list(versions))) + (f" ({where})" if where else "")
                    yield base.found(code, severity, told)

    def _is_default(self, package: str, variant: str) -> bool:
        try:
            return self._host.evaluator.meaning(package).variants.get(variant, False)
        except SpackPyPIError:
            return False

    def _may_be_meant(self, package: str, missing: CellSet) -> bool:
        """Whether a person may leave a dependency out: on Windows alone; off Linux, because Spack
        has no such package; or because it has but one numpy to build with and to run."""
        platforms = {cell.platform for cell in self._cells(missing)}
        if platforms == {"windows"} or package == "py-oldest-supported-numpy":
            return True
        return "linux" not in platforms and self._host.repos.package(package) is None

    def _closes_a_circle(self, base: About, asked: Sequence[Required], missing: CellSet) -> bool:
        """Whether what is missing, to run, always needs the package itself in turn."""
        running = [each for each in asked if each.cells & missing]
        if any(each.building for each in running):
            return False
        return self._cycles.needs(base.subject, _specifiers(running), base.package)

    def _compare(
        self,
        package: str,
        specifiers: tuple[str, ...],
        stated: Sequence[DeclaredDependency],
        known: Sequence[str],
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Versions that the recipe accepts and the metadata does not, and the other way round."""
        key = (package, specifiers, tuple(sorted({line.text for line in stated})))
        if key not in self._compared:
            specifier = ",".join(specifiers)
            bounds = re.findall(r"\d[\w.]*\w|\d", " ".join([specifier, *key[2]]))
            wide, narrow = [], []
            for text in oracle.telling(bounds, known):
                by_recipe = all(line.accepts(text) for line in stated)
                by_metadata = oracle.accepts(specifier, text)
                if by_recipe and not by_metadata:
                    wide.append(text)
                elif by_metadata and not by_recipe:
                    narrow.append(text)
            self._compared[key] = tuple(wide), tuple(narrow)
        return self._compared[key]

    def _versions_of(self, package: str, project: str) -> tuple[str, ...]:
        """The known versions of a dependency: as its recipe spells them, else as the index."""
        if package not in self._known:
            existing = self._host.repos.package(package)
            known = list(existing.versions) if existing else []
            try:
                page = self._index.project(project)
                known += [str(r.version) for r in page.releases if not r.yanked]
            except SpackPyPIError:
                pass  # what the recipes know, and what could come next, still tells much
            self._known[package] = tuple(known)
        return self._known[package]

    def _cells(self, cells: CellSet) -> list[Cell]:
        return [cell for at, cell in enumerate(self._matrix) if cells >> at & 1]

    def _told(self, cells: CellSet, of: CellSet) -> str:
        """A configuration among ``cells``; nothing where they are all that could be meant."""
        if cells == of:
            return ""
        cell = self._cells(cells)[-1]
        return f"Python {cell.python} on {cell.platform}, {cell.target}"


def _variant(package: Package, extra: str, specifier: str) -> str | None:
    """The variant that stands for an extra (PEP 503 name), if any of the versions that will do, or
    could come, has it."""
    name = next((v for v in package.variants if canonicalize_name(v) == extra), None)
    ranges = package.variant_ranges.get(name or "", "")
    accepted = [v for v in package.versions if oracle.accepts(specifier, v)]
    if not accepted or any(spack_order.contains(ranges, version) for version in accepted):
        return name
    return None


def _printed(line: DeclaredDependency) -> str:
    return f"{line.text} when {line.when}" if line.when else line.text


def _specifiers(asked: Iterable[Required]) -> tuple[str, ...]:
    return tuple(sorted({each.specifier for each in asked if each.specifier}))


def _union(masks: Iterable[CellSet]) -> CellSet:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _some(texts: Sequence[str]) -> list[str]:
    if len(texts) <= _EXAMPLES:
        return list(texts)
    return [texts[0], "...", *texts[-_EXAMPLES + 1 :]]
