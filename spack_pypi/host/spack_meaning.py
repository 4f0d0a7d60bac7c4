"""What a recipe says, evaluated by Spack's own classes: its versions, conditions and ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import spack.deptypes
import spack.repo
import spack.spec
import spack.version

from ..errors import HostError
from .port import Cell, DeclaredDependency, DeclaredVersion
from .spack_internals import drop_pending_directives

#: What PythonPackage itself asks for to build, whatever the recipe says.
_BUILD_SYSTEM = ("python-venv", "py-pip", "py-wheel")
#: Options of a version that comes from a repository, not from an archive.
_REPOSITORIES = {"git", "svn", "hg", "branch", "commit", "tag"}


def load(package: str) -> Any:
    """The class of a package. Raises whatever its recipe raises: it is a program."""
    try:
        cls = spack.repo.PATH.get_pkg_class(package)
        # Directives are executed when they are first looked at.
        _ = cls.versions, cls.dependencies, cls.variants
    except Exception:
        drop_pending_directives()
        raise
    return cls


def package_class(package: str) -> Any:
    """The class of a package. Raises `HostError` where its recipe cannot be loaded."""
    try:
        return load(package)
    except Exception as error:
        # Any exception: a recipe is a program that its owner wrote.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise HostError(f"cannot load the recipe of {package}: {reason}") from None


class SpackMeaning:
    """A `Meaning` of a package class."""

    def __init__(self, package: str, cls: Any) -> None:
        self.package, self.namespace = package, cls.namespace
        self._cls = cls
        self.variants: Mapping[str, bool] = boolean_variants(cls)
        self.variant_ranges: Mapping[str, str] = variant_ranges(cls)
        self.versions: tuple[DeclaredVersion, ...] = tuple(
            self._version(version, options) for version, options in cls.versions.items()
        )
        has = {
            name: spack.version.from_string(ranges) for name, ranges in self.variant_ranges.items()
        }
        lines: list[DeclaredDependency] = [
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
        self.lines: Sequence[DeclaredDependency] = lines

    def runs_in(self, version: str, variants: Mapping[str, bool], cell: Cell) -> bool:
        for line in self.lines:
            if line.package == "python" and not line.opaque:
                here = line.applies(version, variants) and line.holds_in(cell)
                if here and not line.accepts(cell.python):
                    return False
        return not any(
            all(not c.opaque and c.applies(version, variants) and c.holds_in(cell) for c in both)
            for both in self._conflicts
        )

    def _version(self, version: Any, options: Mapping[str, Any]) -> DeclaredVersion:
        archive = ""
        if not (version.isdevelop() or _REPOSITORIES & {*options}):
            archive = archive_name(self._cls, self.package, version, options.get("url"))
        return DeclaredVersion(
            text=str(version),
            sha256=str(options.get("sha256") or ""),
            archive=archive,
            deprecated=bool(options.get("deprecated")),
            branch=version.isdevelop() or not options.get("sha256"),
        )


def archive_name(cls: Any, package: str, version: Any, address: str | None = None) -> str:
    """The file name of the address that a version has, or else that its package class makes up for
    it, also for one that it does not declare; empty where that is no address of an index."""
    try:
        spec = spack.spec.Spec(f"{package}@={version}")
        found = str(address or cls(spec).url_for_version(_version(str(version))) or "")
    except Exception:
        # A recipe's own method may raise whatever it likes; then the name is not known.
        return ""
    # Only of an index: elsewhere archives are named as their owners like.
    name = found.rpartition("/")[2] if "/packages/" in found else ""
    return name.partition("#")[0].partition("?")[0]


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
        self._targets: dict[tuple[str, str], bool] = {}
        edges = [e for e in when.edges_to_dependencies() if e.spec.name != besides]
        self._pythons = [edge.spec.versions for edge in edges if edge.spec.name == "python"]
        self.opaque = any(
            edge.spec.name != "python" or edge.spec.variants for edge in edges
        ) or bool(getattr(when, "compiler", None))

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
        if not all(_in(cell.python, versions) for versions in self._pythons):
            return False
        if self._when.architecture is None:
            return True
        key = (cell.platform, cell.target)
        if key not in self._targets:
            mine = spack.spec.ArchSpec((cell.platform, None, cell.target))
            self._targets[key] = bool(mine.satisfies(self._when.architecture))
        return self._targets[key]


class SpackLine(_Condition):
    """A `DeclaredDependency`."""

    def __init__(self, spec: Any, when: Any, flag: int, has: Mapping[str, Any]) -> None:
        super().__init__(when, has)
        self._versions = spec.versions
        self.package: str = spec.name
        self.types: tuple[str, ...] = spack.deptypes.flag_to_tuple(flag)
        self.text, self.when = str(spec), str(when)
        only_building = "run" not in self.types and self.package in _BUILD_SYSTEM
        self.native = only_building or "build_system=python_pip" in self.when

    def accepts(self, version: str) -> bool:
        return _in(version, self._versions)


class _Excluded(SpackLine):
    """A conflict with some versions of a dependency."""

    def __init__(self, excluded: Any, conflict: Any, when: Any, has: Mapping[str, Any]) -> None:
        super().__init__(excluded, when, 0, has)
        self.text = f"conflicts {conflict}"
        self._own = _Condition(conflict, has, besides=excluded.name)
        self.opaque = self.opaque or self._own.opaque

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        return super().applies(version, variants) and self._own.applies(version, variants)

    def holds_in(self, cell: Cell) -> bool:
        return super().holds_in(cell) and self._own.holds_in(cell)

    def accepts(self, version: str) -> bool:
        return not super().accepts(version)


def _other_package(package: str, conflict: Any) -> Any:
    """The spec of the one dependency that a conflict speaks of; None if it speaks of none."""
    if conflict.name not in (None, "", package):
        return conflict
    others = [e.spec for e in conflict.edges_to_dependencies() if e.spec.name != "python"]
    return others[0] if len(others) == 1 else None


def _in(version: str, versions: Any) -> bool:
    return bool(_version(version).satisfies(versions))


@cache
def _version(text: str) -> Any:
    return spack.version.Version(text)
