"""What a recipe says, evaluated by Spack's own classes: its versions, conditions and ranges."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Callable

import spack.deptypes
import spack.repo
import spack.spec
import spack.version

from ...credentials import redacted
from ...errors import HostError
from ...files import small_text
from ...recipe.model import GitSource
from ...recipe.source_changes import SourceChange, of_methods, of_patch
from ..names import providers
from ..port import Cell, DeclaredDependency, DeclaredVersion
from .archives import ArchiveNames
from .internals import drop_pending_directives

#: What PythonPackage itself asks for to build, whatever the recipe says.
_BUILD_SYSTEM = ("python-venv", "py-pip", "py-wheel")
#: Options of a version that comes from a repository, not from an archive.
_REPOSITORIES = {"git", "svn", "hg", "branch", "commit", "tag"}
#: How large a recipe or a patch is at most that is read.
_LARGEST_FILE = 2**20
#: How many versions are kept parsed: those of the packages that are looked at just now.
_VERSIONS = 2**12


def recipe_file(package: str) -> Path:
    """Where the recipe of a package is, or would be."""
    return Path(spack.repo.PATH.repo_for_pkg(package).filename_for_package_name(package))


def load(package: str) -> Any:
    """The class of a package. Raises what its recipe, a program, raises; `OSError` for a pipe."""
    file = recipe_file(package)
    if file.exists() and not file.is_file():
        raise OSError(f"{file} is not a file")
    try:
        cls = spack.repo.PATH.get_pkg_class(package)
        # Directives are executed when they are first looked at.
        _ = cls.versions, cls.dependencies, cls.variants
    except (Exception, SystemExit):
        drop_pending_directives()
        raise
    return cls


def package_class(package: str) -> Any:
    """The class of a package. Raises `HostError` where its recipe cannot be loaded."""
    try:
        return load(package)
    except (Exception, SystemExit) as error:
        # Any exception: a recipe is a program that its owner wrote, and may end itself.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        if isinstance(error, SystemExit):
            reason = "it ends the program that loads it (sys.exit); take that out of it"
        raise HostError(f"cannot load the recipe of {package}: {reason}") from None


class SpackMeaning:
    """A `Meaning` of a package class. ``archives`` are the names of its archives."""

    def __init__(self, package: str, cls: Any, archives: ArchiveNames) -> None:
        self.package, self.namespace = package, cls.namespace
        self._cls, self._archives = cls, archives
        self.repository, self.folder = _text(cls, "git"), _text(cls, "build_directory")
        self.variants: Mapping[str, bool] = boolean_variants(cls)
        self.variant_ranges: Mapping[str, str] = variant_ranges(cls)
        self._declared = {str(v): (v, options) for v, options in cls.versions.items()}
        self.versions: tuple[DeclaredVersion, ...] = tuple(
            DeclaredVersion(
                text=text,
                sha256=str(options.get("sha256") or ""),
                deprecated=bool(options.get("deprecated")),
                branch=version.isdevelop() or not options.get("sha256"),
                git=_git_source(options),
            )
            for text, (version, options) in self._declared.items()
        )
        has = {
            name: spack.version.VersionList(ranges) for name, ranges in self.variant_ranges.items()
        }
        lines = [
            SpackLine(dependency.spec, when, dependency.depflag, has)
            for when, by_name in cls.dependencies.items()
            for dependency in by_name.values()
        ]
        self._conflicts: list[tuple[_Condition, _Condition]] = []
        for when, conflicts in cls.conflicts.items():
            for conflict, _ in conflicts:
                excluded = _other_package(package, conflict)
                if excluded is None:
                    self._conflicts.append((_Condition(when, has), _Condition(conflict, has)))
                else:
                    lines.append(_Excluded(excluded, conflict, when, has))
        self.lines: Sequence[DeclaredDependency] = tuple(lines)
        self._pythons = [each for each in lines if each.package == "python" and not each.opaque]

    def archive(self, version: str) -> str:
        declared, options = self._declared.get(version, (None, {}))
        if declared is None or declared.isdevelop() or _REPOSITORIES & {*options}:
            return ""
        return self._archives.name(self._cls, self.package, version, options.get("url"))

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        pythons = [line for line in self._pythons if line.applies(version, variants)]
        conflicts = [
            both
            for both in self._conflicts
            if all(not each.opaque and each.applies(version, variants) for each in both)
        ]

        def runs(cell: Cell) -> bool:
            return all(
                line.accepts(cell.python) or not line.holds_in(cell) for line in pythons
            ) and not any(all(each.holds_in(cell) for each in both) for both in conflicts)

        return runs

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        patches = [
            patch
            for when, listed in self._cls.patches.items()
            if _Condition(when, {}).applies(version, {})
            for patch in listed
        ]
        filtered = [change for change in self._filtered if change.concerns(version)]
        return [*chain.from_iterable(map(_of_patch, patches)), *filtered]

    @cached_property
    def _filtered(self) -> list[SourceChange]:
        """What methods change, also those of recipes that this one inherits."""
        modules = [sys.modules.get(each.__module__) for each in self._cls.__mro__]
        files = [getattr(each, "__file__", None) or "" for each in modules]
        recipes = dict.fromkeys(file for file in files if file.endswith("package.py"))
        return [change for file in recipes for change in of_methods(_read(file))]

    def license(self, version: str) -> str:
        declared, _ = self._declared.get(version, (None, {}))
        if declared is None:
            return ""
        for when, expression in self._cls.licenses.items():
            # A condition about versions alone is printed as these.
            only_versions = str(when) in ("", f"@{when.versions}")
            if only_versions and declared.satisfies(when.versions):
                return str(expression)
        return ""


def _of_patch(patch: Any) -> list[SourceChange]:
    """What a patch changes; one at an address is not fetched."""
    url = getattr(patch, "url", "")
    if url:
        return [SourceChange(redacted(url))]
    return of_patch(patch.relative_path, _read(patch.path))


def _read(file: str) -> str:
    """The text of a recipe, or of a patch beside it; empty where it is too large."""
    return small_text(Path(file), _LARGEST_FILE) or ""


def _text(cls: Any, attribute: str) -> str:
    """An attribute of a package class; empty for one that is a method."""
    value = getattr(cls, attribute, None)
    return value if isinstance(value, str) else ""


def _git_source(options: Mapping[str, Any]) -> GitSource | None:
    """Where in the repository of its class a version is; None for one of another repository, and
    for one that is none of git's."""
    said = {name: options[name] for name in ("tag", "commit", "branch") if options.get(name)}
    if not said or "git" in options or not all(isinstance(each, str) for each in said.values()):
        return None
    history = options.get("get_full_repo", False) is True
    return GitSource(**said, submodules=bool(options.get("submodules")), history=history)


