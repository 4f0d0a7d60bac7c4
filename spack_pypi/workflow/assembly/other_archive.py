"""An archive or a repository that was named, where a package is made from another one."""

from __future__ import annotations

from collections.abc import Sequence

from ...diagnostics import Severity
from ...host.port import Host, Package
from ...pypi.branches import branch_name
from ...pypi.model import IndexOrigin
from ...resolve.own_package import has_texts
from ...resolve.resolution import Resolution
from ...session import Session
from ..compare.check import check


def other_archive(session: Session, host: Host, resolution: Resolution, project: str) -> str:
    """Why the package that exists is not made from an archive, or a repository, that was named by
    its place; empty where it is, or the project was not named so."""
    existing = resolution.package(project).existing
    origin = resolution.catalog.facts.origin(project)
    named = origin.by_place
    if existing is None or not ((named or origin.repository) and host.checks):
        return ""
    if origin.git or origin.repository:
        releases = session.index.project(project).releases
        names = [branch_name(release.version) for release in releases]
        branches = [name for name in names if name in existing.branches]
        return _other_tree(session, host, existing, project, origin, branches)
    listed = host.evaluator.meaning(existing.name).versions
    if any(version.sha256 in named for version in listed):
        return ""
    return (
        f"{existing.namespace}.{existing.name} lists this version with another archive; pass "
        "--force for a recipe with the one that you named"
    )


def _other_tree(
    session: Session,
    host: Host,
    existing: Package,
    project: str,
    origin: IndexOrigin,
    branches: Sequence[str],
) -> str:
    """Why a package does not have the newest tag and the ``branches`` of a repository that was
    named, or does not say what these require by now; empty if it does."""
    name = f"{existing.namespace}.{existing.name}"
    way_out = f"spack pypi sync {existing.name} updates it, and --force writes a recipe of its own"
    if not has_texts(host.repos, existing.name, origin.repository or origin.index):
        return f"{name} is not made from this repository; pass --force for a recipe that is"
    if origin.repository and not branches:
        return f"{name} lacks the branch of this repository; pass --force for a recipe that has it"
    if not has_texts(host.repos, existing.name, *origin.by_place):
        return f"{name} does not have this repository as it is now: {way_out}"
    if not branches:
        return ""
    (checked,) = check(
        session, host, [existing.name], only=branches, project_of=lambda package: project
    )
    found = [each for each in checked.diagnostics if each.severity is not Severity.NOTE]
    if not found:
        return ""
    return f"{name} does not say what its branch requires now ({found[0].text}): {way_out}"
