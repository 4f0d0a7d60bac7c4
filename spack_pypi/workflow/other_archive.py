"""An archive that was named, where a package lists its version with another one."""

from __future__ import annotations

from ..host.port import Host
from ..resolve.resolution import Resolution


def other_archive(host: Host, resolution: Resolution, project: str) -> str:
    """Why the package that exists does not stand for an archive that was named by its place; empty
    where it has that archive, or the project was not named so."""
    existing = resolution.package(project).existing
    named = resolution.catalog.facts.origin(project).by_place
    if existing is None or not (named and host.checks):
        return ""
    listed = host.evaluator.meaning(existing.name).versions
    if any(version.sha256 in named for version in listed):
        return ""
    return (
        f"{existing.namespace}.{existing.name} lists this version with another archive; pass "
        "--force for a recipe with the one that you named"
    )
