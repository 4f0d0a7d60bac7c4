"""Lines that a recipe states for the version before alone (``when="@1.5.2"``), and that its new
versions need as well: they go on (``@1.5.2:``), and are not said again beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..recipe.model import Dependency, DependencyLine
from . import spack_order
from .revise import Revision
from .stated import contained

#: A range that is one version, or one series.
_SINGLE = re.compile(r"=?(\d[\w.-]*)")


def going_on(
    revision: Revision, stated: Sequence[DependencyLine], versions: Sequence[str]
) -> Revision:
    """The revision of a recipe that states this and has these ``versions``, without the new lines
    in whose place others go on: in ``ends`` these have the range that they get."""
    ends, added = dict(revision.ends), dict(revision.added)
    for number, line in enumerate(stated):
        single = _SINGLE.fullmatch(line.dependency.when.versions)
        if not single or line.fixed or number in ends or not _is_last(line, versions, [*added]):
            continue
        found = [[each for each in lines if _is_alike(line, each)] for lines in added.values()]
        if all(found):
            ends[number] = f"{single[1]}:"
            for version, alike in zip(added, found):
                added[version] = [each for each in added[version] if each not in alike]
    return replace(revision, ends=ends, added=added)


def _is_last(line: DependencyLine, versions: Sequence[str], new: Sequence[str]) -> bool:
    """Whether only new versions come after those that the line applies to, none of which is
    new, and the blocks around it apply to these."""
    ranges = line.dependency.when.versions
    held = [version for version in versions if spack_order.contains(ranges, version)]
    if not held or any(spack_order.contains(ranges, version) for version in new):
        return False
    last = max(map(spack_order.key, held))
    after = {version for version in versions if spack_order.key(version) > last}
    within = all(spack_order.contains(block, v) for block in line.within for v in new)
    return within and after <= {*new} and all(spack_order.key(v) > last for v in new)


def _is_alike(line: DependencyLine, new: Dependency) -> bool:
    """Whether the line says what a new one does, of a range of versions that is written like that
    or with a zero more (``2.0:``)."""
    old = line.dependency
    return (
        (old.package, {*old.variants}) == (new.package, {*new.variants})
        and {*old.types} >= {*new.types}
        and replace(old.when, versions="") == replace(new.when, versions="")
        and contained([old.versions], new.versions)
        and contained([new.versions], old.versions)
    )
