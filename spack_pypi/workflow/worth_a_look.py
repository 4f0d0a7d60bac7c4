"""What a recipe may lack that no Python metadata declares: told to the user, never guessed."""

from __future__ import annotations

from typing import List, Optional, Set, Tuple

from ..host.port import Host, Package
from ..translate.native import Hint
from .closure.closure import Closure
from .closure.node import Node


def worth_a_look(closure: Closure, node: Node) -> Tuple[str, ...]:
    """A line for each native library that the newest listed release's archive speaks of, and that
    the recipe that exists does not depend on; and what else its build leaves open."""
    facts = node.facts[node.known[0]]
    known: Set[str] = set()
    if node.existing is not None:
        known = {line.dependency.package for line in closure.stated(node.existing.name)}
    lines: List[str] = []
    for hint in facts.builds.hints:
        package = _package(closure.host, hint)
        if package is None or package.name not in known:
            there = f"; Spack has {package.name}" if package else ""
            where = f"{hint.file}:{hint.line}" if hint.line else hint.file
            lines.append(f"{where} {hint.text}{there}")
    return (*facts.builds.remarks, *lines)


def _package(host: Host, hint: Hint) -> Optional[Package]:
    found = (host.package(name) for name in hint.names())
    return next((package for package in found if package is not None), None)
