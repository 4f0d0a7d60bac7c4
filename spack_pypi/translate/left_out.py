"""What the author of a recipe leaves out of it without harm, although releases declare it."""

from __future__ import annotations

from collections.abc import Sequence

from ..recipe.model import BUILD, Dependency
from .stated import LineEnvironments, is_stated


def is_left_out(
    line: Dependency,
    before: Sequence[Dependency],
    kept: Sequence[Dependency],
    ended: Sequence[Dependency],
    environments: LineEnvironments,
) -> bool:
    """Whether a recipe leaves out a line that its new version lacks, as it does for the version
    before, and no configuration is wrong without it: a range of Python that excludes none, where
    the recipe states no lower bound on Python; a range for building that the older release (with
    the dependencies ``before``) declared as well, of a package that the recipe names. ``kept`` are
    the lines that apply to the new version, ``ended`` those that no longer do."""
    if line.package == "python":
        stated = [each.versions for each in (*kept, *ended) if each.package == "python"]
        bounded = any(ranges[:1].isdigit() for ranges in stated)
        return not bounded and environments.all_in(line.versions)
    changed = any(each.package == line.package for each in ended)
    if line.types != BUILD or line not in before or changed:
        return False
    return is_stated(Dependency(line.package, when=line.when, types=BUILD), kept, environments)
