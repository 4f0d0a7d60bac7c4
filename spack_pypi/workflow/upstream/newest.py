"""Which versions of recipes are sent, as reviewers want few: the newest of each, and what the
newest of others require."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...recipe.model import DependencyLine
from ...translate import spack_order
from ...translate.existing_lines import applies_to


def newest(
    offered: Mapping[str, Sequence[str]],
    existing: Mapping[str, Sequence[str]],
    stated: Mapping[str, Sequence[DependencyLine]],
) -> dict[str, list[str]]:
    """By package, the newest of the versions ``offered`` (newest first), if no ``existing`` one is
    as new; and those without which no version satisfies a line that is ``stated`` for a version
    that is sent."""
    sent: dict[str, list[str]] = {}
    for package, versions in offered.items():
        best = max(existing.get(package, ()), key=spack_order.key, default=None)
        first = versions[:1]
        newer = not best or not first or spack_order.key(first[0]) > spack_order.key(best)
        sent[package] = [*first] if newer else []
    todo = [(package, version) for package, versions in sent.items() for version in versions]
    while todo:
        package, version = todo.pop()
        lines = [line for line in stated[package] if applies_to(line, version)]
        for line in lines:
            required = line.dependency.package
            if required in offered:
                has = [*existing.get(required, ()), *sent[required]]
                more = _missing(line, lines, has, offered[required])
                if more is not None:
                    sent[required].append(more)
                    todo.append((required, more))
    return {
        package: sorted(versions, key=spack_order.key, reverse=True)
        for package, versions in sent.items()
    }


def _missing(
    line: DependencyLine,
    lines: Sequence[DependencyLine],
    has: Sequence[str],
    offered: Sequence[str],
) -> str | None:
    """The newest of the offered versions that a line accepts, together with those lines about the
    same package that hold wherever it does; None if it accepts one of those there are (``has``),
    or none."""
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