def boolean_variants(cls: Any) -> dict[str, bool]:
    """The boolean variants of a package class, with their defaults."""
    return {
        name: definition.default
        for name in cls.variant_names()
        for _, definition in cls.variant_definitions(name)
        if isinstance(definition.default, bool)
    }


def variant_ranges(cls: Any) -> dict[str, str]:
    """The versions that have a boolean variant, of those that not all versions have."""
    found = {}
    for name in boolean_variants(cls):
        ranges = [str(when.versions) for when, _ in cls.variant_definitions(name)]
        if ":" not in ranges:
            found[name] = ",".join(ranges)
    return found


class _Condition:
    """A ``when=``, taken apart so that each part is evaluated once. ``has`` are the versions that
    have a variant, of those that not all have: elsewhere neither ``+`` nor ``~`` holds."""

    def __init__(self, when: Any, has: Mapping[str, Any], besides: str = "") -> None:
        self._when = when
        self._has = [has[name] for name in when.variants if name in has]
        # A spec with the name of another package says nothing about versions of this one.
        self._named = bool(besides) and when.name == besides
        edges = [e for e in when.edges_to_dependencies() if e.spec.name != besides]
        self._pythons = [edge.spec.versions for edge in edges if edge.spec.name == "python"]
        #: What was found for each Python, and each platform and target.
        self._pythons_known: dict[str, bool] = {}
        self._targets_known: dict[tuple[str, str], bool] = {}
        # A compiler (``%gcc``) is a dependency, too.
        self.opaque = any(edge.spec.name != "python" or edge.spec.variants for edge in edges)

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        if self._named:
            return True
        if not all(_in(version, versions) for versions in (self._when.versions, *self._has)):
            return False
        return all(
            variants.get(name, True) in value.values
            for name, value in self._when.variants.items()
            if name in variants
        )

    def holds_in(self, cell: Cell) -> bool:
        return self._allows_python(cell.python) and self._allows_target(cell)

    def _allows_python(self, python: str) -> bool:
        if not self._pythons:
            return True
        if python not in self._pythons_known:
            allowed = all(_in(python, versions) for versions in self._pythons)
            self._pythons_known[python] = allowed
        return self._pythons_known[python]

    def _allows_target(self, cell: Cell) -> bool:
        if self._when.architecture is None:
            return True
        key = (cell.platform, cell.target)
        if key not in self._targets_known:
            mine = spack.spec.ArchSpec((cell.platform, None, cell.target))
            self._targets_known[key] = bool(mine.satisfies(self._when.architecture))
        return self._targets_known[key]


