"""The package that exists for a project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..host.port import Package
from ..host.port.parts import Repos
from .facts import Facts

_PATCHES = re.compile(r"^[ \t]+(?:def )?patch\(", re.M)


def existing_package(repos: Repos, facts: Facts, project: str, mapped: str) -> Package | None:
    """The package that a repo has for a project, or that it is ``mapped`` to; None if there is
    none. Raises `HostError` where its recipe cannot be loaded.

    Versions of the project of a repository are not added to it: whether it has them is decided by
    their commits, once all is known.
    """
    if mapped:
        return repos.package(mapped)
    found, origin = repos.package_for(project), facts.origin(project)
    if not origin.git:
        return found
    if found is None:
        # A repository may be called otherwise than its project; then its address shows it.
        named = repos.package(f"py-{project}")
        if named and has_texts(repos, named.name, origin.index):
            found = named
    return replace(found, every_version=True) if found else None


def is_patched(existing: Package, texts: Sequence[str]) -> bool:
    """Whether a package, whose recipe and those that it inherits are ``texts``, changes what is in
    archives, or takes wheels."""
    return existing.wheel or any(_PATCHES.search(text) for text in texts)


def has_texts(repos: Repos, package: str, *texts: str) -> bool:
    """Whether the recipe of a package names all of these: addresses, tags, commits, branches."""
    recipe = "".join(repos.recipe_texts(package)[:1])
    return all(f'"{text}"' in recipe for text in texts)
