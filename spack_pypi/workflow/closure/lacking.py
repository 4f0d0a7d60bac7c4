"""Releases that need what nobody has: another release is better than a recipe that lacks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Sequence, Set, Tuple

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ...translate.requirements import Need
from .closure import MOST_PASSED_OVER, Closure
from .node import Node
from .search import holds_with


@dataclass(frozen=True)
class Lack:
    """What a release lacks: the project that it needs and that does not answer, none where the
    release fits nothing; and why, in plain words."""

    project: str
    text: str


#: A release of a project.
Key = Tuple[str, Version]


def lacking(closure: Closure, pythons: Sequence[str], kept: Set[str]) -> Dict[Key, Lack]:
    """The chosen releases that cannot be had on Linux with any of the Pythons, as nothing answers
    a requirement of theirs, and those that would be chosen next and are no better. The projects
    in ``kept`` are taken as they are."""
    found: Dict[Key, Lack] = {}
    for node in list(closure.nodes.values()):
        for version in node.versions if node.written and node.project not in kept else ():
            lack = _lack(closure, node, version, pythons)
            if lack:
                found[node.project, version] = lack
                found.update(_below(closure, node, version, pythons))
    return found


def keep(project: str, passed_over: Dict[Key, Lack], kept: Set[str]) -> None:
    """Take a project as it is, and all that it was passed over for."""
    todo = [project]
    while todo:
        name = todo.pop()
        if name not in kept:
            kept.add(name)
            keys = [key for key in passed_over if key[0] == name]
            todo += [passed_over.pop(key).project for key in keys]


def _below(
    closure: Closure, node: Node, version: Version, pythons: Sequence[str]
) -> Dict[Key, Lack]:
    """The releases below a version that lack something too, down to the first that does not."""
    found: Dict[Key, Lack] = {}
    older = [r for r in closure.usable(node, SpecifierSet()) if r.version < version]
    for release in older[: MOST_PASSED_OVER - 1]:
        closure.learn(node, release)
        lack = _lack(closure, node, release.version, pythons)
        if lack is None:
            break
        found[node.project, release.version] = lack
    return found


def _lack(
    closure: Closure, node: Node, version: Version, pythons: Sequence[str]
) -> Optional[Lack]:
    for need in closure.settled_edges(node, version):
        counts = any(holds_with(need.when, python) for python in pythons)
        reason = _unanswered(closure, need) if counts and not need.when.variants else ""
        if reason:
            return Lack(need.project, f"needs {need.project}{need.specifier}: {reason}")
    return None


def _unanswered(closure: Closure, need: Need) -> str:
    """Why nothing answers a need; empty where something does, or where that is not known."""
    target = closure.node(need.project)
    if target.existing is not None and not closure.rewrites(target):
        if target.declares(need.specifier):
            return ""
        if target.closed:
            return target.closed
    if target.failure or target.page is None:
        return target.failure
    if closure.usable(target, SpecifierSet(need.specifier)):
        return ""
    return closure.why_none(target)
