"""Which build system the recipe of a project has: that of its newest version here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packaging.version import Version

from ...recipe.build_system import CMAKE, PYTHON, BuildSystem
from ...recipe.model import Omission
from ...resolve.resolution import Resolution
from ...translate.archives import Archives


@dataclass(frozen=True)
class System:
    """The build system of a new recipe, the ``folder`` in which CMake begins, and the versions
    that are built ``otherwise``, with omissions for them."""

    build_system: BuildSystem
    folder: str
    otherwise: Sequence[Version]
    omissions: tuple[Omission, ...]

    def of_same(self, packed: Archives) -> Archives:
        """The archives without those of versions that are built otherwise."""
        if not self.otherwise:
            return packed
        left = {text for version, text in packed.spelled.items() if version in self.otherwise}
        return replace(
            packed,
            versions=tuple(line for line in packed.versions if line.version not in left),
            spelled={v: text for v, text in packed.spelled.items() if text not in left},
            omissions=(*packed.omissions, *self.omissions),
        )


def system_of(resolution: Resolution, project: str) -> System:
    """The build system of a new recipe."""
    newest, *older = resolution.versions(project)
    own = resolution.declared(project, newest).builds.cmake
    otherwise = [
        version
        for version in older
        if (resolution.declared(project, version).builds.cmake is None) is not (own is None)
    ]
    system = PYTHON if own is None else CMAKE
    reason = f"is not built as a {system}, as {newest} is"
    omissions = (Omission(project, str(v), str(v), reason, required=True) for v in otherwise)
    return System(system, own.folder if own else "", otherwise, tuple(omissions))


def is_other(resolution: Resolution, project: str, texts: Sequence[str]) -> str:
    """Why new versions cannot be added to the recipe of a project, whose ``texts`` these are (with
    those that it inherits): it is for another build system. Empty where they can."""
    has = {system for system in (PYTHON, CMAKE) if any(str(system) in text for text in texts)}
    for version in resolution.versions(project):
        is_packed = resolution.declared(project, version).builds.cmake is not None
        needs, other = (CMAKE, PYTHON) if is_packed else (PYTHON, CMAKE)
        if other in has and needs not in has:
            return f"it is a {other}, and {version} is built as a {needs}"
    return ""
