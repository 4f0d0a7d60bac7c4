"""Lines that a recipe states for the version before alone (``when="@1.5.2"``), and that its new
versions need as well: they go on (``@1.5.2:``), and are not said again beside them. So does a
block (``with when("@1.5.2"):``) of which the new versions need the most; what they do not need
stays for the version before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..recipe.model import Dependency, DependencyLine
from . import spack_order
from .existing_lines import IMPLIED, is_native
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
        last = single and _is_last(single[0], line.within, versions, [*added])
        if not (single and last) or line.fixed or number in ends:
            continue
        found = [[each for each in lines if _is_alike(line, each)] for lines in added.values()]
        if all(found):
            ends[number] = f"{single[1]}:"
            for version, alike in zip(added, found):
                added[version] = [each for each in added[version] if each not in alike]
    blocks: dict[int, str] = {}
    for block in dict.fromkeys(line.block for line in stated if line.block):
        lines = {number: line for number, line in enumerate(stated) if line.block == block}
        held = _of_block([*lines.values()], versions, [*added])
        if held is None or ends.keys() & lines.keys():
            continue
        said = {number: _said(line, added) for number, line in lines.items()}
        stay = [number for number, each in said.items() if each is None]
        needed = [number for number, each in said.items() if each]
        if len(needed) <= 1 + len(stay) or any(
            is_native(lines[number].dependency.package) for number in stay
        ):
            continue
        blocks[block] = f"{held}:"
        ends.update((number, held) for number in stay)
        for version, new in added.items():
            repeated = [line for number in needed for line in (said[number] or {})[version]]
            added[version] = [each for each in new if each not in repeated]
    return replace(revision, ends=ends, added=added, blocks=blocks)


def _of_block(
    lines: Sequence[DependencyLine], versions: Sequence[str], new: Sequence[str]
) -> str | None:
    """The version or series that a block is for, whose lines say no other versions, if it is the
    last one before the new ones."""
    if any(line.fixed or len(line.within) != 1 or line.dependency.when.versions for line in lines):
        return None
    single = _SINGLE.fullmatch(lines[0].within[0])
    last = single and _is_last(lines[0].within[0], (), versions, new)
    return single[1] if single and last else None


def _said(
    line: DependencyLine, added: Mapping[str, Sequence[Dependency]]
) -> Mapping[str, Sequence[Dependency]] | None:
    """By new version, the new lines that a line says as well; empty if it says less than these do,
    and None if it must not apply to one of these versions."""
    alike = {
        version: [each for each in lines if _is_alike(line, each)]
        for version, lines in added.items()
    }
    if all(alike.values()):
        return alike
    weaker = line.dependency.package in IMPLIED or all(
        any(_is_weaker(line, each) for each in lines) for lines in added.values()
    )
    return {} if weaker else None


def _is_last(
    ranges: str, around: Sequence[str], versions: Sequence[str], new: Sequence[str]
) -> bool:
    """Whether only new versions come after those in the ranges, which hold none that is new, and
    blocks ``around`` apply to these."""
    held = [version for version in versions if spack_order.contains(ranges, version)]
    if not held or any(spack_order.contains(ranges, version) for version in new):
        return False
    last = max(map(spack_order.key, held))
    after = {version for version in versions if spack_order.key(version) > last}
    within = all(spack_order.contains(block, v) for block in around for v in new)
    return within and after <= {*new} and all(spack_order.key(v) > last for v in new)


def _is_weaker(line: DependencyLine, new: Dependency) -> bool:
    """Whether a new line says all that the line does, and more."""
    old = line.dependency
    return (
        old.package == new.package
        and {*old.variants} <= {*new.variants}
        and {*old.types} <= {*new.types}
        and replace(old.when, versions="") == replace(new.when, versions="")
        and contained([new.versions], old.versions)
    )


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
