"""Extras that name others of the same project: ``complete = ["foo[array,dataframe]", "lz4"]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conditions import Undecidable, holds
from .environments import world_for
from .requirements import parse


class Parted(NamedTuple):
    """The variants that are a part of an extra, and the requirements (PEP 508) of the release
    without what names them."""

    variants: tuple[str, ...]
    texts: tuple[str, ...]


def parted(
    project: str, texts: Sequence[str], extra: str, is_variant: Callable[[str], bool]
) -> Parted:
    """The extras that ``extra`` of a release of ``project`` names, itself or through others, and
    that are variants of the package; ``texts`` are all requirements of the release. One that is
    named on some platforms or for some Pythons only is not among them, as a variant would ask for
    it everywhere."""
    requirements, _ = parse(texts)
    own = [each for each in requirements if canonicalize_name(each.name) == project]
    variants: dict[str, None] = {}
    rest = {str(each): str(each) for each in requirements}
    todo, seen = [extra], {extra}
    while todo:
        current = todo.pop()
        for each in own:
            if not _names(each, current):
                continue
            named = sorted(map(canonicalize_name, each.extras))
            here = [name for name in named if is_variant(name)]
            others = [name for name in named if name not in here]
            variants.update(dict.fromkeys(here))
            if here:
                rest[str(each)] = f"{project}[{','.join(others)}]; {each.marker}" if others else ""
            todo += [name for name in others if name not in seen]
            seen.update(others)
    return Parted(tuple(variants), tuple(text for text in rest.values() if text))


def _names(requirement: Requirement, extra: str) -> bool:
    """Whether an extra requires this on each platform and for each Python."""
    if requirement.marker is None:
        return False
    world = world_for([str(requirement.marker)])
    try:
        return holds(requirement.marker, extra, world) == world.everywhere
    except Undecidable:
        return False
