"""The items that loops of a recipe get with a new version, where what they declare is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..recipe.calls import dependency_line, types_of
from ..recipe.edit import RecipeText
from ..recipe.loops import LoopDirective, next_items
from ..recipe.model import LIBRARY, Condition, Dependency, LoopItem
from ..resolve.resolution import Resolution
from ..translate import spack_order


@dataclass(frozen=True)
class LoopItems:
    """``items`` for loops, and the dependencies that they declare, of the new version."""

    items: tuple[LoopItem, ...] = ()
    declared: tuple[Dependency, ...] = ()

    def state(self, line: Dependency) -> bool:
        """Whether they state a new line."""
        return any(
            each.package == line.package
            and spack_order.contained([each.versions], line.versions)
            and {*line.types} <= {*each.types}
            and {*line.variants} <= {*each.variants}
            for each in self.declared
        )


def loop_items(
    resolution: Resolution,
    recipe: RecipeText,
    before: str,
    needed: Mapping[str, Sequence[Dependency]],
) -> LoopItems:
    """The items for a recipe that gets one version, of which it has one for the version
    ``before``; ``needed`` are the dependencies of the new one. What they declare must exist, and
    not contradict its metadata."""
    if len(needed) != 1:
        return LoopItems()
    ((version, required),) = needed.items()
    items: list[LoopItem] = []
    declared: list[Dependency] = []
    for item, directives in next_items(recipe.body, version, before):
        lines = [_dependency(each) for each in directives if each.name == "depends_on"]
        right = [line for line in lines if line and _is_right(resolution, line, required)]
        if len(right) == len(lines):
            items.append(item)
            declared += right
    return LoopItems(tuple(items), tuple(declared))


def _dependency(directive: LoopDirective) -> Dependency | None:
    if not {*directive.keywords} <= {"when", "type"}:
        return None
    types = types_of(directive.keywords.get("type"), LIBRARY)
    line = dependency_line(directive.first, Condition(), (), types)
    return line.dependency if line else None


def _is_right(resolution: Resolution, line: Dependency, required: Sequence[Dependency]) -> bool:
    """Whether some version of the package is in the range of a line, and in those required."""
    found = resolution.catalog.host.repos.package(line.package)
    texts = [*found.declared] if found else []
    for project in resolution.projects:
        if resolution.package(project).package == line.package:
            texts += map(str, resolution.versions(project))
    ranges = [line.versions, *(e.versions for e in required if e.package == line.package)]
    return any(all(spack_order.contains(each, text) for each in ranges) for text in texts)
