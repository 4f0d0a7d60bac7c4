"""What the packages that a release requires bring with them, by the recipes that exist: a module
that it imports may be installed although none of its own requirements names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Callable

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import ModuleImport, Release
from ..recipe.model import DependencyLine
from ..translate.environments import PLATFORMS
from ..translate.modules import is_known, provider
from ..translate.requirements import is_for_extra, parse
from ..translate.spack_order import contains
from ..translate.undeclared import is_to_build, may_lack
from .facts import Declared
from .package import ProjectPackage

_PYTHONS = [f"3.{minor}" for minor in range(8, 20)]
#: What markers are about (PEP 508): some Pythons and platforms.
_CELLS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.5",
        "sys_platform": platform.sys_platform,
        "platform_system": platform.platform_system,
        "os_name": platform.os_name,
        "extra": "",
    }
    for python in _PYTHONS
    for platform in (PLATFORMS[name] for name in ("linux", "darwin", "windows"))
]
#: A project, and the specifiers of which it has one.
_Required = tuple[str, tuple[str, ...]]
#: More recipes are not read: what they do not show counts as not brought.
_MOST = 200


class Brought:
    """``package`` is that of a project, None where it cannot be loaded, and ``lines`` are those of
    a package's recipe, none where there is no such package."""

    def __init__(
        self,
        package: Callable[[str], ProjectPackage | None],
        lines: Callable[[str], Sequence[DependencyLine]],
    ) -> None:
        self._package, self._lines = package, lines
        self._apart: dict[tuple[str, Version], Declared] = {}
        self._known: dict[tuple[tuple[_Required, ...], frozenset[str]], frozenset[str]] = {}

    def apart(self, release: Release, declared: Declared) -> Declared:
        """What a release declares, with what it always imports from projects that have a package,
        and without the imports of what its requirements bring."""
        key = release.project, release.version
        if key not in self._apart:
            self._apart[key] = self._settled(release.project, declared)
        return self._apart[key]

    def _settled(self, project: str, declared: Declared) -> Declared:
        built = declared.builds
        plain = may_lack(built.undeclared, project)
        named = [each for each in plain if self._name(provider(each.module))]
        named += [each for each in built.undeclared if each.others]
        to_run = [each for each in (*built.lacked, *named) if not is_to_build(each)]
        projects = {provider(module) for each in to_run for module in each.modules}
        there = (
            self.by(declared.metadata.requires_dist or (), projects) if projects else frozenset()
        )
        missing = (each for each in to_run if there.isdisjoint(map(provider, each.modules)))
        needed = [*map(self._decided, missing)]
        around = [each for each in needed if self._is_around(each, project)]
        built = replace(
            built,
            lacked=(
                *(each for each in built.lacked if is_to_build(each)),
                *(each for each in needed if each not in around),
            ),
            undeclared=(*(each for each in built.undeclared if each not in named), *around),
        )
        return replace(declared, builds=built)

    def _decided(self, imported: ModuleImport) -> ModuleImport:
        """An import; of one of several modules, that of the first whose project has a package."""
        for module in imported.modules if imported.others else ():
            if is_known(module) and self._name(provider(module)):
                others = tuple(each for each in imported.modules if each != module)
                return replace(imported, module=module, others=others)
        return imported

    def _is_around(self, imported: ModuleImport, other: str) -> bool:
        """Whether the package of a project does not depend on what it imports: that is a plugin of
        it, or one of several modules of which none has a package."""
        project = provider(imported.module)
        is_open = bool(imported.others) and not (is_known(imported.module) and self._name(project))
        return is_open or self.needs(project, other)

    def by(self, requirements: Iterable[str], projects: Set[str]) -> frozenset[str]:
        """Which of these projects come with requirements (PEP 508) that hold everywhere, maybe
        several together, whatever versions of what exists they accept."""
        stated: dict[str, list[Requirement]] = {}
        for each in parse(requirements)[0]:
            stated.setdefault(canonicalize_name(each.name), []).append(each)
        always = [
            (project, tuple(_specifiers(several)))
            for project, several in stated.items()
            if _hold([each.marker for each in several])
        ]
        key = tuple(always), frozenset(projects)
        if key not in self._known:
            names = {self._name(project): project for project in projects} if always else {}
            required = {self._name(each): self._accepted(each, which) for each, which in always}
            found = self._run_by(required, names.keys() - {""})
            self._known[key] = frozenset(names[name] for name in found)
        return self._known[key]

    def _accepted(self, project: str, specifiers: Sequence[str]) -> set[str]:
        """The versions of a project's package that some of these specifiers accept; deprecated
        ones, of which Spack takes none by itself, only where there are no others."""
        package = self._package(project)
        if package is None:
            return set()
        found = {text for each in specifiers for text in package.accepted(each)}
        return found or {text for each in specifiers for text in package.all_accepted(each)}

    def needs(self, project: str, other: str) -> bool:
        """Whether the recipe of a project's package depends on that of another one in any case,
        which is a plugin of it: Spack's graphs have no cycles."""
        package, name = self._package(other), self._name(project)
        lines = self._lines(name) if package and name else ()
        return any(package and line.dependency.package == package.package for line in lines)

    def _name(self, project: str) -> str:
        """The existing package of a project; empty where there is none."""
        package = self._package(project)
        return package.existing.name if package and package.existing else ""

    def _run_by(self, packages: Mapping[str, Set[str]], wanted: Set[str]) -> set[str]:
        """Which of the wanted packages these need to run in these versions of theirs, or what they
        need does in its newest, and so on."""
        todo = [*packages]
        seen, found = set(todo), set[str]()
        for _ in range(_MOST):
            if not todo or found >= wanted:
                break
            package = todo.pop(0)
            needed = _needed(self._lines(package), packages.get(package, frozenset()))
            todo += sorted(name for name in needed - seen if name.startswith("py-"))
            found |= needed & wanted
            seen |= needed
        return found


def _hold(markers: Sequence[Marker | None]) -> bool:
    """Whether one of these holds without extras, whatever the Python and the platform."""
    return None in markers or all(
        any(marker.evaluate(cell) for marker in markers if marker is not None) for cell in _CELLS
    )


def _specifiers(several: Sequence[Requirement]) -> list[str]:
    """The specifiers of which one holds, whatever the Python and the platform."""
    plain = [str(each.specifier) for each in several if each.marker is None]
    if plain:
        return [",".join(filter(None, plain))]
    marked = [each for each in several if not is_for_extra(each)]
    return sorted({str(each.specifier) for each in marked})


def _needed(lines: Iterable[DependencyLine], versions: Set[str]) -> set[str]:
    """What the newest version of a package, of which these are the lines, and each of these
    ``versions`` need to run, wherever and however it is."""
    ranges: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        when = line.dependency.when
        if "run" in line.dependency.types and not (
            when.variants or when.platform or when.target or when.python
        ):
            ranges.setdefault(line.dependency.package, []).append((when.versions, *line.within))
    return {
        package
        for package, several in ranges.items()
        if any(all(not text or text.endswith(":") for text in each) for each in several)
        and all(any(all(contains(r, v) for r in each) for each in several) for v in versions)
    }
