"""The variants of an existing package that new versions do not have: conflicts, which say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...recipe.model import Condition, Conflict, Omission
from ...recipe.text_edits import Uneditable
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.archives import Archives
from ...translate.merge import spans
from ...translate.variants import is_not_packaged
from .dependencies import Dependencies


@dataclass(frozen=True)
class LostVariants:
    """The ``omissions`` of extras, and new ``conflicts`` with their variants. ``ends`` maps
    conflicts of earlier versions, which hold for none of the new ones, by their numbers in the
    recipe to the version range that remains."""

    omissions: tuple[Omission, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    ends: Mapping[int, str] = field(default_factory=dict)

    @property
    def unsaid(self) -> tuple[Omission, ...]:
        """The omissions of which no conflict says why."""
        return tuple(each for each in self.omissions if not is_not_packaged(each.reason))


def lost_variants(
    resolution: Resolution,
    dependencies: Dependencies,
    project: str,
    packed: Archives,
    versions: Sequence[str],
    stated: Sequence[Conflict],
) -> LostVariants:
    """What the new versions of a project lack; ``versions`` are those of the whole recipe, newest
    first, ``stated`` its plain conflicts. Raises `Uneditable`."""
    target, new = resolution.package(project), {*packed.spelled.values()}
    omissions: list[Omission] = []
    conflicts: list[Conflict] = []
    ends: dict[int, str] = {}
    for extra in resolution.extras(project):
        spec = f"+{target.variant(extra) or extra}"
        without = dependencies.without_variant(project, extra, packed)
        omissions += without
        reasons = {each.version: each.reason for each in without}
        for number, line in enumerate(stated):
            if line.spec != spec or not _is_own(line):
                continue
            held = {v for v in versions if spack_order.contains(line.when.versions, v)}
            if any(reasons.get(version) != line.msg for version in held & new):
                ends[number] = spans(versions, held - new)
                if not held - new:
                    raise Uneditable(f"the conflict with {spec} is for none of its versions")
            else:
                reasons = {v: reason for v, reason in reasons.items() if v not in held}
        for reason in dict.fromkeys(reasons.values()):
            lacking = {version for version, why in reasons.items() if why == reason}
            when = Condition(versions=spans(versions, lacking))
            conflicts.append(Conflict(spec, when, reason if is_not_packaged(reason) else ""))
    return LostVariants(tuple(omissions), tuple(conflicts), ends)


def _is_own(line: Conflict) -> bool:
    """Whether a conflict of a recipe was written for what no recipe provided then."""
    return is_not_packaged(line.msg) and line.when == Condition(versions=line.when.versions)
