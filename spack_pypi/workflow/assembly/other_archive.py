"""An archive or a repository that was named, where a package is made from another one."""

from __future__ import annotations

from ...host.port import Host, Package
from ...pypi.model import IndexOrigin
from ...resolve.own_package import has_texts
from ...resolve.resolution import Resolution


def other_archive(host: Host, resolution: Resolution, project: str) -> str:
    """Why the package that exists is not made from an archive, or a repository, that was named by
    its place; empty where it is, or the project was not named so."""
    existing = resolution.package(project).existing
    origin = resolution.catalog.facts.origin(project)
    named = origin.by_place
    if existing is None or not (named and host.checks):
        return ""
    if origin.git:
        return _other_tree(host, existing, origin)
    listed = host.evaluator.meaning(existing.name).versions
    if any(version.sha256 in named for version in listed):
        return ""
    return (
        f"{existing.namespace}.{existing.name} lists this version with another archive; pass "
        "--force for a recipe with the one that you named"
    )


def _other_tree(host: Host, existing: Package, origin: IndexOrigin) -> str:
    """Why a package does not have the newest tag and the branch of a repository that was named;
    empty if it has."""
    if has_texts(host.repos, existing.name, origin.index, *origin.by_place):
        return ""
    return (
        f"{existing.namespace}.{existing.name} is not made from this repository as it is now; "
        "pass --force for a recipe that is"
    )
