"""Recipes that name a virtual package (``pil``) where a project's package (``py-pillow``) provides
it, in the same versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Callable

from ...recipe.model import Dependency, DependencyLine


def provided(
    stated: Sequence[DependencyLine], provider: Callable[[str], str]
) -> list[DependencyLine]:
    """The lines of a recipe, about the packages that are meant; ``provider`` is
    `Repos.provider`."""
    packages = [provider(line.dependency.package) for line in stated]
    return [
        replace(line, dependency=replace(line.dependency, package=package))
        for line, package in zip(stated, packages)
    ]


def as_named(
    added: Mapping[str, Sequence[Dependency]],
    stated: Sequence[DependencyLine],
    provider: Callable[[str], str],
) -> dict[str, list[Dependency]]:
    """New lines by version, with the virtual names that the recipe has, if it has no others."""
    named = {line.dependency.package for line in stated}
    virtual = {provider(name): name for name in sorted(named) if provider(name) not in named}
    return {
        version: [replace(each, package=virtual.get(each.package, each.package)) for each in lines]
        for version, lines in added.items()
    }
