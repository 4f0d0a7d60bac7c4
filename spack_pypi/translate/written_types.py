"""The types of new lines, as the author of a recipe writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..recipe.model import Dependency, DependencyLine


def without_build(
    line: Dependency, lines: Sequence[Dependency], stated: Sequence[DependencyLine]
) -> Dependency:
    """A new line only to run, where the recipe has its package so, or names it nowhere and has all
    that it needs to run so, or all that the same variant needs; as it is where one of the
    ``lines`` requires it to build."""
    builds = any(each.package == line.package and "run" not in each.types for each in lines)
    if line.package == "python" or not {"build", "run"} <= {*line.types} or builds:
        return line
    run = [each.dependency for each in stated if "run" in each.dependency.types]
    same = [each for each in run if each.package == line.package]
    others = [each for each in run if each.package != "python"]
    variants = line.when.variants
    others = [each for each in others if variants and each.when.variants == variants] or others
    if not others or any("build" in each.types for each in same or others):
        return line
    return replace(line, types=tuple(kind for kind in line.types if kind != "build"))


def with_other_types(
    line: Dependency,
    lines: Sequence[Dependency],
    ended: Sequence[Dependency],
    kept: Sequence[Dependency],
) -> Dependency:
    """A new line with the types that no metadata declares (``link``, ``test``) of the lines that
    it replaces, or that it narrows: a person added them."""
    same = [each for each in lines if each.package == line.package]
    if line is not next((each for each in same if "run" in each.types), same[0]):
        return line
    narrowed = [each for each in kept if {*each.types} >= {*line.types}]
    kinds = {k for old in (*ended, *narrowed) if old.package == line.package for k in old.types}
    types = {*line.types, *(kinds - {"build", "run"})}
    return replace(line, types=tuple(sorted(types)))
