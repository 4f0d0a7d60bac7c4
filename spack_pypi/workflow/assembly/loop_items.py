"""The items that loops of a recipe get with a new version, where what they declare is right, and
the lines that stand in step with its versions without a loop."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...recipe.calls import condition, dependency_line, joined, types_of
from ...recipe.edit import RecipeText
from ...recipe.loops import LoopDirective, next_items
from ...recipe.model import Dependency, DependencyLine, LoopItem, VersionLine
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.existing_lines import applies_to, is_native
from ...translate.stated import LineEnvironments, is_stated
from .in_step import in_step


@dataclass(frozen=True)
class LackingLines:
    """What would be right, but that no native package has the version of one of its lines: of
    ``needed``. An ``item`` of a loop, with the lines that it would declare, or (None) a line."""

    item: LoopItem | None
    declared: tuple[DependencyLine, ...]
    needed: Dependency

    def __str__(self) -> str:
        package, spec = self.needed.package, self.needed.spec
        why = (
            f"the loop in line {self.item.line} makes it need {spec}"
            if self.item
            else f"as each of its versions needs the same one of {package}, it needs {spec}"
        )
        return (
            f"{why}, which no recipe has: first add that version of {package} (spack checksum "
            f"--add-to-package {package}), then this one"
        )


@dataclass(frozen=True)
class LoopItems:
    """``items`` for loops, and all lines that are ``declared`` for the new version, by them or by
    ``lines`` of their own, and what is ``lacking``."""

    items: tuple[LoopItem, ...] = ()
    declared: tuple[DependencyLine, ...] = ()
    lines: tuple[Dependency, ...] = ()
    lacking: tuple[LackingLines, ...] = ()

    @property
    def complete(self) -> LoopItems:
        """These with what is lacking, as if all packages had their versions."""
        items = [each.item for each in self.lacking if each.item]
        declared = [line for each in self.lacking for line in each.declared]
        lines = [
            line.dependency for each in self.lacking if not each.item for line in each.declared
        ]
        return LoopItems((*self.items, *items), (*self.declared, *declared), (*self.lines, *lines))

    def state(self, line: Dependency) -> bool:
        """Whether they state a new line."""
        declared = [each.dependency for each in self.declared]
        return is_stated(line, declared, LineEnvironments(self.declared, (line,), ()))

    @property
    def tabled(self) -> frozenset[str]:
        """The versions that tables list, and which need no lines of their own."""
        return frozenset(item.version for item in self.items if item.sha256)


def loop_items(
    resolution: Resolution,
    recipe: RecipeText,
    known: Collection[str],
    before: str,
    needed: Mapping[str, Sequence[Dependency]],
    lines: Sequence[VersionLine],
) -> LoopItems:
    """The items for a recipe with these ``known`` versions that gets one more, of which it has one
    for the version ``before``; ``needed`` are the dependencies of the new one, and ``lines`` has
    its checksum. What they declare must exist, and not contradict its metadata."""
    if len(needed) != 1:
        return LoopItems()
    ((version, required),) = needed.items()
    items: list[LoopItem] = []
    declared: list[DependencyLine] = []
    alone: list[Dependency] = []
    lacking: list[LackingLines] = []
    sha256 = next((line.sha256 for line in lines if line == VersionLine(version, line.sha256)), "")
    for item, directives in next_items(recipe.module, recipe.body, version, before, sha256):
        read = [_line(each) for each in directives if each.name == "depends_on"]
        made = [line for line in read if line and applies_to(line, version)]
        if len(made) < len(read):
            continue
        lacks = [
            line.dependency
            for line in made
            if not _is_right(resolution, line.dependency, required)
        ]
        if not lacks:
            items.append(item)
            declared += made
        elif all(_is_lacking(resolution, lack) for lack in lacks):
            lacking.append(LackingLines(item, tuple(made), lacks[0]))
    for line in in_step(recipe.stated, known, before, version):
        if _is_right(resolution, line.dependency, required):
            alone.append(line.dependency)
            declared.append(replace(line, dependency=_always(line.dependency)))
        elif _is_lacking(resolution, line.dependency):
            lacking.append(LackingLines(None, (line,), line.dependency))
    return LoopItems(tuple(items), tuple(declared), tuple(alone), tuple(lacking))


def _always(line: Dependency) -> Dependency:
    """A line for one version, as it holds for that."""
    return replace(line, when=replace(line.when, versions=""))


def _line(directive: LoopDirective) -> DependencyLine | None:
    """A ``depends_on`` of a loop as it holds for the version of its item, so without that."""
    own = condition(directive.keywords.get("when"))
    around = [condition(text) for text in directive.within]
    blocks = [block for block in around if block is not None]
    if own is None or len(blocks) < len(around):
        return None
    if not {*directive.keywords} <= {"when", "type"}:
        return None
    ranges = [block.versions for block in blocks if block.versions]
    types = types_of(directive.keywords.get("type"), directive.types)
    return dependency_line(
        directive.first, joined(replace(own, versions=""), blocks), ranges, types
    )


def _is_lacking(resolution: Resolution, line: Dependency) -> bool:
    """Whether a line is about a native package, of which none is in its range."""
    return is_native(line.package) and not _is_right(resolution, line, ())


def _is_right(resolution: Resolution, line: Dependency, required: Sequence[Dependency]) -> bool:
    """Whether some version of the package is in the range of a line, and in those required."""
    found = resolution.catalog.host.repos.package(line.package)
    texts = [*found.declared] if found else []
    for project in resolution.projects:
        if resolution.package(project).package == line.package:
            texts += map(str, resolution.versions(project))
    ranges = [line.versions, *(e.versions for e in required if e.package == line.package)]
    return any(all(spack_order.contains(each, text) for each in ranges) for text in texts)
