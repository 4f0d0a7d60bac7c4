"""Lines of recipes, written short."""

from __future__ import annotations

from collections.abc import Sequence

from spack_pypi.recipe.model import BUILD_RUN, Condition, Dependency, DependencyLine
from spack_pypi.translate.revise import NewVersion, Revision, revise


def parts(text: str) -> tuple[str, str, Condition, tuple[str, ...]]:
    """``x@2: ^python@:3.10 (build)`` → package, ranges, condition, types; ``py-`` is implied but
    for python and what begins with a colon (``:cmake@3:``)."""
    spec, _, types = text.partition(" (")
    spec, _, python = spec.partition(" ^python@")
    package, _, ranges = spec.partition("@")
    name = package[1:] if package[0] == ":" else f"py-{package}"
    kinds = tuple(types.rstrip(")").split("+")) if types else BUILD_RUN
    return "python" if name == "py-python" else name, ranges, Condition(python=python), kinds


def line(text: str) -> Dependency:
    package, ranges, when, types = parts(text)
    return Dependency(package, ranges, (), when, types)


def stated(text: str) -> DependencyLine:
    package, ranges, when, types = parts(text)
    return DependencyLine(Dependency(package, ranges, (), when, types))


def revised(
    recipe: Sequence[str],
    older: Sequence[str] | None,
    newer: Sequence[str],
    unknown: bool = False,
    unsure: bool = False,
    pythons: Sequence[str] = (),
) -> Revision:
    version = NewVersion(
        [line(text) for text in newer],
        [line(text) for text in older or ()],
        unknown=unknown,
        uncertain=unsure,
    )
    return revise([stated(text) for text in recipe], ["1"], {"2": version}, pythons)
