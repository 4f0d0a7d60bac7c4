"""What is added to a recipe that exists, before it is known which of its lines change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...recipe.model import Conflict, Dependency, DependencyLine, Omission, Reasons
from ...translate import spack_order
from ...translate.archives import Archives
from ...translate.existing_lines import applies_to
from ...translate.merge import with_exclusions
from ...translate.revise import NewVersion
from .assembled import comments
from .lost_variants import LostVariants
from .reasons import said_beside

#: The dependencies of each version.
ByVersion = Mapping[str, Sequence[Dependency]]


class Lines(NamedTuple):
    """The ``depends_on`` lines and the conflicts that are added."""

    dependencies: tuple[Dependency, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class Addition:
    """What is added: archives, dependencies ``by_version``, conflicts with ``lost`` variants, and
    what is said ``in_file`` of how they are built. ``unsaid`` are the omissions of all versions.
    ``known`` is what is known of each new version, ``before`` the listed version before them;
    empty if there is none."""

    packed: Archives
    by_version: ByVersion
    lost: LostVariants
    omissions: tuple[Omission, ...]
    unsaid: tuple[Omission, ...]
    in_file: Mapping[str, Sequence[str]]
    versions: Sequence[str]  # those of the whole recipe, newest first
    excluded: Sequence[DependencyLine]  # what conflicts of the recipe exclude already
    known: Mapping[str, NewVersion]
    before: str
    spelled: Mapping[str, Collection[str]]  # the versions of packages that ranges were made for

    def lines(self, by_version: ByVersion) -> Lines:
        """The lines for dependencies by version, and all conflicts."""
        needed = [by_version.get(text, ()) for text in self.versions]
        lines, conflicts = with_exclusions(self.versions, needed, self.spelled)
        new = [each for each in conflicts if not self._is_there(each)]
        return Lines(lines, (*new, *self.lost.conflicts))

    def comments(self, reasons: Reasons) -> tuple[str, ...]:
        """What the recipe says besides the ``reasons`` above its new lines."""
        return comments(self.unsaid, self.in_file, said_beside(reasons, self.in_file))

    def _is_there(self, conflict: Conflict) -> bool:
        """Whether the recipe has conflicts that exclude as much."""
        package, _, ranges = conflict.spec[1:].partition("@")
        alike = [
            line
            for line in self.excluded
            if line.dependency.package == package
            and replace(line.dependency.when, versions="") == replace(conflict.when, versions="")
            and spack_order.contained([ranges], line.dependency.versions)
        ]
        held = [v for v in self.versions if spack_order.contains(conflict.when.versions, v)]
        return all(any(applies_to(line, version) for line in alike) for version in held)
