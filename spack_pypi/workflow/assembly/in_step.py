"""Native packages that a recipe needs in step with its own versions, by a line for each of them:
``depends_on("foo@1.2", when="@1.2")``. A new version gets its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from ...recipe.model import Condition, DependencyLine
from ...translate.existing_lines import applies_to, is_native

#: One version, or one series.
_SINGLE = re.compile(r"=?(\d[\w.-]*)")


def in_step(
    stated: Sequence[DependencyLine], known: Collection[str], before: str, version: str
) -> list[DependencyLine]:
    """The lines that a recipe which states this gets for a new version, beside those for the
    version ``before``: of packages that all its ``known`` versions, two or more, need in the same
    version or series as their own, each by a line of its own."""
    pinned: dict[str, list[DependencyLine]] = {}
    for line in stated:
        if is_native(line.dependency.package) and line.dependency.versions:
            pinned.setdefault(line.dependency.package, []).append(line)
    found: list[DependencyLine] = []
    for lines in pinned.values():
        plain = all(_is_of_itself(line) and not (line.fixed or line.within) for line in lines)
        named = {line.dependency.versions for line in lines}
        if not plain or len(named) < 2 or any(applies_to(line, version) for line in lines):
            continue
        if all(any(applies_to(line, each) for line in lines) for each in known):
            found += [_of(line, version) for line in lines if applies_to(line, before)]
    return found


def _is_of_itself(line: DependencyLine) -> bool:
    """Whether a line requires, for one version or series, the same; or for a branch."""
    return line.dependency.versions.lstrip("=") == line.dependency.when.versions.lstrip("=") and (
        bool(_SINGLE.fullmatch(line.dependency.versions)) or line.dependency.versions.isalpha()
    )


def _of(line: DependencyLine, version: str) -> DependencyLine:
    """The line for a new version, as that for another one is written."""
    dependency = line.dependency
    length = len(dependency.versions.split("."))
    new = ".".join(version.split(".")[:length])
    exact = [
        "=" * text.startswith("=") for text in (dependency.versions, dependency.when.versions)
    ]
    when: Condition = replace(dependency.when, versions=exact[1] + new)
    return replace(line, dependency=replace(dependency, versions=exact[0] + new, when=when))