class SpackLine(_Condition):
    """A `DeclaredDependency`."""

    def __init__(self, spec: Any, when: Any, flag: int, has: Mapping[str, Any]) -> None:
        super().__init__(when, has)
        self._spec = spec
        self.package: str = providers().get(spec.name, spec.name)
        self.types: tuple[str, ...] = spack.deptypes.flag_to_tuple(flag)

    # Printed only when asked for: most lines of most recipes apply to none of the versions that
    # are looked at.

    @cached_property
    def text(self) -> str:
        return _printed(self._spec)

    @cached_property
    def when(self) -> str:
        return _printed(self._when)

    @cached_property
    def native(self) -> bool:
        only_building = "run" not in self.types and self.package in _BUILD_SYSTEM
        build_system = self._when.variants.get("build_system")
        return only_building or (build_system is not None and "python_pip" in build_system.values)

    def accepts(self, version: str) -> bool:
        return _in(version, self._spec.versions)


class _Excluded(SpackLine):
    """A conflict with some versions of a dependency."""

    def __init__(self, excluded: Any, conflict: Any, when: Any, has: Mapping[str, Any]) -> None:
        super().__init__(excluded, when, 0, has)
        self._conflict = conflict
        self._own = _Condition(conflict, has, besides=excluded.name)
        self.opaque = self.opaque or self._own.opaque

    @cached_property
    def text(self) -> str:
        return f"conflicts {self._conflict}"

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        return super().applies(version, variants) and self._own.applies(version, variants)

    def holds_in(self, cell: Cell) -> bool:
        return super().holds_in(cell) and self._own.holds_in(cell)

    def accepts(self, version: str) -> bool:
        return not super().accepts(version)


def _printed(spec: Any) -> str:
    """How Spack prints a spec. Most consist of a name and versions, for which its own way takes
    ten times as long."""
    others = (
        *(spec.variants, spec.compiler_flags, spec.architecture, spec.namespace),
        *(spec.abstract_hash, spec.concrete, spec.edges_to_dependencies()),
    )
    if any(others):
        return str(spec)
    versions = str(spec.versions)
    return (spec.name or "") + (f"@{versions}" if versions != ":" else "")


def _other_package(package: str, conflict: Any) -> Any:
    """The spec of the one dependency that a conflict speaks of; None if it speaks of none."""
    if conflict.name not in (None, "", package):
        return conflict
    others = [e.spec for e in conflict.edges_to_dependencies() if e.spec.name != "python"]
    return others[0] if len(others) == 1 else None


def _in(version: str, versions: Any) -> bool:
    """Whether a version is in a list of versions and ranges. Spack's own `satisfies` says the same
    for each of its parts, but takes ten times as long to find out what it compares."""
    mine = _version(version)
    if type(mine) is not spack.version.StandardVersion:
        return bool(mine.satisfies(versions))
    for part in versions:
        if type(part) is spack.version.ClosedOpenRange:
            if part.lo <= mine < part.hi:
                return True
        elif mine.satisfies(part):
            return True
    return False


@lru_cache(_VERSIONS)
def _version(text: str) -> Any:
    return spack.version.Version(text)
