"""The items that loops of a recipe get with a new version, where what they declare is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...recipe.calls import condition, dependency_line, joined, types_of
from ...recipe.edit import RecipeText
from ...recipe.loops import LoopDirective, next_items
from ...recipe.model import ALWAYS, Dependency, DependencyLine, LoopItem
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.existing_lines import applies_to
from ...translate.stated import LineEnvironments, is_stated


@dataclass(frozen=True)
class LoopItems:
    """``items`` for loops, and the lines that they declare, for the new version."""

    items: tuple[LoopItem, ...] = ()
    declared: tuple[DependencyLine, ...] = ()

    def state(self, line: Dependency) -> bool:
        """Whether they state a new line."""
        declared = [each.dependency for each in self.declared]
        return is_stated(line, declared, LineEnvironments(self.declared, (line,), ()))


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
    declared: list[DependencyLine] = []
    for item, directives in next_items(recipe.body, version, before):
        lines = [_line(each) for each in directives if each.name == "depends_on"]
        right = [
            line
            for line in lines
            if line
            and applies_to(line, version)
            and _is_right(resolution, line.dependency, required)
        ]
        if len(right) == len(lines):
            items.append(item)
            declared += right
    return LoopItems(tuple(items), tuple(declared))


def _line(directive: LoopDirective) -> DependencyLine | None:
    """A ``depends_on`` of a loop as it holds for the version of its item, so without that."""
    around = [condition(text) for text in directive.within]
    blocks = [block for block in around if block is not None]
    if len(blocks) < len(around) or not {*directive.keywords} <= {"when", "type"}:
        return None
    ranges = [block.versions for block in blocks if block.versions]
    types = types_of(directive.keywords.get("type"), directive.types)
    return dependency_line(directive.first, joined(ALWAYS, blocks), ranges, types)


def _is_right(resolution: Resolution, line: Dependency, required: Sequence[Dependency]) -> bool:
    """Whether some version of the package is in the range of a line, and in those required."""
    found = resolution.catalog.host.repos.package(line.package)
    texts = [*found.declared] if found else []
    for project in resolution.projects:
        if resolution.package(project).package == line.package:
            texts += map(str, resolution.versions(project))
    ranges = [line.versions, *(e.versions for e in required if e.package == line.package)]
    return any(all(spack_order.contains(each, text) for each in ranges) for text in texts)
