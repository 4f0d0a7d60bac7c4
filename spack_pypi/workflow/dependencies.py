"""What each version of a recipe asks for, as lines, and what it leaves out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import Release
from ..recipe.model import BUILD, Dependency, Omission
from ..resolve.applies import applies_on_linux
from ..resolve.facts import Declared
from ..resolve.lessons import Unit
from ..resolve.model import Edge, Status
from ..resolve.resolution import Resolution
from ..translate.archives import Archives
from ..translate.builds import Builds
from ..translate.requirements import ProjectRequirement, parse, python_ranges
from ..translate.versions import Inexpressible, ranges

#: What an omission calls the requirements of a release that does not tell them.
UNKNOWN = "what it requires"


class Dependencies:
    """The lines of a resolution's releases. ``empty`` are extras by project of which no variant
    came: nobody asks for these."""

    def __init__(self, resolution: Resolution, empty: Mapping[str, set[str]]) -> None:
        self._resolution, self._empty = resolution, empty

    def asked(
        self, project: str, packed: Archives
    ) -> tuple[dict[str, list[Dependency]], tuple[Omission, ...]]:
        """What each version that can be installed asks for, newest first, and all that is left
        out."""
        omissions = [replace(each, required=True) for each in packed.omissions]
        asked: dict[str, list[Dependency]] = {}
        for version in self._resolution.versions(project):
            if version in packed.spelled:
                text = packed.spelled[version]
                asked[text], left_out = self._lines(project, version)
                omissions += [replace(each, version=text) for each in left_out]
        return asked, _summarized(omissions, list(asked))

    def as_variant(self, project: str, line: Dependency) -> Dependency:
        """The line with the extras of its condition spelled as the existing package's variants."""
        target = self._resolution.package(project)
        names = tuple(f"+{target.variant(v[1:]) or v[1:]}" for v in line.when.variants)
        return replace(line, when=replace(line.when, variants=names))

    def _lines(self, project: str, version: Version) -> tuple[list[Dependency], list[Omission]]:
        """What one release asks for, and what its recipe cannot say."""
        resolution = self._resolution
        metadata = resolution.declared(project, version).metadata
        left_out: list[Omission] = []

        def omit(
            declared: str, reason: str, required: bool, extra: str = "", needed: str = ""
        ) -> None:
            left_out.append(Omission(project, "", declared, reason, required, extra, needed))

        pythons = resolution.catalog.pythons
        for unit, unsaid in resolution.unsaid(project, version):
            needed = any(applies_on_linux(condition, pythons) for condition in unsaid.conditions)
            omit(unsaid.declared, unsaid.reason, needed, unit.extra)
        if metadata.requires_dist is None:
            omit(UNKNOWN, metadata.problem or "it is not declared anywhere", True)
        elif not metadata.confirmed:
            reason = f"was never confirmed: {metadata.problem}"
            left_out.append(Omission(project, "", UNKNOWN, reason, unconfirmed=True))
        python: list[Dependency] = []
        try:
            text = python_ranges(metadata.requires_python)
            if text:
                python = [Dependency("python", text)]
        except (InvalidSpecifier, Inexpressible) as error:
            omit(f"Requires-Python: {metadata.requires_python}", str(error), True)
        build: list[Dependency] = []
        run: list[Dependency] = []
        for unit, edge in _combined(resolution.edges(project, version)):
            need, answer = edge.need, edge.answer
            way_back = resolution.left_out.get((project, version, need.project))
            if way_back:
                cycle = " needs ".join([*way_back, need.project])
                reason = f"Spack's graphs have no cycles, and {cycle}"
                left_out.append(
                    Omission(
                        project,
                        "",
                        _declared(need),
                        reason,
                        extra=unit.extra,
                        needed=need.project,
                        cycle=True,
                    )
                )
                continue
            if answer.status is Status.ABSENT:
                omit(_declared(need), answer.reason, edge.required, unit.extra, need.project)
                continue
            try:
                line = self._line(need)
            except Inexpressible as error:
                omit(_declared(need), str(error), edge.required, unit.extra, need.project)
                continue
            (build if need.types == BUILD else run).append(line)
        beyond = _beyond_metadata(resolution.declared(project, version).builds)
        return [*beyond, *build, *python, *run], left_out

    def before(
        self, project: str, packed: Archives
    ) -> tuple[dict[str, list[Dependency]], dict[str, list[Dependency]]]:
        """By new version, what the metadata of the nearest release that the existing package has
        asks for, as far as it is known; and what both need alike though no metadata declares it.
        """
        resolution = self._resolution
        page = resolution.catalog.facts.page(project)
        found, alike = {}, {}
        for version, text in packed.spelled.items():
            release = resolution.package(project).predecessor(page, version)
            declared = resolution.catalog.declared(release) if release is not None else None
            if release is not None and declared is not None:
                found[text] = self._earlier_lines(release, declared)
                alike[text] = self._alike(resolution.release(project, version), release)
        return found, alike

    def _alike(self, new: Release, old: Release) -> list[Dependency]:
        """What two releases need alike and neither declares: compilers and tools, and what brings
        back modules that Python dropped."""
        catalog = self._resolution.catalog
        both = [catalog.declared(release) for release in (new, old)]
        found: list[list[Dependency]] = []
        for release, declared in zip((new, old), both):
            assert declared is not None  # who calls has looked
            built = declared.builds
            implied = parse((*built.also_running, *built.also_building)).parsed
            names = {canonicalize_name(requirement.name) for requirement in implied}
            lines = _beyond_metadata(built)
            needed = catalog.needed(release, "")
            for need in needed.needs if needed else ():
                if need.project in names:
                    try:
                        lines.append(self._line(need))
                    except Inexpressible:
                        continue
            found.append(lines)
        return [line for line in found[0] if line in found[1]]

    def _earlier_lines(self, release: Release, declared: Declared) -> list[Dependency]:
        """What a release asked for that is listed already. A requirement whose versions Spack
        cannot say explains the package, and no bound."""
        catalog = self._resolution.catalog
        lines = _beyond_metadata(declared.builds)
        with contextlib.suppress(InvalidSpecifier, Inexpressible):
            lines.append(Dependency("python", python_ranges(declared.metadata.requires_python)))
        needed = catalog.needed(release, "")
        for need in needed.needs if needed else ():
            try:
                text = ranges(SpecifierSet(need.specifier))
            except Inexpressible:
                text = ""
            package = catalog.package(need.project).package
            lines.append(Dependency(package, text, (), need.when, need.types))
        return lines

    def _line(self, need: ProjectRequirement) -> Dependency:
        """Raises `Inexpressible` where no Spack range has the meaning of the specifier."""
        resolution = self._resolution
        target = resolution.package(need.project)
        variants = list(target.existing.requires) if target.existing else []
        for extra in need.extras:
            if target.extended is not None:
                variants.append(f"+{target.variant(extra) or extra}")
            elif extra not in self._empty.get(need.project, ()):
                variants.append(f"+{extra}")
        chosen = resolution.versions(need.project)
        spelled = resolution.catalog.spelled_releases(need.project, need.specifier, chosen)
        text = ranges(SpecifierSet(need.specifier), spelled)
        return Dependency(target.package, text, tuple(variants), need.when, need.types)


