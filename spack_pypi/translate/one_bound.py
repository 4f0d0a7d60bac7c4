"""Bounds that a recipe states in lines of their own: a new line has only the other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..recipe.model import Dependency
from .stated import LineEnvironments, is_stated


def without_stated_bound(
    line: Dependency, kept: Sequence[Dependency], environments: LineEnvironments
) -> Dependency:
    """``@3.10:`` for a new line ``@3.10:3.12``, where one of the ``kept`` lines is ``@:3.12`` and
    holds wherever the new line does; the same for a lower bound."""
    low, _, high = line.versions.partition(":")
    if not (low and high) or "," in line.versions:
        return line
    for bound, other in ((f":{high}", f"{low}:"), (f"{low}:", f":{high}")):
        alone = [each for each in kept if each.versions == bound]
        if is_stated(replace(line, versions=bound, variants=()), alone, environments):
            return replace(line, versions=other)
    return line
