"""Demands of one closure that no version meets together, in plain words.

Spack's solver says that something cannot be concretized, in its own words; mostly the reason is
that two packages want one in versions that exclude each other.
"""

from __future__ import annotations

from typing import Dict, List, Set, Tuple

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..recipe.model import BUILD
from .closure import Closure
from .node import parsed


def clashes(closure: Closure, project: str) -> List[str]:
    """A sentence for each project of which no version, neither one that its package has nor one
    that is written, meets all demands of the newest releases in the closure of ``project``."""
    demands: Dict[str, Dict[str, List[str]]] = {}
    todo, seen = [project], {project}
    while todo:
        node = closure.nodes[todo.pop()]
        if not node.written or not node.known:
            continue
        newest = node.known[0]
        for need in closure.edges(node, newest):
            target = closure.node(need.project)
            # What only builds may be there in another version, where Spack allows that.
            twice = target.existing is not None and target.existing.build_tool
            if not (need.types == BUILD and twice) and not need.when.platform:
                by_whom = demands.setdefault(need.project, {}).setdefault(need.specifier, [])
                by_whom.append(f"{node.package} {newest}")
            if need.project not in seen:
                seen.add(need.project)
                todo.append(need.project)
    found = []
    for name, wanted in sorted(demands.items()):
        versions = _versions(closure, name)
        if len(wanted) < 2 or not versions or _all_met(versions, wanted):
            continue
        who = "; ".join(
            f"{', '.join(dict.fromkeys(by))} wants {text or 'any version'}"
            for text, by in sorted(wanted.items())
        )
        found.append(f"no version of {closure.nodes[name].package} does for all: {who}")
    return found


def _versions(closure: Closure, project: str) -> Set[Version]:
    node = closure.nodes[project]
    if node.existing is not None and node.existing.every_version:
        return set()
    declared = map(parsed, node.existing.versions if node.existing else ())
    return {version for version in declared if version is not None} | set(node.releases)


def _all_met(versions: Set[Version], wanted: Dict[str, List[str]]) -> bool:
    specifiers: Tuple[SpecifierSet, ...] = tuple(
        SpecifierSet(text, prereleases=True) for text in wanted
    )
    return any(all(version in each for each in specifiers) for version in versions)
