"""Which versions of a set of recipes are needed, where reviewers want few: the newest of each, and
what the others' newest ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...recipe.model import DependencyLine
from ...translate import spack_order
from ...translate.revise import applies_to


def newest(
    offered: Mapping[str, Sequence[str]],
    there: Mapping[str, Sequence[str]],
    stated: Mapping[str, Sequence[DependencyLine]],
) -> dict[str, list[str]]:
    """Of the versions ``offered`` for each package (newest first) the newest, where ``there`` has
    none that is as new; and those without which a line that is ``stated`` for a chosen version
    has no version that satisfies it."""
    chosen: dict[str, list[str]] = {}
    for package, versions in offered.items():
        best = max(there.get(package, ()), key=spack_order.key, default=None)
        first = versions[:1]
        newer = not best or not first or spack_order.key(first[0]) > spack_order.key(best)
        chosen[package] = [*first] if newer else []
    todo = [(package, version) for package, versions in chosen.items() for version in versions]
    while todo:
        package, version = todo.pop()
        lines = [line for line in stated[package] if applies_to(line, version)]
        for line in lines:
            wanted = line.dependency.package
            if wanted in offered:
                has = [*there.get(wanted, ()), *chosen[wanted]]
                more = _missing(line, lines, has, offered[wanted])
                if more is not None:
                    chosen[wanted].append(more)
                    todo.append((wanted, more))
    return {
        package: sorted(versions, key=spack_order.key, reverse=True)
        for package, versions in chosen.items()
    }


def _missing(
    line: DependencyLine,
    lines: Sequence[DependencyLine],
    has: Sequence[str],
    offered: Sequence[str],
) -> str | None:
    """The newest of the offered versions that a line accepts, together with those lines about the
    same package that hold wherever it does; None where there is one already, or none at all."""
    dependency = line.dependency
    joint = [
        other.dependency.versions
        for other in lines
        if other.dependency.package == dependency.package
        and other.dependency.when.python in ("", dependency.when.python)
        and other.dependency.when.platform in ("", dependency.when.platform)
        and {*other.dependency.when.variants} <= {*dependency.when.variants}
    ]

    def accepted(version: str) -> bool:
        return all(spack_order.contains(ranges, version) for ranges in joint)

    if any(accepted(version) for version in has):
        return None
    return next((version for version in offered if accepted(version)), None)
