"""What can be said of the ``depends_on`` lines of a recipe by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ..recipe.model import Dependency, DependencyLine
from . import spack_order

#: Implied by PythonPackage; a recipe that names them does no harm.
IMPLIED = ("py-pip", "py-wheel")
#: Tools that recipes leave to the package of the build backend, which needs them to run: of those
#: that meson-python builds few name these, while most name CMake and Rust.
_LEFT_TO_BACKENDS = ("meson", "ninja")


def applies_to(line: DependencyLine, version: str) -> bool:
    """Whether the version ranges of a line and of the blocks around it hold a version."""
    ranges = (line.dependency.when.versions, *line.within)
    return all(spack_order.contains(text, version) for text in ranges)


def is_brought(tool: Dependency, recipes: Iterable[Sequence[DependencyLine]]) -> bool:
    """Whether a tool is left to one of these ``recipes``, of what is needed to build: all its
    versions need the tool to run, wherever that is, and any version of the tool will do."""
    return (
        tool.package in _LEFT_TO_BACKENDS
        and not tool.versions
        and any(
            line.dependency.package == tool.package
            and "run" in line.dependency.types
            and not (str(line.dependency.when) or line.within)
            for lines in recipes
            for line in lines
        )
    )


def is_native(package: str) -> bool:
    """Whether it is a language, a tool or a library rather than a Python project."""
    return not package.startswith("py-") and package != "python"


def is_of_branch(
    line: DependencyLine, branch: str, required: Collection[str], versions: Iterable[str]
) -> bool:
    """Whether a line states only what a branch required, and none of the other ``versions``, and
    metadata say that, as they do now of the packages that are ``required``. What the branch was
    when the line was written is not known: a line about another package may be a person's, unless
    it names the branch."""
    dependency = line.dependency
    names_it = bool(dependency.when.versions or line.within)
    return (
        (dependency.package in required or (names_it and not is_native(dependency.package)))
        and applies_to(line, branch)
        and not any(applies_to(line, version) for version in versions)
        and bool({"build", "run"} & {*dependency.types})
        and not (line.fixed or dependency.package in IMPLIED)
    )


def made_anew(
    stated: Sequence[DependencyLine], removed: Iterable[int], new: Sequence[Dependency]
) -> tuple[Mapping[int, str], Sequence[Dependency]]:
    """The lines (by number, with their specs) that are ``removed``, but for those that are among
    the ``new`` ones; and these, which need not be added."""
    gone: dict[int, str] = {}
    stays: list[Dependency] = []
    for number in sorted(removed):
        line = stated[number]
        same = [each for each in new if not line.within and _is_same(each, line.dependency)]
        stays += same
        if not same:
            gone[number] = line.dependency.spec
    return gone, stays


def _is_same(one: Dependency, other: Dependency) -> bool:
    return {*one.types} == {*other.types} and one == replace(other, types=one.types)
