"""Projects that import what requires them: Spack's graphs have no circles, so that they are
installed without it, as builtin's py-soupsieve is without Beautiful Soup."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from packaging.utils import canonicalize_name

from ...resolve.facts import Declared
from ...resolve.resolution import Resolution
from ...translate.modules import provider
from ...translate.requirements import is_for_extra, parse


def in_circles(
    resolution: Resolution, project: str, releases: Iterable[Declared]
) -> Mapping[str, str]:
    """The packages (dotted names) that releases of a project are about, if they always import
    what another project has, which they do not require, but which requires this one; each with
    that project."""
    found: dict[str, str] = {}
    for release in releases:
        declared = parse(release.metadata.requires_dist or ())[0]
        names = {canonicalize_name(each.name) for each in declared if not is_for_extra(each)}
        always = [each for each in release.builds.undeclared if each.always and not each.most]
        for each in (*always, *release.builds.package_needs):
            other = provider(each.module)
            is_open = each.main and not _comes_with(each.module, {other}, names)
            if is_open and _requires(resolution, other, project):
                found[each.main] = other
    return found


def _comes_with(module: str, projects: Collection[str], names: Collection[str]) -> bool:
    """Whether a module comes with one of these projects, or with what is called as the part of a
    namespace that it is (``x.y``: ``x-y``, ``x-y-z``), given the names of what is required."""
    part = f"{canonicalize_name(module)}-"
    return any(name in projects or f"{name}-".startswith(part) for name in names)


def _requires(resolution: Resolution, other: str, project: str) -> bool:
    """Whether the package of another project, which exists or is written, depends on that of a
    project."""
    if other not in resolution.projects:
        return resolution.catalog.brought.needs(other, project)
    return any(
        edge.requirement.project == project
        for version in resolution.versions(other)
        for _, edge in resolution.edges(other, version)
    )
