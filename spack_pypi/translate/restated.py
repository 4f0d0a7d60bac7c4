"""What the lines of a recipe exclude already of a range that was written without its holes.

A requirement that lines do not state exactly (``1.7:1,2.1:2`` for ``>=1.7,!=1.8,!=2.0,<3``)
becomes a plain range and a conflict with the holes; some of that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..recipe.model import Conflict, Dependency, DependencyLine
from . import spack_order
from .existing_lines import applies_to


def without_restated(
    dependencies: Iterable[Dependency],
    conflicts: Iterable[Conflict],
    kept: Sequence[DependencyLine],
    versions: Sequence[str],
) -> tuple[tuple[Dependency, ...], tuple[Conflict, ...]]:
    """New lines without those that one of the ``kept`` lines says, for all of the recipe's
    ``versions`` for which they hold, and conflicts without the holes that it leaves as well."""

    def beside(new: Dependency) -> list[Dependency]:
        held = [
            version for version in versions if spack_order.contains(new.when.versions, version)
        ]
        anywhere = replace(new.when, versions="")
        return [
            line.dependency
            for line in kept
            if line.dependency.package == new.package
            and replace(line.dependency.when, versions="") == anywhere
            and all(applies_to(line, version) for version in held)
        ]

    def is_restated(new: Dependency) -> bool:
        # What is installed to run is enough, as for `stated.is_stated`.
        types = {"run"} if "run" in new.types else {*new.types}
        return any(
            types <= {*old.types}
            and {*new.variants} <= {*old.variants}
            and spack_order.contained([old.versions], new.versions)
            for old in beside(new)
        )

    def rest(conflict: Conflict) -> Conflict | None:
        package, at, ranges = conflict.spec.lstrip("^").partition("@")
        if not at:
            return conflict
        here = [
            old for old in beside(Dependency(package, "", (), conflict.when)) if "run" in old.types
        ]
        left = [
            part
            for part in ranges.split(",")
            if not any(spack_order.disjoint([old.versions, part]) for old in here)
        ]
        return replace(conflict, spec=f"^{package}@{','.join(left)}") if left else None

    return (
        tuple(line for line in dependencies if not is_restated(line)),
        tuple(found for each in conflicts if (found := rest(each)) is not None),
    )