def _beyond_metadata(built: Builds) -> list[Dependency]:
    """The compilers and tools that a release needs."""
    return [*(Dependency(language, types=BUILD) for language in built.languages), *built.tools]


def _combined(edges: Iterable[tuple[Unit, Edge]]) -> Iterator[tuple[Unit, Edge]]:
    """One need of several for the same under the same condition, with all their bounds: an extra
    that was replaced by what it stands for may ask again for what the release asks for itself."""
    found: dict[tuple[ProjectRequirement, Status], list[tuple[Unit, Edge]]] = {}
    for unit, edge in edges:
        key = (replace(edge.need, specifier=""), edge.answer.status)
        found.setdefault(key, []).append((unit, edge))
    for same in found.values():
        unit, first = same[0]
        specifiers = [edge.need.specifier for _, edge in same]
        text = ",".join(dict.fromkeys(filter(None, specifiers)))
        required = any(edge.required for _, edge in same)
        yield unit, replace(first, need=replace(first.need, specifier=text), required=required)


def _declared(need: ProjectRequirement) -> str:
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    where = f" ({need.when})" if str(need.when) else ""
    return f"{need.project}{extras}{need.specifier}{where}"


def _summarized(omissions: Sequence[Omission], versions: Sequence[str]) -> tuple[Omission, ...]:
    """Omissions in order, each once; what all versions leave out is said of the whole recipe."""
    by_text: dict[Omission, set[str]] = {}
    for omission in omissions:
        by_text.setdefault(replace(omission, version=""), set()).add(omission.version)
    result = []
    for omission, which in by_text.items():
        of_all = len(versions) > 1 and which >= set(versions)
        result += [replace(omission, version=v) for v in ([""] if of_all else sorted(which))]
    return tuple(result)
